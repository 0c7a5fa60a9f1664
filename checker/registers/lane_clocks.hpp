/// Who comes before whom in a graph whose nodes stand on few lanes.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/registers/polygraph.hpp"

namespace witness {

/// Of each node and lane, the last node of the lane that leads to it: memory is 4 bytes times nodes
/// times lanes, an answer costs O(1). (Vector clocks: Fidge 1988, Mattern 1989; over chains of a
/// dag: Jagadish 1990.)
class LaneClocks {
 public:
  /// Over `known`, which must have no cycle: else gives false, and answers nothing.
  /// O((nodes + edges) * lanes).
  bool compute(const Polygraph& graph, const std::vector<PolyEdge>& known);

  /// Does a path lead from `from` to `to`, or are they one? `from` stands on a lane: else false.
  bool reaches(std::uint32_t from, std::uint32_t to) const {
    if (from == to) return true;
    const std::uint32_t lane = (*lane_)[from];
    return lane != kNoPosition && clocks_[std::size_t{to} * lanes_ + lane] >= (*place_)[from];
  }

 private:
  const std::vector<std::uint32_t>* lane_ = nullptr;
  const std::vector<std::uint32_t>* place_ = nullptr;
  std::size_t lanes_ = 0;
  std::vector<std::uint32_t> clocks_;
};

}  // namespace witness
