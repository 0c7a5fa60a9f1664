/// A broken rule somewhere in a line, before anybody knows which line it was.
#pragma once

#include <cstddef>
#include <string>

namespace witness {

/// Thrown by what reads single lines; the reader of the file catches it and makes
/// it an InputError with file, line and caret. Never leaves the room.
struct LineFault {
  std::size_t offset = 0;  ///< of the caret, in bytes from the beginning of the line
  std::string rule;
  std::string note;  ///< stands behind the caret
};

}  // namespace witness
