/// Lists and registers, judged: what is found, how it is told, and what is left open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "witness/check.hpp"
#include "witness/error.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Verdict judge(const std::string& edn, const CheckOptions& options = {}) {
  return check(parse_history(edn, "test.edn"), options);
}

/// A reader sees one part of a transaction and not the other.
constexpr const char* kFractured = R"(
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:append :a 1] [:append :b 1]], :time 100}
{:index 1, :type :invoke, :process 1, :f :txn, :value [[:r :a nil] [:r :b nil]], :time 200}
{:index 2, :type :ok, :process 0, :f :txn, :value [[:append :a 1] [:append :b 1]], :time 300}
{:index 3, :type :ok, :process 1, :f :txn, :value [[:r :a [1]] [:r :b []]], :time 400}
)";

TEST(ListAppend, ACycleIsToldByItsOperationsAndAReasonForEveryEdge) {
  const Verdict verdict = judge(kFractured);
  EXPECT_EQ(verdict.validity, Validity::violated);
  ASSERT_EQ(verdict.anomalies.size(), 1u);
  const Anomaly& cycle = verdict.anomalies[0];
  EXPECT_EQ(cycle.kind, AnomalyKind::g_single_item);
  EXPECT_THAT(cycle.keys, ElementsAre("a", "b"));
  ASSERT_EQ(cycle.steps.size(), 2u);
  EXPECT_EQ(cycle.steps[0].why, "operation 1 read a = [1], where operation 0 had appended 1");
  EXPECT_EQ(cycle.steps[1].why, "operation 1 read b = [], without 1, which operation 0 appended");
  ASSERT_EQ(cycle.participants.size(), 2u);
  EXPECT_EQ(cycle.participants[1].text, "process 1: r a [1], r b []");
  EXPECT_FALSE(cycle.meaning.empty());
  EXPECT_THAT(verdict.models_not,
              ElementsAre("consistent-view", "parallel-snapshot-isolation", "repeatable-read"));
  EXPECT_THAT(verdict.models_strongest, ElementsAre("cursor-stability", "strong-read-committed"));
}

TEST(ListAppend, TheTextShowsLetThenAndWhatItMeans) {
  const std::string text = text_report(judge(kFractured));
  EXPECT_THAT(text, HasSubstr("    Let   T1 = operation 0, process 0: append a 1, append b 1\n"));
  EXPECT_THAT(text, HasSubstr("    Then  T1 < T2 (wr): "));
  EXPECT_THAT(text, HasSubstr("contradiction"));
  EXPECT_THAT(text, HasSubstr("    So    A transaction saw one part of another one's change"));
}

TEST(ListAppend, TheSameInputGivesTheSameBytes) {
  EXPECT_EQ(json_report(judge(kFractured)), json_report(judge(kFractured)));
}

TEST(ListAppend, WhatIsNotClaimedIsNotedAndDoesNotCount) {
  const Verdict verdict = judge(kFractured, {.models = {"read-committed"}});
  EXPECT_EQ(verdict.validity, Validity::valid);
  EXPECT_EQ(verdict.word, "read-committed");
  EXPECT_THAT(verdict.anomalies, IsEmpty());
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("also found, and not part of what was claimed: "
                                                "G-single-item")));
}

TEST(ListAppend, AModelThatIsNotSearchedForWholeIsUnknownWhereNoStrongerOneHolds) {
  EXPECT_EQ(judge(kFractured, {.models = {"read-atomic"}}).validity, Validity::unknown);
  EXPECT_EQ(judge(kFractured, {.models = {"monotonic-view"}}).validity, Validity::unknown);
}

TEST(ListAppend, AGroupOfAnomaliesCanBeAskedFor) {
  EXPECT_EQ(judge(kFractured, {.anomalies = {"G1"}}).validity, Validity::valid);
  EXPECT_EQ(judge(kFractured, {.anomalies = {"G2"}}).validity, Validity::violated);
  EXPECT_THROW(judge(kFractured, {.anomalies = {"G7"}}), UsageError);
}

