/// The same history in every format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "history/formats.hpp"
#include "history/history_writer.hpp"
#include "tests/history/transactions_text.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

History converted(const History& history, const char* format, const char* file = nullptr) {
  const HistoryFormat& target = *format_by_name(format);
  // Tests run side by side: each process has a folder of its own.
  const std::filesystem::path folder =
      std::filesystem::path{testing::TempDir()} / ("convert-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const auto path =
      folder / (file != nullptr ? std::string{file} : "convert" + std::string{target.extension});
  write_history(history, *target.writer(), target, path.string());
  History read = read_history(path.string());
  std::filesystem::remove_all(folder);
  return read;
}

std::string refusal(const std::string& text, const char* format) {
  try {
    converted(parse_history(text, "h"), format);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "it was written";
}

std::string comparable(const History& history) {
  std::string text = text_of(history);
  for (std::size_t at = 0; (at = text.find(" line ", at)) != std::string::npos;) {
    text.erase(at, text.find(" times", at) - at);
  }
  return text;
}

const std::string kLists =
    R"({:index 3, :type :invoke, :process 0, :time 10, :value [[:append "k" 1] [:r 8 nil]]}
{:index 4, :type :invoke, :process 1, :time 11, :value [[:append 8 "a\n\"b"] [:append 8 [1 2]]]}
{:index 7, :type :ok, :process 1, :time 20, :value [[:append 8 "a\n\"b"] [:append 8 [1 2]]]}
{:index 8, :type :ok, :process 0, :time 21, :value [[:append "k" 1] [:r 8 ["a\n\"b" [1 2]]]]}
{:index 9, :type :invoke, :process 0, :time 22, :value [[:r 8 nil] [:append "k" 4611686018427387904]]}
{:index 10, :type :invoke, :process 1, :time 23, :value [[:append 9 true]]}
{:index 11, :type :info, :process 0, :time 24, :value [[:r 8 nil] [:append "k" 4611686018427387904]]}
{:index 12, :type :fail, :process 1, :time 25, :value [[:append 9 true]]}
{:index 13, :type :invoke, :process 2, :time 26, :value [[:r 8 nil]]}
{:index 14, :type :invoke, :process 1, :time 27, :value []}
{:index 15, :type :ok, :process 1, :time 28, :value []}
)";

TEST(Convert, GoesRoundThroughEveryFormat) {
  const History first = parse_history(kLists, "h");
  const History json = converted(first, "json");
  EXPECT_EQ(comparable(parse_history(kLists, "h")), comparable(first));
  const History native = converted(json, "native", "h.jsonl.zst");
  EXPECT_FALSE(native.damage.cut);
  const History last = converted(native, "edn");
  std::string expected = comparable(first);
  EXPECT_EQ(comparable(last), expected);
}

TEST(Convert, KeepsWhatARegisterMayHaveHeldBefore) {
  const History first = parse_history(
      "{:type :invoke :process 0 :value [[:r 1 nil] [:w 2 3]]}\n"
      "{:type :ok :process 0 :order 5 :value [[:r 1 7] [:w 2 3]]}\n",
      "h");
  const History last = converted(converted(converted(first, "native"), "json"), "edn");
  EXPECT_FALSE(last.transactions->unwritten_is_garbage);
  EXPECT_EQ(comparable(last), comparable(first));
}

TEST(Convert, WritesKeywordsAsStringsWhereThereAreNone) {
  const History json =
      converted(parse_history("{:type :ok :process 0 :value [[:w :x :y]]}", "h"), "json");
  EXPECT_EQ(text_of_op(json, json.transactions->ops[0]), "w \"x \"y");
  EXPECT_THAT(refusal("{:type :ok :process 0 :value [[:w :x 1] [:w \"x\" 1]]}", "json"),
              testing::HasSubstr("would be the same"));
}

TEST(Convert, KeepsTheListsThatRegistersHold) {
  const History first = parse_history(
      R"({:type :invoke :process 0 :value [[:w "x" [nil 1 "a, null" [2 nil "]"]]]]}
{:type :ok :process 0 :value [[:w "x" [nil 1 "a, null" [2 nil "]"]]]]}
{:type :invoke :process 0 :value [[:r "x" nil]]}
{:type :ok :process 0 :value [[:r "x" [nil 1 "a, null" [2 nil "]"]]]]}
)",
      "h");
  const History last = converted(converted(converted(first, "native"), "json"), "edn");
  EXPECT_EQ(comparable(last), comparable(first));
  EXPECT_THAT(refusal(R"({"type":"ok","process":0,"value":[["w","x",[1,{"a":1}]]]})", "edn"),
              testing::HasSubstr("no JSON objects"));
}

