/// A text in blocks of whole lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "history/byte_source.hpp"

namespace witness {

/// A buffer with kBlockPadding NULs behind its text. Growing keeps what is in it.
class TextBuffer {
 public:
  std::string_view text() const { return {data_.get(), size_}; }
  std::size_t size() const { return size_; }
  char* data() { return data_.get(); }
  void clear() { shorten(0); }

  void append(std::string_view text);
  void remove_prefix(std::size_t size);

  /// Room for `size` more bytes; then `added` says how many were written there.
  char* room(std::size_t size);
  void added(std::size_t size);
  void shorten(std::size_t size);

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

struct TextBlock {
  TextBuffer buffer;
  bool last = false;            ///< nothing follows
  bool ends_line = false;       ///< it ends with a line feed
  std::uint64_t nul_bytes = 0;  ///< at the end of the last block, not in its text
};

inline constexpr std::size_t kBlockBytes = std::size_t{1} << 20U;

/// Cuts behind a line feed, or anywhere in a line that is longer than a block. A byte order mark at
/// the beginning is left out. Not thread-safe.
class TextBlocks {
 public:
  /// `native`: NUL bytes at the very end (a file that lost power) are counted, not kept.
  /// `bytes`: no text at all; a block is as long as it is, and nothing is left out.
  enum class Kind : std::uint8_t { text, native, bytes };

  TextBlocks(std::unique_ptr<ByteSource> bytes, Kind kind, std::size_t block_bytes = kBlockBytes);

  /// Fills the block; false once the last one was given. Throws what the source throws.
  bool next(TextBlock& block);

  /// How many bytes there are about; 0 if nobody knows.
  std::uint64_t size_hint() const { return bytes_->size_hint(); }

 private:
  void fill(TextBuffer& buffer);
  void keep_nul_bytes_back(TextBuffer& buffer, std::size_t size);

  std::unique_ptr<ByteSource> bytes_;
  Kind kind_;
  std::size_t block_bytes_;
  std::string carried_;  ///< the beginning of a line whose end was not read
  std::uint64_t nul_bytes_ = 0;
  bool first_ = true;
  bool at_end_ = false;
  bool given_last_ = false;
};

}  // namespace witness