TEST(ListAppend, AnInfoTransactionCountsOnceItsWriteIsRead) {
  const std::string unread = R"(
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:append :x 1]]}
{:index 1, :type :info, :process 0, :f :txn, :value [[:append :x 1]]}
{:index 2, :type :invoke, :process 1, :f :txn, :value [[:r :x nil] [:append :y 1]]}
{:index 3, :type :ok, :process 1, :f :txn, :value [[:r :x []] [:append :y 1]]}
)";
  const std::string read_later = unread + R"(
{:index 4, :type :invoke, :process 1, :f :txn, :value [[:r :x nil] [:r :y nil]]}
{:index 5, :type :ok, :process 1, :f :txn, :value [[:r :x [1]] [:r :y [1]]]}
)";
  EXPECT_EQ(judge(read_later).validity, Validity::valid);
  const Verdict gone = judge(read_later + R"(
{:index 6, :type :invoke, :process 1, :f :txn, :value [[:r :x nil]]}
{:index 7, :type :ok, :process 1, :f :txn, :value [[:r :x []]]}
)");
  EXPECT_EQ(gone.validity, Validity::violated);
}

TEST(ListAppend, ARunThatProvedNothingIsUnknown) {
  EXPECT_EQ(judge("{:type :invoke, :process 0, :f :txn, :value [[:append :x 1]]}").reason,
            "no operation succeeded, so nothing was put to the test");
  EXPECT_EQ(judge("{:type :ok, :process 0, :f :txn, :value [[:append :x 1]]}").reason,
            "no two transactions depend on each other, so nothing was put to the test");
}

TEST(ListAppend, WritesThatNobodyReadAreOrderedEitherWay) {
  // Both wrote x, each without seeing what the other wrote to y or z: in neither order is that a
  // snapshot, though no read tells the order.
  const Verdict verdict = judge(R"(
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:append :x 1] [:append :y 1] [:r :z nil]]}
{:index 1, :type :invoke, :process 1, :f :txn, :value [[:append :x 2] [:append :z 1] [:r :y nil]]}
{:index 2, :type :ok, :process 0, :f :txn, :value [[:append :x 1] [:append :y 1] [:r :z []]]}
{:index 3, :type :ok, :process 1, :f :txn, :value [[:append :x 2] [:append :z 1] [:r :y []]]}
)",
                                {.models = {"snapshot-isolation"}});
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_THAT(verdict.anomalies.at(0).explanation, HasSubstr("nobody read which came first"));
}

TEST(ListAppend, ManyWhoReadAndWroteOneUnreadVersionCostLinearTime) {
  // Everybody read nothing and appended something that nobody read: n * n dependencies.
  std::string text;
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) {
    text += "{:type :invoke, :process " + std::to_string(i) +
            ", :f :txn, :value [[:r :x nil] "
            "[:append :x " +
            std::to_string(i) + "]]}\n";
  }
  for (int i = 0; i < kMany; ++i) {
    text += "{:type :ok, :process " + std::to_string(i) +
            ", :f :txn, :value [[:r :x []] "
            "[:append :x " +
            std::to_string(i) + "]]}\n";
  }
  const Verdict verdict = judge(text);
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_EQ(verdict.counts.edges, std::uint64_t{kMany} * (kMany - 1));
  ASSERT_FALSE(verdict.anomaly_counts.empty());
  EXPECT_EQ(verdict.anomaly_counts[0].count, std::uint64_t{kMany} - 1);
  EXPECT_LE(verdict.anomalies.size(), 3000u);
}

TEST(RwRegister, AStaleReadOfTheInitialValueIsFound) {
  const Verdict verdict = judge(R"(
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:r :x nil] [:r :y nil]]}
{:index 1, :type :invoke, :process 1, :f :txn, :value [[:w :y 1] [:w :x 2]]}
{:index 2, :type :ok, :process 1, :f :txn, :value [[:w :y 1] [:w :x 2]]}
{:index 3, :type :ok, :process 0, :f :txn, :value [[:r :x nil] [:r :y 1]]}
)");
  ASSERT_EQ(verdict.anomalies.size(), 2u);
  EXPECT_EQ(verdict.anomalies[0].kind, AnomalyKind::fractured_read);
  EXPECT_EQ(verdict.anomalies[1].kind, AnomalyKind::g_single_item);
  EXPECT_EQ(verdict.anomalies[1].steps[0].why,
            "operation 0 read x = nil, which operation 1 replaced by 2");
}

constexpr const char* kBlindWrites = R"(
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:w :x 1]]}
{:index 1, :type :ok, :process 0, :f :txn, :value [[:w :x 1]]}
{:index 2, :type :invoke, :process 1, :f :txn, :value [[:w :x 2]]}
{:index 3, :type :ok, :process 1, :f :txn, :value [[:w :x 2]]}
{:index 4, :type :invoke, :process 2, :f :txn, :value [[:r :x nil]]}
{:index 5, :type :ok, :process 2, :f :txn, :value [[:r :x 1]]}
)";

