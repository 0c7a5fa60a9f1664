/// Nodes in an order that edges follow.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/registers/polygraph.hpp"

namespace witness {

/// Fills `order`, if the edges have no cycle: else it is empty. O(nodes + edges). (Kahn 1962.)
bool sort_nodes(std::uint32_t nodes, const std::vector<PolyEdge>& edges,
                std::vector<std::uint32_t>& order);

}  // namespace witness
