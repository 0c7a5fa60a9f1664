/// Writes a native history (history/FORMAT.md) while it happens. Every line has been handed to
/// the kernel when its call returns, so `kill -9` of the recorder loses nothing that was said.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "witness/operation.hpp"

namespace witness {

class TextSink;

/// Where and when a line stands in the history.
struct Stamp {
  std::uint64_t index = 0;
  std::int64_t time_ns = 0;
};

/// Appends `text` as a JSON string, quotes included. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Thread-safe. Times are nanoseconds since construction, taken under the lock that orders the
/// lines: the order of the lines is the order of the times. An invocation is stamped before its
/// request is sent and a completion after its answer was parsed, so intervals only ever widen.
/// Every member throws SystemError if the file cannot take it (a full disk); the file then ends
/// in what was whole.
class NativeWriter {
 public:
  /// Creates the file; "-" is standard output; a name ending in .zst is compressed, flushed line
  /// by line. `header` is the first line, a JSON object.
  NativeWriter(const std::string& path, std::string_view header);
  ~NativeWriter();
  NativeWriter(const NativeWriter&) = delete;
  NativeWriter& operator=(const NativeWriter&) = delete;

  /// `value`: the micro-operations as JSON. `scheduled_ns` < 0: closed loop.
  Stamp invoke(std::int64_t process, std::string_view f, std::string_view value,
               std::int64_t scheduled_ns = -1);

  /// A further attempt of the operation invoked at `of` begins, and writes other values.
  void attempt(std::uint64_t of, unsigned number, std::string_view value);

  /// `rest`: further fields as JSON text, each led by a comma (`,"error":{…},"attempts":[…]`).
  Stamp complete(Completion completion, std::int64_t process, std::string_view f,
                 std::string_view value, std::string_view rest);

  /// A line about the database: `fields` follow `{"index":N,"type":"<type>"`, led by a comma.
  void fact(std::string_view type, std::string_view fields);

  /// The end line. `ledger` is a name of kLedgerStateNames.
  void end(std::string_view ledger);

  /// Nanoseconds since construction, now.
  std::int64_t now_ns() const;

  std::uint64_t operations() const noexcept { return operations_; }

 private:
  std::chrono::steady_clock::time_point origin_;
  std::unique_ptr<TextSink> sink_;
  std::mutex mutex_;
  std::string line_;  // reused
  std::uint64_t next_index_ = 0;
  std::uint64_t operations_ = 0;
};

}  // namespace witness
