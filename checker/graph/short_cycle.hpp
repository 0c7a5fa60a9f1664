/// The cheapest cycle through an edge of a wanted kind.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/graph/projection.hpp"

namespace witness {

/// Looks for cheap cycles inside one component of a projection: few rw first, then few
/// transactions. One object serves all components of its projection.
class ShortCycle {
 public:
  ShortCycle(const Suspects& suspects, const Projection& projection);

  /// Positions in `suspects.edges` of the best cycle found that begins with an edge of the kinds
  /// `first` and lies in the component of `members`. Looks from every such edge in turn until its
  /// steps are used up, from the first in any case. Vertices of the graph stand on it once.
  std::vector<std::uint32_t> through(std::span<const std::uint32_t> members, RelationSet first);

  /// The same through this very edge, or nothing.
  std::vector<std::uint32_t> through_edge(std::span<const std::uint32_t> members,
                                          std::uint32_t edge);

  /// True if the last search looked from every edge: what it found is the best there is.
  bool exhaustive() const { return exhaustive_; }

 private:
  using Arcs = boost::graph_traits<Projection::Graph>::out_edge_iterator;

  void close(std::uint32_t start, std::uint32_t next, std::uint32_t edge);
  void keep(std::uint32_t start, std::uint32_t next, std::uint32_t edge);
  std::uint64_t price(const Edge& edge) const;

  const Suspects& suspects_;
  const Projection& projection_;
  std::vector<std::uint64_t> cost_;
  std::vector<std::uint32_t> came_by_;
  std::vector<std::uint32_t> came_from_;
  std::vector<std::uint32_t> touched_;
  std::vector<std::uint32_t> cycle_;
  std::uint64_t best_ = 0;
  std::uint64_t steps_ = 0;
  bool exhaustive_ = true;
};

}  // namespace witness
