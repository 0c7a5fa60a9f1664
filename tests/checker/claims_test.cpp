/// How claims are decided, and how a run is scored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checker/history_text.hpp"
#include "tests/checker/verdict_parts.hpp"
#include "witness/check.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

using ::testing::HasSubstr;
using testing::history_of;
using testing::holds;

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
