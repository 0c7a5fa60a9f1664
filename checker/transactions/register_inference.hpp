/// What plain registers show of one key: who read from whom, and what is known of the order in
/// which their values replaced each other. (What single reads show: checker/registers/sources.hpp.)
///
/// Every value is written once. Known without asking: the initial value comes first; a transaction
/// that read a version and wrote the key replaced that version or a later one (else it would come
/// before the one that it read from). More may be assumed (checker/transactions/assumptions.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "checker/transactions/assumptions.hpp"
#include "checker/transactions/facts.hpp"
#include "checker/transactions/value_table.hpp"
#include "checker/transactions/version_graph.hpp"

namespace witness {

/// Of each transaction: did anybody whose reads are known read one of its writes? Such a one
/// committed, whoever knows. Empty where every fate is known.
std::vector<bool> observed_writers(const Transactions& history);

/// `rank` is the place of each transaction in Transactions::ended (kNoPosition if it is not there).
/// Time linear in the key's uses, but for linearizable-keys: times what overlaps.
class RegisterInference {
 public:
  RegisterInference(const Transactions& history, AssumptionSet assumed,
                    const std::vector<std::uint32_t>& rank, const std::vector<bool>& observed,
                    Inferred& inferred)
      : history_(history), assumed_(assumed), rank_(rank), observed_(observed), out_(inferred) {}

  void infer(std::uint32_t key);

 private:
  using Use = Transactions::Use;
  using Uses = std::span<const Use>;
  static constexpr std::uint32_t kUnknown = kNoPosition;

  /// A value of the key. Number 0 is the initial one.
  struct Version {
    Datum value{};
    std::uint32_t writer = kNoPosition;  ///< transaction; kNoPosition: nobody here
    std::uint32_t use = kNoPosition;     ///< its write, in `uses_`
    bool final = true;                   ///< its writer did not replace it itself
    bool read = false;                   ///< by a transaction whose reads are known
  };
  /// What one transaction did to the key, seen from outside.
  struct Visit {
    std::uint32_t transaction = 0;
    std::uint32_t first = kUnknown;    ///< version that it met first: read or written
    std::uint32_t written = kUnknown;  ///< version of its last write
    std::uint32_t last = kUnknown;     ///< version that it left: written, else met first
    std::uint32_t reads_begin = 0;     ///< in `reads_`: versions of others that it read, sorted
    std::uint32_t reads_end = 0;
  };

  void collect_versions();
  void collect_visits();
  Visit visit_of(Uses uses);
  void note_read(const Use& use, std::uint32_t version);
  std::span<const std::uint32_t> reads_of(const Visit& visit) const {
    return std::span{reads_}.subspan(visit.reads_begin, visit.reads_end - visit.reads_begin);
  }
  bool has_place(std::uint32_t version) const;
  void find_lost_updates();
  void find_lost_updates_in_order();
  void order_versions();
  void try_source(const std::vector<VersionGraph::Edge>& edges, bool tell, bool emit_ww);
  std::vector<VersionGraph::Edge> replaced_versions() const;
  std::vector<VersionGraph::Edge> sequential_versions() const;
  std::vector<VersionGraph::Edge> real_time_versions();
  std::vector<VersionGraph::Edge> committed_versions() const;
  void add_stale_edges();
  bool is_order_complete();
  bool follows(std::uint32_t later, std::uint32_t earlier) const;
  void add_successors(std::uint32_t version, const std::vector<std::uint32_t>& successors);

  const TxnOp& op(const Use& use) const { return history_.ops[use.op]; }
  const Transaction& transaction(std::uint32_t number) const {
    return history_.transactions[number];
  }
  bool is_vertex(std::uint32_t number) const {
    return number != kNoPosition && transaction(number).fate != Fated::aborted;
  }
  /// A version that stands in the order: the last that a transaction left, which is not aborted.
  bool counts(const Version& version) const { return is_vertex(version.writer) && version.final; }
  void fact(AnomalyKind kind, std::uint32_t transaction, std::uint32_t other, std::uint32_t op,
            Datum value) {
    out_.facts.push_back({kind, key_, transaction, other, op, value, 1});
  }

  const Transactions& history_;
  AssumptionSet assumed_;
  const std::vector<std::uint32_t>& rank_;
  const std::vector<bool>& observed_;
  Inferred& out_;

  std::uint32_t key_ = 0;
  Uses uses_;
  ValueTable numbers_;  ///< of values in `versions_`
  std::vector<Version> versions_;
  std::vector<std::uint32_t> version_of_;  ///< of `uses_`
  bool rewritten_ = false;  ///< somebody wrote the initial value: who reads it may have read either
  bool too_many_ = false;   ///< an assumed order was given up
  std::vector<std::uint32_t> reads_;
  std::vector<Visit> visits_;                        ///< of vertices, in the order of transactions
  std::vector<std::vector<std::uint32_t>> readers_;  ///< of each version, from outside
  VersionGraph graph_;
  std::vector<bool> needed_;  ///< of each version: it must have a place in the order
};

}  // namespace witness
