/// What must hold of the ledger, and when nobody can say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "checker/anomalies.hpp"
#include "tests/checker/history_text.hpp"
#include "witness/check.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::history_of;
using ::testing::Not;

std::vector<std::string> labels(const Verdict& verdict) {
  std::vector<std::string> found;
  for (const Anomaly& anomaly : verdict.anomalies) found.emplace_back(label(anomaly.kind));
  return found;
}

const Anomaly& find(const Verdict& verdict, AnomalyKind kind) {
  const auto found = std::ranges::find(verdict.anomalies, kind, &Anomaly::kind);
  if (found == verdict.anomalies.end()) throw std::logic_error("not found");
  return *found;
}

std::optional<bool> holds(const Verdict& verdict, std::string_view claim) {
  const auto found = std::ranges::find(verdict.claims, claim, &Claim::name);
  if (found == verdict.claims.end()) throw std::logic_error("no such claim");
  return found->holds;
}

TEST(Seat, SoldOnceIsLinearizable) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 2-12 rejected: r A1 a
state A1 a)"));
  EXPECT_EQ(verdict.validity, Validity::valid);
  EXPECT_EQ(verdict.word, "linearizable");
  EXPECT_THAT(verdict.anomalies, ElementsAre());
  EXPECT_THAT(verdict.models_strongest, ElementsAre("strict-serializable"));
}

TEST(Seat, SoldTwiceNamesKeyHoldersAndOperations) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 2-8 ok committed: r A1 free, w A1 b
op 2 2-8 ok committed: r C7 free, w C7 c
state A1 b
state C7 c)"));
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_THAT(verdict.keys, ElementsAre("A1"));
  const Anomaly& twice = find(verdict, AnomalyKind::double_acquisition);
  EXPECT_EQ(twice.count, 2u);
  EXPECT_THAT(twice.operations, ElementsAre(0, 1));
  EXPECT_EQ(twice.explanation,
            "A1 was sold 2 times: the committed ledger holds a, b (operations 0, 1)");
  EXPECT_THAT(labels(verdict), ElementsAre("double-acquisition", "hidden-by-convergence",
                                           "lost-update", "G-single-item"));
  EXPECT_EQ(verdict.counts.oversold, 1u);
  EXPECT_EQ(holds(verdict, "at-most-one-acquisition"), false);
  EXPECT_EQ(holds(verdict, "reconciled"), true);  // every client was told the truth
  EXPECT_EQ(holds(verdict, "linearizable"), false);
  EXPECT_THAT(verdict.models_strongest, ElementsAre("strong-read-committed"));
}

TEST(Seat, WithoutALedgerClientsAreBelievedAndTheVerdictSaysSo) {
  const Verdict verdict = check(history_of(R"(
seat free 1 none
op 0 1-9 ok: w A1 a
op 1 2-8 ok: w A1 b)"));
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_THAT(find(verdict, AnomalyKind::double_acquisition).explanation,
              HasSubstr("clients were told"));
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("no ledger was read")));
  EXPECT_FALSE(verdict.ledger_read);
}

TEST(Seat, AnUnresolvedAttemptBesideAHolderMakesItUnknown) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 2-8 info: r A1 free, w A1 b)"));
  EXPECT_EQ(verdict.validity, Validity::unknown);
  EXPECT_EQ(holds(verdict, "at-most-one-acquisition"), std::nullopt);
  EXPECT_THAT(verdict.reason, HasSubstr("nobody knows whether b committed"));
}

TEST(Seat, AnUnresolvedAttemptAloneOnItsSeatDoesNotMatter) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 2 2-12 rejected: r A1 a
op 1 2-8 info: r A2 free, w A2 b)"));
  EXPECT_EQ(verdict.validity, Validity::valid);
  EXPECT_EQ(verdict.counts.unresolved, 1u);
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("1 attempt is unresolved")));
}

TEST(Seat, AnUnresolvedAttemptThatOnlyReadCannotMatter) {
  EXPECT_EQ(check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 2-8 info: r A1 a)"))
                .validity,
            Validity::valid);
}

