/// Every rule of FORMAT.md that a file can break, and the message that it earns.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "witness/error.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

std::string message_of(const std::string& text, const ReadOptions& options = {}) {
  try {
    parse_history(text, "f", options);
  } catch (const InputError& error) {
    return error.what();
  }
  return "it was read";
}

/// Lines of a file after its header. The last one is at fault; `^` stands before
/// the place where the caret should be, and is not part of the line.
struct IllFormed {
  std::vector<std::string> lines;
  std::string rule;
  std::string note;
};

void expect_refused(std::span<const IllFormed> cases,
                    const std::string& header = R"({"schema":"witness.history/1"})") {
  for (const IllFormed& expected : cases) {
    std::string text = header;
    std::string line = header;
    std::size_t column = 0;
    for (const std::string& marked : expected.lines) {
      line = marked;
      column = line.find('^') + 1;
      if (column > 0) line.erase(column - 1, 1);
      text += '\n' + line;
    }
    ASSERT_GT(column, 0U) << "no ^ in " << line;
    const InputError error{
        "f", {expected.lines.size() + 1, column}, expected.rule, line, expected.note};
    EXPECT_EQ(message_of(text + '\n'), error.what()) << line;
  }
}

const std::string kInvoke =
    R"({"index":0,"type":"invoke","process":0,"f":"buy","time":5,"value":[["w","A",null]]})";
const std::string kOk = R"({"index":1,"type":"ok","process":0,"f":"buy","time":9})";
const std::string kInfo = R"({"index":1,"type":"info","process":0,"f":"buy","time":9})";

TEST(IllFormed, LooksLikeThisOnATerminal) {
  EXPECT_EQ(message_of(R"({"schema":"witness.history/1"}
{"index":0,"type":"invoke","process":3,"f":"buy","value":[]}
{"index":1,"type":"invoke","process":3,"f":"buy","value":[]}
)"),
            R"(f:3:38: process 3 has an open operation already; it must complete first
  {"index":1,"type":"invoke","process":3,"f":"buy","value":[]}
                                       ^ invoked at line 2)");
}

TEST(IllFormed, MalformedJson) {
  const IllFormed cases[] = {
      {{R"({"index":0,"type":"invoke" ^"process":0})"}, "a comma or } should stand here", ""},
      {{R"({"index":0,"type":"invoke","process":0,^})"},
       "a field's name in double quotes should stand here",
       ""},
      {{R"({"index":0,"type":"invoke","process":0^)"}, "the line ends inside an object", ""},
      {{R"({"index":0,"type":"invoke","process":^})"}, "a JSON value should stand here", ""},
      {{R"({"index":0,"type":^"invoke})"}, "this string has no end", ""},
      {{R"({"index":0,"type":"invoke","process":0} ^x)"},
       "nothing may follow the value on its line",
       ""},
      {{"{\"index\":0,\"type\":\"inv^\xFFoke\"}"}, "this is not UTF-8", ""},
      {{"{\"index\":0,\"type\":\"invoke\",\"note\":\"^\xC3(\"}"}, "this is not UTF-8", ""},
      {{"{\"index\":0,\"type\":\"invoke\",\"note\":\"a^\x01\"}"},
       "a control character must be escaped in a string",
       ""},
      {{R"({"index":0,"type":"invoke","process":^01})"}, "a number may not begin with 0", ""},
      {{R"({"index":0,"type":"other","hidden":[1,2^}})"}, "a comma or ] should stand here", ""},
      {{R"({"index":0,"type":"invoke","process":0,"hidden":{"a"^}})"},
       "a colon should stand between a field and its value",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"f":"^\udc00"})"},
       "half of a surrogate pair is no character",
       ""},
      {{R"({"index":0,"type":"invoke","process":^nul})"}, "a JSON value should stand here", ""},
      {{R"(^[{"index":0}])"}, "a line must be a JSON object", ""},
      {{R"(^7)"}, "a line must be a JSON object", ""},
      {{std::string{"^"} + '\0'}, "a JSON value should stand here", ""},
      {{std::string(512, '[').insert(0, R"({"type":"x","a":)").insert(16 + 511, "^")},
       "nested deeper than 512 levels",
       ""},
  };
  expect_refused(cases);
}

