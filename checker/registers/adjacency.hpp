/// Edges by where they begin.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace witness {

/// Positions in a list of edges, in the order given for each beginning. 4 bytes an edge and a node.
class Adjacency {
 public:
  Adjacency() = default;

  template <typename Edges>
  Adjacency(std::uint32_t nodes, const Edges& edges) {
    begin_.assign(std::size_t{nodes} + 2, 0);
    for (const auto& edge : edges) ++begin_[std::size_t{edge.from} + 2];
    for (std::size_t i = 2; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    edges_.resize(begin_.back());
    std::uint32_t number = 0;
    for (const auto& edge : edges) edges_[begin_[std::size_t{edge.from} + 1]++] = number++;
    begin_.pop_back();
  }

  std::span<const std::uint32_t> from(std::uint32_t node) const {
    return std::span{edges_}.subspan(begin_[node], begin_[node + 1] - begin_[node]);
  }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> edges_;
};

}  // namespace witness
