#include "checker/registers/lane_clocks.hpp"

#include <algorithm>

#include "checker/registers/adjacency.hpp"

namespace witness {

bool LaneClocks::compute(const Polygraph& graph, const std::vector<PolyEdge>& known) {
  lane_ = &graph.lane;
  place_ = &graph.place;
  lanes_ = graph.lanes;
  clocks_.assign(std::size_t{graph.nodes} * lanes_, 0);
  const Adjacency next(graph.nodes, known);
  std::vector<std::uint32_t> before(graph.nodes);
  for (const PolyEdge& edge : known) ++before[edge.to];
  std::vector<std::uint32_t> free;
  for (std::uint32_t node = 0; node < graph.nodes; ++node) {
    if (before[node] == 0) free.push_back(node);
  }
  std::uint32_t sorted = 0;
  while (!free.empty()) {
    const std::uint32_t node = free.back();
    free.pop_back();
    ++sorted;
    std::uint32_t* const own = clocks_.data() + std::size_t{node} * lanes_;
    if (graph.lane[node] != kNoPosition) own[graph.lane[node]] = graph.place[node];
    for (const std::uint32_t edge : next.from(node)) {
      const std::uint32_t to = known[edge].to;
      std::uint32_t* const other = clocks_.data() + std::size_t{to} * lanes_;
      for (std::size_t lane = 0; lane < lanes_; ++lane)
        other[lane] = std::max(other[lane], own[lane]);
      if (--before[to] == 0) free.push_back(to);
    }
  }
  return sorted == graph.nodes;
}

}  // namespace witness
