/// The judge: one call from a history to a verdict.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "witness/history.hpp"
#include "witness/verdict.hpp"

namespace witness {

struct CheckOptions {
  /// Consistency models to claim; empty: what the history's workload claims,
  /// else strict-serializable. Names as in checker/MODELS.md.
  std::vector<std::string> models{};
  /// Only these anomalies count (labels); empty: all that the claims forbid.
  std::vector<std::string> anomalies{};
  /// What may be assumed of the version order of registers, beyond what the history shows:
  ///   wfr-keys           a transaction that read a version and wrote the key made a later one
  ///   sequential-keys    each process sees each key's versions in order
  ///   linearizable-keys  each key's versions follow real time
  ///   commit-order       versions follow the commit order that the file holds
  std::vector<std::string> assume{};
  /// Limits of the searches that may take exponential time (checker/linearizability/search.hpp):
  /// what they cannot decide within them is unknown. Empty: kSearchTimeout, and half of what the
  /// machine has. Memory is that of the whole process.
  std::optional<std::chrono::nanoseconds> timeout{};
  std::optional<std::uint64_t> memory_bytes{};

  static constexpr std::chrono::seconds kSearchTimeout{60};
  /// Are models that do not say it judged with the order of sessions (serializable as
  /// strong-session-serializable, …)? Empty: in the formats of tools that mean it so, which record
  /// sessions and no time.
  std::optional<bool> sessions{};
  /// Of the levels that hold, say in which order the transactions took effect (Verdict::order).
  bool tell_order = false;
};

/// Judges a history: resolves outcomes, then invariants per key, reconciliation,
/// linearizability of the exclusive object, and the dependency graph of its
/// transactions. Deterministic. Time O(n log n), memory O(n) in the history; objects whose
/// linearizability is hard to decide are searched within the limits of the options.
/// Throws UsageError for an unknown model or anomaly, and for a workload that
/// has no checker.
Verdict check(const History& history, const CheckOptions& options = {});

}  // namespace witness
