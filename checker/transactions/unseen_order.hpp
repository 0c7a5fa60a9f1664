/// Writes of one key that nobody read, in an order that nothing shows.
///
/// Where the graph has no cycle, any order that follows it will do. Inside a cycle it can matter to
/// the levels that let some cycles pass (snapshot isolation and its like): whichever of two writers
/// came first, the other replaced its version, and that edge can close a cycle that they forbid.
#pragma once

#include <span>
#include <vector>

#include "checker/findings.hpp"
#include "checker/graph/suspects.hpp"
#include "checker/transactions/facts.hpp"
#include "checker/transactions/story.hpp"

namespace witness {

/// Reports the pairs of writers for which both orders close a cycle with no two rw in a row. Gives
/// the kinds of anomalies that could then still be there, whatever order is tried: none where an
/// order was found that closes no such cycle. Call it after report_cycles.
KindSet judge_unseen_orders(const Suspects& suspects, std::span<const Inferred> inferred,
                            const std::vector<std::uint32_t>& rank, const Story& story,
                            Findings& findings);

}  // namespace witness
