/// Reading list-append and rw-register histories in every format.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "history/history_reader.hpp"
#include "tests/history/transactions_text.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

History read(const std::string& text, const ReadOptions& options = {}) {
  return parse_history(text, "h", options);
}

/// The same history in three formats.
const std::string kEdn = R"(; three clients
{:index 0, :type :invoke, :process 0, :f :txn, :time 10, :value [[:append 7 1] [:r 8 nil]]}
{:index 1, :type :invoke, :process :nemesis, :f :kill, :value [:n1 "x"]}
{:index 2, :type :invoke, :process 1, :f :txn, :time 11, :value [[:append 8 1] [:append 8 2]]}
{:index 3, :type :ok, :process 1, :f :txn, :time 20, :value [[:append 8 1] [:append 8 2]]}
{:index 4, :type :ok, :process 0, :f :txn, :time 21, :value [[:append 7 1] [:r 8 [1 2]]]}
{:index 5, :type :invoke, :process 0, :f :txn, :time 22, :value [[:r 7 nil] [:r 8 nil] [:append 7 2]]}
{:index 6, :type :invoke, :process 1, :f :txn, :time 23, :value [[:append 9 1]]}
{:index 7, :type :info, :process 0, :f :txn, :time 24, :value [[:r 7 nil] [:r 8 nil] [:append 7 2]], :error [:timeout {:at 7}]}
{:index 8, :type :fail, :process 1, :f :txn, :time 25, :value [[:append 9 1]]}
{:index 9, :type :invoke, :process 2, :f :txn, :time 26, :value [[:r 8 nil]]}
)";
const std::string kJson = R"([
{"index":0,"type":"invoke","process":0,"f":"txn","time":10,"value":[["append",7,1],["r",8,null]]},
{"index":1,"type":"invoke","process":"nemesis","f":"kill","value":["n1","x"]},
{"index":2,"type":"invoke","process":1,"f":"txn","time":11,"value":[["append",8,1],["append",8,2]]},
{"index":3,"type":"ok","process":1,"f":"txn","time":20,"value":[["append",8,1],["append",8,2]]},
{"index":4,"type":"ok","process":0,"f":"txn","time":21,"value":[["append",7,1],["r",8,[1,2]]]},
{"index":5,"type":"invoke","process":0,"f":"txn","time":22,"value":[["r",7,null],["r",8,null],["append",7,2]]},
{"index":6,"type":"invoke","process":1,"f":"txn","time":23,"value":[["append",9,1]]},
{"index":7,"type":"info","process":0,"f":"txn","time":24,"value":[["r",7,null],["r",8,null],["append",7,2]],"error":["timeout",{"at":7}]},
{"index":8,"type":"fail","process":1,"f":"txn","time":25,"value":[["append",9,1]]},
{"index":9,"type":"invoke","process":2,"f":"txn","time":26,"value":[["r",8,null]]}
]
)";
const std::string kNative =
    R"({"schema":"witness.history/1","workload":"list-append"}
{"index":0,"type":"invoke","process":0,"f":"txn","time":10,"value":[["append",7,1],["r",8,null]]}
{"index":2,"type":"invoke","process":1,"f":"txn","time":11,"value":[["append",8,1],["append",8,2]]}
{"index":3,"type":"ok","process":1,"f":"txn","time":20,"value":[["append",8,1],["append",8,2]]}
{"index":4,"type":"ok","process":0,"f":"txn","time":21,"value":[["append",7,1],["r",8,[1,2]]]}
{"index":5,"type":"invoke","process":0,"f":"txn","time":22,"value":[["r",7,null],["r",8,null],["append",7,2]]}
{"index":6,"type":"invoke","process":1,"f":"txn","time":23,"value":[["append",9,1]]}
{"index":7,"type":"info","process":0,"f":"txn","time":24,"error":{"class":"timeout","phase":"commit"}}
{"index":8,"type":"fail","process":1,"f":"txn","time":25}
{"index":9,"type":"invoke","process":2,"f":"txn","time":26,"value":[["r",8,null]]}
{"schema":"witness.history/1","end":true,"operations":5}
)";

