/// Where each value of one key stands: a small table that is used again for the next key.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "witness/transactions.hpp"

namespace witness {

/// Open addressing; clearing costs nothing (every use has its own stamp). Stays in the cache, since
/// a key has few values.
class ValueTable {
 public:
  /// Forgets everything and makes room for so many values.
  void reset(std::size_t values) {
    const std::size_t wanted = std::bit_ceil(2 * values + 2);
    if (wanted > slots_.size()) {
      slots_.assign(wanted, {});
      stamp_ = 0;
    }
    // Few values in a table that once was large use only its beginning.
    shift_ = 64U - static_cast<unsigned>(std::countr_zero(wanted));
    mask_ = wanted - 1;
    if (++stamp_ == 0) {
      slots_.assign(slots_.size(), {});
      stamp_ = 1;
    }
  }

  /// The number kept for the value; `number` is kept if there is none yet.
  std::uint32_t insert(Datum value, std::uint32_t number) {
    Slot& slot = slots_[place_of(value)];
    if (slot.stamp != stamp_) slot = {value, number, stamp_};
    return slot.number;
  }

  /// kNoPosition if there is none.
  std::uint32_t find(Datum value) const {
    const Slot& slot = slots_[place_of(value)];
    return slot.stamp == stamp_ ? slot.number : kNoPosition;
  }

 private:
  struct Slot {
    Datum value{};
    std::uint32_t number = 0;
    std::uint32_t stamp = 0;
  };

  std::size_t place_of(Datum value) const {
    constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15U;  // Knuth, vol. 3, 6.4
    std::size_t place = (value.bits() * kGolden) >> shift_;
    while (slots_[place].stamp == stamp_ && slots_[place].value != value) {
      place = (place + 1) & mask_;
    }
    return place;
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  unsigned shift_ = 64;
  std::uint32_t stamp_ = 0;
};

}  // namespace witness
