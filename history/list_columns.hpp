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
  /// O(length).
  ListRead add(std::uint32_t key, std::span<const Datum> elements) {
    if (key >= heads_.size()) heads_.resize(key + 1);
    Head& head = heads_[key];
    const auto length = static_cast<std::uint32_t>(elements.size());
    if (length == 0) return {head.first == kNoPosition ? new_list(key, head) : head.first, 0};
    if (head.longest != kNoPosition && joins(head.longest, elements)) {
      head.last = head.longest;
    } else if (head.last == kNoPosition || !joins(head.last, elements)) {
      head.last = new_list(key, head);
      lists_[head.last].elements.assign(elements.begin(), elements.end());
    }
    if (head.longest == kNoPosition ||
        lists_[head.last].elements.size() > lists_[head.longest].elements.size()) {
      head.longest = head.last;
    }
    return {head.last, length};
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
    std::uint32_t last = kNoPosition;  ///< that was read
  };

  std::uint32_t new_list(std::uint32_t key, Head& head) {
    const auto list = static_cast<std::uint32_t>(lists_.size());
    lists_.push_back({key, {}});
    if (head.first == kNoPosition) head.first = list;
    if (head.longest == kNoPosition) head.longest = list;
    return list;
  }

  bool joins(std::uint32_t list, std::span<const Datum> read) {
    std::vector<Datum>& elements = lists_[list].elements;
    const std::size_t common = std::min(elements.size(), read.size());
    if (common > 0 && std::memcmp(elements.data(), read.data(), common * sizeof(Datum)) != 0) {
      return false;
    }
    elements.insert(elements.end(), read.begin() + static_cast<std::ptrdiff_t>(common), read.end());
    return true;
  }

  std::vector<Head> heads_;  ///< of each key
  std::vector<ListVersions> lists_;
};

}  // namespace witness