std::string without_lines(std::string text) {
  for (std::size_t at = 0; (at = text.find(" line ", at)) != std::string::npos;) {
    text.erase(at, text.find(" times", at) - at);
  }
  return text;
}

TEST(TransactionsReader, PairsInvocationsWithCompletions) {
  const History history = read(kEdn);
  ASSERT_TRUE(history.transactions);
  EXPECT_EQ(text_of(history), R"(list-append initial nil real-time garbage operations 5
T0 index 0 process 0 line 2 times 10 21 began 0 previous -1 completed 4 ok fate 0 reads: (append 7 1) (r 8 [1 2 ])
T1 index 2 process 1 line 4 times 11 20 began 0 previous -1 completed 3 ok fate 0 reads: (append 8 1) (append 8 2)
T2 index 5 process 0 line 7 times 22 24 began 2 previous 0 completed 7 info fate 2: (r 7 []) (r 8 []) (append 7 2)
T3 index 6 process 1 line 8 times 23 25 began 2 previous 1 completed 8 fail fate 1: (append 9 1)
T4 index 9 process 2 line 11 times 26 -1 began 2 previous -1 completed -1 info fate 2: (r 8 [])
ended 1 0
order
key 7 used by 0/0 2/4 2/6 longest 1
key 8 used by 0/1 1/2 1/3 2/5 4/8 longest 0
key 9 used by 3/7 longest -1
list of 1: 1 2
list of 0:
)");
  EXPECT_EQ(history.header.workload, "list-append");
  EXPECT_FALSE(history.damage.cut);
}

TEST(TransactionsReader, ReadsTheSameInEveryFormat) {
  const std::string expected = without_lines(text_of(read(kEdn)));
  EXPECT_EQ(without_lines(text_of(read(kJson))), expected);
  EXPECT_EQ(without_lines(text_of(read(kNative))), expected);
  std::string lines = kJson;
  lines.erase(0, 2);
  lines.erase(lines.size() - 2);
  for (std::size_t at = 0; (at = lines.find("},\n", at)) != std::string::npos;)
    lines.erase(at + 1, 1);
  EXPECT_EQ(without_lines(text_of(read(lines))), expected) << "JSON Lines";
  EXPECT_EQ(without_lines(text_of(read('[' + kEdn + ']'))), expected) << "a vector";
  EXPECT_EQ(without_lines(text_of(read("\xEF\xBB\xBF(" + kEdn + ')'))), expected) << "a list";
}

/// Blocks of every small size, and several threads.
void expect_same_in_blocks(const std::string& text) {
  const std::string expected = text_of(read(text));
  for (std::size_t bytes = 1; bytes <= text.size() + 1; bytes += 1 + bytes / 40) {
    for (const unsigned threads : {0U, 3U}) {
      EXPECT_EQ(text_of(parse_history(text, "h", {}, Cutting{bytes, threads})), expected)
          << bytes << " bytes a block, " << threads << " threads";
    }
  }
}

