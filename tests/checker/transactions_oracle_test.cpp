/// The checker of transactions against the oracle, on small random histories.
#include <gtest/gtest.h>

#include "tests/checker/disagreements.hpp"
#include "tests/checker/fuzz_cases.hpp"
#include "tests/oracle/random_history.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

using oracle::Models;
using oracle::SmallHistory;

using testing::among;
using testing::Disagreements;
using testing::seed_or;

/// Lists whose last appends nobody read leave open in which order those came. That may leave a
/// model undecided that forbids lost updates, and not every cycle of two transactions' stale reads.
bool may_stay_open(const std::string& model) {
  return model == "cursor-stability" || model == "consistent-view" ||
         model == "parallel-snapshot-isolation" || model.ends_with("snapshot-isolation");
}

/// How often the checker said what.
struct Tally {
  std::uint64_t valid = 0;
  std::uint64_t violated = 0;
  std::uint64_t unknown = 0;
  std::uint64_t skipped = 0;
};

class Comparison {
 public:
  explicit Comparison(bool lists) : lists_(lists) {}

  void compare(const SmallHistory& small) {
    const History history = parse_history(oracle::native(small), "case");
    const Verdict verdict = check(history, {.models = {"strict-serializable"}});
    const Models satisfied = oracle::satisfied(small);
    const Models skipped = oracle::not_judged(small);
    for (const std::string& model : oracle::known_models()) {
      Tally& tally = tallies[model];
      const bool holds = satisfied.contains(model);
      if (skipped.contains(model)) {
        ++tally.skipped;
      } else if (among(verdict.models_violated, model)) {
        ++tally.violated;
        if (holds) disagreements.add(model + " holds, and the checker says violated", small);
      } else if (!among(verdict.models_undecided, model)) {
        ++tally.valid;
        if (!holds) disagreements.add(model + " is violated, and the checker says it holds", small);
      } else {
        ++tally.unknown;
        if (lists_ && !may_stay_open(model)) disagreements.add(model + " is not decided", small);
      }
    }
    compare_phenomena(small, verdict);
    if (!lists_) compare_searched(small, history, satisfied);
  }

  std::map<std::string, Tally> tallies;
  Disagreements disagreements;

 private:
  /// What is claimed alone is searched to the end: nothing stays open.
  void compare_searched(const SmallHistory& small, const History& history,
                        const Models& satisfied) {
    for (const char* model :
         {"snapshot-isolation", "serializable", "strong-session-snapshot-isolation",
          "strong-session-serializable", "strong-snapshot-isolation", "strict-serializable"}) {
      const Verdict verdict = check(history, {.models = {model}});
      const bool vacuous = verdict.reason.find("put to the test") != std::string::npos;
      const bool holds = verdict.validity == Validity::valid || vacuous;
      if (verdict.validity == Validity::unknown && !vacuous) {
        disagreements.add(std::string{model} + " is not decided: " + verdict.reason, small);
      } else if (holds != satisfied.contains(model)) {
        disagreements.add(std::string{model} + (holds ? " is said to hold" : " is said to fall"),
                          small);
      }
    }
  }

  void compare_phenomena(const SmallHistory& small, const Verdict& verdict) {
    const oracle::Phenomena found = oracle::phenomena(small);
    const auto reported = [&](AnomalyKind kind) {
      return std::ranges::find(verdict.anomalies, kind, &Anomaly::kind) != verdict.anomalies.end();
    };
    // Of a list that shows one element twice nobody can say where that element stands.
    const bool placed = !found.duplicate_elements;
    // Where lists contradict each other it depends on which one is believed.
    const bool believed = placed && !found.incompatible_order;
    const std::initializer_list<std::tuple<AnomalyKind, bool, const char*>> all = {
        {AnomalyKind::g1a, found.aborted_read, "G1a"},
        {AnomalyKind::g1b, found.intermediate_read, "G1b"},
        {AnomalyKind::internal, found.internal, "internal"},
        {AnomalyKind::future_read, found.future_read, "future-read"},
        {AnomalyKind::duplicate_elements, found.duplicate_elements, "duplicate-elements"},
        {AnomalyKind::incompatible_order, found.incompatible_order, "incompatible-order"},
        {AnomalyKind::dirty_update, found.dirty_update, "dirty-update"},
        {AnomalyKind::garbage_read, found.garbage_read, "garbage-read"}};
    for (const auto& [kind, there, label] : all) {
      if (reported(kind) == there) continue;
      // An aborted one's intermediate version may be called either.
      if (kind == AnomalyKind::g1b && found.aborted_read && !there) continue;
      if (!placed && (kind == AnomalyKind::g1b || kind == AnomalyKind::dirty_update)) continue;
      if (!believed && (kind == AnomalyKind::internal || kind == AnomalyKind::dirty_update))
        continue;
      const char* what = there ? " is not reported" : " is reported, and not there";
      disagreements.add(label + std::string{what}, small);
    }
  }

  bool lists_;
};

void compare_many(bool lists, std::uint64_t seed) {
  Comparison comparison{lists};
  oracle::RandomHistory random{seed};
  const std::uint64_t cases = testing::fuzz_cases(5000);
  for (std::uint64_t i = 0; i < cases; ++i) comparison.compare(random.next(lists));
  const std::string disagreements = comparison.disagreements.text();
  EXPECT_TRUE(disagreements.empty()) << disagreements;
  for (const auto& [model, tally] : comparison.tallies) {
    fmt::print("{:34} {:7} valid {:7} violated {:7} unknown {:7} not judged\n", model, tally.valid,
               tally.violated, tally.unknown, tally.skipped);
    EXPECT_LE(lists ? tally.unknown : 0, cases / 100) << model;
    EXPECT_GT(tally.violated, cases / 50) << model;
    EXPECT_GT(tally.valid, cases / 50) << model;
  }
}

TEST(TransactionsOracle, AgreesOnLists) { compare_many(true, seed_or(11)); }

/// Where the order of versions stays open the checker may not know; it never guesses.
TEST(TransactionsOracle, AgreesOnRegistersOrDoesNotKnow) { compare_many(false, seed_or(12)); }

}  // namespace
}  // namespace witness
