#include "history/excerpt.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "history/utf8.hpp"

namespace witness {
namespace {

constexpr std::string_view kIndent = "  ";
constexpr std::string_view kEllipsis = "…";  // one column
constexpr std::size_t kColumns = kMessageColumns - kIndent.size();
/// A cut line keeps this much in front of the caret: enough to see the field's name.
constexpr std::size_t kColumnsBefore = 60;

/// What is shown for one character of the input.
struct Cell {
  std::string text;
  std::size_t columns = 0;
};

Cell cell_of(std::string_view text, const utf8::Character& character) {
  if (character.valid && character.code == U'\t') return {"\\t", 2};
  if (character.valid && !utf8::is_unsafe(character.code)) {
    return {std::string{text.substr(0, character.size)},
            static_cast<std::size_t>(utf8::columns(character.code))};
  }
  Cell cell;
  for (const char byte : text.substr(0, character.size)) {
    std::array<char, 5> escape{};
    std::snprintf(escape.data(), escape.size(), "\\x%02X", static_cast<unsigned char>(byte));
    cell.text += escape.data();
  }
  cell.columns = cell.text.size();
  return cell;
}

/// Marks without a width may not make a window endless.
constexpr std::size_t kCellsPerColumn = 3;

/// Cells of `text` from its beginning, until `columns_max` would be exceeded.
/// `end` is where it stopped, in bytes.
std::vector<Cell> cells_within(std::string_view text, std::size_t columns_max, std::size_t& end) {
  std::vector<Cell> cells;
  std::size_t used = 0;
  for (end = 0; end < text.size();) {
    const utf8::Character character = utf8::decode(text.substr(end));
    Cell cell = cell_of(text.substr(end), character);
    if (used + cell.columns > columns_max || cells.size() / kCellsPerColumn >= columns_max) break;
    used += cell.columns;
    end += character.size;
    cells.push_back(std::move(cell));
  }
  return cells;
}

/// Where the character before `at` begins.
std::size_t previous(std::string_view text, std::size_t at) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(4, at); ++size) {
    const utf8::Character character = utf8::decode(text.substr(at - size));
    if (character.size == size && character.valid) return at - size;
  }
  return at - 1;
}

/// Where the character that holds the byte `at` begins; for a mark without a width,
/// the character that wears it.
std::size_t character_start(std::string_view text, std::size_t at) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, at); ++back) {
    const utf8::Character character = utf8::decode(text.substr(at - back));
    if (character.valid && character.size > back) {
      at -= back;
      break;
    }
  }
  for (std::size_t i = 0; i < kCellsPerColumn * kColumns && at > 0 && at < text.size(); ++i) {
    if (cell_of(text.substr(at), utf8::decode(text.substr(at))).columns > 0) break;
    at = previous(text, at);
  }
  return at;
}

/// Cells that end right before `at`, at most `columns_max` columns of them.
std::vector<Cell> cells_before(std::string_view text, std::size_t at, std::size_t columns_max,
                               std::size_t& begin) {
  std::vector<Cell> cells;
  std::size_t used = 0;
  for (begin = at; begin > 0;) {
    const std::size_t start = previous(text, begin);
    Cell cell = cell_of(text.substr(start), utf8::decode(text.substr(start)));
    if (used + cell.columns > columns_max || cells.size() / kCellsPerColumn >= columns_max) break;
    used += cell.columns;
    begin = start;
    cells.push_back(std::move(cell));
  }
  std::reverse(cells.begin(), cells.end());
  return cells;
}

std::size_t total_columns(const std::vector<Cell>& cells) {
  std::size_t columns = 0;
  for (const Cell& cell : cells) columns += cell.columns;
  return columns;
}

std::string joined(const std::vector<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) text += cell.text;
  return text;
}

/// The caret and its note: behind it, else in front of it, else below it.
std::string caret_line(std::size_t caret_column, std::string_view note) {
  const std::string spaces(caret_column, ' ');
  if (note.empty()) return spaces + '^';
  if (caret_column + 2 + note.size() <= kColumns) return spaces + "^ " + std::string{note};
  if (caret_column > note.size()) {
    return spaces.substr(note.size() + 1) + std::string{note} + " ^";
  }
  return spaces + "^\n" + std::string{kIndent} + std::string{note};
}

}  // namespace

std::string printable(std::string_view text) {
  std::size_t end = 0;
  return joined(cells_within(text, SIZE_MAX, end));
}

std::string quoted(std::string_view text, std::size_t columns_max) {
  std::size_t end = 0;
  std::string shown = joined(cells_within(text, columns_max, end));
  if (end < text.size()) shown += kEllipsis;
  return '"' + shown + '"';
}

std::string caret_excerpt(std::string_view line, std::size_t offset, std::string_view note) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  offset = character_start(line, std::min(offset, line.size()));
  const std::size_t note_columns = note.empty() ? 0 : note.size() + 1;  // and a space

  // The whole line if it fits; else a window that leaves room for the note.
  std::size_t begin = 0;
  std::size_t end = 0;
  const std::size_t caret_end = offset == line.size() ? 1 : 0;  // behind the last character
  static_cast<void>(cells_within(line, kColumns - caret_end, end));
  const bool whole = end == line.size();
  const std::size_t room = note_columns < kColumns - 1 ? kColumns - 1 - note_columns : 0;
  const std::size_t before_max =
      whole ? kColumns : std::min(kColumnsBefore, std::max<std::size_t>(room, 1));
  const std::vector<Cell> before = cells_before(line, offset, before_max, begin);
  const std::size_t cut_before = begin > 0 ? 1 : 0;
  const std::size_t caret_column = cut_before + total_columns(before);
  const std::size_t left = kColumns - std::min(kColumns, caret_column + (whole ? 0 : 1));
  const std::vector<Cell> after = cells_within(line.substr(offset), left, end);

  std::string text{kIndent};
  if (cut_before != 0) text += kEllipsis;
  text += joined(before) + joined(after);
  if (offset + end < line.size()) text += kEllipsis;
  text += '\n';
  text += kIndent;
  text += caret_line(caret_column, note);
  return text;
}

}  // namespace witness