std::string on_one_line(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

TEST(TransactionsReader, DoesNotDependOnHowTheTextIsCut) {
  expect_same_in_blocks(kEdn);
  expect_same_in_blocks(kJson);
  expect_same_in_blocks(kNative);
  expect_same_in_blocks(on_one_line(kJson));
  expect_same_in_blocks('[' + on_one_line(kEdn.substr(kEdn.find('\n'))) + ']');
  expect_same_in_blocks("w(1,10,0,0)\nw(2,10,0,0)\nr(1,10,1,1)\nr(2,0,1,1)\nw(1,11,1,-1)\n");
}

TEST(TransactionsReader, OpensAListBehindDiscardedFormsWhereverTheyAreCut) {
  const std::string list = "[{:type :ok :process 0 :value [[:w 1 1]]}]\n";
  for (const char* discarded : {"#_", "\r#_", "\r\r\r#_", "\n\n\n\n#_ #_ x", "; a line\n#_"}) {
    const std::string text = std::string{discarded} + " y " + list;
    const std::string whole = text_of(read(text, {.format = "edn"}));
    for (std::size_t block = 1; block < 20; ++block) {
      EXPECT_EQ(text_of(parse_history(text, "h", {.format = "edn"}, Cutting{block, 0})), whole)
          << text << block;
    }
  }
  std::string long_one;
  while (long_one.size() < (std::size_t{5} << 19U)) long_one += "#_ {:type :ok}\n; nothing\n";
  EXPECT_EQ(read(long_one + list).transactions->transactions.size(), 1U);
}

TEST(TransactionsReader, TakesFormsOverSeveralLines) {
  const std::string spread = R"([{:index 0,
  :type :ok ; told
  :process 0, #_ [:not "this"] :value [[:append "a;b" 1]
     (:r "c\n\u00e9" #{1}) ]}
 #jepsen.history.Op{:index 1, :type :ok, :process 0, :value [[:r "a;b" (1 2 #_3,)]]}])";
  EXPECT_THROW(read(spread), InputError) << "a set is no list";
  std::string good = spread;
  good.replace(good.find("#{1}"), 4, "[1]");
  expect_same_in_blocks(good);
  const History history = read(good);
  ASSERT_EQ(history.transactions->transactions.size(), 2U);
  EXPECT_EQ(text_of_op(history, history.transactions->ops[1]), "r \"c\n\xC3\xA9 [1 ]");
  EXPECT_EQ(text_of_op(history, history.transactions->ops[2]), "r \"a;b [1 2 ]");
}

TEST(TransactionsReader, KeepsOneListWhereReadsContinueEachOther) {
  const History history = read(R"({:type :ok :process 0 :value [[:append :x 1] [:r :x [1 2]]]}
{:type :ok :process 1 :value [[:r :x [1 2 3]] [:r :x [1]] [:r :x []] [:r :x]]}
{:type :ok :process 2 :value [[:r :x [1 3]] [:r :x [1 3 4]] [:r :x [1 2 3 5]] [:r :x [1 3 4]]]}
)");
  const Transactions& all = *history.transactions;
  ASSERT_EQ(all.lists.size(), 2U);
  EXPECT_EQ(all.lists[0].elements.size(), 4U);
  EXPECT_EQ(all.lists[1].elements.size(), 3U);
  EXPECT_EQ(all.longest[0], 0U);
  const auto shape = [&](std::size_t op) {
    return std::pair{all.ops[op].list().list, all.ops[op].list().length};
  };
  EXPECT_EQ(shape(2), std::pair(0U, 3U));
  EXPECT_EQ(shape(5), std::pair(0U, 0U));
  EXPECT_EQ(shape(7), std::pair(1U, 3U));
  EXPECT_EQ(shape(9), std::pair(1U, 3U));
}

TEST(TransactionsReader, GivesBareCompletionsNoBeginning) {
  const History history = read(R"({:index 3 :type :ok :process 0 :value [[:w :x 1]]}
{:index 5 :type :ok :process 0 :value [[:r :x 1]]}
{:index 9 :type :info :process 0 :value [[:w :x 2]]}
)");
  EXPECT_EQ(text_of(history), R"(rw-register initial nil real-time operations 3
T0 index 3 process 0 line 1 times -1 -1 began 0 previous -1 completed 3 ok fate 0 reads: (w :x 1)
T1 index 5 process 0 line 2 times -1 -1 began 0 previous 0 completed 5 ok fate 0 reads: (r :x 1)
T2 index 9 process 0 line 3 times -1 -1 began 0 previous 1 completed 9 info fate 2: (w :x 2)
ended 0 1
order
key :x used by 0/0 1/1 2/2 longest -1
)");
}

TEST(TransactionsReader, FindsTheOpenOperationThatACompletionFits) {
  const History history = read(R"({:type :invoke :process 0 :value [[:append :x 1]]}
{:type :invoke :process 0 :value [[:append :y 1] [:r :x nil]]}
{:type :ok :process 0 :value [[:append :y 1] [:r :x [1]]]}
{:type :ok :process 0 :value [[:append :x 1]]}
)");
  const Transactions& all = *history.transactions;
  EXPECT_EQ(all.ended, (std::vector<std::uint32_t>{1, 0}));
  EXPECT_EQ(text_of_op(history, all.ops_of(1)[1]), "r :x [1 ]");
}

TEST(TransactionsReader, LetsAlikeOpenOperationsBeginWithTheFirstOfThem) {
  const Transactions all = *read(R"({:type :invoke :process 0 :value [[:r 1 nil]]}
{:type :invoke :process 9 :value [[:append 1 1]]}
{:type :ok :process 9 :value [[:append 1 1]]}
{:type :invoke :process 0 :value [[:r 1 nil]]}
{:type :ok :process 0 :value [[:r 1 [1]]]}
{:type :invoke :process 0 :value [[:r 1 nil]]}
{:type :invoke :process 0 :value [[:r 2 nil]]}
{:type :ok :process 0 :value [[:r 1 nil]]}
{:type :ok :process 0 :value [[:r 1 nil]]}
{:type :invoke :process 0 :value [[:r 1 nil]]}
)")
                                .transactions;
  EXPECT_EQ(all.ended, (std::vector<std::uint32_t>{1, 0, 2, 3}));
  const std::uint32_t began[] = {0, 0, 0, 0, 2, 4};
  for (std::uint32_t i = 0; i < 6; ++i) {
    EXPECT_EQ(all.transactions[i].began_after, began[i]) << i;
  }
}

TEST(TransactionsReader, ClaimsNoBeginningWhereACompletionFitsNothing) {
  const Transactions all = *read(R"({:type :invoke :process 0 :value [[:r 1 nil]]}
{:type :ok :process 1 :value [[:append 1 1]]}
{:type :invoke :process 0 :value [[:r 2 nil]]}
{:type :ok :process 0 :value [[:r 3 nil]]}
{:type :ok :process 0 :value [[:r 1 nil]]}
)")
                                .transactions;
  EXPECT_EQ(all.transactions[0].began_after, 0U);
  EXPECT_EQ(all.transactions[2].began_after, 0U) << "it may have been the first";
}

TEST(TransactionsReader, LeavesOpenWhatACompletionWithoutValueMayBeOf) {
  const Transactions all = *read(R"({:type :invoke :process 0 :value [[:append 1 1]]}
{:type :invoke :process 0 :value [[:append 2 1]]}
{:type :fail :process 0}
{:type :ok :process 0 :value [[:append 1 1]]}
)")
                                .transactions;
  EXPECT_EQ(all.transactions[0].fate, Fated::committed);
  EXPECT_EQ(all.transactions[1].fate, Fated::possible);
}

/// Whether a session says that one transaction follows another.
bool follows(const Transactions& all, std::uint32_t later, std::uint32_t earlier) {
  if (later == earlier) return true;
  if (later < all.transactions.size() && all.transactions[later].previous != kNoPosition &&
      follows(all, all.transactions[later].previous, earlier)) {
    return true;
  }
  for (const Transactions::After& pair : all.also_after) {
    if (pair.later == later && follows(all, pair.earlier, earlier)) return true;
  }
  return false;
}

TEST(TransactionsReader, LetsATransactionFollowAllThatEndedBeforeItInItsProcess) {
  // Invocations (+) and completions (-) of one process.
  const std::string events = "+0 -0 +1 +2 -1 +3 -2 -3 +4 -4 +5 +6 +7 -7 +8 -6 -5 -8 +9 -9 ";
  std::string text;
  for (std::size_t at = 0; at < events.size(); at += 3) {
    text += std::string{"{:type "} + (events[at] == '+' ? ":invoke" : ":ok") +
            " :process 3 :value [[:append " + events[at + 1] + " 1]]}\n";
  }
  const Transactions all = *read(text).transactions;
  EXPECT_GT(all.joints, 0U);
  for (std::uint32_t later = 0; later < 10; ++later) {
    for (std::uint32_t earlier = 0; earlier < 10; ++earlier) {
      if (later == earlier) continue;
      const std::size_t ended = events.find('-' + std::to_string(earlier));
      const std::size_t began = events.find('+' + std::to_string(later));
      EXPECT_EQ(follows(all, later, earlier), ended < began) << later << " after " << earlier;
    }
  }
}

TEST(TransactionsReader, KnowsNoSessionOfOperationsWithoutAProcess) {
  const Transactions all = *read(R"({:type :ok :value [[:append 1 1]]}
{:type :ok :value [[:r 1 nil]]}
{:type :ok :process -1 :value [[:r 1 [1]]]}
{:type :ok :process -1 :value [[:r 1 [1]]]}
)")
                                .transactions;
  EXPECT_EQ(all.transactions[1].previous, kNoPosition);
  EXPECT_NE(all.transactions[0].process, all.transactions[1].process);
  EXPECT_EQ(all.transactions[3].previous, 2U) << "-1 is a process like any other";
}

TEST(TransactionsReader, PairsManyOpenOperationsOfOneProcess) {
  constexpr int kOpen = 100'000;
  std::string text;
  for (int i = 0; i < kOpen; ++i) {
    text += "{:type :invoke :process 0 :value [[:append " + std::to_string(i) + " 1]]}\n";
  }
  for (int i = kOpen; i-- > 0;) {
    text += "{:type :ok :process 0 :value [[:append " + std::to_string(i) + " 1]]}\n";
  }
  const Transactions all = *read(text).transactions;
  ASSERT_EQ(all.ended.size(), std::size_t{kOpen});
  EXPECT_EQ(all.ended.front(), std::uint32_t{kOpen - 1});
}

TEST(TransactionsReader, TellsDataApart) {
  const History history = read(
      R"([{:type :ok :process 0 :value [[:w 1 :a] [:w "1" "a"] [:w :1 1.5] [:w [1, 2] 4611686018427387903]
 [:w a 4611686018427387904] [:w (1 2) -7N] [:w nil true] [:w #{} +3] [:w \a 1/2] [:w {:k  [1]} 0]]}])");
  std::string text;
  for (const TxnOp& op : history.transactions->ops) text += text_of_op(history, op) + '\n';
  EXPECT_EQ(text, R"(w 1 :a
w "1 "a
w :1 #1.5
w #[1 2] 4611686018427387903
w #a #4611686018427387904
w #(1 2) -7
w nil #true
w ##{} 3
w #\a #1/2
w #{:k [1]} 0
)");
}

TEST(TransactionsReader, TakesALastWriteOrReadForTheKindOfHistory) {
  EXPECT_EQ(read(R"({"type":"ok","process":0,"value":[["r","x",[1]]]})").transactions->datatype,
            Datatype::list_append);
  EXPECT_EQ(read(R"({"type":"ok","process":0,"value":[["r","x",1]]})").transactions->datatype,
            Datatype::rw_register);
  EXPECT_EQ(read(R"({"type":"ok","process":0,"value":[["r","x",null]]})").transactions->datatype,
            Datatype::list_append);
  EXPECT_EQ(
      read(R"({"type":"ok","process":0,"value":[["r","x",null]]})", {.workload = "rw-register"})
          .transactions->datatype,
      Datatype::rw_register);
  const History lists =
      read(R"({"type":"ok","process":0,"value":[["r","x",null],["append","x",1]]})");
  EXPECT_EQ(text_of_op(lists, lists.transactions->ops[0]), "r \"x []") << "of a list that is there";
}

TEST(TransactionsReader, TakesARegistersListForItsText) {
  const History history = read(
      R"([{:type :ok :process 0 :value [[:w :x [1 "a"]]]} {:type :ok :process 1 :value [[:r :x [1 "a"]]]}])");
  EXPECT_EQ(history.transactions->ops[0].bits, history.transactions->ops[1].bits);
  const History json = read(
      R"([{"type":"ok","process":0,"value":[["w","x",[1, "a"]]]}, {"type":"ok","process":1,"value":[["r","x",[1,"a"]]]}])");
  EXPECT_EQ(json.transactions->ops[0].bits, json.transactions->ops[1].bits);
}

TEST(TransactionsReader, TellsTheListsOfARegisterApartByTheirElements) {
  const auto same = [](const std::string& written, const std::string& seen) {
    const History history =
        read(R"([{"type":"ok","process":0,"value":[["w","x",)" + written +
             R"(]]},{"type":"ok","process":1,"value":[["r","x",)" + seen + "]]}]");
    return history.transactions->ops[0].bits == history.transactions->ops[1].bits;
  };
  EXPECT_TRUE(same("[null, 1]", "[null,1]"));
  EXPECT_TRUE(same(R"(["a\"b\\",[],{}])", R"(["a\"b\\",[],{}])"));
  EXPECT_TRUE(same(R"(["a", ""])", R"(["\u0061",""])"));
  EXPECT_TRUE(same("[ ]", "[]"));
  EXPECT_FALSE(same(R"(["a","b"])", R"(["a\",\"b"])"));
  EXPECT_FALSE(same(R"(["a","b"])", R"(["a\" \"b"])"));
  EXPECT_FALSE(same("[null]", R"(["nil"])"));
  EXPECT_FALSE(same("[1]", R"(["1"])"));
  const History edn = read(
      R"([{:type :ok :process 0 :value [[:w :x [nil, +1 #t "a\"\u0062" (:k {})]]]}
          {:type :ok :process 1 :value [[:r :x (nil 1N "a\"b", (:k {}))]]}
          {:type :ok :process 1 :value [[:w :y [nil 1]] [:w :y [null 1]]]}])");
  EXPECT_EQ(edn.transactions->ops[0].bits, edn.transactions->ops[1].bits);
}

