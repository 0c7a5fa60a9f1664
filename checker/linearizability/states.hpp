/// States that are sequences of data, each kept once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace witness {

/// Numbers are dense, from 0; equal sequences have equal numbers. O(length) a call.
class SequenceStates {
 public:
  std::uint64_t intern(std::span<const std::uint64_t> sequence) {
    if (2 * (begin_.size() + 1) > slots_.size()) grow();
    const std::uint64_t hash = hash_of(sequence);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != kFree && !equal(slots_[at], sequence)) at = (at + 1) & (slots_.size() - 1);
    if (slots_[at] == kFree) {
      slots_[at] = begin_.size() - 1;
      data_.insert(data_.end(), sequence.begin(), sequence.end());
      begin_.push_back(data_.size());
    }
    return slots_[at];
  }

  /// Good until the next call of intern().
  std::span<const std::uint64_t> operator[](std::uint64_t state) const {
    return std::span{data_}.subspan(begin_[state], begin_[state + 1] - begin_[state]);
  }

  std::uint64_t bytes() const {
    return 8 * (data_.capacity() + begin_.capacity() + slots_.capacity());
  }

 private:
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};

  static std::uint64_t hash_of(std::span<const std::uint64_t> sequence) {
    std::uint64_t hash = sequence.size();
    for (const std::uint64_t word : sequence) {
      hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
      hash ^= hash >> 29U;
    }
    return hash;
  }
  bool equal(std::uint64_t state, std::span<const std::uint64_t> sequence) const {
    const auto other = (*this)[state];
    return std::equal(other.begin(), other.end(), sequence.begin(), sequence.end());
  }
  void grow() {
    slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), kFree);
    for (std::uint64_t state = 0; state + 1 < begin_.size(); ++state) {
      std::size_t at = hash_of((*this)[state]) & (slots_.size() - 1);
      while (slots_[at] != kFree) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = state;
    }
  }

  std::vector<std::uint64_t> data_;
  std::vector<std::uint64_t> begin_{0};
  std::vector<std::uint64_t> slots_;  ///< a power of two of them
};

}  // namespace witness
