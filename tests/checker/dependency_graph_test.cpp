/// Which cycles are found, under what names, and how they are explained.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "checker/anomalies.hpp"
#include "tests/checker/history_text.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

using ::testing::ElementsAre;
using testing::history_of;
using ::testing::IsEmpty;

std::vector<std::string> labels(const Verdict& verdict) {
  std::vector<std::string> found;
  for (const Anomaly& anomaly : verdict.anomalies) found.emplace_back(label(anomaly.kind));
  return found;
}

/// Seats that can be held by many: only the graph speaks.
Verdict judged(std::string_view lines) {
  return check(history_of("seat free 99 none\n" + std::string{lines}));
}

std::vector<std::string> reasons(const Anomaly& anomaly) {
  std::vector<std::string> texts;
  for (const Step& step : anomaly.steps) texts.push_back(step.why);
  return texts;
}

TEST(DependencyGraph, ALostUpdateIsExplainedEdgeByEdge) {
  const Verdict verdict = judged(R"(
op 0 1-9 ok: r A1 free, w A1 a
op 1 1-9 ok: r A1 free, w A1 b)");
  EXPECT_THAT(labels(verdict), ElementsAre("lost-update", "G-single-item"));
  EXPECT_THAT(reasons(verdict.anomalies[1]),
              ElementsAre("a read A1 = free, and b replaced it by b",
                          "b read A1 = free, and a replaced it by a"));
  EXPECT_EQ(verdict.counts.edges, 2u);
}

TEST(DependencyGraph, WriteSkewOverTwoKeysIsG2Item) {
  const Verdict verdict = judged(R"(
op 0 1-9 ok: r A1 free, r A2 free, w A2 a
op 1 1-9 ok: r A2 free, r A1 free, w A1 b)");
  EXPECT_THAT(labels(verdict), ElementsAre("G2-item"));
  EXPECT_THAT(verdict.models_strongest, ElementsAre("strong-snapshot-isolation"));
  EXPECT_THAT(verdict.keys, ElementsAre("A1", "A2"));
}

TEST(DependencyGraph, WriteSkewOverCountedRowsIsG2) {
  const Verdict verdict = judged(R"(
op 0 1-9 ok: count P 0, insert P a
op 1 1-9 ok: count P 0, insert P b)");
  EXPECT_THAT(labels(verdict), ElementsAre("G2"));
  EXPECT_THAT(reasons(verdict.anomalies[0]),
              ElementsAre("a counted 0 rows of P, and b added one that it had not seen",
                          "b counted 0 rows of P, and a added one that it had not seen"));
}

TEST(DependencyGraph, AFracturedReadIsGSingle) {
  const Verdict verdict = judged(R"(
op 0 1-9 ok: r A1 free, w A1 a, r A2 free, w A2 a
op 1 1-9 ok: r A1 a, r A2 free)");
  EXPECT_THAT(labels(verdict), ElementsAre("G-single-item"));
  EXPECT_THAT(reasons(verdict.anomalies[0]),
              ElementsAre("a-1-1-1 read A1 = a, which a wrote",
                          "a-1-1-1 read A2 = free, and a replaced it by a"));
}

