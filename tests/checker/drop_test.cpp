/// Stocks that are sold: what must hold of amounts, and when nobody can say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checker/anomalies.hpp"
#include "tests/checker/history_text.hpp"
#include "tests/checker/verdict_parts.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::find;
using ::testing::HasSubstr;
using testing::history_of;
using testing::holds;
using testing::labels;
using ::testing::Not;

TEST(Drop, SellsItsStockAndNoMore) {
  const Verdict verdict = check(history_of(R"(
drop 2 2 complete
op 0 1-9 ok committed: r P 2, w P 1
op 1 1-9 ok committed: r P 1, w P 0
op 2 1-12 rejected: r P sold-out
state P 0)"));
  EXPECT_EQ(verdict.word, "linearizable") << verdict.reason;
  EXPECT_EQ(holds(verdict, "stock-conserved"), true);
}

TEST(Drop, OneUnitTooManyIsAnOversell) {
  const Verdict verdict = check(history_of(R"(
drop 2 2 complete
op 0 1-9 ok committed: count P 0, insert P a
op 1 1-9 ok committed: count P 1, insert P b
op 2 1-9 ok committed: count P 1, insert P c)"));
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_EQ(find(verdict, AnomalyKind::oversell).explanation,
            "P was sold 3 times, and there were 2: the committed ledger holds a, b, c "
            "(operations 0, 1, 2)");
  EXPECT_THAT(labels(verdict), ElementsAre("oversell", "G2"));
}

TEST(Drop, TheStockCannotLoseLessThanIsHeld) {
  const Verdict verdict = check(history_of(R"(
drop 5 5 complete
op 0 1-9 ok committed: r P 5, w P 4
op 1 1-9 ok committed: r P 5, w P 4
state P 4)"));
  EXPECT_THAT(labels(verdict), ElementsAre("oversell", "lost-update", "G-single-item"));
  EXPECT_EQ(holds(verdict, "at-most-N-acquisitions"), true);
  EXPECT_EQ(holds(verdict, "stock-conserved"), false);
  EXPECT_EQ(verdict.counts.oversold, 0u);
}

TEST(Drop, TheStockCannotLoseMoreThanIsHeld) {
  const Verdict verdict = check(history_of(R"(
drop 5 5 complete
op 0 1-9 ok committed: r P 5, w P 4
op 1 1-9 ok committed: r P 4, w P 3
state P 1)"));
  EXPECT_THAT(labels(verdict), ElementsAre("undersell"));
}

TEST(Drop, UnitsThatUnresolvedAttemptsMayHoldAreUndecided) {
  const Verdict verdict = check(history_of(R"(
drop 5 5 complete
op 0 1-9 ok committed: r P 5, w P 4
op 1 1-9 info: r P 4, w P 3
state P 3)"));
  EXPECT_EQ(holds(verdict, "stock-conserved"), std::nullopt);
  EXPECT_EQ(verdict.validity, Validity::unknown);
}

TEST(Drop, AnUnresolvedAttemptBesideAnExactStockIsUndecidedToo) {
  const Verdict verdict = check(history_of(R"(
drop 5 5 complete
op 0 1-9 ok committed: r P 5, w P 4
op 1 1-9 info: r P 5, w P 4
state P 4)"));
  EXPECT_EQ(holds(verdict, "stock-conserved"), std::nullopt);
}

TEST(Drop, AStockThatNobodyReadIsNotClaimedToBeConserved) {
  const Verdict verdict = check(history_of(R"(
drop 100 100 none
op 0 1-9 ok: r P 100, w P 99
op 1 1-9 ok: r P 99, w P 98)"));
  EXPECT_EQ(verdict.validity, Validity::valid) << verdict.reason;
  EXPECT_THAT(verdict.claims, Not(Contains(::testing::Field(&Claim::name, "stock-conserved"))));
  EXPECT_THAT(verdict.not_checked, Contains("stock-conserved: the ledger was not read completely"));
  EXPECT_EQ(check(history_of(R"(
drop 100 100 none
op 0 1-9 ok: r P 100, w P 99
op 1 1-9 ok: r P 99, w P 98)"),
                  {{}, {"undersell"}})
                .validity,
            Validity::unknown);
}

TEST(Drop, AnUnresolvedCommitThatMayHaveLostAnUpdateIsUnknown) {
  const Verdict verdict = check(history_of(R"(
drop 100 100 none
op 0 1-9 ok: r P 100, w P 99
op 1 1-? info: r P 100, w P 99)"));
  EXPECT_EQ(verdict.validity, Validity::unknown);
  EXPECT_EQ(holds(verdict, "strict-serializable"), std::nullopt);
  EXPECT_THAT(verdict.reason, HasSubstr("a-1-1-1"));
}

TEST(Drop, AHugeAmountCostsNoMoreThanOne) {
  History history = history_of(R"(
drop 1000000001 1000000001 complete
op 0 1-9 ok committed: count P 0, insert P a
op 1 2-12 rejected: count P 1
ledger P a)");
  history.ledger[0].amount = 1'000'000'000;
  EXPECT_THAT(labels(check(history)), ElementsAre("undersell"));
  history.header.capacity = 1'000'000'000;
  EXPECT_THAT(labels(check(history)), ElementsAre());
}

TEST(Drop, AStockBelowZeroIsNegative) {
  const Verdict verdict = check(history_of(R"(
drop 1 1 complete
op 0 1-9 ok committed: r P 1, w P 0
op 1 1-9 fail: r P -1, w P -2
state P 0)"));
  EXPECT_THAT(labels(verdict), ElementsAre("negative-stock"));
}

TEST(Drop, OrdersThatAreCountedNeedNoStock) {
  const Verdict verdict = check(history_of(R"(
drop 0 2 complete
op 0 1-9 ok committed: count P 0, insert P a
op 1 1-9 ok committed: count P 1, insert P b
op 2 1-12 rejected: count P 2)"));
  EXPECT_EQ(verdict.word, "linearizable") << verdict.reason;
}

}  // namespace
}  // namespace witness
