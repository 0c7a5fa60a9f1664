#include "checker/report/columns.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "checker/report/utf8.hpp"

namespace witness {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Combining marks and joiners; and what terminals draw two columns wide (Unicode 15,
// East Asian Width W and F, and emoji), both merged into few ranges.
constexpr std::array kNoColumn = {
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x0610, 0x061A},
    Range{0x064B, 0x065F}, Range{0x0900, 0x0902}, Range{0x0E31, 0x0E31}, Range{0x0E34, 0x0E3A},
    Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20F0},
    Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF},
};
constexpr std::array kTwoColumns = {
    Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x23E9, 0x23EC},
    Range{0x25FD, 0x25FE},   Range{0x2614, 0x2615},   Range{0x2648, 0x2653},
    Range{0x267F, 0x267F},   Range{0x26A1, 0x26A1},   Range{0x26AA, 0x26AB},
    Range{0x26BD, 0x26BE},   Range{0x2705, 0x2705},   Range{0x274C, 0x274C},
    Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},
    Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},   Range{0xA960, 0xA97F},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
    Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD},
};

template <typename Ranges>
bool in(const Ranges& ranges, char32_t point) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

std::size_t width_of(char32_t point) {
  if (point < 0x300) return 1;
  if (in(kNoColumn, point)) return 0;
  return in(kTwoColumns, point) ? 2 : 1;
}

/// As much of `text` as fits, at least one character if there is any.
std::string_view prefix(std::string_view text, std::size_t columns) {
  std::size_t taken = 0;
  std::size_t used = 0;
  while (taken < text.size()) {
    const CodePoint point = decode(text.substr(taken));
    const std::size_t width = width_of(point.value);
    if (taken > 0 && used + width > columns) break;
    used += width;
    taken += point.length;
  }
  return text.substr(0, taken);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const CodePoint point = decode(text);
    columns += width_of(point.value);
    text.remove_prefix(point.length);
  }
  return columns;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (columns == 0) return {};
  if (display_width(text) <= columns) return std::string{text};
  if (columns == 1) return "…";
  return std::string{prefix(text, columns - 1)} + "…";
}

std::string wrapped(std::string_view text, std::size_t columns, std::string_view first,
                    std::string_view rest) {
  std::string lines{first};
  std::size_t used = display_width(first);
  bool fresh = true;  // nothing but the indent stands in the line
  const auto break_line = [&] {
    lines += "\n";
    lines += rest;
    used = display_width(rest);
    fresh = true;
  };
  while (!text.empty()) {
    const auto space = text.find(' ');
    std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (!fresh && used + 1 + display_width(word) > columns) break_line();
    while (fresh && used + display_width(word) > columns) {
      const std::string_view part = prefix(word, columns > used ? columns - used : 1);
      lines += part;
      word.remove_prefix(part.size());
      if (word.empty()) break;
      break_line();
    }
    if (!fresh) {
      lines += " ";
      ++used;
    }
    lines += word;
    used += display_width(word);
    fresh = false;
  }
  return lines + "\n";
}

}  // namespace witness
