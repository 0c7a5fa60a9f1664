/// What a native history means, line by line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/history/worked_example.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kHeader = R"({"schema":"witness.history/1","workload":"seat"})"
                            "\n";

History read_lines(std::string_view lines) {
  return parse_history(kHeader + std::string{lines}, "test.jsonl");
}

/// `r A1 free` and so on; `-` is what was not observed.
std::vector<std::string> texts(const History& history, std::span<const MicroOp> micro_ops) {
  std::vector<std::string> shown;
  const auto text = [&](StringId id) {
    return id == kNoString ? std::string{"-"} : std::string{history.text(id)};
  };
  for (const MicroOp& micro_op : micro_ops) {
    shown.push_back(std::string{kMicroOpNames[static_cast<std::size_t>(micro_op.kind)]} + ' ' +
                    text(micro_op.key) + ' ' + text(micro_op.value));
  }
  return shown;
}

std::vector<std::string> texts(const History& history, std::size_t attempt) {
  return texts(history, history.micro_ops_of(history.attempts[attempt]));
}

TEST(NativeReader, ReadsTheWorkedExampleOfTheDocument) {
  const History history = parse_history(worked_example(), "example.jsonl");
  EXPECT_EQ(history.name, "example.jsonl");
  EXPECT_EQ(history.header.workload, "seat");
  EXPECT_EQ(history.header.variant, "naive");
  EXPECT_EQ(history.header.isolation, "read-committed");
  EXPECT_EQ(history.header.initial, "free");
  EXPECT_EQ(history.header.seed, 7U);
  EXPECT_EQ(history.header.capacity, 1U);
  ASSERT_EQ(history.header.targets.size(), 1U);
  EXPECT_EQ(history.header.targets[0].name, "main");
  EXPECT_EQ(history.header.targets[0].server, "PostgreSQL 15.18");
  EXPECT_EQ(history.header.targets[0].isolation, "read committed");
  ASSERT_EQ(history.header.ladder.size(), 1U);
  EXPECT_EQ(history.header.ladder[0].clients, 2U);
  EXPECT_THAT(history.header.ladder[0].keys, ElementsAre("A1"));
  EXPECT_EQ(history.header.raw, worked_example().substr(0, worked_example().find('\n')));

  ASSERT_EQ(history.operations.size(), 2U);
  const Operation& second = history.operations[1];
  EXPECT_EQ(second.index, 1U);
  EXPECT_EQ(second.completion_index, 3U);
  EXPECT_EQ(second.process, 1);
  EXPECT_EQ(second.invoke_ns, 1200);
  EXPECT_EQ(second.complete_ns, 9500);
  EXPECT_EQ(second.scheduled_ns, -1);
  EXPECT_EQ(history.text(second.f), "acquire");
  EXPECT_EQ(history.text(second.key), "A1");
  EXPECT_EQ(second.error_class, kNoString);
  EXPECT_EQ(second.told, Completion::ok);
  EXPECT_TRUE(second.completed);
  EXPECT_FALSE(second.rejected);

  ASSERT_EQ(history.attempts_of(second).size(), 1U);
  const Attempt& attempt = history.attempts_of(second)[0];
  EXPECT_EQ(attempt.operation, 1U);
  EXPECT_EQ(attempt.number, 1U);
  EXPECT_EQ(attempt.start_ns, 1300);
  EXPECT_EQ(attempt.end_ns, 9400);
  EXPECT_EQ(attempt.backoff_ns, 0);
  EXPECT_EQ(history.text(attempt.id), "a-1-1-1");
  EXPECT_EQ(history.text(attempt.target), "main");
  EXPECT_EQ(attempt.sqlstate, kNoString);
  EXPECT_EQ(attempt.told, Completion::ok);
  EXPECT_EQ(attempt.phase, Phase::commit);
  EXPECT_EQ(attempt.outcome, Outcome::committed);
  EXPECT_EQ(attempt.evidence, Evidence::ledger);
  EXPECT_THAT(texts(history, 1), ElementsAre("r A1 free", "w A1 a-1-1-1"));

  ASSERT_EQ(history.ledger.size(), 2U);
  EXPECT_EQ(history.text(history.ledger[1].key), "A1");
  EXPECT_EQ(history.text(history.ledger[1].holder), "a-1-1-1");
  EXPECT_EQ(history.ledger[1].attempt, 1U);
  EXPECT_EQ(history.ledger[1].amount, 1);
  ASSERT_EQ(history.states.size(), 1U);
  EXPECT_EQ(history.text(history.states[0].key), "A1");
  EXPECT_EQ(history.text(history.states[0].value), "a-1-1-1");
  EXPECT_EQ(history.ledger_state, LedgerState::complete);
  EXPECT_FALSE(history.damage.cut);
  EXPECT_EQ(history.damage.dropped_bytes, 0U);
}

