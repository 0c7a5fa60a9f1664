/// Lists whose text was read before.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "history/op_block.hpp"

namespace witness {

/// Of each key, the longest list that stands above in the same text. What is read next of that key
/// is most often its continuation, or a prefix of it: comparing texts is several times faster than
/// decoding them. A cache: it may forget.
class ListCache {
 public:
  struct Entry {
    Datum key;
    const char* text = nullptr;  ///< behind the opening bracket; nullptr: free
    std::uint32_t bytes = 0;     ///< up to the closing bracket
    std::uint32_t micro_op = 0;
    std::uint32_t count = 0;
    std::uint64_t generation = 0;
  };
  /// What two lists have in common: the first `count` elements, which end at `at`.
  struct Shared {
    std::uint32_t micro_op = 0;
    std::uint32_t count = 0;
    const char* at = nullptr;
  };

  /// Forgets everything.
  void clear() { ++generation_; }

  Entry& of(Datum key) {
    Entry& entry = entries_[static_cast<std::size_t>((key.bits() * 0x9e3779b97f4a7c15U) >> 54U)];
    if (entry.generation != generation_) {
      entry = {};
      entry.generation = generation_;
    }
    return entry;
  }

  static void keep(Entry& entry, Datum key, std::string_view text, std::size_t micro_op,
                   std::size_t count) {
    entry.key = key;
    entry.text = text.data();
    entry.bytes = static_cast<std::uint32_t>(text.size());
    entry.micro_op = static_cast<std::uint32_t>(micro_op);
    entry.count = static_cast<std::uint32_t>(count);
  }

  /// The list at `text`, behind its opening bracket, against an entry. Only lists in which one
  /// character, `is_separator`, stands between two elements are ever kept.
  template <typename IsSeparator>
  static bool share(const Entry& entry, Datum key, const char* text, char close,
                    IsSeparator is_separator, Shared& shared) {
    if (entry.text == nullptr || entry.key != key) return false;
    const std::uint32_t same = common(text, entry.text, entry.bytes);
    const char next = text[same];
    if (same == entry.bytes && (next == close || is_separator(next))) {
      shared = {entry.micro_op, entry.count, text + same};
      return true;
    }
    if (next != close || same == 0 || !is_separator(entry.text[same])) return false;
    std::uint32_t count = 1;
    for (std::uint32_t i = 0; i < same; ++i) count += is_separator(text[i]) ? 1U : 0U;
    shared = {entry.micro_op, count, text + same};
    return true;
  }

 private:
  /// Bytes at the beginning that are the same, at most `size`. Both have padding behind them.
  static std::uint32_t common(const char* a, const char* b, std::uint32_t size) {
    for (std::uint32_t at = 0; at < size; at += 8) {
      std::uint64_t left = 0;
      std::uint64_t right = 0;
      std::memcpy(&left, a + at, 8);
      std::memcpy(&right, b + at, 8);
      if (left != right) {
        const auto same = at + static_cast<std::uint32_t>(std::countr_zero(left ^ right)) / 8;
        return same < size ? same : size;
      }
    }
    return size;
  }

  std::array<Entry, 1024> entries_{};
  std::uint64_t generation_ = 1;
};

}  // namespace witness
