/// The order of each client's transactions, as chains.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "witness/transactions.hpp"

namespace witness {

/// Every transaction stands in one chain; each of a chain follows the one before it in session
/// order. A process that runs one transaction after the other is one chain; who never ended, and
/// transactions of one process that overlap, take more. Vertices from transactions.size() on are
/// joints (Transactions::also_after). O(transactions + joints).
class Sessions {
 public:
  Sessions() : begin_(1) {}
  explicit Sessions(const Transactions& history);

  std::uint32_t count() const { return static_cast<std::uint32_t>(begin_.size() - 1); }
  std::uint32_t chain(std::uint32_t transaction) const { return where_[transaction].chain; }
  /// In its chain, from 0.
  std::uint32_t place(std::uint32_t transaction) const { return where_[transaction].place; }
  /// Soon they will be asked for.
  void prefetch(std::uint32_t transaction) const { __builtin_prefetch(&where_[transaction]); }
  std::span<const std::uint32_t> members(std::uint32_t chain) const {
    return std::span{members_}.subspan(begin_[chain], begin_[chain + 1] - begin_[chain]);
  }
  /// What a vertex follows beside Transaction::previous: transactions and joints.
  std::span<const std::uint32_t> also_before(std::uint32_t vertex) const {
    if (before_begin_.empty()) return {};
    return std::span{before_}.subspan(before_begin_[vertex],
                                      before_begin_[vertex + 1] - before_begin_[vertex]);
  }
  /// A transaction whose reads are known follows nothing but the earlier ones of its chain. Not so
  /// where transactions of one process overlap.
  bool complete() const { return complete_; }

 private:
  void link_joints(const Transactions& history);
  void make_chains(const Transactions& history);

  struct Where {
    std::uint32_t chain;
    std::uint32_t place;
  };

  std::vector<Where> where_;
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> members_;
  std::vector<std::uint32_t> before_begin_;
  std::vector<std::uint32_t> before_;
  bool complete_ = true;
};

}  // namespace witness