TEST(NativeReader, ListsAttemptsInTheOrderOfOperationsNotOfCompletions) {
  const History history = read_lines(
      R"({"index":0,"type":"invoke","process":0,"f":"acquire","time":1,"value":[["w","A",null]]}
{"index":1,"type":"invoke","process":1,"f":"acquire","time":2,"value":[["w","B",null]]}
{"index":2,"type":"invoke","process":2,"f":"acquire","time":3,"value":[["w","C",null]]}
{"index":3,"type":"ok","process":2,"f":"acquire","time":4,"value":[["w","C","c"]]}
{"index":4,"type":"ok","process":0,"f":"acquire","time":5,"value":[["w","A","a2"]],"attempts":[{"attempt":1,"id":"a1","type":"fail","value":[["w","A","a1"]]},{"attempt":2,"id":"a2","type":"ok"}]}
{"index":5,"type":"outcome","of":2,"attempt":1,"outcome":"committed","evidence":"ledger","holder":"c"}
{"index":6,"type":"outcome","of":0,"attempt":2,"outcome":"committed","evidence":"ledger"}
)");
  ASSERT_EQ(history.attempts.size(), 3U);
  EXPECT_THAT(texts(history, 0), ElementsAre("w A a1"));
  EXPECT_THAT(texts(history, 1), ElementsAre("w A a2"));
  EXPECT_THAT(texts(history, 2), ElementsAre("w C c"));
  EXPECT_EQ(history.operations[0].attempts_end, 2U);
  EXPECT_EQ(history.operations[1].attempts_begin, 2U);
  EXPECT_EQ(history.operations[2].attempts_begin, 2U);
  ASSERT_EQ(history.ledger.size(), 2U);
  EXPECT_EQ(history.ledger[0].attempt, 2U) << "rows move with their attempts";
  EXPECT_EQ(history.ledger[1].attempt, 1U);
}

TEST(NativeReader, GivesEachAttemptItsOwnMicroOpsAndTheLastTheOperations) {
  const History history = read_lines(
      R"({"index":0,"type":"invoke","process":0,"f":"buy","time":1,"value":[["r","A",null],["w","A",null]]}
{"index":1,"type":"fail","process":0,"f":"buy","time":90,"value":[["r","A","x"],["w","A",null]],"error":{"class":"rejected","message":"sold"},"attempts":[{"attempt":1,"id":"i1","target":"eu","type":"fail","start":10,"end":20,"backoff":5,"sqlstate":"40001","phase":"commit","value":[["r","A","free"],["w","A","i1"]]},{"attempt":2,"id":"i2","type":"info","start":30,"end":40},{"attempt":3,"id":"i3","type":"ok","start":50,"end":60}]}
)");
  ASSERT_EQ(history.attempts.size(), 3U);
  EXPECT_THAT(texts(history, 0), ElementsAre("r A free", "w A i1"));
  EXPECT_THAT(texts(history, 1), ElementsAre("r A -", "w A -"))
      << "what was asked for, where nobody says what it did";
  EXPECT_THAT(texts(history, 2), ElementsAre("r A x", "w A -"));
  const Attempt& first = history.attempts[0];
  EXPECT_EQ(first.told, Completion::fail);
  EXPECT_EQ(first.backoff_ns, 5);
  EXPECT_EQ(history.text(first.sqlstate), "40001");
  EXPECT_EQ(history.text(first.target), "eu");
  EXPECT_EQ(first.phase, Phase::commit);
  EXPECT_EQ(history.attempts[1].end_ns, kNever) << "info: its effect may appear at any time";
  EXPECT_EQ(history.attempts[2].end_ns, 60);
  EXPECT_EQ(history.attempts[2].number, 3U);
  EXPECT_TRUE(history.operations[0].rejected);
  EXPECT_EQ(history.operations[0].told, Completion::fail);
  EXPECT_EQ(history.text(history.operations[0].error_class), "rejected");
}

