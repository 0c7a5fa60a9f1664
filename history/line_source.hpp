/// The lines of a text of any length, one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "history/byte_source.hpp"

namespace witness {

/// A longer line is refused: it would have to fit in memory.
inline constexpr std::size_t kLineBytesMax = std::size_t{64} << 20U;
/// Bytes behind a line that may be read (their content means nothing), for parsers
/// that read whole vectors.
inline constexpr std::size_t kLinePadding = 64;

/// `text` is without its line feed and stays good until the next call of next().
struct Line {
  std::string_view text;
  std::uint64_t number = 0;     ///< from 1
  bool terminated = true;       ///< false: the text ended before a line feed
  std::uint64_t nul_bytes = 0;  ///< at the end of an unterminated line, not in `text`
};

/// Cuts a text into lines. A byte order mark at its beginning is skipped. NUL bytes
/// at its very end (a file that lost power) are counted, not kept. Memory: one
/// chunk of 256 KiB and the longest line. Not thread-safe.
class LineSource {
 public:
  /// `name` stands in messages.
  LineSource(std::unique_ptr<ByteSource> bytes, std::string name);

  /// The next line, or false at the end. Throws InputError for a line beyond
  /// kLineBytesMax, and what the ByteSource throws.
  bool next(Line& line);

 private:
  bool fill();
  void keep_nul_bytes_back();

  std::unique_ptr<ByteSource> bytes_;
  std::string name_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    ///< of the current line in buffer_
  std::size_t scanned_ = 0;  ///< no line feed stands in [begin_, scanned_)
  std::size_t end_ = 0;      ///< of what was read
  std::uint64_t nul_bytes_ = 0;
  std::uint64_t number_ = 0;
  bool at_end_ = false;
};

}  // namespace witness
