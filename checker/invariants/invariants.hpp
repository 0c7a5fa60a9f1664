/// What must hold of the ledger, whatever order transactions ran in. All linear in the
/// history. A violation is reported only if it stands however the unresolved attempts
/// turn out; where they could break a claim it is left undecided.
#pragma once

#include <string>
#include <vector>

#include "checker/findings.hpp"
#include "checker/invariants/holdings.hpp"
#include "checker/resolve.hpp"
#include "checker/workload_rules.hpp"
#include "witness/history.hpp"

namespace witness {

/// Everything that the judges of one history share. References must outlive it.
struct Case {
  const History& history;
  const WorkloadRules& rules;
  const Resolution& resolution;
  std::vector<KeyHoldings> keys;
  std::int64_t capacity = 1;
  /// The database itself told what is committed (else: what clients were told).
  bool ledger_read = false;

  std::string key_text(StringId key) const { return std::string{history.text(key)}; }
  std::uint64_t index_of(const Fate& fate) const {
    return history.operations[fate.operation].index;
  }
};

Case open_case(const History& history, const WorkloadRules& rules, const Resolution& resolution);

/// double-acquisition, oversell beyond the capacity, hidden-by-convergence.
void judge_capacity(const Case& judged, Findings& findings);

/// oversell and undersell against the final stock, negative-stock, refusals of units
/// that were left.
void judge_stock(const Case& judged, Findings& findings);

/// Why nobody can say whether units were conserved: the final stock and the ledger were
/// not both read completely, or there is no stock. Empty if they can be compared.
std::string why_no_stock_compared(const Case& judged);

/// lost-acquisition, phantom-acquisition, double-apply, unknown-holder.
void judge_reconciliation(const Case& judged, Findings& findings);

/// Names of the holders, and the operations that hold (each once, ascending).
std::vector<std::string> holder_names(const Case& judged, const KeyHoldings& holdings);
std::vector<std::uint64_t> holder_operations(const Case& judged, const KeyHoldings& holdings);

/// "(operations 0, 2, …)", or nothing.
std::string operations_text(const std::vector<std::uint64_t>& operations);

/// Why a claim about this key hangs on attempts that nobody resolved.
std::string unresolved_text(const Case& judged, const KeyHoldings& holdings);

}  // namespace witness
