/// What a checker and an oracle disagree on.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "tests/oracle/small_history.hpp"

namespace witness::testing {

inline bool among(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// Another seed tries other histories.
inline std::uint64_t seed_or(std::uint64_t usual) {
  const char* wanted = std::getenv("WITNESS_FUZZ_SEED");
  return wanted == nullptr ? usual : std::stoull(wanted);
}

/// Every disagreement, with the smallest history that shows it.
class Disagreements {
 public:
  void add(const std::string& what, const oracle::SmallHistory& small) {
    std::size_t steps = 0;
    for (const oracle::Tx& tx : small.txs) steps += 1 + tx.steps.size();
    Shown& shown = all_[what];
    if (++shown.count > 1 && shown.steps <= steps) return;
    shown.steps = steps;
    shown.edn = oracle::edn(small);
  }
  std::string text() const {
    std::string text;
    for (const auto& [what, shown] : all_) {
      text += fmt::format("{} ({} times), as in\n{}", what, shown.count, shown.edn);
    }
    return text;
  }

 private:
  struct Shown {
    std::size_t count = 0;
    std::size_t steps = 0;
    std::string edn;
  };
  std::map<std::string, Shown> all_;
};

}  // namespace witness::testing
