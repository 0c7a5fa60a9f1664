/// Where a text stops being JSON, and why.
///
/// A fast parser answers "no" without a place, and does not look into what it
/// skips. This one is slow, strict (RFC 8259, UTF-8, paired surrogates) and exact;
/// it reads what the fast one refused or skipped.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace witness {

/// Objects and lists inside each other, at most.
inline constexpr std::size_t kJsonDepthMax = 512;

struct JsonFault {
  std::size_t offset = 0;  ///< in bytes
  std::string rule;
  std::size_t reach = 0;  ///< how far it was read: a text that was cut may have a fault there only
};

/// The first value of a text: where it ends, or its first fault.
struct JsonExtent {
  std::size_t end = 0;
  std::optional<JsonFault> fault;
};

/// Reads one value and says nothing of what follows it. As find_json_fault().
JsonExtent json_extent(std::string_view text);

/// The first fault of a text that should be one JSON value (white space around it
/// is fine), or nothing. O(length) time, no recursion, O(1) memory.
std::optional<JsonFault> find_json_fault(std::string_view text);

/// A JSON text without the white space between its tokens. The text must be valid.
std::string compact_json(std::string_view text);

/// True for the characters that JSON calls white space.
constexpr bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace witness
