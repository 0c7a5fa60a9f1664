// Histories of objects from text to verdict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "checker/anomalies.hpp"
#include "checker/linearizability/budget.hpp"
#include "witness/check.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

using testing::Contains;
using testing::HasSubstr;

Verdict judged(const std::string& text, const ReadOptions& reading = {},
               const CheckOptions& options = {}) {
  return check(parse_history(text, "test.edn", reading), options);
}

std::string labels(const Verdict& verdict) {
  std::string text;
  for (const Anomaly& anomaly : verdict.anomalies) {
    text += (text.empty() ? "" : " ") + std::string{label(anomaly.kind)};
  }
  return text;
}

std::string call(int process, const std::string& f, const std::string& asked,
                 const std::string& told = {}, const std::string& type = ":ok") {
  const std::string begin = "{:process " + std::to_string(process) + " :f " + f;
  return begin + " :type :invoke :value " + asked + "}\n" + begin + " :type " + type + " :value " +
         (told.empty() ? asked : told) + "}\n";
}

TEST(Objects, AStaleReadIsNamedWithTheCallsAroundIt) {
  const Verdict verdict =
      judged(call(0, ":write", "1") + call(0, ":write", "2") + call(1, ":read", "nil", "1"));
  EXPECT_EQ(verdict.validity, Validity::violated);
  ASSERT_EQ(verdict.anomalies.size(), 1U);
  EXPECT_THAT(verdict.anomalies[0].operations, Contains(4U));
  EXPECT_THAT(verdict.anomalies[0].explanation, HasSubstr("operation 4 (read 1)"));
  EXPECT_THAT(verdict.anomalies[0].explanation, HasSubstr("the 2 calls that returned before"));
  EXPECT_THAT(verdict.models_not, testing::Not(testing::IsEmpty()));
}

TEST(Objects, AnOpenWriteMayTakeEffectLaterOrNever) {
  const std::string open = "{:process 9 :f :write :type :invoke :value 7}\n";
  EXPECT_EQ(judged(open + call(0, ":write", "1") + call(1, ":read", "nil", "1")).word,
            "linearizable");
  EXPECT_EQ(judged(open + call(0, ":write", "1") + call(1, ":read", "nil", "7")).word,
            "linearizable");
  const Verdict both = judged(open + call(0, ":write", "1") + call(1, ":read", "nil", "7") +
                              call(1, ":read", "nil", "1"));
  EXPECT_EQ(both.validity, Validity::violated);
}

TEST(Objects, KeysOfIndependentPairsAreJudgedApartAndNamed) {
  const Verdict verdict =
      judged(call(0, ":write", "[:x 1]") + call(0, ":write", "[:y 2]") +
             call(1, ":read", "[:x nil]", "[:x 1]") + call(1, ":read", "[:y nil]", "[:y 1]"));
  EXPECT_EQ(verdict.validity, Validity::violated);
  EXPECT_EQ(verdict.keys, std::vector<std::string>{"y"});
}

TEST(Objects, ConventionsOfOtherToolsAreOptions) {
  const std::string nil_read = call(0, ":write", "1") + call(1, ":read", "nil");
  EXPECT_EQ(judged(nil_read).validity, Validity::valid);
  EXPECT_EQ(judged(nil_read, {.nil_reads_tell = true}).validity, Validity::violated);
  const std::string failed =
      call(0, ":write", "1") + call(0, ":cas", "[1 2]", "", ":fail") + call(1, ":read", "nil", "1");
  EXPECT_EQ(judged(failed).validity, Validity::valid);
  EXPECT_EQ(judged(failed, {.failed_cas_tells = true}).validity, Validity::violated);
  const std::string first = call(1, ":read", "nil", "5");
  EXPECT_EQ(judged(first).validity, Validity::violated);
  EXPECT_EQ(judged(first, {.initial = "5"}).validity, Validity::valid);
}

