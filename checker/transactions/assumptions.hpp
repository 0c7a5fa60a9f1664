/// What a user lets the checker assume of the version order of registers: one line each.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace witness {

/// In the order in which they are tried; as bits of AssumptionSet.
enum class Assumption : std::uint8_t { wfr_keys, sequential_keys, linearizable_keys, commit_order };

struct AssumptionInfo {
  Assumption assumption;
  std::string_view name;
  std::string_view about;
};

inline constexpr std::array kAssumptions = {
    AssumptionInfo{Assumption::wfr_keys, "wfr-keys",
                   "whoever read a version and wrote the key made a later one"},
    AssumptionInfo{Assumption::sequential_keys, "sequential-keys",
                   "each process sees the versions of a key in their order"},
    AssumptionInfo{Assumption::linearizable_keys, "linearizable-keys",
                   "the versions of a key follow real time"},
    AssumptionInfo{Assumption::commit_order, "commit-order",
                   "the versions of a key follow the commit order that the file holds"},
};

using AssumptionSet = std::uint8_t;

constexpr bool assumes(AssumptionSet set, Assumption assumption) {
  return (set >> static_cast<unsigned>(assumption) & 1U) != 0;
}

/// Throws UsageError for a name that is none.
AssumptionSet assumptions_by_name(const std::vector<std::string>& names);

}  // namespace witness
