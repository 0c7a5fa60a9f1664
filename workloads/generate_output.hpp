/// The text of a generated history on its way to a file, through a large buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "history/text_sink.hpp"
#include "witness/operation.hpp"

namespace witness {

/// Not thread-safe. Numbers its lines, and keeps their times growing strictly, so that the order
/// of lines and the order of times are one. Throws SystemError where the file cannot take it.
class GenerateOutput {
 public:
  /// "-" is standard output; a name that ends in .zst is compressed.
  explicit GenerateOutput(const std::string& path);

  /// `{"index":N,"type":"invoke","process":P,"f":"txn","time":T,"value":[`. Gives the index.
  std::uint64_t begin_invoke(std::uint64_t process, std::string_view f, std::uint64_t time_ns);
  std::uint64_t begin_completion(Completion told, std::uint64_t process, std::string_view f,
                                 std::uint64_t time_ns);
  /// The same up to `"value":`, for values that are no lists of micro-operations.
  std::uint64_t begin_call(std::uint64_t process, std::string_view f, std::uint64_t time_ns);
  void begin_answer(Completion told, std::uint64_t process, std::string_view f,
                    std::uint64_t time_ns);
  /// Any other line: `{"index":N,"type":"<type>"`.
  void begin_fact(std::string_view type);
  void end_line();  ///< a line feed
  void line(std::string_view text);

  void text(std::string_view text) { buffer_ += text; }
  void number(std::uint64_t number);

  /// The end line, and what is still in the buffer. Without it the file is a cut one.
  void finish(std::string_view ledger);

  std::uint64_t operations() const noexcept { return operations_; }

 private:
  void begin(std::string_view type, std::uint64_t process, std::string_view f,
             std::uint64_t time_ns);
  void flush();

  TextSink sink_;
  std::string buffer_;
  std::uint64_t next_index_ = 0;
  std::uint64_t time_ns_ = 0;
  std::uint64_t operations_ = 0;
};

}  // namespace witness
