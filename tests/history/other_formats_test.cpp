/// The registers of other tools: what is read, and what is refused where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "history/history_reader.hpp"
#include "tests/history/refused.hpp"
#include "tests/history/transactions_text.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// One line for each transaction: session, index, previous, fate, steps.
std::string brief(const History& history) {
  const Transactions& all = *history.transactions;
  std::string text;
  for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
    const Transaction& one = all.transactions[id];
    text += std::to_string(all.processes[one.process]) + '/' + std::to_string(one.index);
    if (one.previous != kNoPosition) text += " after " + std::to_string(one.previous);
    text += one.fate == Fated::aborted    ? " aborted"
            : one.fate == Fated::possible ? " possible"
                                          : "";
    for (const TxnOp& op : all.ops_of(id)) text += ", " + text_of_op(history, op);
    text += '\n';
  }
  return text;
}

/// The same however it is cut, and recognised by its beginning.
std::string read_brief(const std::string& text, const char* format) {
  const std::string whole = brief(parse_history(text, "h", {.format = format}));
  for (std::size_t block = 1; block < 40; block += 3) {
    EXPECT_EQ(brief(parse_history(text, "h", {.format = format},
                                  Cutting{block, block % 2 == 0 ? 2U : 0U})),
              whole)
        << block;
  }
  EXPECT_EQ(brief(parse_history(text, "h")), whole);
  return whole;
}

void expect_message(const std::string& text, const char* format, const std::string& message) {
  for (const std::size_t block : {std::size_t{1} << 20U, std::size_t{1}, std::size_t{7}}) {
    try {
      parse_history(text, "f", {.format = format}, Cutting{block, 0});
      ADD_FAILURE() << "it was read: " << message;
    } catch (const InputError& error) {
      EXPECT_EQ(error.what(), message);
    }
  }
}

class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(fs::path{testing::TempDir()} / (name + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

TEST(AwditTests, AreSessionsOfTransactions) {
  const std::string text = "w 1 10\r\nr  2 7\n-----\n\nw 2 7\n=====\nr 1 10\n=====\n=====\nr 2 7";
  EXPECT_EQ(read_brief(text, "awdit-test"),
            "0/0, w 1 10, r 2 7\n0/1 after 0, w 2 7\n1/2, r 1 10\n3/3, r 2 7\n");
  const History history = parse_history(text, "h");
  EXPECT_FALSE(history.transactions->has_real_time);
  EXPECT_TRUE(history.transactions->unwritten_is_garbage);
  EXPECT_TRUE(history.transactions->initial.is_nil());
  EXPECT_EQ(history.transactions->transactions[3].line, 10U);
}

TEST(AwditTests, AreRefusedWithThePlace) {
  const char* const form = "a line must be w key value, r key value, ----- or =====";
  expect_refused("w 1 2\n^x 1 2\n", form);
  expect_refused("w 1 2\n^--=\n", form);
  expect_refused("w 1^\n", form);
  expect_refused("w 1 ^x\n", "an integer should stand here");
  expect_refused("w 1 2^ 3\n", "nothing may follow the operation on its line");
  expect_refused("w 1 ^99999999999999999999\n", "a number beyond 64 bits");
  expect_refused("w 1 2\n-----\nr 1 2\nw 1 ^2\n",
                 "value 2 is written to key \"1\" twice; the version order would be ambiguous",
                 "first written at line 1");
}

TEST(Hist, IsSessionsOfTransactionsInBrackets) {
  const std::string text =
      "// two sessions\n[x:=1 y==2] [z==? 7:=3]!\n\n[y:=2]\n---\n[x==0 x:=18446744073709551615]";
  EXPECT_EQ(read_brief(text, "hist"),
            "0/0, w \"x 1, r \"y 2\n0/1 after 0 aborted, r \"z nil, w 7 3\n0/2 after 0, w \"y 2\n"
            "1/3, r \"x 0, w \"x #18446744073709551615\n");
  EXPECT_EQ(parse_history(text, "h").transactions->initial, Datum::of(0));
}

TEST(Hist, IsRefusedWithThePlace) {
  expect_refused("[x:=1]\n[x:=2] ^y\n", "a transaction must stand in brackets: [x:=1 y==2 z==?]");
  expect_refused("[x:=1 ^*]\n", "the name of a variable should stand here");
  expect_refused("[x^=1]\n", "a write is x:=1, a read x==1 or x==?", {}, {.format = "hist"});
  expect_refused("[x:=^?]\n", "a version should stand here, an integer from 0");
  expect_refused("[x:=^99999999999999999999]\n", "a version beyond 64 bits");
  expect_refused("[x:=1^,y:=1]\n", "a space or ] should stand here");
  expect_refused("[x:=1^\n", "a transaction must end on its line");
  expect_refused("[x:=1]\n---\n[y:=1] [x:=^1]\n",
                 "value 1 is written to key \"x\" twice; the version order would be ambiguous",
                 "first written at line 1");
}

const std::string kDbcop = R"({"params":{"id":0,"n_node":2},"info":"","start":"","end":"",
"data":[[{"events":[{"Write":{"variable":0,"version":1}},{"Read":{"variable":1,"version":null}}],
          "committed":true},
  {"events":[["w",0,2],["r",1,0]],"committed":false}],
 [{"committed":true,"events":[{"Read":{"version":1,"variable":0}}]},{"events":[],"committed":true}]]}
)";

