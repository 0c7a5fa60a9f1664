/// What clients were told, against the ledger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checker/history_text.hpp"
#include "tests/checker/verdict_parts.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

using ::testing::ElementsAre;
using testing::history_of;
using testing::holds;
using testing::labels;

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

}  // namespace
}  // namespace witness
