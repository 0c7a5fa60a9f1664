#include "history/text_sink.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>

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

TextSink::TextSink(const std::string& path, Flush flush) : path_(path), flush_(flush) {
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

TextSink::~TextSink() {
  ZSTD_freeCCtx(compressor_);
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

void TextSink::write(std::string_view text) {
  if (failed_) throw SystemError(path_ + ": the history could not be written");
  failed_ = true;
  if (compressor_ == nullptr) {
    write_fully(descriptor_, text.data(), text.size(), path_);
  } else {
    compress(text, flush_ == Flush::each_write ? ZSTD_e_flush : ZSTD_e_continue);
  }
  failed_ = false;
}

void TextSink::finish() {
  if (compressor_ != nullptr) compress({}, ZSTD_e_end);
}

void TextSink::compress(std::string_view text, int directive) {
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  for (bool more = true; more;) {
    ZSTD_outBuffer out{output_.data(), output_.size(), 0};
    const std::size_t left =
        ZSTD_compressStream2(compressor_, &out, &in, static_cast<ZSTD_EndDirective>(directive));
    if (ZSTD_isError(left) != 0U) {
      throw SystemError(fmt::format("{}: zstd: {}", path_, ZSTD_getErrorName(left)));
    }
    write_fully(descriptor_, output_.data(), out.pos, path_);
    more = directive == ZSTD_e_continue ? in.pos < in.size : left != 0;
  }
}

}  // namespace witness