TEST(Dbcop, IsSessionsInOneObject) {
  EXPECT_EQ(read_brief(kDbcop, "dbcop"),
            "0/0, w 0 1, r 1 0\n0/1 after 0 aborted, w 0 2, r 1 nil\n1/2, r 0 1\n1/3 after 2\n");
  EXPECT_EQ(parse_history(kDbcop, "h").transactions->transactions[1].line, 4U);
}

TEST(Dbcop, IsRefusedWithThePlace) {
  const ReadOptions options{.format = "dbcop"};
  const auto refused = [&](const std::string& text, const std::string& rule) {
    expect_refused(text, rule, {}, options);
  };
  const char* const event =
      R"(an event must be {"Read":…}, {"Write":…}, ["r", variable, version] or ["w", …])";
  refused("^[]", "a history must be a JSON object");
  refused("^{}", "a history needs the field \"data\"");
  refused(R"({"data":^{}})", "\"data\" must be a list of sessions");
  refused(R"({"data":[],"data":^[]})", "the field \"data\" stands twice");
  refused("{\"data\":[\n^{}]}", "a session must be a list of transactions");
  refused(R"({"data":[[^1]]})", "a transaction must be a JSON object");
  refused(R"({"data":[[^{"events":[]}]]})", "a transaction needs events and committed");
  refused(R"({"data":[[{"events":[],"committed":^1}]]})", "\"committed\" must be true or false");
  refused(R"({"data":[[{"events":[^7]}]]})", event);
  refused(R"({"data":[[{"events":[{"Add":^{}}]}]]})", event);
  refused(R"({"data":[[{"events":[^["w",1]]}]]})", event);
  refused(R"({"data":[[{"events":[["w",1,^null]]}]]})", "a write needs a version");
  refused(R"({"data":[[{"events":[["w",^null,1]]}]]})", "a variable must be a number or a string");
  refused(R"({"data":[]} ^x)", "nothing may follow the history");
}

TEST(Dbcop, SaysWhereItIsNoJson) {
  try {
    parse_history("{\"data\":[\n[{\"events\" 1}]]}", "f");
    ADD_FAILURE();
  } catch (const InputError& error) {
    EXPECT_EQ(error.position().line, 2U);
    EXPECT_EQ(error.position().column, 12U);
  }
}

std::string little(std::uint64_t number) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(number >> 8 * i & 0xff);
  return bytes;
}
std::string big(std::uint64_t number) {
  const std::string bytes = little(number);
  return {bytes.rbegin(), bytes.rend()};
}

