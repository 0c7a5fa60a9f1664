/// Decimal integers, eight digits at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace witness {

/// Digits at the beginning of eight bytes, and their value. Needs eight readable bytes.
struct Digits {
  std::uint64_t value = 0;
  unsigned count = 0;
};

inline Digits leading_digits(const char* at) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, 8);
  const std::uint64_t digits = bytes ^ 0x3030303030303030U;
  // A byte's high bit is set where it is no digit.
  const std::uint64_t others =
      (((digits & 0x7f7f7f7f7f7f7f7fU) + 0x7676767676767676U) | digits) & 0x8080808080808080U;
  const unsigned count = static_cast<unsigned>(std::countr_zero(others)) / 8;
  if (count == 0) return {};
  // Digits move to the high bytes, so that zeros stand in front; then pairs, fours, eights.
  std::uint64_t sum = digits << (64 - 8 * count);
  sum = (sum * 10 + (sum >> 8U)) & 0x00ff00ff00ff00ffU;
  sum = (sum * 100 + (sum >> 16U)) & 0x0000ffff0000ffffU;
  sum = sum * 10000 + (sum >> 32U);
  return {sum & 0xffffffffU, count};
}

}  // namespace witness