TEST(RwRegister, AnUnknownOrderOfVersionsIsNoExcuse) {
  EXPECT_EQ(judge(kBlindWrites).validity, Validity::violated);
  EXPECT_EQ(judge(kBlindWrites, {.models = {"causal"}}).validity, Validity::valid);
  EXPECT_EQ(judge(kBlindWrites, {.models = {"read-committed"}}).validity, Validity::valid);
}

/// What real time shows first has two stale reads; sessions alone show one, which is searched for.
TEST(RwRegister, AWeakLevelIsLookedAtBesideCyclesOfOtherKinds) {
  const Verdict verdict = judge(R"(
{:index 0, :type :invoke, :process 3, :f :txn, :value [[:w 1 1]]}
{:index 1, :type :invoke, :process 0, :f :txn, :value [[:r 0 nil] [:r 1 nil]]}
{:index 2, :type :ok, :process 3, :f :txn, :value [[:w 1 1]]}
{:index 3, :type :ok, :process 0, :f :txn, :value [[:r 0 2] [:r 1 nil]]}
{:index 4, :type :invoke, :process 2, :f :txn, :value [[:r 1 nil] [:r 1 nil] [:r 0 nil]]}
{:index 5, :type :ok, :process 2, :f :txn, :value [[:r 1 1] [:r 1 1] [:r 0 nil]]}
{:index 6, :type :invoke, :process 2, :f :txn, :value [[:w 0 1] [:w 0 2]]}
{:index 7, :type :ok, :process 2, :f :txn, :value [[:w 0 1] [:w 0 2]]}
)");
  EXPECT_THAT(verdict.models_violated, Contains("causal"));
}

/// One process, which read the initial value though it had replaced it twice: by what it read
/// itself it depends on the first of these writes, by its order on the second one.
TEST(RwRegister, TheInitialValueIsBeforeAllWritesOfASession) {
  constexpr const char* kHistory = R"(
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:w 0 1]]}
{:index 1, :type :ok, :process 0, :f :txn, :value [[:w 0 1]]}
{:index 2, :type :invoke, :process 0, :f :txn, :value [[:w 1 1] [:w 1 2] [:r 0 nil]]}
{:index 3, :type :ok, :process 0, :f :txn, :value [[:w 1 1] [:w 1 2] [:r 0 1]]}
{:index 4, :type :invoke, :process 0, :f :txn, :value [[:r 0 nil] [:w 0 2] [:r 1 nil]]}
{:index 5, :type :ok, :process 0, :f :txn, :value [[:r 0 1] [:w 0 2] [:r 1 2]]}
{:index 6, :type :invoke, :process 0, :f :txn, :value [[:r 1 nil] [:r 0 nil]]}
{:index 7, :type :ok, :process 0, :f :txn, :value [[:r 1 2] [:r 0 nil]]}
)";
  EXPECT_EQ(judge(kHistory, {.models = {"causal-cerone"}}).validity, Validity::violated);
  EXPECT_EQ(judge(kHistory, {.models = {"causal"}}).validity, Validity::violated);
}

TEST(RwRegister, TimeEndsTheCausalLevelToo) {
  const Verdict verdict =
      judge(kBlindWrites, {.models = {"causal"}, .timeout = std::chrono::milliseconds{0}});
  EXPECT_EQ(verdict.validity, Validity::unknown);
  EXPECT_THAT(verdict.reason, testing::HasSubstr("time was up"));
}

/// Both reads are of operations that were open at once: only one of them began after the write had
/// ended, and nobody knows which completion is whose.
TEST(RwRegister, AlikeOperationsThatAProcessHasOpenHideWhichBeganLater) {
  constexpr const char* kHistory = R"(
{:index 0, :type :invoke, :process 1, :f :txn, :value [[:w 0 1]]}
{:index 1, :type :invoke, :process 1, :f :txn, :value [[:r 0 nil]]}
{:index 2, :type :ok, :process 1, :f :txn, :value [[:w 0 1]]}
{:index 3, :type :invoke, :process 1, :f :txn, :value [[:r 0 nil]]}
{:index 4, :type :ok, :process 1, :f :txn, :value [[:r 0 nil]]}
{:index 5, :type :ok, :process 1, :f :txn, :value [[:r 0 nil]]}
)";
  for (const char* model : {"PRAM", "causal", "read-your-writes", "strict-serializable"}) {
    EXPECT_EQ(judge(kHistory, {.models = {model}}).validity, Validity::unknown) << model;
  }
  EXPECT_EQ(judge(kHistory, {.models = {"serializable"}}).validity, Validity::valid);
}