TEST(NativeReader, TakesAnOperationWithoutAttemptsForOne) {
  for (const char* attempts : {"", R"(,"attempts":[])", R"(,"attempts":null)"}) {
    const History history = read_lines(
        R"({"index":5,"type":"invoke","process":0,"f":"buy","time":10,"value":[["w","A",null]]}
{"index":7,"type":"fail","process":0,"f":"buy","time":20,"value":[["w","A","a"]],"error":{"class":"serialization","sqlstate":"40001","phase":"commit"})" +
        std::string{attempts} + "}\n");
    ASSERT_EQ(history.attempts.size(), 1U);
    const Attempt& attempt = history.attempts[0];
    EXPECT_EQ(attempt.start_ns, 10);
    EXPECT_EQ(attempt.end_ns, 20);
    EXPECT_EQ(attempt.id, kNoString);
    EXPECT_EQ(attempt.told, Completion::fail);
    EXPECT_EQ(attempt.phase, Phase::commit);
    EXPECT_EQ(history.text(attempt.sqlstate), "40001");
    EXPECT_EQ(attempt.outcome, Outcome::unresolved);
    EXPECT_EQ(attempt.evidence, Evidence::none);
    EXPECT_THAT(texts(history, 0), ElementsAre("w A a"));
    EXPECT_FALSE(history.operations[0].rejected);
  }
}

TEST(NativeReader, TakesARejectionForAnAttemptThatCommittedWithoutAWrite) {
  const History history = read_lines(
      R"({"index":0,"type":"invoke","process":0,"f":"buy","time":1,"value":[["r","A",null]]}
{"index":1,"type":"fail","process":0,"f":"buy","time":2,"value":[["r","A","x"]],"error":{"class":"rejected"}}
)");
  EXPECT_TRUE(history.operations[0].rejected);
  EXPECT_EQ(history.operations[0].told, Completion::fail);
  EXPECT_EQ(history.attempts[0].told, Completion::ok);
}

TEST(NativeReader, KeepsWhatWasInvokedWhereACompletionHasNoValue) {
  for (const char* value : {"", R"(,"value":null)"}) {
    const History history = read_lines(
        R"({"index":0,"type":"invoke","process":0,"f":"buy","time":1,"value":[["r","A",null],["w","A","x"]]}
{"index":1,"type":"info","process":0,"f":"buy","time":2)" +
        std::string{value} + "}\n");
    EXPECT_THAT(texts(history, 0), ElementsAre("r A -", "w A x"));
  }
}

TEST(NativeReader, LeavesOperationsThatNeverCompletedOpen) {
  const History history = read_lines(
      R"({"index":0,"type":"invoke","process":0,"f":"buy","time":5,"value":[["w","A","x"]]}
)");
  const Operation& operation = history.operations[0];
  EXPECT_FALSE(operation.completed);
  EXPECT_EQ(operation.told, Completion::info);
  EXPECT_EQ(operation.complete_ns, kNever);
  EXPECT_EQ(history.text(operation.key), "A");
  EXPECT_TRUE(history.attempts_of(operation).empty()) << "nobody told of its attempts";
}

TEST(NativeReader, NeverSaysWhenAnInfoEnded) {
  const History history = read_lines(
      R"({"index":0,"type":"invoke","process":0,"f":"buy","time":5,"value":[]}
{"index":1,"type":"info","process":0,"f":"buy","time":9,"value":[]}
)");
  EXPECT_TRUE(history.operations[0].completed);
  EXPECT_EQ(history.operations[0].completion_index, 1U);
  EXPECT_EQ(history.operations[0].complete_ns, kNever);
  EXPECT_EQ(history.attempts[0].end_ns, kNever);
}

TEST(NativeReader, TakesTheOrderOfLinesForTimeWhereNoneIsTold) {
  const History history = read_lines(R"({"index":3,"type":"invoke","process":0,"f":"buy","value":[]}
{"index":8,"type":"ok","process":0,"f":"buy","value":[]}
)");
  EXPECT_EQ(history.operations[0].invoke_ns, 3);
  EXPECT_EQ(history.operations[0].complete_ns, 8);
  EXPECT_EQ(history.attempts[0].start_ns, 3);
  EXPECT_EQ(history.attempts[0].end_ns, 8);
}

TEST(NativeReader, KeepsTheTimeAtWhichAnOpenLoopMeantToStart) {
  const History history = read_lines(
      R"({"index":0,"type":"invoke","process":0,"f":"buy","scheduled":4,"time":5,"value":[]}
)");
  EXPECT_EQ(history.operations[0].scheduled_ns, 4);
}

