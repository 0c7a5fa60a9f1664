/// One character at a time, whatever the bytes are.
#pragma once

#include <cstddef>
#include <string_view>

namespace witness {

/// `length` bytes make the code point `value`; a byte that begins none is one of its
/// own, with `valid` false.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;
  bool valid = true;
};

/// `text` must not be empty. Overlong forms, surrogates and what lies beyond U+10FFFF
/// are not valid.
CodePoint decode(std::string_view text);

}  // namespace witness
