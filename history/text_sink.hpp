/// Where the text of a history goes: a file or standard output, plain or compressed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct ZSTD_CCtx_s;

namespace witness {

/// "-" is standard output; a name ending in .zst is compressed. Throws SystemError where the file
/// cannot be created, or cannot take what is written (a full disk). Not thread-safe.
class TextSink {
 public:
  /// each_write: what was written can be decompressed by whoever reads the file now.
  enum class Flush : std::uint8_t { each_write, at_end };

  TextSink(const std::string& path, Flush flush);
  ~TextSink();
  TextSink(const TextSink&) = delete;
  TextSink& operator=(const TextSink&) = delete;

  /// Hands the text to the kernel, or to zstd. After one failure nothing more is written: half a
  /// line may stand only at the end.
  void write(std::string_view text);

  /// Ends a compressed stream.
  void finish();

 private:
  void compress(std::string_view text, int directive);

  std::string path_;
  Flush flush_;
  int descriptor_ = -1;
  bool failed_ = false;
  ZSTD_CCtx_s* compressor_ = nullptr;
  std::vector<char> output_;
};

}  // namespace witness