TEST(IllFormed, WrongTypes) {
  const IllFormed cases[] = {
      {{R"({"index":0,"type":"invoke","process":^"zero"})"},
       R"("process" must be an integer, not a string)",
       ""},
      {{R"({"index":0,"type":"invoke","process":^1.5})"},
       R"("process" must be an integer, not a fraction)",
       ""},
      {{R"({"index":0,"type":"invoke","process":^9223372036854775808})"},
       R"("process" must be an integer, in 64 bits)",
       ""},
      {{R"({"index":^-1,"type":"invoke","process":0})"},
       R"("index" must be an integer that is not negative, not a negative number)",
       ""},
      {{R"({"index":^true,"type":"invoke","process":0})"},
       R"("index" must be an integer that is not negative, not a boolean)",
       ""},
      {{R"({"index":^null,"type":"invoke","process":0})"},
       R"("index" must be an integer that is not negative, not null)",
       ""},
      {{R"({"index":0,"type":^7,"process":0})"}, R"("type" must be a string, not a number)", ""},
      {{R"({"index":0,"type":"invoke","process":0,"f":^[]})"},
       R"("f" must be a string, not a list)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"time":^-5})"},
       R"("time" must be an integer that is not negative, not a negative number)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"time":^9223372036854775807})"},
       R"("time" is later than any clock can show)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":^"x"})"},
       R"("value" must be a list, not a string)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":^{}})"},
       R"("value" must be a list, not an object)",
       ""},
      {{kInvoke, R"({"index":1,"type":"ok","process":0,"time":9,"attempts":^7})"},
       R"("attempts" must be a list, not a number)",
       ""},
      {{kInvoke, R"({"index":1,"type":"ok","process":0,"time":9,"attempts":[^7]})"},
       R"("attempts" must be an object, not a number)",
       ""},
      {{kInvoke, R"({"index":1,"type":"ok","process":0,"time":9,"error":^"x"})"},
       R"("error" must be an object, not a string)",
       ""},
      {{R"({"index":0,"type":"state","key":"A","value":^[]})"},
       R"("value" must be a string, an integer, a boolean or null, not a list)",
       ""},
      {{R"({"schema":"witness.history/1","end":^1})"},
       R"("end" must be true or false, not a number)",
       ""},
  };
  expect_refused(cases);
}

TEST(IllFormed, MicroOperations) {
  const IllFormed cases[] = {
      {{R"({"index":0,"type":"invoke","process":0,"value":[^"r"]})"},
       R"("value" must be a list of [kind, key, value], not a string)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[^["r","A"]]})"},
       "a micro-operation has three parts: [kind, key, value]",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[["r","A",1,^2]]})"},
       "a micro-operation has three parts: [kind, key, value]",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[^[]]})"},
       "a micro-operation has three parts: [kind, key, value]",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[[^"cas","A",1]]})"},
       R"(unknown micro-operation "cas"; it must be r, w, count or insert)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[[^1,"A",1]]})"},
       R"("kind" must be a string, not a number)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[["r",^[],1]]})"},
       R"("key" must be a string, an integer, a boolean or null, not a list)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[["r","A",^0.5]]})"},
       R"("value" must be a string, an integer, a boolean or null, not a fraction)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[["r","A",^{}]]})"},
       R"("value" must be a string, an integer, a boolean or null, not an object)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"value":[["r","A",[1 ^2]]]})"},
       "a comma or ] should stand here",
       ""},
  };
  expect_refused(cases);
}

TEST(IllFormed, UnknownWordsAndMissingFields) {
  const IllFormed cases[] = {
      {{R"(^{"index":0,"process":0})"}, R"(a line needs the field "type")", ""},
      {{R"({"type":^"invoke","process":0})"}, R"(an invocation needs the field "index")", ""},
      {{R"({"index":0,"type":^"invoke"})"}, R"(an invocation needs the field "process")", ""},
      {{R"({"index":0,"type":^"ok"})"}, R"(a completion needs the field "process")", ""},
      {{R"({"index":0,"type":^"outcome","attempt":1})"}, R"(an outcome needs the field "of")", ""},
      {{R"({"index":0,"type":^"ledger","holder":"h"})"},
       R"(a ledger row needs the field "key")",
       ""},
      {{R"({"index":0,"type":^"state","key":"A"})"}, R"(a state needs the field "value")", ""},
      {{kInvoke, R"({"index":1,"type":"ok","process":0,"time":9,"attempts":[^{"type":"ok"}]})"},
       R"(an attempt needs the field "attempt")",
       ""},
      {{kInvoke, R"({"index":1,"type":"ok","process":0,"time":9,"attempts":[^{"attempt":1}]})"},
       R"(an attempt needs the field "type")",
       ""},
      {{kInvoke,
        R"({"index":1,"type":"ok","process":0,"time":9,"attempts":[{"attempt":1,"type":^"done"}]})"},
       R"(unknown type "done"; it must be ok, fail or info)",
       ""},
      {{kInvoke, R"({"index":1,"type":"info","process":0,"time":9,"error":{"phase":^"begin"}})"},
       R"(unknown phase "begin"; it must be connect, statement or commit)",
       ""},
      {{R"({"index":0,"type":"outcome","of":0,"attempt":1,"outcome":^"lost"})"},
       R"(unknown outcome "lost"; it must be committed, aborted or unresolved)",
       ""},
      {{R"({"index":0,"type":"outcome","of":0,"attempt":1,"evidence":^"rumour"})"},
       "unknown evidence \"rumour\"; it must be "
       "ledger, ledger-absent, xact-status, acknowledged or none",
       ""},
      {{R"({"schema":"witness.history/1","end":true,"ledger":^"most"})"},
       R"(unknown ledger "most"; it must be none, partial or complete)",
       ""},
      {{R"({"index":0,"type":"invoke","process":0,"process":^1})"},
       R"(the field "process" stands twice)",
       ""},
  };
  expect_refused(cases);
}

