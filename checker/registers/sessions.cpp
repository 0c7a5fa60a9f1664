#include "checker/registers/sessions.hpp"

#include "witness/huge_pages.hpp"

namespace witness {

Sessions::Sessions(const Transactions& history) {
  if (!history.also_after.empty()) {
    complete_ = false;
    link_joints(history);
  }
  make_chains(history);
}

void Sessions::link_joints(const Transactions& history) {
  before_begin_.assign(history.transactions.size() + history.joints + 2, 0);
  for (const Transactions::After& after : history.also_after) ++before_begin_[after.later + 2];
  for (std::size_t i = 2; i < before_begin_.size(); ++i) before_begin_[i] += before_begin_[i - 1];
  before_.resize(history.also_after.size());
  for (const Transactions::After& after : history.also_after) {
    before_[before_begin_[after.later + 1]++] = after.earlier;
  }
  before_begin_.pop_back();
}

/// Of several that follow one, the chain goes on with one that is followed itself, or whose reads
/// are known: who never ended is not.
void Sessions::make_chains(const Transactions& history) {
  const auto count = static_cast<std::uint32_t>(history.transactions.size());
  std::vector<bool> followed(count, false);
  for (const Transaction& each : history.transactions) {
    if (each.previous != kNoPosition) followed[each.previous] = true;
  }
  for (const Transactions::After& after : history.also_after) {
    if (after.earlier < count) followed[after.earlier] = true;
  }
  std::vector<std::uint32_t> heir(count, kNoPosition);
  const auto rank = [&](std::uint32_t each) {
    return (followed[each] ? 2 : 0) + (history.transactions[each].reads_known ? 1 : 0);
  };
  const auto inherit = [&](std::uint32_t earlier, std::uint32_t later) {
    const bool better = heir[earlier] == kNoPosition || rank(later) > rank(heir[earlier]);
    if (better) heir[earlier] = later;
    return better;
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t previous = history.transactions[i].previous;
    if (previous != kNoPosition) inherit(previous, i);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    bool found = false;
    for (const std::uint32_t joint : also_before(i)) {
      for (const std::uint32_t earlier : also_before(joint)) {
        if (found || earlier >= count || heir[earlier] != kNoPosition) continue;
        found = inherit(earlier, i);
      }
    }
  }

  std::vector<std::uint32_t> predecessor(count, kNoPosition);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (heir[i] != kNoPosition) predecessor[heir[i]] = i;
  }
  // Who is followed stands before its heir: its place is known by then.
  std::vector<std::uint32_t> sizes;
  where_ = huge_column<Where>(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t before = predecessor[i];
    if (before != kNoPosition) {
      where_[i] = {where_[before].chain, ++sizes[where_[before].chain]};
      continue;
    }
    const bool alone = history.transactions[i].previous == kNoPosition;
    complete_ = complete_ && (alone || !history.transactions[i].reads_known);
    where_[i] = {static_cast<std::uint32_t>(sizes.size()), 0};
    sizes.push_back(0);
  }
  begin_.assign(sizes.size() + 1, 0);
  for (std::size_t chain = 0; chain < sizes.size(); ++chain) {
    begin_[chain + 1] = begin_[chain] + sizes[chain] + 1;
  }
  members_ = huge_column<std::uint32_t>(count);
  for (std::uint32_t i = 0; i < count; ++i) members_[begin_[chain(i)] + place(i)] = i;
}

}  // namespace witness
