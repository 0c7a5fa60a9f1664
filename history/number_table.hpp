/// A hash table from 64-bit numbers to 32-bit positions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "witness/operation.hpp"

namespace witness {

/// Open addressing, 16 bytes a slot, at most half of them in use: a lookup touches one cache line
/// most of the time.
class NumberTable {
 public:
  /// The position of a number: kNoPosition in a new slot, to be set by the caller. The reference
  /// is good until the next call.
  std::uint32_t& operator[](std::uint64_t number) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    Slot& slot = slots_[place(number)];
    if (!slot.used) {
      slot = {number, kNoPosition, true};
      ++size_;
    }
    return slot.position;
  }

  void prefetch(std::uint64_t number) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[first_place(number)]);
  }

 private:
  struct Slot {
    std::uint64_t number = 0;
    std::uint32_t position = kNoPosition;
    bool used = false;
  };

  std::size_t first_place(std::uint64_t number) const {
    return static_cast<std::size_t>((number * 0x9e3779b97f4a7c15U) >> shift_);
  }
  std::size_t place(std::uint64_t number) const {
    std::size_t at = first_place(number);
    while (slots_[at].used && slots_[at].number != number) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : 2 * slots_.size());
    old.swap(slots_);
    shift_ = 64;
    for (std::size_t size = slots_.size(); size > 1; size /= 2) --shift_;
    for (const Slot& slot : old) {
      if (slot.used) slots_[place(slot.number)] = slot;
    }
  }

  std::vector<Slot> slots_;  ///< a power of two of them
  std::size_t size_ = 0;
  unsigned shift_ = 64;
};

/// The same for numbers most of which have neighbours: sixteen share a cache line.
class DenseTable {
 public:
  std::uint32_t& operator[](std::uint64_t number) {
    if (last_page_ == kNoPosition || number / kPage != last_) turn_to(number / kPage);
    return positions_[std::size_t{last_page_} * kPage + number % kPage];
  }

 private:
  static constexpr std::size_t kPage = 16;

  void turn_to(std::uint64_t wanted) {
    std::uint32_t& page = pages_[wanted];
    if (page == kNoPosition) {
      page = static_cast<std::uint32_t>(positions_.size() / kPage);
      positions_.resize(positions_.size() + kPage, kNoPosition);
    }
    last_ = wanted;
    last_page_ = page;
  }

  NumberTable pages_;
  std::vector<std::uint32_t> positions_;
  std::uint64_t last_ = 0;  ///< the page that was asked for last, and where it is
  std::uint32_t last_page_ = kNoPosition;
};

}  // namespace witness