TEST(Seat, AnUnresolvedAttemptThatACommittedOneReadIsAVertex) {
  const Verdict verdict = check(history_of(R"(
seat free 1 none
op 0 1-9 info: r A1 free, w A1 a
op 1 2-18 rejected: r A1 a
op 2 3-19 ok: r A1 free, w A1 c)"));
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_THAT(labels(verdict), ElementsAre("lost-update", "G-single-item"));
  EXPECT_EQ(holds(verdict, "at-most-one-acquisition"), std::nullopt);
}

TEST(Seat, AnOpenOperationMayHoldTheSeat) {
  const Verdict verdict = check(history_of(R"(
seat free 1 none
op 0 1-9 ok: r A1 free, w A1 a
open 1 3 A1)"));
  EXPECT_EQ(verdict.validity, Validity::unknown);
  EXPECT_THAT(verdict.reason, HasSubstr("operation 1"));
}

TEST(Seat, AValueOfAnOpenOperationIsNoGarbage) {
  const Verdict verdict = check(history_of(R"(
seat free 1 none
open 7 1 A1
op 0 2-9 rejected: r A1 a-7-0-2
op 1 2-12 ok: r A2 free, w A2 b)"));
  EXPECT_EQ(verdict.validity, Validity::valid) << verdict.reason;
}

TEST(Seat, ALedgerRowOfAnOpenOperationIsNoStranger) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
open 7 1 A1
op 1 2-9 rejected: r A1 sold
ledger A1 a-7-0-1)"));
  EXPECT_EQ(verdict.validity, Validity::valid) << verdict.reason;
  EXPECT_EQ(verdict.counts.committed, 2u);
}

TEST(Seat, AProvenViolationBeatsWhatIsUnknownElsewhere) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: w A1 a
op 1 2-8 ok committed: w A1 b
op 2 1-9 ok committed: w A2 c
op 3 2-8 info: w A2 d)"));
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_THAT(verdict.keys, ElementsAre("A1"));
}

TEST(Seat, RefusedWhileNobodyHoldsItIsAnUndersell) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 rejected: r A1 sold
op 1 1-9 ok committed: r A2 free, w A2 a
op 2 1-9 rejected: r A2 a)"));
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_THAT(labels(verdict), ElementsAre("undersell"));
  EXPECT_EQ(find(verdict, AnomalyKind::undersell).explanation,
            "a client was told that A1 is all taken, and 0 of 1 is held (operation 0)");
}

TEST(Seat, ATableThatNamesSomebodyElseIsHidden) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 1-9 rejected: r A1 sold
state A1 free)"));
  EXPECT_THAT(labels(verdict), ElementsAre("hidden-by-convergence"));
  EXPECT_EQ(holds(verdict, "at-most-one-acquisition"), false);
  EXPECT_EQ(holds(verdict, "reconciled"), true);
}

TEST(Seat, ATableThatNamesAnOwnerWhomTheLedgerLacksIsAnUndersell) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A2 free, w A2 a
op 1 1-9 fail aborted: r A1 free, w A1 b
op 2 1-9 rejected: r A2 sold
state A1 b)"));
  EXPECT_THAT(labels(verdict), ElementsAre("undersell"));
}

TEST(Reconciliation, ToldOkAndNotCommittedIsLost) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok aborted: r A1 free, w A1 a
op 1 1-9 ok committed: r A1 free, w A1 b)"));
  EXPECT_THAT(labels(verdict), ElementsAre("lost-acquisition"));
  EXPECT_THAT(verdict.anomalies[0].operations, ElementsAre(0));
}

TEST(Reconciliation, ACompleteLedgerWithoutTheRowContradictsAnOk) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok: r A1 free, w A1 a
op 1 1-9 ok committed: r A2 free, w A2 b)"));
  EXPECT_THAT(labels(verdict), ElementsAre("lost-acquisition"));
}

