#include "checker/transactions/assumptions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "witness/error.hpp"
#include "witness/report.hpp"

namespace witness {

AssumptionSet assumptions_by_name(const std::vector<std::string>& names) {
  AssumptionSet set = 0;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(kAssumptions, name, &AssumptionInfo::name);
    if (found == kAssumptions.end()) {
      std::string known;
      for (const AssumptionInfo& info : kAssumptions) {
        known += fmt::format("{}{}", known.empty() ? "" : ", ", info.name);
      }
      throw UsageError(fmt::format("nothing can be assumed by the name \"{}\"; there are: {}",
                                   escaped(name), known));
    }
    set = static_cast<AssumptionSet>(set | 1U << static_cast<unsigned>(found->assumption));
  }
  return set;
}

}  // namespace witness
