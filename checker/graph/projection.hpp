/// A graph seen through some of its relations, as a compressed sparse row graph of Boost.Graph,
/// and its strongly connected components.
#pragma once

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "checker/graph/suspects.hpp"

namespace witness {

/// `alternating`: every vertex can stand there twice; the walk is in state 1 exactly if it came by
/// rw, and cannot leave from there by rw. A cycle of that graph is a cycle in which no two rw
/// follow each other: snapshot isolation forbids exactly these (Cerone and Gotsman 2018, theorem
/// 4.1). Vertices that cannot be on a cycle are left out.
struct Projection {
  struct Arc {
    std::uint32_t edge = 0;  ///< position in the edges that it was made from
  };
  using Graph =
      boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, Arc,
                                         boost::no_property, std::uint32_t, std::uint32_t>;

  Graph graph;
  std::vector<std::uint32_t> origins;  ///< of each vertex of `graph`: the vertex that it stands for
  std::vector<std::uint32_t> component;  ///< of each vertex of `graph`
  /// Members of each component of two or more vertices, ascending; by their first member.
  std::vector<std::vector<std::uint32_t>> cyclic;
};

/// Whether vertices that nothing leads to are removed before Boost looks at the graph.
enum class Peel : std::uint8_t { yes, no };

/// `wanted` of the edges; `active` says for each cluster whether its edges count.
/// O(vertices + edges), and little where nothing is cyclic.
Projection project(const Suspects& suspects, RelationSet wanted, bool alternating,
                   const std::vector<bool>& active, Peel peel = Peel::yes);

}  // namespace witness
