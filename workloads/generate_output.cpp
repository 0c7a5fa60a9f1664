#include "workloads/generate_output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "witness/error.hpp"

namespace witness {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 20U;

}  // namespace

GenerateOutput::GenerateOutput(const std::string& path) : path_(path) {
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
    compressed_.resize(ZSTD_CStreamOutSize());
  }
  buffer_.reserve(kBuffer + 4096);
}

GenerateOutput::~GenerateOutput() {
  ZSTD_freeCCtx(compressor_);
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

std::uint64_t GenerateOutput::begin_invoke(std::uint64_t process, std::string_view f,
                                           std::uint64_t time_ns) {
  begin("invoke", process, f, time_ns);
  ++operations_;
  return next_index_ - 1;
}

std::uint64_t GenerateOutput::begin_completion(Completion told, std::uint64_t process,
                                               std::string_view f, std::uint64_t time_ns) {
  begin(kCompletionNames[static_cast<std::size_t>(told)], process, f, time_ns);
  return next_index_ - 1;
}

void GenerateOutput::begin_fact(std::string_view type) {
  text(R"({"index":)");
  number(next_index_++);
  text(R"(,"type":")");
  text(type);
  text("\"");
}

void GenerateOutput::begin(std::string_view type, std::uint64_t process, std::string_view f,
                           std::uint64_t time_ns) {
  time_ns_ = std::max(time_ns, time_ns_ + 1);
  begin_fact(type);
  text(R"(,"process":)");
  number(process);
  text(R"(,"f":")");
  text(f);
  text(R"(","time":)");
  number(time_ns_);
  text(R"(,"value":[)");
}

void GenerateOutput::end_line() {
  buffer_ += '\n';
  if (buffer_.size() >= kBuffer) flush(false);
}

void GenerateOutput::line(std::string_view text) {
  buffer_ += text;
  end_line();
}

void GenerateOutput::number(std::uint64_t number) {
  const fmt::format_int digits{number};
  buffer_.append(digits.data(), digits.size());
}

void GenerateOutput::finish(std::string_view ledger) {
  buffer_ +=
      fmt::format("{{\"schema\":\"witness.history/1\",\"end\":true,\"operations\":{}{}}}\n",
                  operations_, ledger.empty() ? "" : fmt::format(R"(,"ledger":"{}")", ledger));
  flush(true);
}

void GenerateOutput::flush(bool last) {
  if (compressor_ == nullptr) {
    write_fully(buffer_);
  } else {
    compress(last);
  }
  buffer_.clear();
}

void GenerateOutput::compress(bool last) {
  ZSTD_inBuffer in{buffer_.data(), buffer_.size(), 0};
  for (std::size_t left = 1; last ? left != 0 : in.pos < in.size;) {
    ZSTD_outBuffer out{compressed_.data(), compressed_.size(), 0};
    left = ZSTD_compressStream2(compressor_, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0U) {
      throw SystemError(fmt::format("{}: zstd: {}", path_, ZSTD_getErrorName(left)));
    }
    write_fully(std::string_view{compressed_}.substr(0, out.pos));
  }
}

void GenerateOutput::write_fully(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      throw SystemError(fmt::format("{}: cannot write the history: {}", path_, strerror(errno)));
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace witness