TEST(Convert, KeepsAttemptsAndOutcomesOfNativeHistories) {
  const History first =
      parse_history(R"({"schema":"witness.history/1","workload":"list-append","seed":7}
{"index":0,"type":"invoke","process":0,"value":[["append","x",1]]}
{"index":2,"type":"ok","process":0,"attempts":[{"attempt":1,"type":"fail","value":[["append","x",1]]},{"attempt":2,"type":"ok","value":[["append","x",2],["r","x",[2]]]}]}
{"index":3,"type":"invoke","process":1,"value":[["append","y",1]]}
{"index":5,"type":"outcome","of":3,"attempt":1,"outcome":"committed","evidence":"ledger"}
)",
                    "h");
  const History again = converted(first, "native");
  EXPECT_EQ(text_of(again), text_of(first));
  EXPECT_EQ(again.header.seed, 7U);
  EXPECT_TRUE(again.damage.cut);
}

TEST(Convert, RefusesByNameWhatAFormatCannotSay) {
  const std::string open = "{:type :invoke :process 0 :value [[:w 1 1]]}\n";
  const std::string bare = "{:type :ok :process 0 :value [[:w 1 1]]}\n";
  EXPECT_EQ(refusal(open, "plume"),
            "h cannot be written as plume: it has no unknown fates, like that of operation 0");
  EXPECT_EQ(refusal(kLists, "plume"),
            "h cannot be written as plume: it has registers only, no lists");
  EXPECT_EQ(refusal("{:type :ok :process 0 :value [[:w :k 1]]}", "plume"),
            "h cannot be written as plume: it has only integer keys, unlike operation 0");
  EXPECT_EQ(refusal(bare, "native"),
            "h cannot be written as native: it needs invocations, and operation 0 has none");
  EXPECT_EQ(refusal(open + "{:type :invoke :process 0 :value []}", "native"),
            "h cannot be written as native: process 0 has several open operations");
  EXPECT_EQ(refusal("{:type :ok :process 0 :value [[:w 1 #{2}]]}", "json"),
            "h cannot be written as json: it has no such value as \"#{2}\"");
  EXPECT_EQ(refusal("w(1,2,0,0)\n", "native"),
            "h cannot be written as native: it needs the order of events, and this history has "
            "sessions");
}

TEST(Convert, KeepsOperationsWithoutAProcess) {
  const std::string text =
      "{:type :invoke :value [[:append 1 1]]}\n{:type :ok :value [[:append 1 1]]}\n"
      "{:type :ok :value [[:r 1 [1]]]}\n";
  const History first = parse_history(text, "h");
  EXPECT_EQ(comparable(converted(converted(first, "json"), "edn")), comparable(first));
  EXPECT_EQ(refusal(text.substr(0, text.find("\n{:type :ok :value [[:r")), "native"),
            "h cannot be written as native: it needs processes, and operation 0 has none");
}

TEST(Convert, WritesTheTextOfPlume) {
  const std::string text = "w(1,2,0,0)\nr(1,0,1,1)\nw(1,3,1,-1)\nr(1,2,0,5)\n";
  const History first = parse_history(text, "h");
  EXPECT_EQ(comparable(converted(first, "plume")), comparable(first));
  const History edn = converted(first, "edn");
  EXPECT_EQ(edn.transactions->transactions.size(), 4U);
  EXPECT_EQ(edn.transactions->transactions[2].fate, Fated::aborted);
}