std::string bincode_event(bool write, std::uint64_t variable, std::uint64_t value,
                          bool success = true) {
  return std::string(1, static_cast<char>(write)) + little(variable) + little(value) +
         std::string(1, static_cast<char>(success));
}

const std::string kBincodeHead = little(3) + little(2) + little(2) + little(2) + little(2) +
                                 little(4) + "info" + little(5) + "start" + little(3) + "end";
const std::string kBincode = kBincodeHead + little(2) + little(2) + little(2) +
                             bincode_event(true, 0, 1) + bincode_event(false, 1, 0) + '\1' +
                             little(2) + bincode_event(true, 0, 2) +
                             bincode_event(true, 1, 9, false) + '\0' + little(1) + little(1) +
                             bincode_event(false, 0, 1) + '\1';

TEST(Bincode, IsSessionsOfTransactions) {
  EXPECT_EQ(read_brief(kBincode, "dbcop-bincode"),
            "0/0, w 0 1, r 1 0\n0/1 after 0 aborted, w 0 2\n1/2, r 0 1\n");
  const History history = parse_history(kBincode, "h");
  EXPECT_EQ(history.transactions->initial, Datum::of(0));
  EXPECT_EQ(history.transactions->transactions[0].line, 0U);
}

TEST(Bincode, IsRefusedWithTheByte) {
  const char* const format = "dbcop-bincode";
  expect_message("abc", format, "f: at byte 0: the file ends inside a number");
  expect_message(kBincodeHead, format, "f: at byte 76: the file ends inside a number");
  expect_message(kBincodeHead + little(5), format,
                 "f: at byte 76: a length of 5 is more than the file holds");
  expect_message(kBincode + 'x', format, "f: at byte 217: nothing may follow the history");
  std::string wrong = kBincode;
  wrong[100] = '\2';
  expect_message(wrong, format, "f: at byte 100: a truth must be 0 or 1");
  std::string twice = kBincode;
  twice.replace(twice.size() - 19, 18, bincode_event(true, 0, 1));
  expect_message(twice, format,
                 "f: value 1 is written to key \"0\" twice; the version order would be ambiguous "
                 "(transactions 0 and 2)");
}

TEST(Bincode, AsksForNoMoreThanThereIs) {
  for (std::size_t size = 0; size < kBincode.size(); ++size) {
    EXPECT_THROW(parse_history(kBincode.substr(0, size), "f", {.format = "dbcop-bincode"}),
                 InputError)
        << size;
  }
}

constexpr std::uint64_t kInitial = 0xbebeebee;

std::string start(std::uint64_t id) { return 'S' + big(id); }
std::string commit(std::uint64_t id) { return 'C' + big(id); }
std::string write(std::uint64_t id, std::uint64_t key) { return 'W' + big(id) + big(key) + big(5); }
std::string get(std::uint64_t writer, std::uint64_t id, std::uint64_t key) {
  return 'R' + big(writer) + big(id) + big(key) + big(5);
}

const std::string kCobra = start(0x100000001) + get(kInitial, kInitial, 7) + write(11, 7) +
                           commit(0x100000001) + start(2) + get(0x100000001, 11, 7) +
                           write(12, ~std::uint64_t{0}) + commit(2);

TEST(Cobra, IsALogOfRecords) {
  EXPECT_EQ(read_brief(kCobra, "cobra"),
            "0/4294967297, r 7 nil, w 7 11\n0/2 after 0, r 7 11, w -1 12\n");
  // A log that ends before a commit, and keys beyond 62 bits.
  EXPECT_EQ(read_brief(kCobra + start(3) + write(13, std::uint64_t{1} << 63U), "cobra"),
            "0/4294967297, r 7 nil, w 7 11\n0/2 after 0, r 7 11, w -1 12\n"
            "0/3 after 1 possible, w #-9223372036854775808 13\n");
}

