/// Seats: what must hold of who holds one, and when nobody can say.
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

}  // namespace
}  // namespace witness