/// Sessions in the order of their numbers, reads of nil, an aborted write, no value twice.
const std::string kSessions =
    "w(1,2,0,0)\nr(5,0,0,0)\nw(1,3,0,-1)\nr(1,2,0,5)\nr(1,0,1,1)\nw(5,7,1,1)\nr(1,2,1,4)\n"
    "r(5,7,2,9)\n";

/// What every format of sessions can say: numbers of transactions are counted in some.
std::string sessions_of(const History& history) {
  const Transactions& all = *history.transactions;
  std::string text;
  for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
    const Transaction& one = all.transactions[id];
    text += std::to_string(all.processes[one.process]) + " after " +
            std::to_string(static_cast<std::int32_t>(one.previous)) + " fate " +
            std::to_string(static_cast<int>(one.fate)) + ':';
    for (const TxnOp& op : all.ops_of(id)) {
      const bool initial = op.value().is_nil() || op.value() == all.initial;
      text += initial ? " initial" : ' ' + text_of_op(history, op);
    }
    text += '\n';
  }
  return text;
}

TEST(Convert, GoesRoundThroughEveryFormatOfSessions) {
  const History first = parse_history(kSessions, "h");
  for (const char* from : {"plume", "hist", "dbcop", "dbcop-bincode"}) {
    const History one = converted(first, from);
    EXPECT_EQ(sessions_of(one), sessions_of(first)) << from;
    for (const char* to : {"plume", "hist", "dbcop", "dbcop-bincode", "edn", "json"}) {
      const History other = converted(one, to);
      if (std::string_view{to} == "edn" || std::string_view{to} == "json") continue;  // as below
      EXPECT_EQ(sessions_of(other), sessions_of(first)) << from << " to " << to;
      EXPECT_FALSE(other.transactions->has_real_time);
    }
  }
}

TEST(Convert, GoesRoundThroughFormatsOfWhatCommitted) {
  std::string text = kSessions;
  text.erase(text.find("w(1,3,0,-1)\n"), 12);
  const History first = parse_history(text, "h");
  const std::vector<const char*> formats = {"plume", "hist",  "dbcop", "dbcop-bincode",
                                            "cobra", "viper", "plume"};
  for (const char* from : formats) {
    for (const char* to : formats) {
      EXPECT_EQ(sessions_of(converted(converted(first, from), to)), sessions_of(first))
          << from << " to " << to;
    }
  }
}

TEST(Convert, GoesRoundThroughTheTestsOfAwdit) {
  const History first = parse_history("w 1 2\nw 3 4\n-----\nr 1 2\n=====\nr 3 4\nw 1 5\n", "h");
  for (const char* to :
       {"awdit-test", "plume", "hist", "dbcop", "dbcop-bincode", "cobra", "viper"}) {
    EXPECT_EQ(sessions_of(converted(converted(first, to), "awdit-test")), sessions_of(first)) << to;
  }
}

TEST(Convert, KeepsNumbersOf64BitsWhereAFormatHasThem) {
  const History hist =
      parse_history("[4611686018427387904:=18446744073709551615]\n", "h", {.format = "hist"});
  EXPECT_EQ(sessions_of(hist),
            "0 after -1 fate 0: w \"4611686018427387904 #18446744073709551615\n");
  const History dbcop = parse_history(
      R"({"data":[[{"events":[["w",9223372036854775807,4611686018427387904]],"committed":true}]]})",
      "h");
  for (const char* to : {"dbcop", "dbcop-bincode", "cobra", "viper"}) {
    EXPECT_EQ(sessions_of(converted(dbcop, to)), sessions_of(dbcop)) << to;
  }
}