TEST(Cobra, MayHaveTimes) {
  EXPECT_EQ(read_brief(start(1) + big(55) + write(11, 7) + commit(1) + big(66) + start(2) +
                           big(77) + get(1, 11, 7) + commit(2) + big(88),
                       "cobra"),
            "0/1, w 7 11\n0/2 after 0, r 7 11\n");
}

TEST(Cobra, ReadsWhatStoodThereBeforeAsTheInitialValue) {
  const std::string text = start(1) + get(0xdeadbeef, 0xdeadbeef, 1) +
                           get(kInitial, 0x23332333, 2) + get(kInitial, 0x66666666, 3) +
                           get(9, 0x66666666, 4) + commit(1);
  EXPECT_EQ(read_brief(text, "cobra"), "0/1, r 1 nil, r 2 nil, r 3 nil, r 4 1717986918\n");
}

TEST(Cobra, IsRefusedWithTheByte) {
  const auto refused = [](const std::string& text, const std::string& rule) {
    expect_message(text, "cobra", "f: at byte " + rule);
  };
  refused(start(1) + write(1, 1) + start(2), "34: a transaction begins inside another one");
  refused(write(1, 1), "0: this record stands outside a transaction");
  refused(start(1) + commit(1) + commit(1), "18: this record stands outside a transaction");
  refused(start(1) + write(1, 1) + commit(2),
          "34: transaction 2 ends here, but transaction 1 is open");
  refused(start(1) + commit(1) + "x", "18: a record must begin with S, C, W or R");
  refused(start(1) + write(1, 1).substr(0, 12), "9: the log ends inside a record");
  refused(start(1) + write(kInitial, 1), "9: a write has the number of the initial value");
  refused(start(~std::uint64_t{0}), "0: no transaction has this number");
  refused(start(1) + commit(1) + start(1), "18: transaction 1 stands above already");
}

TEST(Cobra, IsADirectoryOfLogs) {
  const Folder folder{"cobra-logs"};
  folder.write("T10.log", start(1) + write(11, 7) + commit(1));
  folder.write("T2.log", start(2) + get(1, 11, 7) + commit(2));
  folder.write("T2.debug", "no log");
  EXPECT_EQ(brief(read_history(folder.path())), "2/2, r 7 11\n10/1, w 7 11\n");
  folder.write("T3.log", "junk");
  try {
    read_history(folder.path());
    ADD_FAILURE();
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(),
              folder.path() + "/T3.log: at byte 0: a record must begin with S, C, W or R");
  }
  folder.write("T3.log", start(3) + write(11, 7) + commit(3));
  try {
    read_history(folder.path());
    ADD_FAILURE();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("value 11 is written to key \"7\" twice"));
    EXPECT_THAT(error.what(), HasSubstr("(transactions 3 and 1)"));
  }
}

TEST(Directories, AreRefusedWithoutLogs) {
  const Folder folder{"no-logs"};
  folder.write("history.edn", "");
  EXPECT_THROW(read_history(folder.path()), InputError);
  EXPECT_THROW(read_history(folder.path(), {.format = "cobra"}), InputError);
  EXPECT_THROW(read_history(folder.path(), {.format = "edn"}), InputError);
  EXPECT_THROW(read_history(folder.path(), {.format = "nonsense"}), UsageError);
}

TEST(Viper, IsATransactionALine) {
  const std::string text =
      R"({"value":[["w","x",1],["r",8,null,false]]})"
      "\n"
      R"({"isInitial": false, "value":[["r","x",1,true],["d",8,"gone",3],["i",9,4]],"at":{"a":[]}})"
      "\n";
  EXPECT_EQ(read_brief(text, "viper"),
            "0/0, w \"x 1, r 8 nil\n0/1 after 0, r \"x 1, w 8 \"gone, w 9 4\n");
  EXPECT_FALSE(parse_history(text, "h").transactions->unwritten_is_garbage);
}

