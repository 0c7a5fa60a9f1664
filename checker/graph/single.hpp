/// Is there a cycle with exactly one rw?
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/graph/suspects.hpp"

namespace witness {

/// Position in `suspects.edges` of an rw edge (of `stale` kinds, and beginning at a transaction)
/// from whose end a path of `dependencies` leads back to its beginning, among `members`
/// (vertices). Nothing if there is none. The dependencies must have no cycle among the members.
///
/// Exact. Reachability over the order of the acyclic dependencies, for 64 edges at a time, and only
/// between the first end and the last beginning of these.
std::optional<std::uint32_t> find_single(const Suspects& suspects,
                                         std::span<const std::uint32_t> members,
                                         RelationSet dependencies, RelationSet stale);

}  // namespace witness
