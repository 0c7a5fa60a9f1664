/// What lists show of one key: who wrote what after whom, and what cannot be.
///
/// A list shows every version before it, so that the longest read is the order of versions
/// (Kingsbury and Alvaro 2020, sec. 4.2). What was appended and never read comes after all that
/// was. Elements of aborted transactions, and elements of nobody, are no versions: edges pass over
/// them.
#pragma once

#include <vector>

#include "checker/transactions/facts.hpp"
#include "checker/transactions/value_table.hpp"

namespace witness {

/// Adds to `inferred` what one key after the other shows. Time linear in the key's uses and longest
/// read; reads that contradict the longest cost their own length. Memory is reused.
class ListInference {
 public:
  ListInference(const Transactions& history, Inferred& inferred)
      : history_(history), out_(inferred) {}

  void infer(std::uint32_t key);

 private:
  using Use = Transactions::Use;
  using Uses = std::span<const Use>;

  /// An element of the longest read.
  struct Version {
    std::uint32_t writer = kNoPosition;  ///< transaction; kNoPosition: nobody
    bool final = true;                   ///< its writer appended nothing more to the key
  };

  void place_versions();
  void place_appends();
  void find_writers_around();
  void find_dirty_updates();
  void add_version_edges();
  void visit_transactions();
  void visit(Uses uses);
  void check_inside(Uses uses);
  void check_future(Uses uses);
  void check_lost_update(Uses uses);
  void add_read(const Use& use);
  void add_odd_read(const Use& use, ListRead read);
  void add_unseen_edges();
  void count_reads_of_bad_versions();
  void index_all_appends();
  void check_own_order(std::uint32_t append, const Use& read);

  const TxnOp& op(const Use& use) const { return history_.ops[use.op]; }
  const Transaction& transaction(std::uint32_t number) const {
    return history_.transactions[number];
  }
  bool is_vertex(std::uint32_t number) const { return transaction(number).fate != Fated::aborted; }
  bool is_known_read(const Use& use) const {
    return op(use).kind == TxnOpKind::read && transaction(use.transaction).reads_known;
  }
  /// Is the read a prefix of the longest one?
  bool is_regular(ListRead read) const;
  bool starts_with(ListRead longer, ListRead prefix) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(longest_.size()); }
  Fact& fact(AnomalyKind kind, std::uint32_t transaction, std::uint32_t other, std::uint32_t op,
             Datum value);

  const Transactions& history_;
  Inferred& out_;

  std::uint32_t key_ = 0;
  Uses uses_;
  std::span<const Datum> longest_;
  ValueTable places_;  ///< of elements in the longest read
  std::vector<Version> versions_;
  std::vector<std::uint32_t> before_;  ///< [i]: last vertex that wrote one of the first i
  std::vector<std::uint32_t> after_;  ///< [i]: place of the first version >= i of a vertex, or size
  std::vector<std::uint32_t> duplicates_;     ///< places whose element stands earlier, too
  std::vector<std::uint32_t> bad_;            ///< places of aborted or foreign elements
  std::vector<Use> unseen_;                   ///< appends that the longest read lacks
  std::vector<std::uint32_t> tail_readers_;   ///< who saw all there is to see
  std::vector<std::uint32_t> tail_updaters_;  ///< and appended what nobody saw
  bool odd_ = false;                          ///< some read contradicts the longest
  ValueTable appends_;            ///< of all appended values, their place in `uses_`; if odd
  std::vector<bool> seen_oddly_;  ///< of `uses_`: read, but not in the longest read
  std::vector<std::uint32_t> append_before_;  ///< of `uses_`: its transaction's append before it
  std::vector<bool> final_;                   ///< of `uses_`: its transaction's last append
  std::vector<std::uint32_t> here_;           ///< of `uses_`: the last odd read that saw it
  std::vector<Datum> appended_;               ///< inside one transaction, since its last read
};

}  // namespace witness
