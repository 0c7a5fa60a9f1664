/// What the database holds of every attempt, whoever said what.
///
/// The file's own `outcome` lines decide first. Where there is none, what the client
/// was told does, unless a complete ledger contradicts it; what nobody knows stays
/// unresolved. An unresolved attempt whose value a committed transaction read did
/// commit (or that read was dirty): it is marked `observed` and stands in the graph,
/// but never alone proves an invariant broken.
///
/// An operation that the file opens and never completes has no attempts there. It may
/// have committed under ids `a-<process>-<index>-<n>`: where such an id is read, or
/// stands in the ledger, a fate is made for it.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/workload_rules.hpp"
#include "witness/history.hpp"

namespace witness {

/// `start_ns` and `end_ns` bound when it can have taken effect: `end_ns` is kNever
/// unless its client was told ok (an effect that nobody acknowledged can come late).
struct Fate {
  std::uint32_t operation = 0;
  std::uint32_t attempt = kNoPosition;  ///< in History::attempts; kNoPosition: of an open operation
  StringId id = kNoString;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = kNever;
  Outcome outcome = Outcome::unresolved;
  Evidence evidence = Evidence::none;
  bool observed = false;
  bool acquires = false;     ///< it has a write or an insert
  StringId key = kNoString;  ///< of its first write or insert, else of its operation
};

struct Resolution {
  std::vector<Fate> fates;  ///< as History::attempts, then those of open operations
  /// Operations that no line completes, that would acquire, and of which no id was seen
  /// anywhere: each may still hold a unit of its key.
  std::vector<std::uint32_t> open_acquisitions;
};

/// O(n log n) time, O(n) memory.
Resolution resolve(const History& history, const WorkloadRules& rules);

/// The fate of a committed or observed transaction stands in the graph.
inline bool in_graph(const Fate& fate) {
  return fate.outcome == Outcome::committed || fate.observed;
}

/// The micro-operations of a fate; none for an open operation's.
inline std::span<const MicroOp> micro_ops_of(const History& history, const Fate& fate) {
  if (fate.attempt == kNoPosition) return {};
  return history.micro_ops_of(history.attempts[fate.attempt]);
}

/// A key's value before its first write, as it is known to this file's pool (kNoString
/// if no line mentions it).
StringId initial_value(const History& history, const WorkloadRules& rules);

/// True if a micro-operation changes its key. A write that was asked for and whose
/// value nobody saw counts, except in the attempt that was the object's refusal.
bool changes(const History& history, const Fate& fate, const MicroOp& op);

/// How a person would name it: its id, else "operation 12".
std::string name_of(const History& history, const Fate& fate);

}  // namespace witness