TEST(IllFormed, Pairing) {
  const IllFormed cases[] = {
      {{R"({"index":0,"type":"ok","process":^0,"f":"buy"})"},
       "process 0 completes an operation that it never invoked",
       ""},
      {{kInvoke, kOk, R"({"index":2,"type":"ok","process":^0,"f":"buy","time":9})"},
       "process 0 completes an operation that it never invoked",
       "completed at line 3"},
      {{kInvoke, R"({"index":1,"type":"invoke","process":^0,"f":"buy","time":6})"},
       "process 0 has an open operation already; it must complete first",
       "invoked at line 2"},
      {{kInvoke, kInfo, R"({"index":2,"type":"invoke","process":^0,"f":"buy","time":10})"},
       "process 0 ended in an info; its number may not be used again",
       "info at line 3"},
      {{kInvoke, R"({"index":^0,"type":"ok","process":0,"f":"buy","time":9})"},
       "index must grow from line to line",
       "0 stands above"},
      {{kInvoke, R"({"index":1,"type":"ok","process":0,"f":^"sell","time":9})"},
       "f differs from that of the invocation",
       "invoked at line 2"},
      {{kInvoke, R"({"index":1,"type":"ok","process":0,"f":"buy","time":^4})"},
       "an operation cannot end before it began",
       "invoked at line 2"},
      {{kInvoke, R"({"index":1,"type":^"ok","process":0,"f":"buy"})"},
       "either all operations have a time or none has",
       ""},
      {{R"({"index":0,"type":"invoke","process":0})",
        R"({"index":1,"type":"ok","process":0,"time":^9})"},
       "either all operations have a time or none has",
       ""},
  };
  expect_refused(cases);
}

TEST(IllFormed, Attempts) {
  const auto with = [](const std::string& attempts) {
    return std::vector<std::string>{
        kInvoke, R"({"index":1,"type":"ok","process":0,"time":9,"attempts":[)" + attempts + "]}"};
  };
  const IllFormed cases[] = {
      {with(R"({"attempt":^2,"type":"ok"})"), "attempts count from 1, in order",
       "this should be 1"},
      {with(R"({"attempt":1,"type":"fail"},{"attempt":^1,"type":"ok"})"),
       "attempts count from 1, in order", "this should be 2"},
      {with(R"({"attempt":1,"type":"ok","start":8,"end":^7})"),
       "an attempt cannot end before it began", ""},
      {with(R"({"attempt":1,"type":"ok","rows":[1,1^})"), "a comma or ] should stand here", ""},
  };
  expect_refused(cases);
}

