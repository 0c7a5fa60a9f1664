/// Vector clocks over the chains of sessions, for causal order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checker/registers/weak_input.hpp"
#include "witness/huge_pages.hpp"

namespace witness {

/// How much of each chain of a range of columns stands before a vertex, or is the vertex. `Number`
/// has room for the longest chain: most of the time goes into moving clocks.
template <typename Number>
class Clocks {
 public:
  Clocks(const WeakInput& input, std::size_t width)
      : input_(input),
        width_((width + kLine - 1) / kLine * kLine),
        rows_(huge_array<Number>(input.vertices() * width_)) {}

  /// `columns`: of each chain, kNoPosition if it has none.
  void run(std::uint32_t first, std::uint32_t end, std::span<const std::uint32_t> order,
           const std::vector<std::uint32_t>& columns) {
    constexpr std::size_t kFar = 16;
    constexpr std::size_t kNear = 8;
    for (std::size_t at = 0; at < order.size(); ++at) {
      if (at + kFar < order.size()) prefetch_vertex(order[at + kFar]);
      if (at + kNear < order.size()) {
        for_predecessors(input_, true, order[at + kNear],
                         [&](std::uint32_t before, EdgeKind) { prefetch(before); });
      }
      const std::uint32_t vertex = order[at];
      Number* const row = &rows_[vertex * width_];
      std::fill_n(row, width_, 0);
      for_predecessors(input_, true, vertex, [&](std::uint32_t before, EdgeKind) {
        const Number* const other = &rows_[before * width_];
        for (std::size_t i = 0; i < width_; ++i) row[i] = std::max(row[i], other[i]);
      });
      if (vertex >= input_.transactions()) continue;
      const std::uint32_t column = columns[input_.sessions.chain(vertex)];
      if (column < first || column >= end) continue;
      row[column - first] = static_cast<Number>(input_.sessions.place(vertex) + 1);
    }
  }
  /// Soon it will be looked at: clocks stand all over the memory.
  void prefetch(std::uint32_t vertex) const {
    for (std::size_t i = 0; i < width_; i += kLine) {
      __builtin_prefetch(&rows_[vertex * width_ + i]);
    }
  }

  const Number* of(std::uint32_t vertex) const { return &rows_[vertex * width_]; }

 private:
  static constexpr std::size_t kLine = kCacheLine / sizeof(Number);

  void prefetch_vertex(std::uint32_t vertex) const {
    if (vertex >= input_.transactions()) return;
    __builtin_prefetch(&input_.history.transactions[vertex]);
    input_.sessions.prefetch(vertex);
  }

  const WeakInput& input_;
  std::size_t width_;
  HugeArray<Number> rows_;
};

}  // namespace witness
