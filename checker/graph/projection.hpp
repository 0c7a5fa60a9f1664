/// A dependency graph seen through some of its relations, as a compressed sparse row
/// graph of Boost.Graph, and its strongly connected components.
#pragma once

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "checker/graph/dependency_graph.hpp"

namespace witness {

/// Relations as bits of EdgeKind.
using RelationSet = std::uint8_t;

template <typename... Kinds>
constexpr RelationSet relations(Kinds... each) {
  return static_cast<RelationSet>((0U | ... | (1U << static_cast<unsigned>(each))));
}
constexpr bool contains(RelationSet set, EdgeKind kind) {
  return (set >> static_cast<unsigned>(kind) & 1U) != 0;
}

/// `alternating`: every vertex v stands there twice, 2v and 2v+1; the walk is at 2v+1
/// exactly if it came by rw, and cannot leave from there by rw. A cycle of that graph is
/// a cycle in which no two rw follow each other: snapshot isolation forbids exactly
/// these (Cerone and Gotsman 2018, theorem 4.1).
struct Projection {
  struct Arc {
    std::uint32_t edge = 0;  ///< position in the edges that it was made from
  };
  using Graph =
      boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, Arc,
                                         boost::no_property, std::uint32_t, std::uint32_t>;

  bool alternating = false;
  Graph graph;
  std::vector<std::uint32_t> component;  ///< of each vertex of `graph`

  std::uint32_t origin(std::uint32_t vertex) const { return alternating ? vertex / 2 : vertex; }
};

/// O(vertices + edges).
Projection project(std::uint32_t vertices, std::span<const Edge> edges, RelationSet relations,
                   bool alternating);

}  // namespace witness