TEST(IllFormed, Outcomes) {
  const std::string kCommitted =
      R"({"index":2,"type":"outcome","of":0,"attempt":1,"outcome":"committed","evidence":"ledger"})";
  const IllFormed cases[] = {
      {{kInvoke, kOk,
        R"({"index":2,"type":"outcome","of":^1,"attempt":1,"outcome":"aborted","evidence":"xact-status"})"},
       "no operation was invoked at index 1",
       ""},
      {{kInvoke, kOk,
        R"({"index":2,"type":"outcome","of":0,"attempt":^2,"outcome":"aborted","evidence":"xact-status"})"},
       "operation 0 has no such attempt",
       "it has 1"},
      {{kInvoke, kOk,
        R"({"index":2,"type":"outcome","of":0,"attempt":^0,"outcome":"aborted","evidence":"xact-status"})"},
       "operation 0 has no such attempt",
       "it has 1"},
      {{kInvoke,
        R"({"index":2,"type":"outcome","of":0,"attempt":^2,"outcome":"aborted","evidence":"xact-status"})"},
       "operation 0 has no such attempt",
       "it never completed: one"},
      {{kInvoke, kOk, kCommitted,
        R"({"index":3,"type":"outcome","of":0,"attempt":1,"outcome":^"aborted","evidence":"xact-status"})"},
       "one attempt cannot be both committed and aborted",
       "committed at line 4"},
      {{kInvoke, kOk,
        R"({"index":2,"type":"outcome","of":0,"attempt":1,"outcome":"aborted","evidence":^"ledger"})"},
       R"(evidence "ledger" contradicts outcome "aborted")",
       ""},
      {{kInvoke, kOk,
        R"({"index":2,"type":"outcome","of":0,"attempt":1,"outcome":"committed","evidence":^"ledger-absent"})"},
       R"(evidence "ledger-absent" contradicts outcome "committed")",
       ""},
      {{kInvoke, kOk,
        R"({"index":2,"type":"outcome","of":0,"attempt":1,"outcome":"committed","evidence":^"none"})"},
       R"(evidence "none" contradicts outcome "committed")",
       ""},
      {{kInvoke, kCommitted, R"({"index":3,"type":"ok","process":^0,"f":"buy","time":9})"},
       "operation 0 completes after its outcome was told",
       "outcome at line 3"},
  };
  expect_refused(cases);
}

TEST(IllFormed, TheEnd) {
  const std::string kEnd = R"({"schema":"witness.history/1","end":true})";
  const IllFormed cases[] = {
      {{kInvoke, R"({"schema":"witness.history/1","end":true,"operations":^2})"},
       "the file holds another number of operations than its end says",
       "1 were invoked"},
      {{kEnd, "^" + kInvoke}, "a line after the end of the history", "it ended at line 2"},
      {{kInvoke, R"({"schema":^"witness.history/1","workload":"seat"})"},
       "a second header; one file holds one history",
       ""},
  };
  expect_refused(cases);
}

TEST(IllFormed, NotANativeHistory) {
  const std::string rule =
      R"(not a witness history: its first line should be {"schema":"witness.history/1",…})";
  const auto refusal = [&](const std::string& line) {
    return std::string{InputError("f", {1, 1}, rule, line).what()};
  };
  for (const std::string& line :
       {std::string{"hello"}, std::string{R"({"type":"invoke","process":0})"},
        std::string{R"([{"type":"invoke"}])"}, std::string{"{:type :invoke, :f :txn}"},
        std::string{"\x7F"
                    "ELF\x02\x01"},
        std::string{"7"}, std::string{R"({"schema":7})"}, std::string{R"({"a":"{\"schema\""})"}}) {
    const ReadOptions native{.format = "native"};
    EXPECT_EQ(message_of(line + "\nmore\n", native), refusal(line));
    EXPECT_EQ(message_of(line, native), refusal(line)) << "also without a line feed";
  }
  EXPECT_EQ(message_of("\n"), InputError("f", {1, 1}, rule).what());
}

TEST(IllFormed, AnotherSchema) {
  const std::string rule = R"(this program reads witness.history/1, not )";
  for (const char* schema :
       {"witness.history/2", "witness.history/10", "witness.verdict/1", "witness.history/"}) {
    const std::string line = std::string{R"({"schema":")"} + schema + R"(","seed":"new type"})";
    EXPECT_EQ(message_of(line + "\n"),
              InputError("f", {1, 12}, rule + '"' + schema + '"', line).what());
  }
}

TEST(IllFormed, Headers) {
  const auto refusal = [](const std::string& marked, const std::string& rule) {
    std::string line = marked;
    const std::size_t at = line.find('^');
    line.erase(at, 1);
    EXPECT_EQ(message_of(line + "\n"), InputError("f", {1, at + 1}, rule, line).what());
  };
  refusal(R"({"schema":"witness.history/1","seed":^"7"})",
          R"("seed" must be an integer that is not negative, not a string)");
  refusal(R"({"schema":"witness.history/1","workload":^1})",
          R"("workload" must be a string, not a number)");
  refusal(R"({"schema":"witness.history/1","target":^{}})",
          R"("target" must be a list, not an object)");
  refusal(R"({"schema":"witness.history/1","ladder":[{"clients":8,"keys":[^{}]}]})",
          R"("keys" must be a string, an integer, a boolean or null, not an object)");
  refusal(R"({"schema":"witness.history/1","options":{"a":^}})", "a JSON value should stand here");
  refusal(R"({"schema":"witness.history/1",^)", "the line ends inside an object");
}

}  // namespace
}  // namespace witness
