/// The part of a graph that can lie on any cycle at all.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/graph/edge.hpp"

namespace witness {

/// A graph by its edges, sorted by `from`; vertices are numbered densely, transactions first.
struct Suspects {
  std::vector<std::uint32_t> names;    ///< of each vertex in the graph that it was taken from
  std::uint32_t transactions = 0;      ///< of these, the first so many
  std::vector<Edge> edges;             ///< by renumbered vertices
  std::vector<std::uint32_t> begin;    ///< of each vertex's edges; one more entry ends the last
  std::vector<std::uint32_t> cluster;  ///< of each vertex: its strongly connected component
  std::uint32_t clusters = 0;

  std::span<const Edge> edges_from(std::uint32_t vertex) const {
    return std::span{edges}.subspan(begin[vertex], begin[vertex + 1] - begin[vertex]);
  }
};

/// How the edges come.
///   any      in any order
///   peeled   sorted by `from`, and what is on no cycle has been removed as far as that is cheap
enum class Order : std::uint8_t { any, peeled };

/// Keeps the edges whose ends lie in one strongly connected component, all relations together.
/// `names` are the vertices' own numbers; the first `transactions` of them are no relays.
/// O(vertices + edges).
Suspects find_suspects(std::vector<std::uint32_t> names, std::uint32_t transactions,
                       std::vector<Edge> edges, Order order = Order::any);

}  // namespace witness
