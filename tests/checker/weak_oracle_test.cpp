/// The weak levels of registers against the oracle, on small random histories.
#include <gtest/gtest.h>

#include "tests/checker/disagreements.hpp"
#include "tests/checker/fuzz_cases.hpp"
#include "tests/oracle/random_history.hpp"
#include "tests/oracle/weak_oracle.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

using oracle::SmallHistory;
using oracle::WeakOracle;

/// Asks for strict serializability, beside which everything is looked for, and for each level by
/// itself, for which only what it needs is.
class Comparison {
 public:
  /// `overlap`: processes run several transactions at a time, and sessions may stay undecided.
  explicit Comparison(bool overlap) : overlap_(overlap) {}

  void compare(const SmallHistory& small) {
    const History history = overlap_ ? parse_history(oracle::edn(small), "case.edn")
                                     : parse_history(oracle::native(small), "case");
    const oracle::Models satisfied = WeakOracle{small}.satisfied();
    const Verdict all = check(history, {.models = {"strict-serializable"}});
    for (const std::string& model : WeakOracle::known()) {
      compare(small, all, model, satisfied.contains(model), "beside all others");
      const Verdict one = check(history, {.models = {model}});
      compare(small, one, model, satisfied.contains(model), "by itself");
      const bool violated = one.validity == Validity::violated;
      if (violated == satisfied.contains(model) && !(overlap_ && !violated)) {
        disagreements.add(model + ": the claim says otherwise", small);
      }
    }
  }

  struct Tally {
    std::uint64_t valid = 0;
    std::uint64_t violated = 0;
    std::uint64_t unknown = 0;
  };
  std::map<std::string, Tally> tallies;
  testing::Disagreements disagreements;

 private:
  void compare(const SmallHistory& small, const Verdict& verdict, const std::string& model,
               bool holds, const std::string& how) {
    Tally& tally = tallies[model];
    if (testing::among(verdict.models_violated, model)) {
      ++tally.violated;
      if (holds) disagreements.add(model + " holds, and is said to be violated " + how, small);
    } else if (testing::among(verdict.models_undecided, model)) {
      ++tally.unknown;
      if (!overlap_) disagreements.add(model + " is not decided " + how, small);
    } else {
      ++tally.valid;
      if (!holds) disagreements.add(model + " is violated, and is said to hold " + how, small);
    }
  }

  bool overlap_;
};

void compare_many(bool overlap, std::uint64_t seed) {
  Comparison comparison{overlap};
  oracle::RandomHistory random{testing::seed_or(seed)};
  const std::uint64_t cases = testing::fuzz_cases(5000);
  for (std::uint64_t i = 0; i < cases; ++i) {
    SmallHistory small = random.next(false);
    if (overlap) {
      for (oracle::Tx& tx : small.txs) tx.process %= 2;
    }
    comparison.compare(small);
  }
  const std::string disagreements = comparison.disagreements.text();
  EXPECT_TRUE(disagreements.empty()) << disagreements;
  for (const auto& [model, tally] : comparison.tallies) {
    fmt::print("{:38} {:7} valid {:7} violated {:7} unknown\n", model, tally.valid, tally.violated,
               tally.unknown);
    EXPECT_GT(tally.valid, cases / 50) << model;
    if (!overlap && model != "monotonic-writes") {
      EXPECT_GT(tally.violated, cases / 100) << model;
    }
  }
}

TEST(WeakOracle, Agrees) { compare_many(false, 21); }

TEST(WeakOracle, AgreesWhereAProcessOverlapsItselfOrDoesNotKnow) { compare_many(true, 22); }

}  // namespace
}  // namespace witness