TEST(Convert, SaysWhatFormatsOfSessionsCannotHold) {
  const auto because = [](const std::string& text, const char* format) {
    const std::string reason = refusal(text, format);
    const std::string begin = "h cannot be written as " + std::string{format} + ": ";
    return reason.starts_with(begin) ? reason.substr(begin.size()) : reason;
  };
  const std::string invoke = "{:type :invoke :process 0 :value [[:w 1 1]]}\n";
  for (const char* format : {"awdit-test", "cobra", "viper", "hist", "dbcop", "dbcop-bincode"}) {
    EXPECT_EQ(because(kLists, format), "it has registers only, no lists");
    EXPECT_EQ(because(invoke, format), "it has no unknown fates, like that of operation 0");
    EXPECT_EQ(because(invoke + "{:type :ok :process 0}\n", format),
              "it has no unknown reads, like those of operation 0");
  }
  for (const char* format : {"awdit-test", "cobra", "viper"}) {
    EXPECT_EQ(because("w(1,3,0,-1)\n", format),
              "it has only transactions that committed, unlike operation 0");
  }
  const std::string overlapping =
      invoke + "{:type :invoke :process 0 :value [[:w 1 2]]}\n" +
      "{:type :ok :process 0 :value [[:w 1 1]]}\n{:type :ok :process 0 :value [[:w 1 2]]}\n";
  EXPECT_EQ(because(overlapping, "hist"),
            "in its sessions each transaction follows the one before, unlike operation 1");
  const auto ok = [](const std::string& ops) {
    return "{:type :ok :process 0 :value [" + ops + "]}\n";
  };
  EXPECT_EQ(because(ok("[:r 1 nil] [:w 2 1]"), "awdit-test"),
            "it has no value before the first write, unlike operation 0");
  EXPECT_EQ(because(ok("[:w -1 2]"), "awdit-test"),
            "it has only integers from 0 as keys, unlike operation 0");
  EXPECT_EQ(because(ok("[:w 1 -2]"), "awdit-test"),
            "it has only integers from 0 as values, unlike operation 0");
  EXPECT_EQ(because(ok("[:w 1 0]"), "dbcop"),
            "0 is what a register is before its first write, and operation 0 writes it");
  EXPECT_EQ(because(ok("[:r 1 0] [:w 2 1]"), "hist"),
            "0 is what a register is before its first write, and operation 0 reads it as "
            "something else");
  EXPECT_EQ(because(ok("[:w \"x\" 1]"), "dbcop"),
            "it has only integers from 0 as variables, unlike operation 0");
  EXPECT_EQ(because(ok("[:w 1 \"x\"]"), "dbcop-bincode"),
            "it has only integers from 0 as versions, unlike operation 0");
  EXPECT_EQ(because(ok("[:w \"7\" 1]"), "hist"),
            "its variables are integers from 0, or words of letters, digits and _, unlike "
            "operation 0");
  EXPECT_EQ(because(ok("[:w \"x\" 1]"), "cobra"),
            "it has only integers of 64 bits as keys, unlike operation 0");
  EXPECT_EQ(because(ok("[:w 1 \"x\"]"), "cobra"),
            "it has only integers of 64 bits as values, unlike operation 0");
  EXPECT_EQ(because(ok("[:w 1 3] [:w 2 3]"), "cobra"),
            "its writes have numbers of their own, but 3 is written twice, in the end by "
            "operation 0");
  EXPECT_EQ(because(ok("[:r 1 3] [:w 2 1]"), "cobra"),
            "its reads name the transaction that wrote, and nobody wrote what operation 0 reads");
  EXPECT_EQ(because(ok("[:w 1 3200183278]"), "cobra"),
            "this number has a meaning of its own, and operation 0 has it");
}

TEST(Convert, KeepsTheAttemptsOfWhatNeverCompleted) {
  const History first = parse_history(R"({"schema":"witness.history/1","workload":"rw-register"}
{"index":0,"type":"invoke","process":0,"f":"txn","time":1,"value":[["w",7,1]]}
{"index":1,"type":"invoke","process":1,"f":"txn","time":2,"value":[["w",7,10]]}
{"type":"attempt","of":0,"attempt":2,"value":[["w",7,2]]}
)",
                                      "h");
  EXPECT_EQ(first.transactions->transactions.size(), 3U);
  EXPECT_EQ(comparable(converted(first, "native")), comparable(first));
  EXPECT_THROW(converted(first, "edn"), UsageError);
}

}  // namespace
}  // namespace witness
