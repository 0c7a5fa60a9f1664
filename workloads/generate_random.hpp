/// Chance for generators: the same numbers from the same seed with every standard library
/// (std::mt19937_64 is specified to the bit, the std distributions are not).
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "workloads/generate.hpp"

namespace witness {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// From 0 to n - 1; n from 1 to 2^32. (The bias of at most n / 2^32 does not matter here.)
  std::uint64_t below(std::uint64_t n) { return ((engine_() >> 32U) * n) >> 32U; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool chance(double probability) {
    return static_cast<double>(engine_() >> 11U) < probability * 0x1p53;
  }

 private:
  std::mt19937_64 engine_;
};

/// The keys that are alive. After `writes_per_key` written values a new key takes the place.
class KeyPool {
 public:
  struct Written {
    std::uint32_t key;
    std::uint32_t value;     ///< 1, 2, 3… of its key
    std::uint32_t replaced;  ///< the key that this write's key took the place of, or kNone
  };
  static constexpr std::uint32_t kNone = 0xffffffff;

  KeyPool(KeyDistribution distribution, std::uint64_t keys, std::uint64_t writes_per_key);

  std::uint32_t to_read(Dice& dice) { return slots_[pick(dice)].key; }
  Written to_write(Dice& dice);
  /// A key that nobody else gets.
  std::uint32_t fresh() { return next_key_++; }

 private:
  struct Slot {
    std::uint32_t key;
    std::uint32_t writes = 0;
  };

  std::size_t pick(Dice& dice);

  KeyDistribution distribution_;
  std::uint64_t writes_per_key_;
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> cumulative_;  // of zipf
  std::uint32_t next_key_ = 0;
};

}  // namespace witness
