/// What an order of all writes must respect, for each of the session guarantees.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/registers/weak_input.hpp"

namespace witness {

/// A version is the position in Transactions::ops of its write, or, where nobody here wrote it, of
/// the first read that saw it. `versions`: of each read whose result is known, its version, or
/// ReadSources::initial; else ReadSources::none. O(micro-operations).
std::vector<std::uint32_t> find_versions(const Transactions& history);

/// Versions before versions. Nodes from Transactions::ops.size() on are relays, which gather many;
/// then come, of each key, the initial value's. `op`: the read that shows it; kNoPosition: the
/// writes stand in one session, or the initial value comes first.
struct WriteEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t op = kNoPosition;
};
struct WriteEdges {
  std::vector<WriteEdge> edges;
  std::uint32_t relays = 0;
};

WriteEdges monotonic_reads(const WeakInput& input, const std::vector<std::uint32_t>& versions);
WriteEdges read_your_writes(const WeakInput& input, const std::vector<std::uint32_t>& versions);
WriteEdges writes_follow_reads(const WeakInput& input, const std::vector<std::uint32_t>& versions);
/// Nothing if there were too many edges to keep.
std::optional<WriteEdges> pram(const WeakInput& input, const std::vector<std::uint32_t>& versions);

}  // namespace witness
