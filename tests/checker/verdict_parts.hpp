/// Parts of a verdict, by name.
#pragma once

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "checker/anomalies.hpp"
#include "witness/check.hpp"

namespace witness::testing {

inline std::vector<std::string> labels(const Verdict& verdict) {
  std::vector<std::string> found;
  for (const Anomaly& anomaly : verdict.anomalies) found.emplace_back(label(anomaly.kind));
  return found;
}

inline const Anomaly& find(const Verdict& verdict, AnomalyKind kind) {
  const auto found = std::ranges::find(verdict.anomalies, kind, &Anomaly::kind);
  if (found == verdict.anomalies.end()) throw std::logic_error("not found");
  return *found;
}

inline std::optional<bool> holds(const Verdict& verdict, std::string_view claim) {
  const auto found = std::ranges::find(verdict.claims, claim, &Claim::name);
  if (found == verdict.claims.end()) throw std::logic_error("no such claim");
  return found->holds;
}

}  // namespace witness::testing
