/// A hash table from data to 32-bit numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "witness/transactions.hpp"

namespace witness {

/// Most histories count: integers that are not beyond twice the number of data stand in a column.
/// For others, open addressing, 12 bytes a slot in two columns, at most half of them in use.
class DatumTable {
 public:
  /// The number of a datum: kNoPosition in a new slot, to be set by the caller. The reference is
  /// good until the next call.
  std::uint32_t& operator[](Datum datum) {
    const std::size_t value = small(datum);
    if (value >= dense_.size() && value < kSmallest + 2 * size_) {
      dense_.resize(std::max(value + 1, 2 * dense_.size()), kNoPosition);
    }
    if (value < dense_.size()) {
      if (dense_[value] != kNoPosition) return dense_[value];
      if (hashed_ == 0 || !is_hashed(datum)) {
        ++size_;
        return dense_[value];
      }
    }
    if (2 * (hashed_ + 1) > keys_.size()) grow();
    const std::size_t at = place(datum.bits());
    if (keys_[at] == kFree) {
      keys_[at] = datum.bits();
      ++hashed_;
      ++size_;
    }
    return numbers_[at];
  }

  /// The number, or kNoPosition where there is none.
  std::uint32_t find(Datum datum) const {
    const std::size_t value = small(datum);
    if (value < dense_.size() && dense_[value] != kNoPosition) return dense_[value];
    if (hashed_ == 0) return kNoPosition;
    const std::size_t at = place(datum.bits());
    return keys_[at] == kFree ? kNoPosition : numbers_[at];
  }

 private:
  /// Bits that no datum has: a text beyond all ids.
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};
  static constexpr std::size_t kSmallest = 64;

  /// Its place in the column, if it has one: beyond all for texts and what is negative.
  static std::size_t small(Datum datum) {
    return datum.is_integer() ? static_cast<std::size_t>(datum.bits() >> 1U) : ~std::size_t{0};
  }
  /// It came before the column was long enough.
  bool is_hashed(Datum datum) const { return keys_[place(datum.bits())] != kFree; }

  /// Eight integers in a row share a cache line: many histories count.
  std::size_t place(std::uint64_t bits) const {
    const auto line = static_cast<std::size_t>(((bits >> 4U) * 0x9e3779b97f4a7c15U) >> shift_);
    std::size_t at = (line & ~std::size_t{7}) | (static_cast<std::size_t>(bits >> 1U) & 7U);
    while (keys_[at] != kFree && keys_[at] != bits) at = (at + 1) & (keys_.size() - 1);
    return at;
  }

  void grow() {
    const std::size_t size = keys_.empty() ? 64 : 2 * keys_.size();
    std::vector<std::uint64_t> keys(size, kFree);
    std::vector<std::uint32_t> numbers(size, kNoPosition);
    keys.swap(keys_);
    numbers.swap(numbers_);
    shift_ = 64;
    for (std::size_t left = size; left > 1; left /= 2) --shift_;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] == kFree) continue;
      const std::size_t at = place(keys[i]);
      keys_[at] = keys[i];
      numbers_[at] = numbers[i];
    }
  }

  std::vector<std::uint32_t> dense_;  ///< of small integers
  std::vector<std::uint64_t> keys_;   ///< a power of two of them
  std::vector<std::uint32_t> numbers_;
  std::size_t hashed_ = 0;
  std::size_t size_ = 0;
  unsigned shift_ = 64;
};

}  // namespace witness
