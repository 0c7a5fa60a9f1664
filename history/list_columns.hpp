/// The lists that were read, as few of them as possible.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "witness/transactions.hpp"

namespace witness {

/// A read that is a prefix of one of its key's lists, or continues it, needs only its length.
class ListColumns {
 public:
  /// A read of nothing: of the key's first list.
  ListRead nothing(std::uint32_t key) {
    Head& head = head_of(key);
    if (head.first == kNoPosition) head.longest = new_list(key, head);
    return {head.first, 0};
  }

  /// A read that begins like the first `shared` elements of another one. False where this is not
  /// enough to know which list it is of; add() must then have all of it. O(more).
  bool add(std::uint32_t key, ListRead base, std::uint32_t shared, std::span<const Datum> more,
           ListRead& read) {
    Head& head = head_of(key);
    if (head.longest != base.list) return false;
    std::vector<Datum>& elements = lists_[base.list].elements;
    if (!more.empty() && !joins(elements, shared, more)) return false;
    read = {base.list, shared + static_cast<std::uint32_t>(more.size())};
    return true;
  }

  std::span<const Datum> elements(ListRead read) const {
    return std::span{lists_[read.list].elements}.first(read.length);
  }

  /// O(length).
  ListRead add(std::uint32_t key, std::span<const Datum> elements) {
    const auto length = static_cast<std::uint32_t>(elements.size());
    if (length == 0) return nothing(key);
    Head& head = head_of(key);
    if (head.longest != kNoPosition && joins(lists_[head.longest].elements, 0, elements)) {
      return {head.longest, length};
    }
    if (head.other == kNoPosition || !joins(lists_[head.other].elements, 0, elements)) {
      head.other = new_list(key, head);
      lists_[head.other].elements.assign(elements.begin(), elements.end());
    }
    const std::uint32_t list = head.other;
    if (head.longest == kNoPosition ||
        lists_[list].elements.size() > lists_[head.longest].elements.size()) {
      std::swap(head.longest, head.other);
    }
    return {list, length};
  }

  /// Fills the columns of lists; the first of equally long ones is the longest.
  void finish(Transactions& transactions) {
    transactions.longest.assign(transactions.keys.size(), kNoPosition);
    for (std::uint32_t i = 0; i < lists_.size(); ++i) {
      std::uint32_t& longest = transactions.longest[lists_[i].key];
      if (longest == kNoPosition || lists_[i].elements.size() > lists_[longest].elements.size()) {
        longest = i;
      }
    }
    transactions.lists = std::move(lists_);
  }

 private:
  struct Head {
    std::uint32_t first = kNoPosition;
    std::uint32_t longest = kNoPosition;
    std::uint32_t other = kNoPosition;  ///< the last one that was read beside it
  };

  std::uint32_t new_list(std::uint32_t key, Head& head) {
    const auto list = static_cast<std::uint32_t>(lists_.size());
    lists_.push_back({key, {}});
    if (head.first == kNoPosition) head.first = list;
    return list;
  }

  Head& head_of(std::uint32_t key) {
    if (key >= heads_.size()) heads_.resize(key + 1);
    return heads_[key];
  }

  /// Is `read` what stands in the list from `from` on, or does it continue it? Then it does.
  static bool joins(std::vector<Datum>& list, std::size_t from, std::span<const Datum> read) {
    const std::size_t common = std::min(list.size() - from, read.size());
    if (common > 0 && std::memcmp(list.data() + from, read.data(), common * sizeof(Datum)) != 0) {
      return false;
    }
    list.insert(list.end(), read.begin() + static_cast<std::ptrdiff_t>(common), read.end());
    return true;
  }

  std::vector<Head> heads_;  ///< of each key
  std::vector<ListVersions> lists_;
};

}  // namespace witness
