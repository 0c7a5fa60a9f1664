#include "history/byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "witness/error.hpp"

namespace witness {
namespace {

class FileSource : public ByteSource {
 public:
  FileSource(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~FileSource() override {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
  }

  std::size_t read(std::span<char> buffer) override {
    for (;;) {
      const ssize_t size = ::read(descriptor_, buffer.data(), buffer.size());
      if (size >= 0) return static_cast<std::size_t>(size);
      if (errno == EINTR) continue;
      throw InputError(name_, {}, std::string{"cannot be read: "} + std::strerror(errno));
    }
  }

  std::uint64_t size_hint() const override {
    struct stat status {};
    return ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode)
               ? static_cast<std::uint64_t>(status.st_size)
               : 0;
  }

 private:
  int descriptor_;
  std::string name_;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view text) : text_(text) {}

  std::size_t read(std::span<char> buffer) override {
    const std::size_t size = std::min(buffer.size(), text_.size());
    std::copy_n(text_.data(), size, buffer.data());
    text_.remove_prefix(size);
    return size;
  }

  std::uint64_t size_hint() const override { return text_.size(); }

 private:
  std::string_view text_;
};

/// Gives back first what was read to look at it.
class PeekedSource : public ByteSource {
 public:
  PeekedSource(std::unique_ptr<ByteSource> source, std::string head)
      : source_(std::move(source)), head_(std::move(head)) {}

  std::size_t read(std::span<char> buffer) override {
    if (given_ == head_.size()) return source_->read(buffer);
    const std::size_t size = std::min(buffer.size(), head_.size() - given_);
    std::copy_n(head_.data() + given_, size, buffer.data());
    given_ += size;
    return size;
  }

  std::uint64_t size_hint() const override {
    const std::uint64_t rest = source_->size_hint();
    return rest == 0 ? 0 : rest + head_.size();
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::string head_;
  std::size_t given_ = 0;
};

bool all_nul(std::span<const char> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

class ZstdSource : public ByteSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> source, std::string name)
      : source_(std::move(source)), name_(std::move(name)), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc{};
    compressed_.resize(ZSTD_DStreamInSize());
  }

  std::size_t read(std::span<char> buffer) override {
    if (ended_) return 0;
    ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
    while (output.pos == 0 && !ended_) step(output);
    return output.pos;
  }

 private:
  /// One call of the decoder, after more input if it has none.
  void step(ZSTD_outBuffer& output) {
    if (input_.pos == input_.size && !decoder_is_full_) {
      input_ = {compressed_.data(), source_->read(compressed_), 0};
      if (input_.size == 0) {
        ended_ = true;  // in a frame or between two: both are where the file was cut
        return;
      }
    }
    const std::size_t result = ZSTD_decompressStream(stream_.get(), &output, &input_);
    if (ZSTD_isError(result) != 0) {
      if (!only_nul_follows()) {
        throw InputError(name_, {},
                         std::string{"the zstd stream is damaged: "} + ZSTD_getErrorName(result));
      }
      ended_ = true;
      return;
    }
    decoder_is_full_ = output.pos == output.size;
  }

  /// After an error: did the file's real bytes end here, before NULs alone?
  bool only_nul_follows() {
    const std::span<const char> read{compressed_.data(), input_.size};
    if (read.empty() || read.back() != '\0' || !all_nul(read.subspan(input_.pos))) return false;
    for (;;) {
      const std::size_t size = source_->read(compressed_);
      if (size == 0) return true;
      if (!all_nul({compressed_.data(), size})) return false;
    }
  }

  struct FreeStream {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
  std::vector<char> compressed_;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  bool decoder_is_full_ = false;
  bool ended_ = false;
};

/// True if `head` is how a zstd frame begins, or all that is left of one: a file
/// of one to three bytes can only be a cut one.
bool begins_like_zstd(std::string_view head) {
  constexpr std::string_view kFrame = "\x28\xB5\x2F\xFD";
  constexpr std::string_view kSkippable = "\x2A\x4D\x18";  // after a byte 0x50 … 0x5F
  if (head.empty()) return false;
  if (head == kFrame.substr(0, head.size())) return true;
  return head.size() == 4 && (static_cast<unsigned char>(head[0]) & 0xF0U) == 0x50U &&
         head.substr(1) == kSkippable;
}

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path) {
  if (path == "-") return std::make_unique<FileSource>(STDIN_FILENO, path);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    throw InputError(path, {}, std::string{"cannot be opened: "} + std::strerror(errno));
  }
  return std::make_unique<FileSource>(descriptor, path);
}

std::unique_ptr<ByteSource> open_memory(std::string_view text) {
  return std::make_unique<MemorySource>(text);
}

std::unique_ptr<ByteSource> put_back(std::string head, std::unique_ptr<ByteSource> source) {
  return std::make_unique<PeekedSource>(std::move(source), std::move(head));
}

std::unique_ptr<ByteSource> decompressed(std::unique_ptr<ByteSource> source, std::string name) {
  std::string head(4, '\0');
  std::size_t size = 0;
  while (size < head.size()) {
    const std::size_t more = source->read(std::span{head}.subspan(size));
    if (more == 0) break;
    size += more;
  }
  head.resize(size);
  const bool zstd = begins_like_zstd(head);
  auto peeked = put_back(std::move(head), std::move(source));
  if (!zstd) return peeked;
  return std::make_unique<ZstdSource>(std::move(peeked), std::move(name));
}

}  // namespace witness
