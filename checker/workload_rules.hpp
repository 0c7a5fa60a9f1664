/// What a workload promises about its keys, and so what can be judged: one line each.
#pragma once

#include <span>
#include <string_view>

#include "witness/verdict.hpp"

namespace witness {

/// What the values of a key are.
///   identity  a holder's attempt id: no two attempts write the same value
///   amount    what is left of a stock: two attempts may write the same value
enum class ValueShape : std::uint8_t { identity, amount };

/// `acquire` is the operation that takes a unit; `taken` is what a read shows where
/// the client learnt only that nothing was left; `initial` is a key's first value if
/// the header names none (empty: the capacity).
struct WorkloadRules {
  std::string_view name;
  std::string_view acquire;
  ValueShape values;
  std::string_view initial;
  std::string_view taken;
  AnomalyKind too_many;
  std::string_view capacity_claim;
  std::string_view model;  ///< claimed if the caller claims none
};

std::span<const WorkloadRules> workload_rules();

/// Throws UsageError for a workload that has no checker; the message lists those that have.
const WorkloadRules& rules_for(std::string_view workload);

}  // namespace witness
