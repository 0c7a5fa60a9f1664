/// Any bytes are a history, or an InputError: nothing else may come out, and a
/// History that comes out holds together. Bytes that begin like a zstd frame are
/// decompressed; to reach behind a frame's checks, the same bytes are also read
/// as text that was compressed.
#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "history/excerpt.hpp"
#include "history/utf8.hpp"
#include "tests/fuzz/history_invariants.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"

namespace witness::fuzz {
namespace {

void check_message(const InputError& error) {
  const std::string_view message = error.what();
  require(utf8::find_invalid(message) == std::string_view::npos, "messages are UTF-8");
  for (const char c : message) {
    require(c == '\n' || static_cast<unsigned char>(c) >= 0x20, "messages drive no terminal");
  }
}

/// Number of operations, or -1 for an InputError.
std::int64_t read(std::string_view bytes) {
  try {
    const History history = parse_history(bytes, "fuzz");
    check_invariants(history);
    for (StringId id = 0; id < history.strings.size(); ++id) {
      require(utf8::find_invalid(history.strings[id]) == std::string_view::npos, "texts are UTF-8");
    }
    return static_cast<std::int64_t>(history.operations.size());
  } catch (const InputError& error) {
    check_message(error);
    return -1;
  }
}

std::string compressed(std::string_view text) {
  std::string frame(ZSTD_compressBound(text.size()), '\0');
  static ZSTD_CCtx* const context = ZSTD_createCCtx();
  const std::size_t size =
      ZSTD_compressCCtx(context, frame.data(), frame.size(), text.data(), text.size(), 1);
  require(ZSTD_isError(size) == 0, "zstd compresses anything");
  frame.resize(size);
  return frame;
}

}  // namespace

void one_input(std::string_view bytes) {
  const std::int64_t plain = read(bytes);
  const bool is_zstd =
      bytes.substr(0, 1) == "\x28" || (!bytes.empty() && (bytes[0] & 0xF0) == 0x50);
  if (is_zstd) return;
  require(read(compressed(bytes)) == plain, "compression changes nothing");
}

}  // namespace witness::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  witness::fuzz::one_input({reinterpret_cast<const char*>(data), size});
  return 0;
}
