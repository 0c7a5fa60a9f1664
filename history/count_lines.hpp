/// How many line feeds a text has.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace witness {

/// In a shape that compilers turn into vector instructions; std::count adds up 64-bit numbers.
inline std::uint64_t count_lines(std::string_view text) {
  constexpr std::size_t kLanes = 32;
  constexpr std::size_t kRounds = 255;  // as far as a byte counts
  std::uint64_t lines = 0;
  while (text.size() >= kLanes) {
    std::array<std::uint8_t, kLanes> counts{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < kRounds && at + kLanes <= text.size(); ++i, at += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        counts[lane] = static_cast<std::uint8_t>(counts[lane] + (text[at + lane] == '\n' ? 1 : 0));
      }
    }
    for (const std::uint8_t count : counts) lines += count;
    text.remove_prefix(at);
  }
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  return lines;
}

}  // namespace witness