TEST(DependencyGraph, AFracturedCountIsGSingleOfAPredicate) {
  EXPECT_THAT(labels(judged(R"(
op 0 1-9 ok: r A1 free, w A1 a, count P 0, insert P a
op 1 1-9 ok: r A1 a, count P 0)")),
              ElementsAre("G-single"));
}

TEST(DependencyGraph, ALongForkIsGNonadjacent) {
  EXPECT_THAT(labels(judged(R"(
op 0 1-9 ok: r A1 free, w A1 a
op 1 1-9 ok: r A2 free, w A2 b
op 2 1-9 ok: r A1 a, r A2 free
op 3 1-9 ok: r A1 free, r A2 b)")),
              ElementsAre("G-nonadjacent-item"));
}

TEST(DependencyGraph, ReadingEachOtherIsG1c) {
  EXPECT_THAT(labels(judged(R"(
op 0 1-9 ok: r A1 free, w A1 a, r A2 b
op 1 1-9 ok: r A2 free, w A2 b, r A1 a)")),
              ElementsAre("G1c"));
}

TEST(DependencyGraph, OverwritingEachOtherIsG0) {
  const Verdict verdict = judged(R"(
op 0 1-9 ok: r A1 b, w A1 a
op 1 1-9 ok: r A1 a, w A1 b)");
  EXPECT_THAT(labels(verdict), ElementsAre("G0"));
  EXPECT_THAT(verdict.models_strongest, IsEmpty());
}

TEST(DependencyGraph, AStaleReadOfAnEarlierClientNeedsRealTime) {
  const Verdict verdict = judged(R"(
op 0 1000000-2000000 ok: r A1 free, w A1 a
op 1 3200000-4000000 ok: r A1 free)");
  EXPECT_THAT(labels(verdict), ElementsAre("G-single-item-realtime"));
  EXPECT_THAT(reasons(verdict.anomalies[0]),
              ElementsAre("a ended 1.2 ms before a-1-1-1 began",
                          "a-1-1-1 read A1 = free, and a replaced it by a"));
  EXPECT_THAT(verdict.models_strongest,
              ElementsAre("strong-read-committed", "strong-session-serializable"));
}

TEST(DependencyGraph, AStaleReadOfTheSameClientNeedsItsOrderOnly) {
  const Verdict verdict = judged(R"(
op 7 1-2 ok: r A1 free, w A1 a
op 7 3-4 ok: r A1 free)");
  EXPECT_THAT(labels(verdict), ElementsAre("G-single-item-process"));
  EXPECT_THAT(reasons(verdict.anomalies[0]),
              ElementsAre("client 7 ran a before a-7-1-1",
                          "a-7-1-1 read A1 = free, and a replaced it by a"));
}

TEST(DependencyGraph, WhatNobodyAcknowledgedHasNoEnd) {
  EXPECT_THAT(labels(judged(R"(
op 0 1-2 info committed: r A1 free, w A1 a
op 1 3-4 ok: r A1 free)")),
              IsEmpty());
}

TEST(DependencyGraph, ReadingWhatAnAbortedAttemptWroteIsG1a) {
  const Verdict verdict = judged(R"(
op 0 1-9 fail: r A1 free, w A1 a
op 1 1-9 ok: r A1 a)");
  EXPECT_THAT(labels(verdict), ElementsAre("G1a"));
  EXPECT_EQ(verdict.anomalies[0].explanation,
            "a-1-1-1 read A1 = a, which a wrote, and a did not commit");
  EXPECT_THAT(verdict.anomalies[0].operations, ElementsAre(0, 1));
}

TEST(DependencyGraph, ReadingWhatNobodyWroteIsGarbage) {
  const Verdict verdict = judged(R"(
op 0 1-9 ok: r A1 free, w A1 a
op 1 1-9 ok: r A1 zzz)");
  EXPECT_THAT(labels(verdict), ElementsAre("garbage-read"));
}

TEST(DependencyGraph, ASentinelSaysNothingOfWho) {
  EXPECT_THAT(labels(judged(R"(
op 0 1-2 ok: r A1 free, w A1 a
op 1 3-4 ok: r A1 sold, w A1 b)")),
              IsEmpty());
}

TEST(DependencyGraph, AStockThatFellTwiceToOneValueHidesWhoReadWhose) {
  // Two lost updates: at 5 it is plain who; at 4 two wrote it and three replaced it.
  const Verdict verdict = check(history_of(R"(
drop 5 99 none
op 0 1-9 ok: r P 5, w P 4
op 1 1-9 ok: r P 5, w P 4
op 2 1-9 ok: r P 4, w P 3
op 3 1-9 ok: r P 4, w P 3
op 4 1-9 ok: r P 4, w P 3)"));
  EXPECT_THAT(labels(verdict), ElementsAre("lost-update", "lost-update", "G-single-item"));
  EXPECT_EQ(verdict.anomalies[1].explanation,
            "a-2-2-1, a-3-3-1, a-4-4-1 read P = 4 and replaced it, but it was there only 2 times");
}

TEST(DependencyGraph, EqualValuesThatCanBeToldApartByNobodyProveNothing) {
  const Verdict verdict = check(history_of(R"(
drop 5 99 none
op 0 1-9 ok: r P 5, w P 4
op 1 1-9 info: r P 5, w P 4
op 2 1-9 ok: r P 4, w P 3
op 3 1-9 ok: r P 4, w P 3)"));
  EXPECT_THAT(labels(verdict), IsEmpty());
}

TEST(DependencyGraph, EveryKeyHasItsOwnCycle) {
  const Verdict verdict = judged(R"(
op 0 1-9 ok: r A10 free, w A10 a
op 1 1-9 ok: r A10 free, w A10 b
op 2 1-9 ok: r A2 free, w A2 c
op 3 1-9 ok: r A2 free, w A2 d)");
  EXPECT_THAT(labels(verdict),
              ElementsAre("lost-update", "lost-update", "G-single-item", "G-single-item"));
  EXPECT_THAT(verdict.keys, ElementsAre("A2", "A10"));
  EXPECT_THAT(verdict.anomalies[0].keys, ElementsAre("A2"));
}

TEST(DependencyGraph, RowsThatNoOrderExplainsAreGNonadjacent) {
  EXPECT_THAT(labels(judged(R"(
op 0 1-9 ok: count P 0, insert P a
op 1 1-9 ok: count P 3)")),
              ElementsAre("G-nonadjacent"));
}

TEST(DependencyGraph, AnUnresolvedInserterExplainsARow) {
  EXPECT_THAT(labels(judged(R"(
op 0 1-9 ok: count P 0, insert P a
op 1 1-9 info: count P 1, insert P b
op 2 1-9 ok: count P 2)")),
              IsEmpty());
}

TEST(EarlyRejection, NamesTheRefusalAndTheTaker) {
  const Verdict verdict = check(history_of(R"(
seat free 1 complete
op 0 1000-2000 rejected: r A1 sold
op 1 5000-9000 ok committed: r A1 free, w A1 a
op 2 6000-9900 rejected: r A1 a)"));
  EXPECT_THAT(labels(verdict), ElementsAre("early-rejection"));
  EXPECT_EQ(verdict.anomalies[0].explanation,
            "operation 0 was told that A1 is all taken 3.0 us before a, who took it (operation 1), "
            "began");
  EXPECT_THAT(verdict.models_strongest,
              ElementsAre("strong-read-uncommitted", "strong-session-serializable"));
}

}  // namespace
}  // namespace witness
