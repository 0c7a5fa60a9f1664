/// The two ways to know a version order: values that are replaced, rows that are counted.
#pragma once

#include "checker/graph/dependency_graph.hpp"

namespace witness {

/// `vertex_of`: of each fate, kNoPosition if it is not in the graph.
void infer_versions(const GraphInput& input, const std::vector<std::uint32_t>& vertex_of,
                    DependencyGraph& graph, Findings& findings);

void infer_counted_rows(const GraphInput& input, const std::vector<std::uint32_t>& vertex_of,
                        DependencyGraph& graph, Findings& findings);

}  // namespace witness