TEST(Objects, EtcdLogsHaveTheConventionsOfPorcupine) {
  const std::string log =
      "INFO  jepsen.util - 0\t:invoke\t:write\t3\nINFO  jepsen.util - 0\t:ok\t:write\t3\n"
      "INFO  jepsen.core - not an operation\n"
      "INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]\nINFO  jepsen.util - 1\t:fail\t:cas\t[3 4]\n";
  const Verdict verdict = judged(log);
  EXPECT_EQ(verdict.validity, Validity::violated) << verdict.reason;
  EXPECT_EQ(judged(log, {.failed_cas_tells = false}).validity, Validity::valid);
  const std::string open =
      "INFO  jepsen.util - 0\t:invoke\t:write\t3\nINFO  jepsen.util - "
      "0\t:info\t:write\t:timed-out\n"
      "INFO  jepsen.util - 1\t:invoke\t:read\tnil\nINFO  jepsen.util - 1\t:ok\t:read\t3\n";
  EXPECT_EQ(judged(open).validity, Validity::valid);
  EXPECT_THROW(judged("INFO  jepsen.util - 0\t:invoke\t:jump\t3\n"), InputError);
}

TEST(Objects, JsonIsReadLikeEdn) {
  const std::string text =
      R"([{"type":"invoke","f":"add","process":0,"value":1},{"type":"ok","f":"add","process":0,"value":1},)"
      R"({"type":"invoke","f":"read","process":0},{"type":"ok","f":"read","process":0,"value":[]}])";
  const Verdict verdict = judged(text);
  EXPECT_EQ(labels(verdict), "lost-element");
  EXPECT_EQ(verdict.keys, std::vector<std::string>{});
}

TEST(Objects, EveryWorkloadFindsItsOwnViolation) {
  struct Case {
    const char* workload;
    std::string text;
    const char* anomaly;
  };
  const std::string take = call(0, ":take", "nil", "true") + call(1, ":take", "nil", "true");
  const std::vector<Case> cases = {
      {"multi-register",
       call(0, ":txn", "[[:write :x 1] [:write :y 1]]") +
           call(1, ":txn", "[[:read :x nil] [:read :y nil]]", "[[:read :x 1] [:read :y 0]]"),
       "nonlinearizable"},
      {"mutex", call(0, ":acquire", "nil") + call(1, ":acquire", "nil"), "nonlinearizable"},
      {"lease",
       call(0, ":acquire", "nil", "7") + call(0, ":release", "nil") +
           call(1, ":acquire", "nil", "7"),
       "stale-token"},
      {"stock", take, "nonlinearizable"},
      {"fifo-queue",
       call(0, ":enqueue", "1") + call(0, ":enqueue", "2") + call(1, ":dequeue", "nil", "2"),
       "nonlinearizable"},
      {"stack", call(0, ":push", "1") + call(0, ":push", "2") + call(1, ":pop", "nil", "1"),
       "nonlinearizable"},
      {"queue", call(0, ":dequeue", "nil", "3"), "unexpected-element"},
      {"total-queue", call(0, ":enqueue", "3") + call(0, ":drain", "nil", "[4]"),
       "lost-element unexpected-element"},
      {"unique-ids", call(0, ":generate", "nil", "4") + call(1, ":generate", "nil", "4"),
       "duplicate-id"},
      {"bank", call(0, ":read", "nil", "{0 5 1 5}") + call(0, ":read", "nil", "{0 12 1 -1}"),
       "wrong-total negative-balance"},
      {"counter", call(0, ":add", "3") + call(0, ":read", "nil", "2"), "counter-out-of-bounds"},
      {"comments",
       call(0, ":write", "1") + call(0, ":write", "2") + call(1, ":read", "nil", "#{2}"),
       "causal-reverse"},
      {"causal-reverse",
       call(0, ":write", "1") + call(0, ":write", "2") + call(1, ":read", "nil", "[2]"),
       "causal-reverse"},
      {"sequential", call(0, ":read", "[3 nil]", "[3 [\"3_1\" nil]]"), "nonsequential-read"},
      {"stats", call(0, ":jump", "nil", "nil", ":fail"), "never-succeeded"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.workload);
    const ReadOptions reading{.workload = one.workload,
                              .initial = std::string{one.workload} == "multi-register"
                                             ? std::optional<std::string>{"0"}
                                             : std::nullopt};
    const Verdict verdict = judged(one.text, reading);
    EXPECT_EQ(verdict.validity, Validity::violated) << verdict.reason;
    EXPECT_EQ(labels(verdict), one.anomaly);
    for (const Anomaly& anomaly : verdict.anomalies) {
      EXPECT_FALSE(anomaly.explanation.empty());
      EXPECT_FALSE(anomaly.operations.empty());
    }
  }
}