TEST(Viper, IsADirectoryWhoseInitialTransactionComesFirst) {
  const Folder folder{"viper-logs"};
  folder.write("J0.log", "{\"value\":[[\"w\",1,10]]}\n{\"value\":[[\"r\",1,10,false]]}\n");
  folder.write("J1.log", "{\"value\":[[\"w\",1,1]],\"isInitial\":true}\n");
  EXPECT_EQ(brief(read_history(folder.path())),
            "0/0 after 2, w 1 10\n0/1 after 0, r 1 10\n1/2, w 1 1\n");
  folder.write("J2.log", "{\"value\":[],\"isInitial\":true}\n");
  EXPECT_THROW(read_history(folder.path()), InputError);
}

TEST(Viper, IsRefusedWithThePlace) {
  const ReadOptions options{.format = "viper"};
  const auto refused = [&](const std::string& text, const std::string& rule) {
    expect_refused(text, rule, {}, options);
  };
  refused(R"({"value":[["w",1,1]]} ^{"isInitial":true})",
          "a transaction needs the field \"value\"");
  refused(R"({"value":^7})", "\"value\" must be a list of [kind, key, value]");
  refused(R"({"value":[],"value":^[]})", "the field \"value\" stands twice");
  refused(R"({"value":[^7]})", "an operation must be a list [kind, key, value]");
  refused(R"({"value":[^["w",1]]})", "an operation must be a list [kind, key, value]");
  refused(R"({"value":[[^7,1,1]]})", R"(an operation begins with "r", "w", "i" or "d")");
  refused(R"({"value":[[^"cas",1,1]]})", "unknown operation \"cas\"; it must be r, w, i or d");
  refused(R"({"value":[[^"range",1,9,[{"id":2,"val":3}],[]]]})",
          "reads of ranges cannot be judged: which keys they missed would be lost");
  refused("{\"value\":[[\"w\",1,2]]}\n{\"value\":[[\"w\",1,^null]]}", "a write needs a value");
}

const std::string kChronos = R"([
{"tid":67,"sid":19,"sts":{"p":5,"l":6},"cts":{"p":9,"l":1},"ops":[{"t":"w","k":7,"v":2},{"k":8,"t":"R"}]},
{"cts":{"l":0,"p":"9"},"ops":[{"k":7,"v":3,"t":"write"}],"sid":"20","sts":{"p":9},"tid":"68","rtts":1},
{"tid":5,"sid":19,"sts":{"p":10,"l":0},"cts":{"p":9007199254740993,"l":0},"ops":[{"t":"read","k":7,"v":3}]}]
)";

TEST(Chronos, IsTransactionsWithTimestamps) {
  EXPECT_EQ(read_brief(kChronos, "chronos"),
            "19/67, w 7 2, r 8 nil\n20/68, w 7 3\n19/5 after 0, r 7 3\n");
  const History history = parse_history(kChronos, "h");
  EXPECT_EQ(history.transactions->commit_order, (std::vector<std::uint64_t>{1, 0, 2}));
  EXPECT_FALSE(history.transactions->has_real_time);
}

TEST(Chronos, HasListsToo) {
  const std::string text =
      R"([{"tid":"a","sid":"x","sts":{"p":1,"l":0},"cts":{"p":1,"l":0},"ops":[{"t":"a","k":3,"v":1},{"t":"append","k":3,"v":2}]},
{"tid":"b","sid":"y","sts":{"p":2,"l":0},"cts":{"p":2,"l":0},"ops":[{"k":3,"t":"r","v":[1, 2]},{"t":"r","k":4,"v":[]}]},
{"tid":"c","sid":"x","sts":{"p":2,"l":0},"cts":{"p":2,"l":0},"ops":[{"t":"r","k":4,"v":null}]}])";
  EXPECT_EQ(read_brief(text, "chronos"),
            "0/0, append 3 1, append 3 2\n1/1, r 3 [1 2 ], r 4 []\n0/2 after 0, r 4 []\n");
  // Those that only read may have the same place.
  EXPECT_EQ(parse_history(text, "h").transactions->commit_order,
            (std::vector<std::uint64_t>{0, 1, 1}));
}

