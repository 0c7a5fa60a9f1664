/// The oracle of transactions on histories whose models are known from the literature.
#include <gtest/gtest.h>

#include "tests/checker/fuzz_cases.hpp"
#include "tests/oracle/random_history.hpp"
#include "tests/oracle/transaction_oracle.hpp"

namespace witness::oracle {
namespace {

constexpr int kX = 1;
constexpr int kY = 2;

Step write(int key, int value) { return {true, key, value, {}}; }
Step read(int key, std::vector<int> seen) { return {false, key, 0, std::move(seen)}; }

/// `order` names transactions (A is the first) at their invocation and again at their completion.
/// Each is of a process of its own, unless `processes` says other.
SmallHistory history(bool lists, std::vector<std::vector<Step>> steps, const std::string& order,
                     const std::vector<int>& processes = {}) {
  SmallHistory result{lists, {}};
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const char name = static_cast<char>('A' + t);
    Tx tx;
    tx.steps = steps[t];
    tx.process = processes.empty() ? static_cast<int>(t) : processes[t];
    tx.invoked = static_cast<int>(order.find(name));
    tx.completed = static_cast<int>(order.rfind(name));
    result.txs.push_back(tx);
  }
  return result;
}

/// The strongest of the levels without sessions and real time.
std::string level(const SmallHistory& history) {
  const Models models = satisfied(history);
  for (const char* model :
       {"serializable", "snapshot-isolation", "repeatable-read", "parallel-snapshot-isolation",
        "consistent-view", "cursor-stability", "read-committed", "read-uncommitted"}) {
    if (models.contains(model)) return model;
  }
  return "nothing";
}

TEST(TransactionDefinitions, OneAfterAnotherIsStrict) {
  const auto h =
      history(true, {{write(kX, 1)}, {read(kX, {1}), write(kX, 2)}, {read(kX, {1, 2})}}, "AABBCC");
  EXPECT_EQ(satisfied(h), known_models());
}

TEST(TransactionDefinitions, WriteSkewIsSnapshotIsolatedOnly) {
  const std::vector<std::vector<Step>> skew = {{read(kX, {}), write(kY, 1)},
                                               {read(kY, {}), write(kX, 1)}};
  for (const bool lists : {true, false}) {
    EXPECT_EQ(level(history(lists, skew, "ABAB")), "snapshot-isolation");
    EXPECT_FALSE(satisfied(history(lists, skew, "ABAB")).contains("repeatable-read"));
  }
}

TEST(TransactionDefinitions, LongForkIsParallelSnapshotIsolatedOnly) {
  const std::vector<std::vector<Step>> fork = {
      {write(kX, 1)}, {write(kY, 1)}, {read(kX, {1}), read(kY, {})}, {read(kX, {}), read(kY, {1})}};
  for (const bool lists : {true, false}) {
    EXPECT_EQ(level(history(lists, fork, "ABCDABCD")), "parallel-snapshot-isolation");
  }
}

TEST(TransactionDefinitions, LostUpdateIsReadCommittedOnly) {
  const std::vector<std::vector<Step>> lost = {{read(kX, {}), write(kX, 1)},
                                               {read(kX, {}), write(kX, 2)}};
  for (const bool lists : {true, false}) {
    EXPECT_EQ(level(history(lists, lost, "ABAB")), "read-committed");
  }
}

TEST(TransactionDefinitions, FracturedReadIsCursorStableOnly) {
  const std::vector<std::vector<Step>> skew = {{read(kX, {}), read(kY, {1})},
                                               {write(kX, 1), write(kY, 1)}};
  for (const bool lists : {true, false}) {
    EXPECT_EQ(level(history(lists, skew, "ABAB")), "cursor-stability");
  }
}

TEST(TransactionDefinitions, CircularReadsAreReadUncommittedOnly) {
  const std::vector<std::vector<Step>> circle = {{write(kX, 1), read(kY, {1})},
                                                 {write(kY, 1), read(kX, {1})}};
  for (const bool lists : {true, false}) {
    EXPECT_EQ(level(history(lists, circle, "ABAB")), "read-uncommitted");
  }
}

TEST(TransactionDefinitions, WritesInOppositeOrdersAreNothing) {
  EXPECT_EQ(level(history(true,
                          {{write(kX, 1), write(kY, 1)},
                           {write(kX, 2), write(kY, 2)},
                           {read(kX, {1, 2}), read(kY, {2, 1})}},
                          "ABABCC")),
            "nothing");
}

TEST(TransactionDefinitions, AnAbortedReadIsReadUncommittedOnly) {
  for (const bool lists : {true, false}) {
    auto h = history(lists, {{write(kX, 1)}, {read(kX, {1})}}, "ABAB");
    h.txs[0].fate = Fate::aborted;
    EXPECT_EQ(level(h), "read-uncommitted");
    EXPECT_TRUE(phenomena(h).aborted_read);
  }
}

TEST(TransactionDefinitions, AnIntermediateReadIsReadUncommittedOnly) {
  for (const bool lists : {true, false}) {
    const auto h = history(lists, {{write(kX, 1), write(kX, 2)}, {read(kX, {1})}}, "ABAB");
    EXPECT_EQ(level(h), "read-uncommitted");
    EXPECT_TRUE(phenomena(h).intermediate_read);
  }
}

TEST(TransactionDefinitions, AReadOfNobodysValueIsNothing) {
  for (const bool lists : {true, false}) {
    EXPECT_EQ(level(history(lists, {{write(kX, 1)}, {read(kX, {7})}}, "AABB")), "nothing");
  }
}

TEST(TransactionDefinitions, AStaleReadBreaksOnlyWhatHasRealTime) {
  for (const bool lists : {true, false}) {
    const auto h = history(lists, {{write(kX, 1)}, {read(kX, {})}}, "AABB");
    const Models models = satisfied(h);
    EXPECT_TRUE(models.contains("strong-session-serializable"));
    EXPECT_FALSE(models.contains("strict-serializable"));
    EXPECT_FALSE(models.contains("strong-snapshot-isolation"));
    EXPECT_TRUE(models.contains("strong-read-committed"));
  }
}

TEST(TransactionDefinitions, NotSeeingOnesOwnWriteBreaksSessions) {
  for (const bool lists : {true, false}) {
    const Models models =
        satisfied(history(lists, {{write(kX, 1)}, {read(kX, {})}}, "AABB", {0, 0}));
    EXPECT_TRUE(models.contains("serializable"));
    EXPECT_FALSE(models.contains("strong-session-serializable"));
    EXPECT_FALSE(models.contains("strong-session-snapshot-isolation"));
    EXPECT_TRUE(models.contains("strong-session-read-committed"));
  }
}

TEST(TransactionDefinitions, ReadingTheFutureOfOnesProcessBreaksStrongSessionReadCommitted) {
  for (const bool lists : {true, false}) {
    const Models models =
        satisfied(history(lists, {{read(kX, {1})}, {write(kX, 1)}}, "AABB", {0, 0}));
    EXPECT_TRUE(models.contains("serializable"));
    EXPECT_FALSE(models.contains("strong-session-read-committed"));
    EXPECT_TRUE(models.contains("strong-session-read-uncommitted"));
  }
}

TEST(TransactionDefinitions, WhatNobodyAnsweredMayHaveHappenedOrNot) {
  for (const bool lists : {true, false}) {
    for (const std::vector<int>& seen : {std::vector<int>{}, std::vector<int>{1}}) {
      auto h = history(lists, {{write(kX, 1)}, {read(kX, seen)}}, "AABB");
      h.txs[0].fate = Fate::possible;
      EXPECT_EQ(satisfied(h), known_models());
    }
    auto both = history(lists, {{write(kX, 1)}, {read(kX, {1})}, {read(kX, {})}}, "AABBCC");
    both.txs[0].fate = Fate::possible;
    EXPECT_FALSE(satisfied(both).contains("strict-serializable"));
    EXPECT_TRUE(satisfied(both).contains("serializable"));
  }
}

TEST(TransactionDefinitions, FindsWhatIsNoCycle) {
  const auto of = [](std::vector<std::vector<Step>> steps, const std::string& order) {
    return phenomena(history(true, std::move(steps), order));
  };
  EXPECT_TRUE(of({{write(kX, 1), read(kX, {})}}, "AA").internal);
  EXPECT_TRUE(of({{read(kX, {}), read(kX, {1})}, {write(kX, 1)}}, "ABAB").internal);
  EXPECT_FALSE(of({{write(kX, 2), read(kX, {1, 2})}, {write(kX, 1)}}, "ABAB").internal);
  EXPECT_TRUE(of({{read(kX, {1}), write(kX, 1)}}, "AA").future_read);
  EXPECT_FALSE(of({{write(kX, 1), read(kX, {1})}}, "AA").future_read);
  EXPECT_TRUE(of({{write(kX, 1)}, {read(kX, {1, 1})}}, "AABB").duplicate_elements);
  EXPECT_TRUE(of({{write(kX, 1)}, {write(kX, 2)}, {read(kX, {1, 2})}, {read(kX, {2})}}, "ABABCCDD")
                  .incompatible_order);
  EXPECT_TRUE(of({{write(kX, 1)}, {read(kX, {1, 9})}}, "AABB").garbage_read);
  auto dirty = history(true, {{write(kX, 1)}, {write(kX, 2)}, {read(kX, {1, 2})}}, "ABABCC");
  EXPECT_FALSE(phenomena(dirty).dirty_update);
  dirty.txs[0].fate = Fate::aborted;
  EXPECT_TRUE(phenomena(dirty).dirty_update);
}

/// What each model implies must hold where it does, whatever the history.
TEST(TransactionDefinitions, StrongerModelsImplyWeakerOnes) {
  const std::vector<std::pair<std::string, std::string>> implied = {
      {"strict-serializable", "strong-session-serializable"},
      {"strict-serializable", "strong-snapshot-isolation"},
      {"strong-session-serializable", "serializable"},
      {"strong-session-serializable", "strong-session-snapshot-isolation"},
      {"serializable", "repeatable-read"},
      {"serializable", "snapshot-isolation"},
      {"strong-snapshot-isolation", "strong-session-snapshot-isolation"},
      {"strong-snapshot-isolation", "strong-read-committed"},
      {"strong-session-snapshot-isolation", "snapshot-isolation"},
      {"strong-session-snapshot-isolation", "strong-session-read-committed"},
      {"snapshot-isolation", "parallel-snapshot-isolation"},
      {"repeatable-read", "consistent-view"},
      {"parallel-snapshot-isolation", "consistent-view"},
      {"consistent-view", "cursor-stability"},
      {"cursor-stability", "read-committed"},
      {"read-committed", "read-uncommitted"},
      {"strong-read-committed", "strong-session-read-committed"},
      {"strong-read-committed", "strong-read-uncommitted"},
      {"strong-session-read-committed", "strong-session-read-uncommitted"}};
  std::map<std::string, int> held;
  for (const bool lists : {true, false}) {
    RandomHistory random{lists ? 3U : 4U};
    for (std::uint64_t i = 0; i < testing::fuzz_cases(2000) / 2; ++i) {
      const SmallHistory h = random.next(lists);
      const Models models = satisfied(h);
      for (const std::string& model : models) ++held[model];
      const Models skipped = not_judged(h);
      for (const auto& [above, below] : implied) {
        if (!models.contains(above) || skipped.contains(below)) continue;
        ASSERT_TRUE(models.contains(below)) << above << " but not " << below << "\n" << edn(h);
      }
    }
  }
  const int all = static_cast<int>(testing::fuzz_cases(2000));
  for (const std::string& model : known_models()) {
    EXPECT_GT(held[model], all / 10) << model;
    EXPECT_LT(held[model], all - all / 20) << model;
  }
}

}  // namespace
}  // namespace witness::oracle
