#include "history/native_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <vector>

#include "history/utf8.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

void write_fully(int descriptor, const char* data, std::size_t size, const std::string& path) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0) {
      if (errno == EINTR) continue;
      throw SystemError(fmt::format("{}: cannot write the history: {}", path, strerror(errno)));
    }
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

}  // namespace

/// A file, plain or compressed. A compressed line is flushed like a plain one.
class NativeWriter::Sink {
 public:
  explicit Sink(const std::string& path) : path_(path) {
    if (path == "-") {
      descriptor_ = STDOUT_FILENO;
    } else {
      descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
      if (descriptor_ < 0) {
        throw SystemError(fmt::format("{}: cannot create the history: {}", path, strerror(errno)));
      }
    }
    if (path.ends_with(".zst")) {
      compressor_ = ZSTD_createCCtx();
      output_.resize(ZSTD_CStreamOutSize());
    }
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() {
    ZSTD_freeCCtx(compressor_);
    if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  }

  /// After one failure nothing more is written: half a line may stand only at the end.
  void write(std::string_view text) {
    if (failed_) throw SystemError(path_ + ": the history could not be written");
    failed_ = true;
    if (compressor_ == nullptr) {
      write_fully(descriptor_, text.data(), text.size(), path_);
    } else {
      compress(text, ZSTD_e_flush);
    }
    failed_ = false;
  }

  void finish() {
    if (compressor_ != nullptr) compress({}, ZSTD_e_end);
  }

 private:
  void compress(std::string_view text, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    for (std::size_t left = 1; left != 0;) {
      ZSTD_outBuffer out{output_.data(), output_.size(), 0};
      left = ZSTD_compressStream2(compressor_, &out, &in, directive);
      if (ZSTD_isError(left) != 0U) {
        throw SystemError(fmt::format("{}: zstd: {}", path_, ZSTD_getErrorName(left)));
      }
      write_fully(descriptor_, output_.data(), out.pos, path_);
    }
  }

  std::string path_;
  int descriptor_ = -1;
  bool failed_ = false;
  ZSTD_CCtx* compressor_ = nullptr;
  std::vector<char> output_;
};

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
    : origin_(std::chrono::steady_clock::now()), sink_(std::make_unique<Sink>(path)) {
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
