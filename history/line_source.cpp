#include "history/line_source.hpp"

#include <algorithm>
#include <cstring>

#include "witness/error.hpp"

namespace witness {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{256} << 10U;
// Small histories need no large buffer.
constexpr std::size_t kFirstChunkBytes = std::size_t{16} << 10U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

LineSource::LineSource(std::unique_ptr<ByteSource> bytes, std::string name)
    : bytes_(std::move(bytes)), name_(std::move(name)) {}

bool LineSource::next(Line& line) {
  for (;;) {
    const char* const from = buffer_.data() + scanned_;
    const auto* const feed =
        scanned_ < end_ ? static_cast<const char*>(std::memchr(from, '\n', end_ - scanned_))
                        : nullptr;
    if (feed != nullptr) {
      const auto stop = static_cast<std::size_t>(feed - buffer_.data());
      line = {{buffer_.data() + begin_, stop - begin_}, ++number_, true, 0};
      begin_ = scanned_ = stop + 1;
      break;
    }
    scanned_ = end_;
    if (end_ - begin_ > kLineBytesMax) {
      throw InputError(name_, {number_ + 1, 1}, "a line may not be longer than 64 MiB",
                       {buffer_.data() + begin_, 200});
    }
    if (fill()) continue;
    if (begin_ == end_ && nul_bytes_ == 0) return false;
    line = {{buffer_.data() + begin_, end_ - begin_}, ++number_, false, nul_bytes_};
    begin_ = scanned_ = end_;
    nul_bytes_ = 0;
    break;
  }
  if (number_ == 1 && line.text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    line.text.remove_prefix(kByteOrderMark.size());
  }
  return true;
}

/// Appends a chunk. False at the end of the text.
bool LineSource::fill() {
  if (at_end_) return false;
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= begin_;
  scanned_ -= begin_;
  begin_ = 0;
  const std::size_t chunk = buffer_.empty() ? kFirstChunkBytes : kChunkBytes;
  if (buffer_.size() < end_ + chunk + kLinePadding) {
    // Twofold growth, so that a long line is copied a constant number of times.
    buffer_.resize(std::max(2 * end_, end_ + chunk) + kLinePadding);
  }
  std::size_t room = buffer_.size() - kLinePadding - end_;
  if (nul_bytes_ > 0) room = std::min(room, kChunkBytes);
  const std::size_t size = bytes_->read({buffer_.data() + end_, room});
  if (size == 0) {
    at_end_ = true;
    return false;
  }
  end_ += size;
  keep_nul_bytes_back();
  return true;
}

/// NULs at the end of what was read may be all that follows, gigabytes of them:
/// they are counted, and put back only if something else follows.
void LineSource::keep_nul_bytes_back() {
  std::size_t stop = end_;
  while (stop > scanned_ && buffer_[stop - 1] == '\0') --stop;
  const std::uint64_t trailing = end_ - stop;
  if (stop > scanned_ && nul_bytes_ > 0) {
    const std::uint64_t put_back = std::min<std::uint64_t>(nul_bytes_, kLineBytesMax + 1);
    buffer_.insert(buffer_.begin() + static_cast<std::ptrdiff_t>(scanned_), put_back, '\0');
    stop += put_back;
    nul_bytes_ = 0;
  }
  nul_bytes_ += trailing;
  end_ = stop;
}

}  // namespace witness
