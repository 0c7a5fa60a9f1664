/// What is left to choose falls into parts that have nothing to do with each other.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/registers/open_edges.hpp"

namespace witness {

/// A part of the graph that can be decided by itself: positions in `known`, `edges`, `clauses`.
struct Part {
  std::vector<std::uint32_t> known;
  std::vector<std::uint32_t> conditional;
  std::vector<std::uint32_t> clauses;
};

/// Components that one literal or clause joins make one part. First, where there are no clauses,
/// choices of which one side cannot be on a cycle are settled so, and their edges go.
/// `settled`: of each variable, 1 it holds, -1 it does not, 0 nobody knows.
/// O(nodes + edges) a round, and as many rounds as settle something.
std::vector<Part> divide(std::uint32_t nodes, const std::vector<PolyEdge>& known, OpenEdges& open,
                         std::vector<std::int8_t>& settled);

}  // namespace witness
