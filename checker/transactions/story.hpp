/// Transactions, edges and facts in words.
#pragma once

#include <string>
#include <vector>

#include "checker/graph/cycles.hpp"
#include "checker/transactions/facts.hpp"
#include "witness/history.hpp"

namespace witness {

/// Tells cycles and facts of a transactional history. Every sentence is made from the history
/// again, so that nothing needs to be kept while the graph is inferred. Keeps references.
class Story final : public CycleTeller {
 public:
  explicit Story(const History& history);

  Step step(std::uint32_t from, std::uint32_t to, EdgeKind kind, StringId key) const override;
  void describe(Anomaly& anomaly, const std::vector<std::uint32_t>& members) const override;

  /// A fact as a violation, told in full.
  Anomaly anomaly(const Fact& fact) const;
  /// Two that wrote one key, unread: either order closes a cycle of that kind.
  Anomaly unseen_pair(AnomalyKind kind, std::uint32_t key, std::uint32_t first,
                      std::uint32_t second) const;
  /// A client was told ok of what aborted, or fail of what committed.
  Anomaly told_otherwise(std::uint32_t transaction) const;
  std::string key(std::uint32_t key) const;
  std::string name(std::uint32_t transaction) const;
  std::string value(Datum datum) const;

 private:
  struct Change {
    std::uint32_t key = kNoPosition;
    const TxnOp* before = nullptr;  ///< of the first transaction: what it wrote or read
    const TxnOp* after = nullptr;   ///< of the second one
  };

  std::string state(const TxnOp& op) const;
  std::string told(std::uint32_t transaction, const TxnOp& op) const;
  Participant participant(std::uint32_t transaction) const;
  std::uint32_t place_of(const TxnOp& write) const;
  template <typename Use>
  void for_pairs(std::uint32_t from, std::uint32_t to, Use use) const;
  Change replaced(std::uint32_t from, std::uint32_t to) const;
  Change seen(std::uint32_t from, std::uint32_t to) const;
  Change missed(std::uint32_t from, std::uint32_t to) const;
  Change missed_in_register(std::uint32_t from, std::uint32_t to) const;
  std::string why(std::uint32_t from, std::uint32_t to, EdgeKind kind, std::string& key) const;
  std::string sentence(const Fact& fact) const;

  const StringPool& strings_;
  const Transactions& history_;
};

}  // namespace witness