TEST(Chronos, KnowsNoOrderOfWritesAtTheSameTime) {
  const auto transaction = [](int tid, const std::string& time, const std::string& kind) {
    return R"({"tid":)" + std::to_string(tid) + R"(,"sid":1,"sts":{"p":1},"cts":)" + time +
           R"(,"ops":[{"t":")" + kind + R"(","k":1,"v":)" + std::to_string(tid) + "}]}";
  };
  const History history = parse_history(
      "[" + transaction(1, R"({"p":7,"l":1})", "w") + "," + transaction(2, R"({"p":5})", "w") +
          "," + transaction(3, R"({"p":7,"l":1})", "w") + "," + transaction(4, R"({"p":8})", "w") +
          "," + transaction(5, R"({"p":8})", "r") + "]",
      "h");
  EXPECT_EQ(history.transactions->commit_order,
            (std::vector<std::uint64_t>{Transactions::kNoOrder, 0, Transactions::kNoOrder, 2, 2}));
}

TEST(Chronos, IsRefusedWithThePlace) {
  const ReadOptions options{.format = "chronos"};
  const auto refused = [&](const std::string& text, const std::string& rule,
                           const std::string& note = {}) {
    expect_refused(text, rule, note, options);
  };
  const std::string times = R"("sts":{"p":1,"l":0},"cts":{"p":1,"l":0})";
  refused("[^{\"tid\":1}]", "a transaction needs tid, sid, sts, cts and ops");
  refused("[{\"tid\":1,\"tid\":^2}]", "the field \"tid\" stands twice");
  refused("[{\"tid\":^-1}]", "\"tid\" must not be negative");
  refused(R"([{"cts":^1}])", R"(a time must be an object {"p":1,"l":0})");
  refused(R"([{"cts":^{"l":1}}])", "a time needs \"p\"");
  refused(R"([{"cts":{"p":^"x"}}])", "\"p\" must be an integer");
  refused(R"([{"cts":{"l":^-1}}])", "\"l\" must not be negative");
  refused(R"([{"tid":1,"sid":1,"ops":[],"cts":^{"p":1},"sts":{"p":2}}])",
          "the time of the commit is before that of the start");
  refused(R"([{"ops":^1}])", R"("ops" must be a list of {"t":…,"k":…,"v":…})");
  refused(R"([{"ops":[^1]}])", R"(an operation must be an object {"t":…,"k":…,"v":…})");
  refused(R"([{"ops":[^{"t":"w"}]}])", "an operation needs t and k");
  refused(R"([{"ops":[{"t":^"x"}]}])", "unknown operation \"x\"; it must be w, r or a");
  refused(R"([{"ops":[{"t":^1}]}])", "\"t\" must be w, r or a");
  refused(R"([{"ops":[{"t":"a","k":1,"v":^[1]}]}])", "only a read gives a list");
  refused("[{\"tid\":1,\"sid\":1,\"ops\":[{\"t\":\"w\",\"k\":1,\"v\":^null}]," + times + "}]",
          "a write needs a value");
  const auto transaction = [&](const std::string& tid, const std::string& sid) {
    return "{\"tid\":" + tid + ",\"sid\":" + sid + ",\"ops\":[]," + times + "}";
  };
  refused("[" + transaction("1", "1") + ",\n^" + transaction("1", "1") + "]",
          "transaction 1 stands above already", "it began at line 1");
  refused("[" + transaction("1", "1") + ",\n^" + transaction("\"a\"", "1") + "]",
          "either all transactions have a number or none has");
  refused("[" + transaction("1", "1") + ",\n^" + transaction("2", "\"a\"") + "]",
          "either all sessions have a number or none has");
}

}  // namespace
}  // namespace witness
