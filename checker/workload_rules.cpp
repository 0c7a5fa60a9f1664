#include "checker/workload_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "witness/error.hpp"

namespace witness {
namespace {

constexpr std::array kTable = {
    WorkloadRules{"seat", "acquire", ValueShape::identity, "free", "sold",
                  AnomalyKind::double_acquisition, "at-most-one-acquisition",
                  "strict-serializable"},
    WorkloadRules{"drop", "buy", ValueShape::amount, "", "sold-out", AnomalyKind::oversell,
                  "at-most-N-acquisitions", "strict-serializable"},
};

}  // namespace

std::span<const WorkloadRules> workload_rules() { return kTable; }

const WorkloadRules& rules_for(std::string_view workload) {
  const auto found = std::ranges::find(kTable, workload, &WorkloadRules::name);
  if (found != kTable.end()) return *found;
  std::string known;
  for (const WorkloadRules& rules : kTable) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", rules.name);
  }
  throw UsageError(
      fmt::format("no checker for workload \"{}\"; there are checkers for: {}", workload, known));
}

}  // namespace witness
