/// Where the bytes of an input come from: a file, standard input, memory, and any
/// of these through zstd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace witness {

/// Bytes in order, once. Not thread-safe.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// Fills the beginning of a non-empty `buffer`, and says how many bytes it
  /// wrote; 0 only at the end. Throws InputError for what cannot be read.
  virtual std::size_t read(std::span<char> buffer) = 0;

  /// How many bytes there are about, all in all; 0 if nobody knows.
  virtual std::uint64_t size_hint() const { return 0; }
};

/// A file, or standard input for "-". Throws InputError (without a position) where
/// it cannot be opened.
std::unique_ptr<ByteSource> open_file(const std::string& path);

/// A text that must outlive the source.
std::unique_ptr<ByteSource> open_memory(std::string_view text);

/// A text that was taken from a source to look at it, and then the rest of the source.
std::unique_ptr<ByteSource> put_back(std::string head, std::unique_ptr<ByteSource> source);

/// The source itself, or what it decompresses to if it begins like a zstd frame
/// (RFC 8878); names do not matter. A zstd stream that ends too early, or in the
/// NUL bytes that a power cut leaves, simply ends; a damaged one throws
/// InputError. `name` stands in messages.
std::unique_ptr<ByteSource> decompressed(std::unique_ptr<ByteSource> source, std::string name);

}  // namespace witness
