/// From arcs and times to the few transactions that can be on a cycle.
#pragma once

#include <span>
#include <vector>

#include "checker/graph/suspects.hpp"
#include "checker/transactions/facts.hpp"

namespace witness {

/// The place of each transaction in Transactions::ended; kNoPosition if it is not there.
std::vector<std::uint32_t> ranks_of(const Transactions& history);

/// The graph of all arcs, of session order and of real time, reduced to its cyclic part. Vertices
/// are named by their transaction.
///
/// Transactions that nothing comes before are removed, again and again, then those that nothing
/// comes after; real time needs no edges for that, only a pointer into the order of completions:
/// what is left of a history without cycles is nothing. What is left of others gets its edges, time
/// as a chain of moments, and goes through Boost's components. O(transactions + arcs).
Suspects find_suspects(const Transactions& history, std::span<const Inferred> inferred,
                       const std::vector<std::uint32_t>& rank);

}  // namespace witness
