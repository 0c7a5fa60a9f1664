/// Each distinct text once; everything else refers to it by a small number.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace witness {

/// Position of a text in its StringPool. Ids are dense, in order of first use.
using StringId = std::uint32_t;

/// No text at all (not the empty text).
inline constexpr StringId kNoString = 0xffffffffU;

/// Interns texts: equal texts have equal ids. Texts live as long as the pool and
/// never move, so views stay good, also after the pool was moved. Not thread-safe.
/// O(length) per call; about 30 bytes for each distinct text besides the text.
///
/// Open addressing over (hash, id) pairs: most lookups of a long history are of
/// texts that were never seen, and these touch one cache line.
class StringPool {
 public:
  StringPool() = default;
  StringPool(StringPool&& other) noexcept { swap(other); }
  StringPool& operator=(StringPool&& other) noexcept {
    StringPool taken{std::move(other)};
    swap(taken);
    return *this;
  }
  StringPool(const StringPool&) = delete;  // views point into chunks_
  StringPool& operator=(const StringPool&) = delete;

  StringId intern(std::string_view text) {
    if (2 * (texts_.size() + 1) > slots_.size()) grow();
    const std::uint32_t hash = hash_of(text);
    Slot& slot = slots_[slot_of(text, hash)];
    if (slot.id == kNoString) {
      slot = {hash, static_cast<StringId>(texts_.size())};
      texts_.push_back(stored(text));
    }
    return slot.id;
  }

  /// The id of a text that was interned before, or kNoString.
  StringId find(std::string_view text) const {
    return slots_.empty() ? kNoString : slots_[slot_of(text, hash_of(text))].id;
  }

  /// The text of an id; kNoString gives an empty view.
  std::string_view operator[](StringId id) const {
    return id == kNoString ? std::string_view{} : texts_[id];
  }

  std::size_t size() const noexcept { return texts_.size(); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    StringId id = kNoString;  ///< kNoString: free
  };

  void swap(StringPool& other) noexcept {
    std::swap(slots_, other.slots_);
    std::swap(texts_, other.texts_);
    std::swap(chunks_, other.chunks_);
    std::swap(next_, other.next_);
    std::swap(chunk_left_, other.chunk_left_);
  }

  static std::uint32_t hash_of(std::string_view text) {
    const std::uint64_t hash = std::hash<std::string_view>{}(text);
    return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
  }

  /// Where the text is, or where it should be put. There is always a free slot.
  std::size_t slot_of(std::string_view text, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].id != kNoString &&
           (slots_[at].hash != hash || texts_[slots_[at].id] != text)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(64, 2 * slots_.size()));
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.id == kNoString) continue;
      std::size_t at = slot.hash & mask;
      while (slots_[at].id != kNoString) at = (at + 1) & mask;
      slots_[at] = slot;
    }
  }

  /// A copy of the text that never moves.
  std::string_view stored(std::string_view text) {
    if (text.size() > chunk_left_) {
      chunk_left_ = std::max(kChunkBytes, text.size());
      chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_left_));
      next_ = chunks_.back().get();
    }
    char* const copy = next_;
    std::copy(text.begin(), text.end(), copy);
    next_ += text.size();
    chunk_left_ -= text.size();
    return {copy, text.size()};
  }

  static constexpr std::size_t kChunkBytes = 64 << 10;

  std::vector<Slot> slots_;  ///< a power of two of them, at most half in use
  std::vector<std::string_view> texts_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t chunk_left_ = 0;
};

}  // namespace witness