TEST(Reconciliation, APartialLedgerContradictsNobodyAndDecidesNothing) {
  const Verdict verdict = check(history_of(R"(
seat free 1 partial
op 0 1-9 ok: r A1 free, w A1 a
op 1 1-9 rejected: r A1 a)"));
  EXPECT_EQ(verdict.validity, Validity::unknown);
  EXPECT_EQ(holds(verdict, "reconciled"), std::nullopt);
}

TEST(Reconciliation, ALedgerThatWasReadInPartDecidesNothing) {
  const Verdict verdict = check(history_of(R"(
seat free 1 none
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 2-12 rejected: r A1 a)"));
  EXPECT_TRUE(verdict.ledger_read);
  EXPECT_EQ(holds(verdict, "reconciled"), std::nullopt);
  EXPECT_EQ(verdict.validity, Validity::unknown);
}

TEST(Reconciliation, ALedgerThatWasReadInPartStillProvesALie) {
  const Verdict verdict = check(history_of(R"(
seat free 1 none
op 0 1-9 fail committed: r A1 free, w A1 a
op 1 2-12 rejected: r A1 a)"));
  EXPECT_EQ(holds(verdict, "reconciled"), false);
}

TEST(Reconciliation, AnUnresolvedAttemptBesideACommittedOneMayBeADoubleApply) {
  const Verdict verdict = check(history_of(R"(
drop 5 5 complete
op 0 1-9 ok
try 1-4 info: r P 5, w P 4
try 5-8 ok committed: r P 5, w P 4
op 1 2-9 ok committed: r P 4, w P 3
state P 3)"));
  EXPECT_EQ(holds(verdict, "reconciled"), std::nullopt);
}

TEST(Reconciliation, ToldFailAndCommittedIsAPhantom) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 fail committed: r A1 free, w A1 a
op 1 1-9 rejected: r A1 a)"));
  EXPECT_THAT(labels(verdict), ElementsAre("phantom-acquisition"));
}

TEST(Reconciliation, ARejectionWhoseEarlierAttemptCommittedIsAPhantom) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 rejected
try 1-4 info committed: r A1 free, w A1 a
try 5-8 ok: r A1 sold
op 1 1-9 rejected: r A1 sold)"));
  EXPECT_THAT(labels(verdict), ElementsAre("phantom-acquisition"));
}

TEST(Reconciliation, TwoCommittedAttemptsOfOneOperationAreADoubleApply) {
  const Verdict verdict = check(history_of(R"(
drop 5 5 complete
op 0 1-9 ok
try 1-4 info committed: r P 5, w P 4
try 5-8 ok committed: r P 4, w P 3
op 1 2-9 ok committed: r P 3, w P 2
state P 2)"));
  EXPECT_THAT(labels(verdict), ElementsAre("double-apply"));
  EXPECT_EQ(verdict.anomalies[0].count, 2u);
}

TEST(Reconciliation, ARowOfNobodyIsAnUnknownHolder) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 1-9 rejected: r A1 a
ledger A2 somebody)"));
  EXPECT_THAT(labels(verdict), ElementsAre("unknown-holder"));
  EXPECT_THAT(verdict.keys, ElementsAre("A2"));
}

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

TEST(Claims, AVacuousRunIsUnknown) {
  const Verdict alone = check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 10-19 rejected: r A1 a)"));
  EXPECT_EQ(alone.validity, Validity::unknown);
  EXPECT_THAT(alone.reason, HasSubstr("overlapped"));
  const Verdict nobody = check(history_of(R"(
seat free 1 complete
op 0 1-9 fail: r A1 free, w A1 a
op 1 2-19 fail: r A1 free, w A1 b)"));
  EXPECT_EQ(nobody.validity, Validity::unknown);
  EXPECT_THAT(nobody.reason, HasSubstr("no operation acquired anything"));
}

TEST(Claims, AModelThatIsAskedForIsTheWordThatIsShown) {
  const History history = history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 1-9 rejected: r A1 a)");
  EXPECT_EQ(check(history, {{"serializable"}, {}}).word, "serializable");
  EXPECT_EQ(check(history, {{"PL-3"}, {}}).word, "serializable");
  EXPECT_EQ(check(history, {{"strict-serializable"}, {}}).word, "linearizable");
  EXPECT_EQ(check(history, {{}, {"lost-update"}}).word, "no-lost-update");
}

TEST(Claims, OnlyTheAnomaliesAskedForCount) {
  const History history = history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 1-9 ok committed: r A1 free, w A1 b)");
  EXPECT_EQ(check(history, {{}, {"G0"}}).validity, Validity::valid);
  EXPECT_EQ(check(history, {{}, {"lost-update"}}).validity, Validity::violated);
  // A G-single-item is a G2: whoever asks for the weaker name gets the stronger finding.
  EXPECT_EQ(check(history, {{}, {"G2"}}).validity, Validity::violated);
}

