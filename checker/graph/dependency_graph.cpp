#include "checker/graph/dependency_graph.hpp"

#include "checker/graph/versions.hpp"

namespace witness {

DependencyGraph infer_dependencies(const GraphInput& input, Findings& findings) {
  DependencyGraph graph;
  const auto& fates = input.resolution.fates;
  std::vector<std::uint32_t> vertex_of(fates.size(), kNoPosition);
  for (std::uint32_t i = 0; i < fates.size(); ++i) {
    if (!in_graph(fates[i])) continue;
    vertex_of[i] = graph.transactions();
    graph.fates.push_back(i);
  }
  graph.vertices = graph.transactions();
  graph.reported.resize(graph.transactions());
  infer_versions(input, vertex_of, graph, findings);
  infer_counted_rows(input, vertex_of, graph, findings);
  add_time_order(input, graph);
  return graph;
}

}  // namespace witness
