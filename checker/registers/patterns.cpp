#include "checker/registers/patterns.hpp"

namespace witness {

using enum AnomalyKind;

std::string_view pattern_of(const Transactions& history, const Fact& fact) {
  if (fact.kind == garbage_read) return "ThinAirRead";
  if (fact.kind == g1a) return "AbortedRead";
  if (fact.kind == g1b) return "IntermediateRead";
  if (fact.kind == future_read) return "FutureRead";
  if (fact.kind != internal || fact.op == kNoPosition) return {};
  const TxnOp& read = history.ops[fact.op];
  bool wrote = false;
  bool older = false;
  for (std::uint32_t i = history.transactions[fact.transaction].ops_begin; i < fact.op; ++i) {
    const TxnOp& op = history.ops[i];
    if (op.kind != TxnOpKind::write || op.key != read.key) continue;
    wrote = true;
    older = older || op.value() == read.value();
  }
  return older ? "NotMyLastWrite" : wrote ? "NotMyOwnWrite" : "NonRepeatableRead";
}

std::string_view pattern_of(AnomalyKind kind, std::size_t inferred) {
  const bool one = inferred <= 1;
  switch (without_sessions(kind)) {
    case g1c:
      return "CyclicCO";
    case non_monotonic_read:
      return one ? "NonMonoReadCO" : "NonMonoReadAO";
    case fractured_read:
      return one ? "FracturedReadCO" : "FracturedReadAO";
    case causal_conflict:
      return one ? "COConflictAO" : "ConflictAO";
    default:
      return {};
  }
}

AnomalyKind without_sessions(AnomalyKind kind) {
  switch (kind) {
    case non_monotonic_read_process:
      return non_monotonic_read;
    case fractured_read_process:
      return fractured_read;
    case causal_conflict_process:
      return causal_conflict;
    case g1c_process:
      return g1c;
    default:
      return kind;
  }
}

}  // namespace witness