/// One process: it read what it had replaced.
constexpr const char* kOwnOldValue = R"(
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:w :x 1]]}
{:index 1, :type :ok, :process 0, :f :txn, :value [[:w :x 1]]}
{:index 2, :type :invoke, :process 0, :f :txn, :value [[:w :x 2]]}
{:index 3, :type :ok, :process 0, :f :txn, :value [[:w :x 2]]}
{:index 4, :type :invoke, :process 0, :f :txn, :value [[:r :x nil]]}
{:index 5, :type :ok, :process 0, :f :txn, :value [[:r :x 1]]}
)";

TEST(RwRegister, AnAssumedOrderIsNoted) {
  const Verdict verdict = judge(kOwnOldValue, {.assume = {"sequential-keys"}});
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_EQ(verdict.anomalies.at(0).kind, AnomalyKind::cyclic_versions);
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("assumed (sequential-keys)")));
  EXPECT_THROW(judge(kOwnOldValue, {.assume = {"luck"}}), UsageError);
}

TEST(RwRegister, AValueThatNobodyWroteMayBeFromBeforeUnlessTheInitialOneIsKnown) {
  const std::string text =
      "{:type :ok, :process 0, :f :txn, :value [[:r :x 7] [:w :y 1]]}\n"
      "{:type :ok, :process 1, :f :txn, :value [[:r :y 1]]}\n";
  EXPECT_THAT(judge(text).reason, HasSubstr("nobody in this history wrote"));
  ReadOptions known;
  known.initial = "0";
  const Verdict verdict = check(parse_history(text, "test.edn", known));
  EXPECT_EQ(verdict.anomalies.at(0).kind, AnomalyKind::garbage_read);
}

TEST(RwRegister, SessionsWithoutTimeCannotShowStrictness) {
  const std::string text = "w(1,1,0,0)\nr(1,1,1,1)\n";
  const Verdict verdict = check(parse_history(text, "test.txt"));
  EXPECT_EQ(verdict.word, "strong-session-serializable");
  EXPECT_EQ(check(parse_history(text, "test.txt"), {.models = {"strict-serializable"}}).reason,
            "strict-serializable: the file holds sessions, but no real time");
}

TEST(RwRegister, AFirstTransactionThatWritesTheInitialValuesChangesNothing) {
  const std::string fractured =
      "w(1,0,0,0)\nw(2,0,0,0)\nr(1,0,1,1)\nr(2,0,1,1)\nw(1,1,1,1)\nw(2,1,1,1)\n"
      "r(1,0,2,2)\nr(2,1,2,2)\n";
  const Verdict verdict = check(parse_history(fractured, "test.txt"));
  ASSERT_EQ(verdict.anomalies.size(), 2u);
  EXPECT_EQ(verdict.anomalies[0].kind, AnomalyKind::fractured_read);
  EXPECT_EQ(verdict.anomalies[1].kind, AnomalyKind::g_single_item);
}

TEST(RwRegister, WhoReadsTheInitialValueWrittenAgainMayHaveReadEither) {
  ReadOptions known;
  known.initial = "0";
  const Verdict verdict = check(parse_history(R"(
{:index 0 :type :invoke :process 0 :f :txn :value [[:r 1 nil]]}
{:index 1 :type :ok :process 0 :f :txn :value [[:r 1 0]]}
{:index 2 :type :invoke :process 1 :f :txn :value [[:w 1 1]]}
{:index 3 :type :ok :process 1 :f :txn :value [[:w 1 1]]}
{:index 4 :type :invoke :process 2 :f :txn :value [[:r 1 nil] [:w 1 0]]}
{:index 5 :type :ok :process 2 :f :txn :value [[:r 1 1] [:w 1 0]]}
)",
                                              "test.edn", known));
  EXPECT_EQ(verdict.validity, Validity::valid) << verdict.reason;
}