TEST(NativeReader, ReadsScalarsAsTextAndListsAsCompactJson) {
  const History history = read_lines(
      R"({"index":0,"type":"invoke","process":-1,"f":"t","time":1,"value":[["r",7,"7"],["w",-3,true],["count","\u0041",false],["insert",null,""],["r","x", [1, "a b", [null]]],["w","big",123456789012345678901234567890],["r","z",-0]]}
{"index":1,"type":"ok","process":-1,"f":"t","time":2}
)");
  EXPECT_EQ(history.operations[0].process, -1);
  EXPECT_THAT(texts(history, 0), ElementsAre("r 7 7", "w -3 true", "count A false", "insert - ",
                                             R"(r x [1,"a b",[null]])",
                                             "w big 123456789012345678901234567890", "r z 0"));
  EXPECT_EQ(history.micro_ops[0].key, history.micro_ops[0].value) << "7 and \"7\" are one value";
}

TEST(NativeReader, UsesAProcessAgainUnlessItEndedInAnInfo) {
  const History history = read_lines(R"({"index":0,"type":"invoke","process":0,"f":"buy"}
{"index":1,"type":"ok","process":0,"f":"buy"}
{"index":2,"type":"invoke","process":0,"f":"buy"}
{"index":3,"type":"fail","process":0,"f":"buy"}
{"index":4,"type":"invoke","process":0,"f":"buy"}
{"index":5,"type":"info","process":0,"f":"buy"}
)");
  EXPECT_EQ(history.operations.size(), 3U);
}

TEST(NativeReader, KeepsWhatTheDatabaseHoldsApartFromWhatClientsWereTold) {
  const History history = read_lines(
      R"({"index":0,"type":"invoke","process":0,"f":"buy","time":1,"value":[["w","A",null]]}
{"index":1,"type":"fail","process":0,"f":"buy","time":2,"value":[["w","A","a"]],"attempts":[{"attempt":1,"id":"a","type":"fail"}]}
{"index":2,"type":"invoke","process":1,"f":"buy","time":3,"value":[["w","B","b"]]}
{"index":3,"type":"outcome","of":0,"attempt":1,"outcome":"committed","evidence":"ledger","key":"K","holder":"h","amount":-2}
{"index":4,"type":"outcome","of":0,"attempt":1,"outcome":"committed","evidence":"ledger"}
{"index":5,"type":"outcome","of":2,"attempt":1,"outcome":"aborted","evidence":"ledger-absent"}
{"index":6,"type":"ledger","key":"A","holder":"somebody"}
{"index":7,"type":"ledger","key":7,"holder":null,"amount":3}
{"index":8,"type":"state","key":"A","value":"a"}
{"index":9,"type":"state","key":"stock","value":99}
)");
  EXPECT_EQ(history.operations[0].told, Completion::fail);
  EXPECT_EQ(history.attempts[0].told, Completion::fail);
  EXPECT_EQ(history.attempts[0].outcome, Outcome::committed);
  EXPECT_EQ(history.attempts[1].outcome, Outcome::aborted) << "also of an open operation";
  EXPECT_EQ(history.attempts[1].evidence, Evidence::ledger_absent);
  EXPECT_THAT(texts(history, 1), ElementsAre("w B b"));

  ASSERT_EQ(history.ledger.size(), 4U);
  EXPECT_EQ(history.text(history.ledger[0].key), "K");
  EXPECT_EQ(history.text(history.ledger[0].holder), "h");
  EXPECT_EQ(history.ledger[0].amount, -2);
  EXPECT_EQ(history.text(history.ledger[1].key), "A") << "the operation's, where the row is silent";
  EXPECT_EQ(history.text(history.ledger[1].holder), "a");
  EXPECT_EQ(history.ledger[1].attempt, 0U);
  EXPECT_EQ(history.text(history.ledger[2].holder), "somebody");
  EXPECT_EQ(history.ledger[2].attempt, kNoPosition);
  EXPECT_EQ(history.text(history.ledger[3].key), "7");
  EXPECT_EQ(history.ledger[3].holder, kNoString);
  EXPECT_EQ(history.ledger[3].amount, 3);
  ASSERT_EQ(history.states.size(), 2U);
  EXPECT_EQ(history.text(history.states[1].value), "99");
}

