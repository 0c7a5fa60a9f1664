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

}  // namespace
}  // namespace witness
