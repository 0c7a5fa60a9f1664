/// Decimal integers, eight digits at a time, and other short texts.
#pragma once

#include <bit>
#include <cstddef>
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

/// Moves `at` behind a number of at most 15 digits without a leading zero; false for any other.
/// Needs 16 readable bytes.
inline bool short_number(const char*& at, std::uint64_t& value) {
  constexpr std::uint64_t kPowers[] = {1,      10,      100,      1000,     10000,
                                       100000, 1000000, 10000000, 100000000};
  const Digits high = leading_digits(at);
  if (high.count == 0 || (*at == '0' && high.count > 1)) return false;
  value = high.value;
  at += high.count;
  if (high.count < 8) return true;
  const Digits low = leading_digits(at);
  if (low.count == 8) return false;
  value = value * kPowers[low.count] + low.value;
  at += low.count;
  return true;
}

/// Moves `at` behind `text`, if it stands there. Needs as many readable bytes.
template <std::size_t N>
bool short_text(const char*& at, const char (&text)[N]) {
  if (std::memcmp(at, text, N - 1) != 0) return false;
  at += N - 1;
  return true;
}

}  // namespace witness
