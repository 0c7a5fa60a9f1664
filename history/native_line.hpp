/// Reads one line of a native history (FORMAT.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "history/event.hpp"
#include "witness/history.hpp"

namespace witness {

inline constexpr std::string_view kNativeSchema = "witness.history/1";

/// Turns lines into events; keeps its buffers from line to line. Every line must
/// have kLinePadding readable bytes behind it. Throws LineFault. O(length).
class NativeLineParser {
 public:
  NativeLineParser();
  ~NativeLineParser();

  /// The `schema` of a line that is an object and has one; nothing for any other.
  std::optional<std::string> schema_of(std::string_view line);

  HistoryHeader header(std::string_view line);

  /// The event is good until the next call. Texts go into `strings`. `raw_values`: see
  /// read_native_event().
  const Event& event(std::string_view line, StringPool& strings, bool raw_values = false);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace witness
