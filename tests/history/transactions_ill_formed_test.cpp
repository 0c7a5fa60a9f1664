/// What a list-append or rw-register history can get wrong, and where the message points.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/history/refused.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

const std::string kOkEdn = "{:index 0 :type :ok :process 0 :value [[:append :x 7]]}\n";
const std::string kHeader = R"({"schema":"witness.history/1","workload":"list-append"})"
                            "\n";
const std::string kInvoke =
    R"({"index":0,"type":"invoke","process":0,"f":"txn","time":1,"value":[["append","x",7]]})"
    "\n";

TEST(TransactionsIllFormed, AValueThatIsWrittenTwice) {
  const std::string rule =
      "value 7 is written to key \"x\" twice; the version order would be ambiguous";
  expect_refused(
      kOkEdn + "; two\n{:index 1 :type :ok :process 1 :value [[:r :x nil] [:append :x ^7]]}\n",
      rule, "first written at line 1");
  expect_refused(
      "[{:type :ok :process 0 :value [[:append :x 7]]},\n {:type :ok :process 1\n  :value "
      "[[:append :x ^7]]}]",
      rule, "first written at line 1");
  expect_refused("{:type :ok :process 0 :value [[:append :x 7] [:append :x ^7]]}", rule,
                 "first written at line 1");
  expect_refused(
      R"([{"type":"ok","process":0,"value":[["w","x",7]]},{"type":"fail","process":0,"value":[["w","x",^7]]}])",
      rule, "first written at line 1");
  expect_refused(
      kHeader + kInvoke +
          R"({"index":1,"type":"invoke","process":1,"f":"txn","time":2,"value":[["append","x",^7]]})",
      rule, "first written at line 2");
  expect_refused("w(1,7,0,0)\nr(1,7,1,1)\nw(1,^7,2,2)\n",
                 "value 7 is written to key \"1\" twice; the version order would be ambiguous",
                 "first written at line 1");
}

/// One line for each value that is written to a key.
using Writes = std::vector<std::pair<int, std::int64_t>>;

std::string text_of_writes(const Writes& writes) {
  std::string text;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    text += "w(" + std::to_string(writes[i].first) + ',' + std::to_string(writes[i].second) + ',' +
            std::to_string(i % 7) + ',' + std::to_string(i) + ")\n";
  }
  return text;
}

/// The line of the first write that stood above already, or 0.
std::uint64_t line_refused(const Writes& writes) {
  try {
    const std::string text = text_of_writes(writes);
    const std::set<std::pair<int, std::int64_t>> distinct(writes.begin(), writes.end());
    const History kept = parse_history(text, "h", {.duplicates = true});
    EXPECT_EQ(kept.transactions->has_duplicates, distinct.size() < writes.size()) << text;
    parse_history(text, "h");
    return 0;
  } catch (const InputError& error) {
    return error.position().line;
  }
}

TEST(TransactionsIllFormed, TheFirstValueThatIsWrittenTwiceIsNamed) {
  std::mt19937_64 random{7};
  for (int round = 0; round < 2000; ++round) {
    const std::int64_t far = round % 3 == 0 ? 1 : round % 3 == 1 ? 1000 : Datum::kIntegerMax / 40;
    Writes writes(1 + random() % 30);
    for (auto& [key, value] : writes) {
      key = static_cast<int>(random() % 3);
      value = (static_cast<std::int64_t>(random() % 60) - 30) * far;
    }
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < writes.size() && expected == 0; ++i) {
      if (std::find(writes.begin(), writes.begin() + static_cast<std::ptrdiff_t>(i), writes[i]) !=
          writes.begin() + static_cast<std::ptrdiff_t>(i)) {
        expected = i + 1;
      }
    }
    EXPECT_EQ(line_refused(writes), expected) << text_of_writes(writes);
  }
}