TEST(Objects, CountersThatFallHaveBoundsToo) {
  // The read runs while one is taken away: 5, 4 and nothing else.
  const std::string during =
      call(0, ":add", "5") +
      "{:process 1 :f :read :type :invoke}\n{:process 2 :f :add :type :invoke :value -1}\n";
  const auto reads = [&](const std::string& value) {
    return judged(during + "{:process 1 :f :read :type :ok :value " + value + "}\n").validity;
  };
  EXPECT_EQ(reads("5"), Validity::valid);
  EXPECT_EQ(reads("4"), Validity::valid);
  EXPECT_EQ(reads("3"), Validity::violated);
  EXPECT_EQ(reads("6"), Validity::violated);
}

TEST(Objects, AnAnomalyAloneCanBeAskedFor) {
  const std::string stale =
      call(0, ":write", "1") + call(0, ":write", "2") + call(1, ":read", "nil", "1");
  EXPECT_EQ(judged(stale, {}, {.anomalies = {"nonlinearizable"}}).validity, Validity::violated);
  EXPECT_EQ(judged(stale, {}, {.anomalies = {"duplicate-id"}}).validity, Validity::unknown);
  EXPECT_EQ(judged(stale, {}, {.models = {"sequential"}}).validity, Validity::unknown);
}

TEST(Objects, CompletionsOfNobodysInvocationsAndOfCrowdsWidenTheCalls) {
  // The read may have begun before the write: nobody wrote down when.
  EXPECT_EQ(judged(call(0, ":write", "1") + "{:process 1 :f :read :type :ok :value nil}\n" +
                       "{:process 2 :f :read :type :ok :value 0}\n",
                   {.initial = "0"})
                .validity,
            Validity::valid);
  // Two reads without a process: either may be the one that began first.
  const std::string crowd =
      "{:f :read :type :invoke}\n" + call(0, ":write", "1") + "{:f :read :type :invoke}\n";
  const auto reads = [&](const std::string& first, const std::string& second) {
    return judged(crowd + "{:f :read :type :ok :value " + first + "}\n{:f :read :type :ok :value " +
                      second + "}\n",
                  {.initial = "0"})
        .validity;
  };
  EXPECT_EQ(reads("0", "1"), Validity::valid);
  EXPECT_EQ(reads("1", "0"), Validity::valid);
  EXPECT_EQ(reads("1", "2"), Validity::violated);
}

TEST(Objects, ANativeFileReadsHoweverItIsCut) {
  const std::string text =
      R"({"schema":"witness.history/1","workload":"register","initial":"0"})"
      "\n"
      R"({"index":0,"type":"invoke","process":0,"f":"write","time":10,"value":1})"
      "\n"
      R"({"index":1,"type":"ok","process":0,"f":"write","time":20,"value":1})"
      "\n"
      R"({"index":2,"type":"invoke","process":1,"f":"read","time":30,"value":null})"
      "\n"
      R"({"index":3,"type":"ok","process":1,"f":"read","time":40,"value":1})"
      "\n"
      R"({"schema":"witness.history/1","end":true,"operations":2})"
      "\n";
  EXPECT_EQ(judged(text).word, "linearizable");
  const std::size_t header = text.find('\n') + 1;
  for (std::size_t size = header; size < text.size(); ++size) {
    const Verdict verdict = judged(text.substr(0, size));
    EXPECT_NE(verdict.validity, Validity::violated) << size;
  }
}

