/// The search for an order of versions: against the oracle where values stand twice, with and
/// without pruning, and against lists that show the order.
#include <gtest/gtest.h>

#include "checker/registers/orientation.hpp"
#include "tests/checker/fuzz_cases.hpp"
#include "tests/oracle/random_history.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

using oracle::Order;
using oracle::SmallHistory;

struct Level {
  const char* model;
  Criterion criterion;
  TimeOrder order;
  Order oracle_order;
};
constexpr std::array kLevels = {
    Level{"snapshot-isolation", Criterion::snapshot_isolation, TimeOrder::none, Order::none},
    Level{"strong-session-snapshot-isolation", Criterion::snapshot_isolation, TimeOrder::session,
          Order::session},
    Level{"strong-snapshot-isolation", Criterion::snapshot_isolation, TimeOrder::real_time,
          Order::real_time},
    Level{"serializable", Criterion::serializability, TimeOrder::none, Order::none},
    Level{"strong-session-serializable", Criterion::serializability, TimeOrder::session,
          Order::session},
    Level{"strict-serializable", Criterion::serializability, TimeOrder::real_time,
          Order::real_time},
};

bool satisfied(const SmallHistory& small, const Level& level) {
  return level.criterion == Criterion::serializability
             ? oracle::serializable(small, level.oracle_order)
             : oracle::snapshot_isolated(small, level.oracle_order);
}

/// Two values a key: many writes are alike.
SmallHistory with_alike_values(SmallHistory small) {
  const auto alike = [](int value) { return 1 + (value - 1) % 2; };
  for (oracle::Tx& tx : small.txs) {
    for (oracle::Step& step : tx.steps) {
      if (step.writes) step.value = alike(step.value);
      for (int& value : step.seen) value = alike(value);
    }
  }
  return small;
}

bool is_vacuous(const Verdict& verdict) {
  return verdict.reason.find("put to the test") != std::string::npos;
}

TEST(RegistersSearch, AgreesWithTheOracleWhereValuesStandTwice) {
  oracle::RandomHistory random{31};
  ReadOptions reading;
  reading.duplicates = true;
  int violated = 0;
  int valid = 0;
  for (std::uint64_t i = 0; i < testing::fuzz_cases(3000); ++i) {
    const SmallHistory small = with_alike_values(random.next(false));
    const std::string text = oracle::native(small);
    const History history = parse_history(text, "case", reading);
    for (const Level& level : kLevels) {
      const Verdict verdict = check(history, {.models = {level.model}});
      if (verdict.validity == Validity::unknown && is_vacuous(verdict)) continue;
      const bool expected = satisfied(small, level);
      ++(expected ? valid : violated);
      ASSERT_EQ(verdict.validity, expected ? Validity::valid : Validity::violated)
          << level.model << ": " << verdict.reason << "\n"
          << text;
    }
  }
  EXPECT_GT(valid, 100);
  EXPECT_GT(violated, 100);
}

SearchOutcome outcome_of(const History& history, const Level& level, bool prune) {
  const Transactions& transactions = *history.transactions;
  const std::vector<bool> alive = happened(transactions);
  const RegisterChains chains = find_chains(transactions, alive);
  const Polygraph graph = make_polygraph(transactions, chains, alive, level.criterion, level.order);
  std::vector<std::uint32_t> places(transactions.transactions.size());
  for (std::uint32_t i = 0; i < places.size(); ++i) places[i] = i;
  SearchLimits limits;
  limits.prune = prune;
  return search_orientation(graph, places, limits).outcome;
}

TEST(RegistersSearch, SaysTheSameWithAndWithoutPruning) {
  oracle::RandomHistory random{32};
  int violated = 0;
  for (std::uint64_t i = 0; i < testing::fuzz_cases(3000); ++i) {
    const std::string text = oracle::native(random.next(false));
    const History history = parse_history(text, "case");
    for (const Level& level : kLevels) {
      const SearchOutcome pruned = outcome_of(history, level, true);
      ASSERT_EQ(pruned, outcome_of(history, level, false)) << level.model << "\n" << text;
      violated += pruned == SearchOutcome::violated;
    }
  }
  EXPECT_GT(violated, 100);
}

/// Of each list its last element: less is known, so that nothing may be violated that holds there.
SmallHistory as_registers(SmallHistory lists) {
  lists.lists = false;
  for (oracle::Tx& tx : lists.txs) {
    for (oracle::Step& step : tx.steps) {
      if (step.seen.size() > 1) step.seen = {step.seen.back()};
    }
  }
  return lists;
}

TEST(RegistersSearch, NeverRefutesWhatListsWithTheirOrderShowToHold) {
  oracle::RandomHistory random{33};
  int compared = 0;
  for (std::uint64_t i = 0; i < testing::fuzz_cases(3000); ++i) {
    const SmallHistory lists = random.next(true);
    const History whole = parse_history(oracle::native(lists), "lists");
    const History less = parse_history(oracle::native(as_registers(lists)), "registers");
    for (const Level& level : kLevels) {
      if (check(whole, {.models = {level.model}}).validity != Validity::valid) continue;
      ++compared;
      const Verdict verdict = check(less, {.models = {level.model}});
      ASSERT_NE(verdict.validity, Validity::violated) << level.model << ": " << verdict.reason;
    }
  }
  EXPECT_GT(compared, 1000);
}

/// An order that is given is one: replayed, it explains every read.
TEST(RegistersSearch, TheOrderOfASerializableHistoryExplainsItsReads) {
  oracle::RandomHistory random{34};
  int replayed = 0;
  for (std::uint64_t i = 0; i < testing::fuzz_cases(3000); ++i) {
    const SmallHistory small = random.next(false);
    const History history = parse_history(oracle::native(small), "case");
    const Verdict verdict = check(history, {.models = {"strict-serializable"}, .tell_order = true});
    if (verdict.validity != Validity::valid) continue;
    ASSERT_FALSE(verdict.order.empty());
    std::map<std::uint64_t, int> number_of;  // index of the invocation: transaction
    std::uint64_t index = 0;
    for (const auto& [t, completion] : oracle::events_of(small)) {
      if (!completion) number_of[index] = t;
      ++index;
    }
    oracle::State state;
    for (const std::uint64_t each : verdict.order) {
      const oracle::Tx& tx = small.txs[static_cast<std::size_t>(number_of.at(each))];
      ASSERT_TRUE(oracle::replay(small, tx, state)) << oracle::native(small);
    }
    ++replayed;
  }
  EXPECT_GT(replayed, 500);
}

}  // namespace
}  // namespace witness
