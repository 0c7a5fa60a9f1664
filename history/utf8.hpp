/// UTF-8 as bytes come: one character at a time, valid or not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace witness::utf8 {

/// One decoded character. An invalid byte is a character of its own: `valid` is
/// false, `size` is 1 and `code` is the byte.
struct Character {
  char32_t code = 0;
  std::size_t size = 1;
  bool valid = false;
};

/// The character at the beginning of a non-empty text. Overlong forms, surrogates
/// and codes beyond U+10FFFF are invalid (RFC 3629).
Character decode(std::string_view text);

/// Appends a character that RFC 3629 knows.
void append(std::string& text, char32_t code);

/// Offset of the first invalid byte, or npos.
std::size_t find_invalid(std::string_view text);

/// Columns that a terminal uses: 0 for combining marks, 2 for East Asian wide
/// characters and emoji, else 1. An approximation, for aligning carets.
int columns(char32_t code);

/// True for what must not reach a terminal as it is: C0 and C1 controls, DEL, line
/// separators, and the marks that reorder or hide text.
bool is_unsafe(char32_t code);

}  // namespace witness::utf8