TEST(NativeReader, LetsALaterOutcomeResolveAnUnresolvedOne) {
  const std::string run = R"({"index":0,"type":"invoke","process":0,"f":"buy"}
{"index":1,"type":"info","process":0,"f":"buy"}
)";
  const std::string none =
      R"("type":"outcome","of":0,"attempt":1,"outcome":"unresolved","evidence":"none"})"
      "\n";
  const std::string status =
      R"("type":"outcome","of":0,"attempt":1,"outcome":"aborted","evidence":"xact-status"})"
      "\n";
  for (const std::string& lines : {R"({"index":2,)" + none + R"({"index":3,)" + status,
                                   R"({"index":2,)" + status + R"({"index":3,)" + none}) {
    const History history = read_lines(run + lines);
    EXPECT_EQ(history.attempts[0].outcome, Outcome::aborted);
    EXPECT_EQ(history.attempts[0].evidence, Evidence::xact_status);
  }
}

TEST(NativeReader, BelievesThatALedgerIsWholeOnlyIfTheEndSaysSo) {
  const auto state_of = [](const std::string& lines) { return read_lines(lines).ledger_state; };
  const std::string row = R"({"index":0,"type":"ledger","key":"A","holder":"h"})"
                          "\n";
  const std::string end = R"({"schema":"witness.history/1","end":true)";
  EXPECT_EQ(state_of(""), LedgerState::none);
  EXPECT_EQ(state_of(row), LedgerState::partial) << "the file was cut";
  EXPECT_EQ(state_of(end + "}\n"), LedgerState::none);
  EXPECT_EQ(state_of(row + end + "}\n"), LedgerState::partial);
  EXPECT_EQ(state_of(row + end + R"(,"ledger":"none"})" + "\n"), LedgerState::none);
  EXPECT_EQ(state_of(row + end + R"(,"ledger":"partial"})" + "\n"), LedgerState::partial);
  EXPECT_EQ(state_of(row + end + R"(,"ledger":"complete"})" + "\n"), LedgerState::complete);
}

TEST(NativeReader, IgnoresUnknownFieldsAndTypes) {
  const History history = parse_history(
      R"({"schema":"witness.history/1.7","workload":"seat","new":{"deep":[1,{"x":null}]},"target":[{"name":"a","port":5432}],"ladder":[{"clients":3,"keys":[1,"b"],"new":0}]}
{"index":0,"type":"invoke","process":0,"f":"buy","new":[1.5e300,"\ud83d\ude00"],"attempts":"none yet"}
{"type":"annotation","process":"x","index":"y"}
{"index":1,"type":"ok","process":0,"f":"buy","error":{"class":"odd","hint":{"a":[]}},"attempts":[{"attempt":1,"type":"ok","rows":[1],"class":"x","new":{}}]}
{"schema":"witness.history/1","end":true,"operations":1,"new":1}
)",
      "test");
  EXPECT_EQ(history.operations.size(), 1U);
  EXPECT_EQ(history.header.targets[0].name, "a");
  EXPECT_THAT(history.header.ladder[0].keys, ElementsAre("1", "b"));
  EXPECT_FALSE(history.damage.cut);
}

TEST(NativeReader, TakesFieldsInAnyOrderAndWhiteSpaceAnywhere) {
  const History history = parse_history(
      "\xEF\xBB\xBF { \"workload\" : \"drop\" , \"initial\" : 100 , \"schema\" : "
      "\"witness.history/1\" }\r\n"
      "\r\n"
      "\t{ \"value\" : [ [ \"w\" , \"A\" , null ] ] , \"process\" : 4 , \"type\" : \"invoke\" , "
      "\"index\" : 0 }\r\n"
      " {\t\"index\" : 1 , \"process\" : 4 , \"type\" : \"ok\" } \n"
      "   \n",
      "test");
  EXPECT_EQ(history.header.workload, "drop");
  EXPECT_EQ(history.header.initial, "100");
  ASSERT_EQ(history.operations.size(), 1U);
  EXPECT_EQ(history.operations[0].process, 4);
  EXPECT_THAT(texts(history, 0), ElementsAre("w A -"));
}

TEST(NativeReader, ReadsAFileByItsContentWhateverItsName) {
  const std::filesystem::path path =
      std::filesystem::path{testing::TempDir()} / ("native-" + std::to_string(::getpid()));
  std::ofstream{path} << worked_example();
  const History history = read_history(path.string());
  std::filesystem::remove(path);
  EXPECT_EQ(history.name, path.string());
  EXPECT_EQ(history.operations.size(), 2U);
}

}  // namespace
}  // namespace witness