TEST(RwRegister, AStaleReadIsExplainedByTheKeyThatShowsIt) {
  const Verdict verdict = judge(R"(
{:type :invoke :process 0 :f :txn :value [[:w :x 4] [:w :y 1]]}
{:type :invoke :process 1 :f :txn :value [[:r :x nil] [:w :x 5]]}
{:type :invoke :process 2 :f :txn :value [[:r :y nil] [:w :z 1] [:r :x nil]]}
{:type :ok :process 0 :f :txn :value [[:w :x 4] [:w :y 1]]}
{:type :ok :process 1 :f :txn :value [[:r :x 4] [:w :x 5]]}
{:type :ok :process 2 :f :txn :value [[:r :y nil] [:w :z 1] [:r :x 5]]}
)");
  const auto stale =
      std::ranges::find(verdict.anomalies, AnomalyKind::g_single_item, &Anomaly::kind);
  ASSERT_NE(stale, verdict.anomalies.end());
  EXPECT_EQ(stale->steps.at(2).why, "operation 2 read y = nil, which operation 0 replaced by 1");
}

TEST(RwRegister, AnOrderThatWouldCostTooMuchIsGivenUpAndUnknown) {
  constexpr int kClients = 6000;  // each write of the second round follows each of the first
  std::string text;
  for (int round = 0; round < 2; ++round) {
    for (const char* type : {":invoke", ":ok"}) {
      for (int i = 0; i < kClients; ++i) {
        text += "{:type " + std::string{type} + ", :process " + std::to_string(i) +
                ", :f :txn, :value [[:r :y nil] [:w :x " + std::to_string(round * kClients + i) +
                "]]}\n";
      }
    }
  }
  EXPECT_NE(judge(text, {.assume = {"linearizable-keys"}}).validity, Validity::valid);
}

TEST(ListAppend, AKindThatWasNotSearchedForBesideOthersIsUnknown) {
  EXPECT_EQ(judge(kFractured, {.anomalies = {"G-nonadjacent-process"}}).validity,
            Validity::violated);
  EXPECT_EQ(judge(kFractured, {.anomalies = {"G0-realtime"}}).validity, Validity::valid);
  const Verdict skew = judge(R"(
{:index 0, :type :invoke, :process 0, :f :txn, :value [[:r :x nil] [:append :y 1]]}
{:index 1, :type :invoke, :process 1, :f :txn, :value [[:r :y nil] [:append :x 1]]}
{:index 2, :type :ok, :process 0, :f :txn, :value [[:r :x []] [:append :y 1]]}
{:index 3, :type :ok, :process 1, :f :txn, :value [[:r :y []] [:append :x 1]]}
)",
                             {.anomalies = {"G-single-item-realtime"}});
  EXPECT_EQ(skew.validity, Validity::unknown);
}

TEST(ListAppend, WhatClientsWereToldAgainstAnOutcomeLineIsAViolation) {
  const Verdict verdict = check(parse_history(
      R"({"schema":"witness.history/1","workload":"list-append"}
{"index":0,"type":"invoke","process":0,"f":"txn","time":1,"value":[["append","x",1]]}
{"index":1,"type":"invoke","process":1,"f":"txn","time":2,"value":[["append","x",2]]}
{"index":2,"type":"ok","process":0,"f":"txn","time":3,"value":[["append","x",1]]}
{"index":3,"type":"fail","process":1,"f":"txn","time":4,"value":[["append","x",2]]}
{"index":4,"type":"outcome","of":0,"attempt":1,"outcome":"aborted","evidence":"ledger-absent"}
{"index":5,"type":"outcome","of":1,"attempt":1,"outcome":"committed","evidence":"ledger"}
{"schema":"witness.history/1","end":true,"operations":2,"ledger":"complete"}
)",
      "test.jsonl"));
  ASSERT_EQ(verdict.anomalies.size(), 2u);
  EXPECT_EQ(verdict.anomalies[0].explanation,
            "operation 0 was told ok, and the database holds that it aborted");
  EXPECT_EQ(verdict.anomalies[1].kind, AnomalyKind::phantom_acquisition);
}

TEST(ListAppend, AHugeTransactionIsExplainedAsFastAsItIsJudged) {
  std::string writes;
  std::string reads;
  for (int i = 0; i < 50'000; ++i) {
    writes += "[:append " + std::to_string(i) + " 1] ";
    reads += "[:r " + std::to_string(i) + (i == 49'999 ? " []] " : " [1]] ");
  }
  const Verdict verdict = judge("{:type :ok, :process 0, :f :txn, :value [" + writes +
                                "]}\n{:type :ok, :process 1, :f :txn, :value [" + reads + "]}\n");
  EXPECT_EQ(verdict.anomalies.at(0).kind, AnomalyKind::g_single_item);
}

}  // namespace
}  // namespace witness
