/// Text of an input file, made safe and short enough to show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace witness {

/// Nothing that is printed about an input error is wider than this.
inline constexpr std::size_t kMessageColumns = 100;

/// Control characters, marks that reorder text and invalid UTF-8 become \xNN; a
/// tab becomes \t. All else stays as it is.
std::string printable(std::string_view text);

/// A text as a message quotes it: printable, in double quotes, and cut with "…"
/// after `columns_max` columns.
std::string quoted(std::string_view text, std::size_t columns_max = 40);

/// Two lines: `line` around `offset` (in bytes), and below it a caret under that
/// byte with `note` beside it (in a line of its own where there is no room). All is
/// indented by two and fits kMessageColumns. O(window), however long the line is.
std::string caret_excerpt(std::string_view line, std::size_t offset, std::string_view note);

}  // namespace witness