TEST(TransactionsReader, KnowsTheInitialValue) {
  const std::string text = R"({"type":"ok","process":0,"value":[["r","x",0],["w","x",1]]})";
  EXPECT_FALSE(read(text).transactions->unwritten_is_garbage);
  EXPECT_TRUE(read(text).transactions->initial.is_nil());
  const History history = read(text, {.initial = "0"});
  EXPECT_TRUE(history.transactions->unwritten_is_garbage);
  EXPECT_EQ(history.transactions->initial, Datum::of(0));
  EXPECT_EQ(read("w(1,2,0,0)\n").transactions->initial, Datum::of(0));
}

TEST(TransactionsReader, KeepsACommitOrder) {
  const History history = read(R"({:type :ok :process 0 :value [[:w :x 1]]}
{:type :ok :process 1 :order 7 :value [[:w :x 2]]}
)");
  EXPECT_EQ(history.transactions->commit_order,
            (std::vector<std::uint64_t>{Transactions::kNoOrder, 7}));
}

TEST(TransactionsReader, ReadsTheTextOfPlume) {
  const History history =
      read("w(1,10,0,0)\r\nw(2,10,0,0)\nr(1,10,1,5)\n\nw(1,-3,0,-1)\nw(1,4,0,-1)\n");
  EXPECT_EQ(text_of(history), R"(rw-register initial 0 sessions garbage operations 4
T0 index 0 process 0 line 1 times -1 -1 began 0 previous -1 completed -1 ok fate 0 reads: (w 1 10) (w 2 10)
T1 index 5 process 1 line 3 times -1 -1 began 0 previous -1 completed -1 ok fate 0 reads: (r 1 10)
T2 index 6 process 0 line 5 times -1 -1 began 0 previous 0 completed -1 fail fate 1: (w 1 -3)
T3 index 7 process 0 line 6 times -1 -1 began 0 previous 0 completed -1 fail fate 1: (w 1 4)
ended
order
key 1 used by 0/0 1/2 2/3 3/4 longest -1
key 2 used by 0/1 longest -1
)");
}

