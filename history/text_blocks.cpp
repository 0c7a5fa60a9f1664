#include "history/text_blocks.hpp"

#include <algorithm>
#include <cstring>

#include "history/line_source.hpp"
#include "history/op_block.hpp"

namespace witness {

namespace {
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
}

char* TextBuffer::room(std::size_t size) {
  const std::size_t needed = size_ + size + kBlockPadding;
  if (needed > capacity_) {
    const std::size_t capacity = std::max(needed, 2 * size_);
    auto grown = std::make_unique_for_overwrite<char[]>(capacity);
    if (data_) std::memcpy(grown.get(), data_.get(), size_ + kBlockPadding);
    data_ = std::move(grown);
    capacity_ = capacity;
  }
  return data_.get() + size_;
}

void TextBuffer::added(std::size_t size) {
  size_ += size;
  std::memset(data_.get() + size_, 0, kBlockPadding);
}

void TextBuffer::append(std::string_view text) {
  char* const at = room(text.size());
  std::copy(text.begin(), text.end(), at);
  added(text.size());
}

void TextBuffer::remove_prefix(std::size_t size) {
  if (size == 0) return;
  std::memmove(data_.get(), data_.get() + size, size_ - size);
  shorten(size_ - size);
}

void TextBuffer::shorten(std::size_t size) {
  size_ = size;
  if (data_) added(0);
}

TextBlocks::TextBlocks(std::unique_ptr<ByteSource> bytes, Kind kind, std::size_t block_bytes)
    : bytes_(std::move(bytes)), kind_(kind), block_bytes_(std::max<std::size_t>(block_bytes, 1)) {}

bool TextBlocks::next(TextBlock& block) {
  if (given_last_) return false;
  TextBuffer& buffer = block.buffer;
  buffer.clear();
  buffer.append(carried_);
  carried_.clear();
  while (!at_end_ && buffer.size() < block_bytes_ + (first_ ? kByteOrderMark.size() : 0)) {
    fill(buffer);
  }
  if (first_ && kind_ != Kind::bytes &&
      buffer.text().substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    buffer.remove_prefix(kByteOrderMark.size());
  }
  first_ = false;
  block.last = given_last_ = at_end_;
  block.nul_bytes = at_end_ ? nul_bytes_ : 0;
  block.ends_line = false;
  if (at_end_ || kind_ == Kind::bytes) return true;
  const std::size_t feed = buffer.text().rfind('\n');
  if (feed == std::string_view::npos) return true;
  block.ends_line = true;
  carried_ = buffer.text().substr(feed + 1);
  buffer.shorten(feed + 1);
  return true;
}

void TextBlocks::fill(TextBuffer& buffer) {
  const std::size_t wanted =
      buffer.size() < block_bytes_ ? block_bytes_ - buffer.size() : kByteOrderMark.size();
  char* const at = buffer.room(wanted);
  const std::size_t size = bytes_->read({at, wanted});
  if (size == 0) {
    at_end_ = true;
  } else if (kind_ == Kind::native) {
    keep_nul_bytes_back(buffer, size);
  } else {
    buffer.added(size);
  }
}

/// NULs at the end of what was read may be all that follows, gigabytes of them: they are counted,
/// and put back only if something else follows.
void TextBlocks::keep_nul_bytes_back(TextBuffer& buffer, std::size_t size) {
  const std::string_view read{buffer.data() + buffer.size(), size};
  const std::size_t last = read.find_last_not_of('\0');
  const std::size_t kept = last == std::string_view::npos ? 0 : last + 1;
  if (kept > 0 && nul_bytes_ > 0) {
    const std::string text{read.substr(0, kept)};
    buffer.append(std::string(std::min<std::uint64_t>(nul_bytes_, kLineBytesMax + 1), '\0'));
    buffer.append(text);
    nul_bytes_ = 0;
  } else {
    buffer.added(kept);
  }
  nul_bytes_ += size - kept;
}

}  // namespace witness
