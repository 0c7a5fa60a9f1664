#include "checker/registers/node_order.hpp"

#include "checker/registers/adjacency.hpp"

namespace witness {

bool sort_nodes(std::uint32_t nodes, const std::vector<PolyEdge>& edges,
                std::vector<std::uint32_t>& order) {
  const Adjacency next(nodes, edges);
  std::vector<std::uint32_t> before(nodes);
  for (const PolyEdge& edge : edges) ++before[edge.to];
  order.clear();
  order.reserve(nodes);
  for (std::uint32_t node = 0; node < nodes; ++node) {
    if (before[node] == 0) order.push_back(node);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (const std::uint32_t edge : next.from(order[i])) {
      if (--before[edges[edge].to] == 0) order.push_back(edges[edge].to);
    }
  }
  if (order.size() == nodes) return true;
  order.clear();
  return false;
}

}  // namespace witness