TEST(TransactionsReader, KeepsAValueThatIsWrittenToARegisterTwiceIfItIsAskedTo) {
  const std::string plume = "w(1,7,0,0)\nw(1,7,1,1)\n";
  EXPECT_THROW(read(plume), InputError);
  const History twice = read(plume, {.duplicates = true});
  EXPECT_TRUE(twice.transactions->has_duplicates);
  EXPECT_EQ(twice.transactions->ops.size(), 2U);
  EXPECT_TRUE(read("{:type :ok :process 0 :value [[:w :x 7] [:w :x 7]]}", {.duplicates = true})
                  .transactions->has_duplicates);
  EXPECT_FALSE(read("w(1,7,0,0)\nw(2,7,1,1)\n", {.duplicates = true}).transactions->has_duplicates);
  EXPECT_THROW(
      read("{:type :ok :process 0 :value [[:append :x 7] [:append :x 7]]}", {.duplicates = true}),
      InputError);
}

TEST(TransactionsReader, MakesEachNativeAttemptATransaction) {
  const History history = read(R"({"schema":"witness.history/1","workload":"list-append"}
{"index":0,"type":"invoke","process":0,"value":[["append","x",null]]}
{"index":1,"type":"invoke","process":1,"value":[["append","y",1]]}
{"index":2,"type":"ok","process":0,"value":[["append","x",2]],"attempts":[{"attempt":1,"type":"fail","value":[["append","x",1],["r","y",[5]]]},{"attempt":2,"type":"ok"}]}
{"index":3,"type":"invoke","process":0,"value":[["r","x",null]]}
{"index":4,"type":"ok","process":0,"value":[["r","x",[2]]]}
{"index":5,"type":"outcome","of":1,"attempt":1,"outcome":"committed","evidence":"ledger"}
{"index":6,"type":"outcome","of":0,"attempt":2,"outcome":"aborted","evidence":"ledger-absent"}
)");
  EXPECT_EQ(text_of(history), R"(list-append initial nil real-time garbage operations 3
T0 index 0 process 0 line 2 times -1 -1 began 0 previous -1 completed 2 fail fate 1: (append "x 1) (r "y [])
T1 index 0 process 0 line 2 times -1 -1 began 0 previous -1 completed 2 ok fate 1: (append "x 2)
T2 index 1 process 1 line 3 times -1 -1 began 0 previous -1 completed -1 info fate 0: (append "y 1)
T3 index 3 process 0 line 5 times -1 -1 began 1 previous 1 completed 4 ok fate 0 reads: (r "x [2 ])
ended 1 3
order
key "x used by 0/0 1/2 3/4 longest 1
key "y used by 0/1 2/3 longest 0
list of 1:
list of 0: 2
)");
  EXPECT_TRUE(history.damage.cut);
}

const std::string kRetried =
    R"({"schema":"witness.history/1","workload":"rw-register"}
{"index":0,"type":"invoke","process":0,"f":"txn","time":1,"value":[["w",7,1],["r",8,null]]}
{"index":1,"type":"invoke","process":1,"f":"txn","time":2,"value":[["w",7,10]]}
{"type":"attempt","of":1,"attempt":2,"value":[["w",7,11]]}
{"type":"attempt","of":0,"attempt":2,"value":[["w",7,2],["r",8,null]]}
{"type":"attempt","of":0,"attempt":3,"value":[["w",7,3],["r",8,null]]}
)";

TEST(TransactionsReader, CountsEachAttemptThatBeganOfWhatNeverCompleted) {
  const History history = read(kRetried);
  const Transactions& all = *history.transactions;
  EXPECT_EQ(all.operations, 2U);
  ASSERT_EQ(all.transactions.size(), 5U);
  const std::vector<std::int64_t> written = {1, 2, 3, 10, 11};
  for (std::uint32_t id = 0; id < 5; ++id) {
    EXPECT_EQ(all.transactions[id].index, id < 3 ? 0U : 1U);
    EXPECT_EQ(all.transactions[id].fate, Fated::possible);
    EXPECT_FALSE(all.transactions[id].reads_known);
    EXPECT_EQ(all.ops_of(id).size(), id < 3 ? 2U : 1U);
    EXPECT_EQ(all.ops_of(id)[0].value().integer(), written[id]);
  }
}

TEST(TransactionsReader, BelievesACompletionOfItsAttempts) {
  const std::string completion =
      R"({"index":2,"type":"ok","process":0,"f":"txn","time":9,"value":[["w",7,3],["r",8,null]],)"
      R"("attempts":[{"attempt":1,"type":"fail","value":[["w",7,1]]},)"
      R"({"attempt":2,"type":"fail","value":[]},{"attempt":3,"type":"ok"}]})";
  const History history = read(kRetried + completion);
  const Transactions& all = *history.transactions;
  ASSERT_EQ(all.transactions.size(), 5U);
  EXPECT_EQ(all.transactions[0].fate, Fated::aborted);
  EXPECT_EQ(all.transactions[1].fate, Fated::aborted);
  EXPECT_EQ(all.transactions[2].fate, Fated::committed);
  EXPECT_EQ(all.ops_of(1).size(), 0U);
  EXPECT_EQ(all.ops_of(2)[0].value().integer(), 3);
  EXPECT_EQ(all.transactions[4].fate, Fated::possible);
}

TEST(TransactionsReader, ReadsANativeFileThatWasCutAnywhere) {
  for (std::size_t size = 60; size <= kNative.size(); ++size) {
    const History cut = read(kNative.substr(0, size));
    ASSERT_TRUE(cut.transactions) << size;
    EXPECT_LE(cut.transactions->transactions.size(), 5U);
    EXPECT_EQ(cut.damage.cut, size < kNative.size() - 1) << size;
    const History padded = read(kNative.substr(0, size) + std::string(99, '\0'));
    EXPECT_EQ(text_of(padded), text_of(cut));
    EXPECT_EQ(padded.damage.dropped_bytes, cut.damage.dropped_bytes + 99);
    EXPECT_EQ(text_of(parse_history(kNative.substr(0, size), "h", {}, Cutting{64, 2})),
              text_of(cut));
  }
}

TEST(TransactionsReader, TellsAnEmptyTextByItsName) {
  EXPECT_FALSE(parse_history("", "h").transactions);
  EXPECT_TRUE(parse_history("", "h.edn").transactions);
  EXPECT_TRUE(parse_history(" \n", "h.json").transactions);
  EXPECT_TRUE(parse_history("", "h", {.format = "edn"}).transactions);
  EXPECT_EQ(parse_history("[]", "h").transactions->transactions.size(), 0U);
}

TEST(TransactionsReader, ReadsFilesAndCompressedOnes) {
  const auto path =
      std::filesystem::path{testing::TempDir()} / ("reader-" + std::to_string(getpid()) + ".edn");
  std::ofstream{path} << kEdn;
  EXPECT_EQ(text_of(read_history(path.string())), text_of(read(kEdn)));
}

TEST(TransactionsReader, ReadsLongListsOfEveryWidth) {
  std::string text;
  std::string list;
  std::uint64_t value = 1;
  for (int i = 0; i < 40; ++i) {
    list += (i == 0 ? "" : ",") + std::to_string(value);
    text += R"({"type":"ok","process":0,"value":[["append",1,)" + std::to_string(value) +
            R"(],["r",1,[)" + list + R"(]],["r",1,[)" + list + R"( ]],["r",1,[ )" + list + "]]]}\n";
    value = value * 3 + 1;
  }
  const History history = read(text);
  ASSERT_EQ(history.transactions->lists.size(), 1U);
  EXPECT_EQ(history.transactions->lists[0].elements.size(), 40U);
  for (std::uint32_t i = 0; i < 40; ++i) {
    for (std::uint32_t op = 1; op < 4; ++op) {
      const TxnOp& read_op = history.transactions->ops_of(i)[op];
      EXPECT_EQ(read_op.list().length, i + 1);
      EXPECT_EQ(history.transactions->elements(read_op.list()).back(),
                history.transactions->ops_of(i)[0].value());
    }
  }
}

}  // namespace
}  // namespace witness
