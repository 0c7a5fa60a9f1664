/// Trees over a row of places: which of a range is best, and which are covered by no interval.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace witness {

/// Places with values, of which some are taken out. `Before` says which of two values is better.
template <typename Before>
class BestInRange {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffU;

  explicit BestInRange(std::vector<std::uint32_t> values)
      : values_(std::move(values)), leaves_(std::bit_ceil(values_.size() + 1)) {
    best_.assign(2 * leaves_, kNone);
    for (std::uint32_t i = 0; i < values_.size(); ++i) best_[leaves_ + i] = i;
    for (std::size_t node = leaves_; node-- > 1;) renew(node);
  }

  std::uint32_t value(std::uint32_t place) const { return values_[place]; }

  /// The place in [begin, end) with the best value; kNone if all were taken out. O(log n).
  std::uint32_t find(std::size_t begin, std::size_t end) const {
    std::uint32_t best = kNone;
    for (begin += leaves_, end += leaves_; begin < end; begin /= 2, end /= 2) {
      if (begin % 2 != 0) best = better(best, best_[begin++]);
      if (end % 2 != 0) best = better(best, best_[--end]);
    }
    return best;
  }

  /// O(log n).
  void take_out(std::uint32_t place) {
    std::size_t node = leaves_ + place;
    best_[node] = kNone;
    while (node > 1) renew(node /= 2);
  }

 private:
  std::uint32_t better(std::uint32_t a, std::uint32_t b) const {
    if (a == kNone || b == kNone) return a == kNone ? b : a;
    return Before{}(values_[b], values_[a]) ? b : a;
  }
  void renew(std::size_t node) { best_[node] = better(best_[2 * node], best_[2 * node + 1]); }

  std::vector<std::uint32_t> values_;
  std::size_t leaves_;
  std::vector<std::uint32_t> best_;  ///< of each node, a place
};

/// How many intervals cover each slot of a row; they can be taken away.
class Coverage {
 public:
  /// `counts`: of each slot.
  explicit Coverage(const std::vector<std::uint32_t>& counts)
      : leaves_(std::bit_ceil(counts.size() + 1)), least_(2 * leaves_, 0), more_(2 * leaves_, 0) {
    std::ranges::copy(counts, least_.begin() + static_cast<std::ptrdiff_t>(leaves_));
    for (std::size_t node = leaves_; node-- > 1;) renew(node);
  }

  /// An interval over [begin, end) goes. O(log n).
  void take_away(std::size_t begin, std::size_t end) { take_away(1, 0, leaves_, begin, end); }

  /// The first slot from `begin` on that nothing covers: there is one behind all others. O(log n).
  std::size_t first_free(std::size_t begin) const { return first_free(1, 0, leaves_, 0, begin); }

 private:
  void renew(std::size_t node) {
    least_[node] = std::min(least_[2 * node], least_[2 * node + 1]) + more_[node];
  }

  void take_away(std::size_t node, std::size_t from, std::size_t to, std::size_t begin,
                 std::size_t end) {
    if (end <= from || to <= begin) return;
    if (begin <= from && to <= end) {
      --least_[node];
      --more_[node];
      return;
    }
    const std::size_t middle = from + (to - from) / 2;
    take_away(2 * node, from, middle, begin, end);
    take_away(2 * node + 1, middle, to, begin, end);
    renew(node);
  }

  /// `above`: what the nodes above add. leaves_ if there is none below this node.
  std::size_t first_free(std::size_t node, std::size_t from, std::size_t to, std::int32_t above,
                         std::size_t begin) const {
    if (to <= begin || least_[node] + above > 0) return leaves_;
    if (node >= leaves_) return from;
    const std::size_t middle = from + (to - from) / 2;
    const std::size_t found = first_free(2 * node, from, middle, above + more_[node], begin);
    if (found < leaves_) return found;
    return first_free(2 * node + 1, middle, to, above + more_[node], begin);
  }

  std::size_t leaves_;
  std::vector<std::int32_t> least_;  ///< below each node, without what nodes above add
  std::vector<std::int32_t> more_;   ///< that a node adds to all slots below it
};

}  // namespace witness