TEST(TransactionsIllFormed, AValueThatIsWrittenTwiceIsFoundInALongHistory) {
  Writes writes(700'000);
  for (std::size_t i = 0; i < writes.size(); ++i) {
    writes[i] = {static_cast<int>(i % 1000), static_cast<std::int64_t>(writes.size() - i)};
  }
  EXPECT_EQ(line_refused(writes), 0U);
  writes[650'123] = writes[100'123];
  EXPECT_EQ(line_refused(writes), 650'124U);
  writes[649'999] = {5, 1'000'000'000'000};
  writes[200'000] = writes[649'999];
  EXPECT_EQ(line_refused(writes), 650'000U);
}

TEST(TransactionsIllFormed, ShowsNothingOfAValueThatDrivesATerminal) {
  expect_refused(
      "{:type :ok :process 0 :value [[:append \"\x1b[2J\" \"\x1b]0;\x07\"]]}\n"
      "{:type :ok :process 0 :value [[:append \"\x1b[2J\" ^\"\x1b]0;\x07\"]]}\n",
      R"(value "\x1B]0;\x07" is written to key "\x1B[2J" twice; )"
      "the version order would be ambiguous",
      "first written at line 1");
}

TEST(TransactionsIllFormed, AnIndexThatDoesNotGrow) {
  expect_refused(kOkEdn + "{:index ^0 :type :ok :process 1 :value []}",
                 "index must grow from operation to operation", "0 stands above");
  expect_refused(R"([{"index":4,"type":"ok","process":0,"value":[]},
{"type":"info","index": ^3,"process":0}])",
                 "index must grow from operation to operation", "4 stands above");
  expect_refused(kHeader + kInvoke + R"({"index":^0,"type":"ok","process":0,"f":"txn","time":2})",
                 "index must grow from line to line", "0 stands above");
}

TEST(TransactionsIllFormed, Edn) {
  expect_refused("{:type :ok :process 0 :value ^5}",
                 ":value must be a list of [kind key value]: this is no list-append or rw-register "
                 "operation");
  expect_refused("{:type :ok, :f :jump, :process 0, :value ^{:from 1 :to 2}}",
                 ":value must be a list of [kind key value]: this is no list-append or rw-register "
                 "operation");
  expect_refused("{:type :ok :process 0 :value [^5]}",
                 "a micro-operation must be a list of [kind key value]: this is no list-append or "
                 "rw-register operation");
  expect_refused("{:type :ok :process 0 :value [[^:cas 1 2]]}",
                 "unknown micro-operation \":cas\"; it must be :r, :w or :append");
  expect_refused("{:type :ok :process 0 :value [[:r 1 2 ^3]]}",
                 "a micro-operation has three parts: [kind key value]");
  expect_refused("{:type :ok :process 0 :value [[:r^]]}", "a micro-operation needs a key");
  expect_refused("{:type ^:done :process 0 :value [[:r 1]]}",
                 ":type must be :invoke, :ok, :fail or :info");
  expect_refused("^{:process 0 :value [[:r 1]]}", "an operation needs the key :type");
  expect_refused("{:type :ok :process 0 :process ^1}", "the key \":process\" stands twice");
  expect_refused("{:type :ok :time ^1.5 :process 1}", ":time must be an integer");
  expect_refused("{:type :ok :index ^-5 :process 1}", ":index must not be negative");
  expect_refused(
      "{:type :ok :process 1 :error [1 2^} :f :txn :value [[:append 1 2] [:append 1 3]]}\n",
      "] should stand here");
  expect_refused("{:type :ok :process 1 :error^}", "a map needs a value for each key");
  expect_refused(kOkEdn + "^[]", "an operation must be a map");
  expect_refused("[" + kOkEdn + "] ^{}", "nothing may follow the list of operations");
  expect_refused("[" + kOkEdn + "^", "the text ends inside its list of operations");
  expect_refused("{:type :ok :process 1 :value [[:append \"a^\xFF\" 1]] :f :txn :time 123456789}",
                 "this is not UTF-8");
  expect_refused("{:type :ok :process 1 :value [[:append \"a^\\q\" 1]] :f :txn :time 123456789}",
                 "EDN has no such escape");
}

TEST(TransactionsIllFormed, Json) {
  expect_refused(R"([{"type":"ok","process":0,"value":^{"from":1}}])",
                 "\"value\" must be a list of [kind, key, value]: this is no list-append or "
                 "rw-register operation");
  expect_refused(R"([{"type":"ok","process":0,"value":[[^"cas",1,2]]}])",
                 "unknown micro-operation \"cas\"; it must be r, w or append");
  expect_refused(R"([{"type":"ok" ^"process":0}])", "a comma or } should stand here");
  expect_refused(R"([{"type":"ok","process":0,"value":[["r",1,[1 ^2]]]}])",
                 "a comma or ] should stand here");
  expect_refused(R"([{"type":"ok","process":0,"value":[["r",1,[^01]]]}])",
                 "a number may not begin with 0");
  expect_refused(R"([{"type":"ok","process":0,"value":[["r",1,[1,^]]]}])",
                 "a JSON value should stand here");
  expect_refused(R"([{"type":"ok","process":^0.5}])",
                 "\"process\" must be an integer, not a fraction");
  expect_refused(R"([{"type":"ok","process":0} ^{"type":"ok"}])", "a comma or ] should stand here");
  expect_refused(R"([{"type":"ok","process":0}]^7)", "nothing may follow the list of operations");
  expect_refused(R"([{"type":"ok","process":0},^)", "the text ends inside its list of operations");
  expect_refused(R"([{"type":"ok","process":0},^7])", "an operation must be a JSON object");
  expect_refused("[{\"type\":\"ok\",\"process\":0,\"note\":\"^\xFF and more\"}]",
                 "this is not UTF-8");
}

TEST(TransactionsIllFormed, AMixOfListsAndRegisters) {
  expect_refused(kOkEdn + "{:type :ok :process 1 :value [[:w :x ^8]]}",
                 "a write (w) in a list-append history");
  expect_refused("{:type :ok :process 1 :value [[:w :x 8] [:append :x ^9]]}",
                 "an append in an rw-register history");
  expect_refused(kOkEdn + "{:type :ok :process 1 :value [[:r :x ^8]]}",
                 "a read of a list-append history is a list or nil");
  expect_refused("{:type :ok :process 1 :value [[:append :x ^nil]]}", "an append needs a value");
  expect_refused("{:type :ok :process 1 :value [[:append :x ^9]]}",
                 "an append in an rw-register history", {}, {.workload = "rw-register"});
}

TEST(TransactionsIllFormed, NativeKeepsItsRules) {
  expect_refused(kHeader + kInvoke +
                     R"({"index":1,"type":"invoke","process":^0,"f":"txn","time":2,"value":[]})",
                 "process 0 has an open operation already; it must complete first",
                 "invoked at line 2");
  expect_refused(kHeader + R"({"index":1,"type":"ok","process":^0,"f":"txn","time":2,"value":[]})",
                 "process 0 completes an operation that it never invoked");
  expect_refused(kHeader + kInvoke + R"({"index":1,"type":"ok","process":0,"f":"txn","time":^0})",
                 "an operation cannot end before it began", "invoked at line 2");
  expect_refused(kHeader + kInvoke +
                     R"({"index":1,"type":"info","process":0,"f":"txn","time":2})"
                     "\n" +
                     R"({"index":2,"type":"invoke","process":^0,"f":"txn","time":3})",
                 "process 0 ended in an info; its number may not be used again", "info at line 3");
  expect_refused(kHeader + kInvoke +
                     R"({"index":1,"type":"ok","process":0,"f":"txn"  ^x})"
                     "\n",
                 "a comma or } should stand here");
  expect_refused(
      kHeader + kInvoke +
          R"({"index":2,"type":"outcome","of":^7,"attempt":1,"outcome":"committed","evidence":"ledger"})",
      "no operation was invoked at index 7");
  const auto attempt = [](const char* of, const char* number) {
    return std::string{R"({"type":"attempt","of":)"} + of + R"(,"attempt":)" + number +
           R"(,"value":[]})" + "\n";
  };
  expect_refused(kHeader + kInvoke + attempt("^7", "2"), "no operation was invoked at index 7");
  expect_refused(kHeader + kInvoke + attempt("0", "2") + attempt("0", "^2"),
                 "attempts count from 1, in order", "this should be 3");
  expect_refused(kHeader + kInvoke + R"({"type":^"attempt","of":0,"attempt":2})",
                 "an attempt needs the field \"value\"");
  expect_refused(kHeader + kInvoke + R"({"index":1,"type":"ok","process":0,"f":"txn","time":2})" +
                     "\n" + attempt("^0", "2"),
                 "operation 0 has completed: no attempt can begin");
  expect_refused(kHeader + kInvoke + R"({"schema":"witness.history/1","end":true,"operations":^2})",
                 "the file holds another number of operations than its end says", "1 were invoked");
  expect_refused(kHeader + R"({"index":0,"type":"invoke","process":0,"value":[[^"count","x",7]]})",
                 "unknown micro-operation \"count\"; it must be r, w or append");
}

/// An operation of `count` attempts, and lines behind it.
std::string attempts(int count, const std::string& outcomes) {
  std::string text = kHeader + kInvoke +
                     R"({"index":1,"type":"info","process":0,"time":2,)"
                     R"("attempts":[)";
  for (int i = 1; i <= count; ++i) {
    text += (i > 1 ? "," : "") + (R"({"attempt":)" + std::to_string(i)) +
            R"(,"type":"info","value":[]})";
  }
  return text + "]}\n" + outcomes;
}

std::string outcome(int index, int attempt, const std::string& what) {
  return R"({"index":)" + std::to_string(index) + R"(,"type":"outcome","of":0,"attempt":)" +
         std::to_string(attempt) + R"(,"outcome":)" + what +
         R"(,"evidence":"xact-status"})"
         "\n";
}

TEST(TransactionsIllFormed, OneAttemptOfManyThatIsBothCommittedAndAborted) {
  const std::string committed = outcome(2, 64, "\"committed\"");
  expect_refused(attempts(70, committed + outcome(3, 64, "^\"aborted\"")),
                 "one attempt cannot be both committed and aborted");
  std::string all;
  for (int i = 1; i <= 70; ++i)
    all += outcome(1 + i, i, i % 2 == 0 ? "\"committed\"" : "\"aborted\"");
  const History history = parse_history(attempts(70, all), "f");
  for (std::uint32_t i = 0; i < 70; ++i) {
    EXPECT_EQ(history.transactions->transactions[i].fate,
              i % 2 == 1 ? Fated::committed : Fated::aborted);
  }
}

TEST(TransactionsIllFormed, Plume) {
  const std::string form = "a line must be w(key,value,session,txn) or r(key,value,session,txn)";
  expect_refused("w(1,2,3,4)\n^x(1,2,3,4)\n", form);
  expect_refused("w(1,2,3^)\n", form);
  expect_refused("w(1,^a,3,4)\n", "an integer should stand here");
  expect_refused("w(1,2,3,4)^ !\n", "nothing may follow the operation on its line");
  expect_refused("w(1,2,3,^-2)\n", "a transaction's number is -1 (aborted) or greater");
  expect_refused("w(1,2,3,4)\nw(1,3,5,5)\n^r(1,2,3,4)\n",
                 "transaction 4 stands above already: its lines must follow each other, in one "
                 "session",
                 "it began at line 1");
}

TEST(TransactionsIllFormed, SurvivesDeepNesting) {
  const std::string deep(100000, '[');
  EXPECT_THROW(parse_history("{:type :ok :process 0 :error " + deep, "f"), InputError);
  EXPECT_THROW(parse_history(R"([{"type":"ok","process":0,"error":)" + deep, "f"), InputError);
  std::string discards = "{:type :ok :process 0}";
  for (int i = 0; i < 100000; ++i) discards += "#_ ";
  EXPECT_THROW(parse_history(discards, "f"), InputError);
  std::string nested = "{:type :ok :process 0} ";
  for (int i = 0; i < 100000; ++i) nested += "#_ #a [";
  EXPECT_THROW(parse_history(nested, "f"), InputError);
}

TEST(TransactionsIllFormed, NamesTheFormatsThereAre) {
  expect_refused(
      "^hello",
      "this looks like none of the formats native, dbcop, chronos, viper, json, hist, edn, plume, "
      "awdit-test, etcd, cobra, dbcop-bincode");
  EXPECT_THROW(parse_history("[]", "f", {.format = "yaml"}), UsageError);
  EXPECT_THROW(parse_history("[]", "f", {.workload = "seat"}), UsageError);
}

}  // namespace
}  // namespace witness
