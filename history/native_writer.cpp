#include "history/native_writer.hpp"

#include <fmt/format.h>

#include <iterator>

#include "history/text_sink.hpp"
#include "history/utf8.hpp"

namespace witness {
void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
      ++i;
    } else if (static_cast<unsigned char>(c) < 0x20U) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
      ++i;
    } else {
      const auto character = utf8::decode(text.substr(i));
      out += character.valid ? text.substr(i, character.size) : std::string_view{"\xEF\xBF\xBD"};
      i += character.size;
    }
  }
  out += '"';
}

NativeWriter::NativeWriter(const std::string& path, std::string_view header)
    : origin_(std::chrono::steady_clock::now()),
      sink_(std::make_unique<TextSink>(path, TextSink::Flush::each_write)) {
  sink_->write(std::string{header} + "\n");
}

NativeWriter::~NativeWriter() = default;

std::int64_t NativeWriter::now_ns() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() -
                                                              origin_)
      .count();
}

Stamp NativeWriter::invoke(std::int64_t process, std::string_view f, std::string_view value,
                           std::int64_t scheduled_ns) {
  const std::lock_guard lock{mutex_};
  const Stamp stamp{next_index_, now_ns()};
  line_.clear();
  fmt::format_to(std::back_inserter(line_),
                 R"({{"index":{},"type":"invoke","process":{},"f":"{}","time":{},)", stamp.index,
                 process, f, stamp.time_ns);
  if (scheduled_ns >= 0) {
    fmt::format_to(std::back_inserter(line_), R"("scheduled":{},)", scheduled_ns);
  }
  fmt::format_to(std::back_inserter(line_), "\"value\":{}}}\n", value);
  sink_->write(line_);
  ++next_index_;
  ++operations_;
  return stamp;
}

void NativeWriter::attempt(std::uint64_t of, unsigned number, std::string_view value) {
  const std::lock_guard lock{mutex_};
  line_.clear();
  fmt::format_to(std::back_inserter(line_),
                 "{{\"type\":\"attempt\",\"of\":{},\"attempt\":{},\"value\":{}}}\n", of, number,
                 value);
  sink_->write(line_);
}

Stamp NativeWriter::complete(Completion completion, std::int64_t process, std::string_view f,
                             std::string_view value, std::string_view rest) {
  const std::lock_guard lock{mutex_};
  const Stamp stamp{next_index_, now_ns()};
  line_.clear();
  fmt::format_to(std::back_inserter(line_),
                 "{{\"index\":{},\"type\":\"{}\",\"process\":{},\"f\":\"{}\",\"time\":{},"
                 "\"value\":{}{}}}\n",
                 stamp.index, kCompletionNames[static_cast<std::size_t>(completion)], process, f,
                 stamp.time_ns, value, rest);
  sink_->write(line_);
  ++next_index_;
  return stamp;
}

void NativeWriter::fact(std::string_view type, std::string_view fields) {
  const std::lock_guard lock{mutex_};
  line_.clear();
  fmt::format_to(std::back_inserter(line_), "{{\"index\":{},\"type\":\"{}\"{}}}\n", next_index_,
                 type, fields);
  sink_->write(line_);
  ++next_index_;
}

void NativeWriter::end(std::string_view ledger) {
  const std::lock_guard lock{mutex_};
  sink_->write(fmt::format(
      "{{\"schema\":\"witness.history/1\",\"end\":true,\"operations\":{},\"ledger\":\"{}\"}}\n",
      operations_, ledger));
  sink_->finish();
}

}  // namespace witness