TEST(Claims, AnUnresolvedAttemptThatWouldBreakAModelLeavesItUndecided) {
  const History history = history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 1-? info: r A1 free, w A1 b)");
  for (const std::string anomaly : {"lost-update", "G-single", "G2-realtime"}) {
    EXPECT_EQ(check(history, {{}, {anomaly}}).validity, Validity::unknown) << anomaly;
  }
  EXPECT_EQ(check(history, {{}, {"G0"}}).validity, Validity::valid);
  const Verdict both = check(history, {{"serializable", "read-committed"}, {}});
  EXPECT_EQ(holds(both, "serializable"), std::nullopt);
  EXPECT_EQ(holds(both, "read-committed"), true);
  EXPECT_EQ(check(history, {{}, {"lost-update"}}).reason,
            "no-lost-update: nobody knows whether b committed");
}

TEST(Claims, AnAttemptThatWasToldFailIsNoDoubt) {
  EXPECT_EQ(check(history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 1-9 fail: r A1 free, w A1 b)"),
                  {{}, {"lost-update"}})
                .validity,
            Validity::valid);
}

TEST(Claims, AValueThatOnlyAnUnresolvedAttemptMakesAmbiguousLeavesCyclesOpen) {
  // If a-1-1-1 did not commit, a-2-2-1 read what operation 0 wrote, after operation 3
  // had replaced it.
  const Verdict verdict = check(history_of(R"(
drop 9 9 none
op 0 1-2 ok: r P 9, w P 8
op 1 1-? info: w P 8
op 3 3-4 ok: r P 8, w P 7
op 2 5-6 ok: r P 8
op 4 5-6 ok: r Q 9, w Q 8)"),
                                {{}, {"G-single-realtime"}});
  EXPECT_EQ(verdict.validity, Validity::unknown) << verdict.reason;
}

TEST(Claims, StepsThatNobodySawLeaveCyclesOpenOnlyWhereOthersWrite) {
  EXPECT_EQ(check(history_of(R"(
drop 9 9 none
op 0 1-9 ok: r P 9, w P 8
op 2 2-9 ok: r P 8, w P 7
open 1 3 P)"),
                  {{}, {"lost-update"}})
                .validity,
            Validity::unknown);
  EXPECT_EQ(check(history_of(R"(
drop 9 9 none
op 0 1-9 ok: r P 9, w P 8
op 2 2-9 ok: r P 8, w P 7
open 1 3 Q)"),
                  {{}, {"lost-update"}})
                .validity,
            Validity::valid);
}

TEST(Claims, RowsThatAnUnresolvedAttemptMayHaveAddedLeaveCyclesOpen) {
  EXPECT_EQ(check(history_of(R"(
drop 9 9 none
op 0 1-9 ok: insert P a
op 1 1-? info: insert P b
op 2 2-9 ok: count P 1)"),
                  {{"serializable"}, {}})
                .validity,
            Validity::unknown);
}

TEST(Claims, UnknownNamesAreRefused) {
  const History history = history_of("seat free 1 complete\n");
  EXPECT_THROW(check(history, {{"linear"}, {}}), UsageError);
  EXPECT_THROW(check(history, {{}, {"G7"}}), UsageError);
  EXPECT_THROW(check(history_of("bank 0 1 none\n")), UsageError);
}

TEST(Score, EveryRungCountsItsOwnKeys) {
  History history = history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 1-9 ok committed: r A1 free, w A1 b
op 2 1-9 ok
try 1-2 fail: r B1 free, w B1 c1
try 3-4 ok committed: r B1 free, w B1 c2
op 3 1-9 rejected: r B1 sold
op 4 1-9 fail: r B1 free, w B1 d
op 5 1-9 info: r B1 sold)");
  history.header.ladder = {testing::rung(8, {"A1"}), testing::rung(24, {"B1"})};
  const Verdict verdict = check(history);
  ASSERT_EQ(verdict.score.size(), 2u);
  EXPECT_EQ(verdict.score[0].clients, 8u);
  EXPECT_EQ(verdict.score[0].confirmed, 2u);
  EXPECT_EQ(verdict.score[0].oversold, 1u);
  EXPECT_EQ(verdict.score[1].confirmed, 1u);
  EXPECT_EQ(verdict.score[1].told_ok, 1u);
  EXPECT_EQ(verdict.score[1].rejected, 1u);
  EXPECT_EQ(verdict.score[1].errors, 1u);
  EXPECT_EQ(verdict.score[1].unknown, 1u);
  EXPECT_EQ(verdict.score[1].retries_max, 1u);
}

}  // namespace
}  // namespace witness