TEST(Objects, WhatIsIllFormedIsRefusedWithItsLine) {
  const auto line_of = [](const std::string& text, const std::string& workload) {
    try {
      judged(text, {.workload = workload});
    } catch (const InputError& error) {
      return error.position().line;
    }
    return std::uint64_t{0};
  };
  EXPECT_EQ(line_of(call(0, ":write", "1") + call(0, ":cas", "[1 2 3]"), "cas-register"), 4U);
  EXPECT_EQ(line_of(call(0, ":add", ":x"), "counter"), 2U);
  EXPECT_EQ(line_of(call(0, ":read", "nil", "7"), "bank"), 2U);
  EXPECT_THROW(judged(call(0, ":read", "nil", "[1]")), InputError) << "nobody knows which workload";
  EXPECT_THROW(judged("", {.workload = "no-such"}), UsageError);
}

// --- histories that make a search long
// ------------------------------------------------------------

/// A walk over all edges of a graph is wanted, one of which cannot be reached: cas by cas, all at
/// once. Nobody knows that before all walks were tried.
std::string hard() {
  std::string text = call(0, ":write", "0");
  std::string ends;
  unsigned random = 7;
  const auto node = [&] {
    random = random * 1664525U + 1013904223U;
    return std::to_string((random >> 16U) % 9);
  };
  for (int i = 0; i < 60; ++i) {
    const std::string edge = i == 0 ? "[98 99]" : "[" + node() + " " + node() + "]";
    const std::string begin = "{:process " + std::to_string(i + 1) + " :f :cas :value " + edge;
    text += begin + " :type :invoke}\n";
    ends = begin + " :type :ok}\n" + ends;
  }
  return text + ends;
}

TEST(Objects, ManyEqualWritesAtOnceAreDecided) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "{:process " + std::to_string(i) + " :f :write :type :invoke :value 1}\n";
  }
  for (int i = 0; i < 1000; ++i) {
    text += "{:process " + std::to_string(i) + " :f :write :type :ok :value 1}\n";
  }
  EXPECT_EQ(judged(text + call(0, ":read", "nil", "1")).validity, Validity::valid);
  EXPECT_EQ(judged(text + call(0, ":read", "nil", "2")).validity, Validity::violated);
}

TEST(Objects, AThousandOpenCallsAreDecided) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "{:process " + std::to_string(i + 10) + " :f :cas :type :invoke :value [" +
            std::to_string(i % 5) + " " + std::to_string((i + 1) % 5) + "]}\n";
  }
  text += call(0, ":write", "0") + call(0, ":read", "nil", "3") + call(0, ":read", "nil", "1") +
          call(0, ":write", "2") + call(0, ":read", "nil", "4");
  EXPECT_EQ(judged(text).validity, Validity::valid);
  EXPECT_EQ(judged(text + call(0, ":read", "nil", "7")).validity, Validity::violated);
}

TEST(Objects, ADeepChainOfCasIsDecided) {
  std::string text = call(0, ":write", "0");
  for (int i = 0; i < 20'000; ++i) {
    text += "{:process " + std::to_string(i + 1) + " :f :cas :type :invoke :value [" +
            std::to_string(i) + " " + std::to_string(i + 1) + "]}\n";
  }
  EXPECT_EQ(judged(text + call(0, ":read", "nil", "20000")).validity, Validity::valid);
  EXPECT_EQ(judged(text + call(0, ":read", "nil", "20000") + call(0, ":read", "nil", "3")).validity,
            Validity::violated);
}

TEST(Objects, TimeIsKept) {
  using Clock = std::chrono::steady_clock;
  const History history = parse_history(hard(), "hard.edn");
  const auto begin = Clock::now();
  const Verdict verdict = check(history, {.timeout = std::chrono::milliseconds{500}});
  const auto took = Clock::now() - begin;
  EXPECT_EQ(verdict.validity, Validity::unknown) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr("limit"));
  EXPECT_LT(took, std::chrono::milliseconds{700});  // other processes may be in the way
}

TEST(Objects, MemoryIsKept) {
  const History history = parse_history(hard(), "hard.edn");
  const std::uint64_t limit = resident_bytes() + (std::uint64_t{64} << 20U);
  const Verdict verdict =
      check(history, {.timeout = std::chrono::seconds{60}, .memory_bytes = limit});
  EXPECT_EQ(verdict.validity, Validity::unknown) << verdict.reason;
}

}  // namespace
}  // namespace witness
