/// What an option says: a number with its unit, or one of two words.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace witness {

/// 500ms, 60s, 5m, 1.5h; without a unit, seconds. Throws UsageError, which names the option.
std::chrono::nanoseconds time_in(std::string_view option, const std::string& text);

/// 512M, 1.5G: K, M, G and T are powers of 1024; without a unit, bytes. Throws UsageError.
std::uint64_t bytes_in(std::string_view option, const std::string& text);

/// True for the second word, false for the first, nothing for an empty text. Throws UsageError.
std::optional<bool> choice_in(std::string_view option, const std::string& text, std::string_view no,
                              std::string_view yes);

}  // namespace witness
