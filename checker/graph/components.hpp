/// Strongly connected components of a graph that is given by its edges.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace witness {

/// Of each node, its component; numbers from 0. O(nodes + edges), by Boost.Graph.
struct Components {
  std::vector<std::uint32_t> of;
  std::uint32_t count = 0;
};

Components strong_components_of(std::uint32_t nodes,
                                const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges);

}  // namespace witness
