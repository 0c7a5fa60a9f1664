/// Verdicts as they are shown.
#include "witness/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "checker/report/columns.hpp"
#include "checker/words.hpp"
#include "tests/checker/history_text.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

using ::testing::HasSubstr;
using testing::history_of;
using ::testing::Not;

History sold_twice() {
  History history = history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 2-8 ok committed: r A1 free, w A1 b
op 2 3-9 rejected: r A1 a
state A1 b)");
  history.header.targets = {{"main", "PostgreSQL 15.18", "read committed"}};
  history.header.ladder = {testing::rung(8, {"A1"})};
  return history;
}

TEST(TextReport, ShowsAViolationWithItsReasonsAndWhatToTypeNext) {
  EXPECT_EQ(text_report(check(sold_twice())), R"(✗ VIOLATED  test.jsonl
  double-acquisition on A1 (1 acquisition too many); hidden-by-convergence on the same; lost-update
  on the same

  clients  confirmed  told ok  rejected  errors  unknown  oversold  max retries
        8          2        2         1       0        0         1            0

double-acquisition (1 case) on A1
  A1 was sold 2 times: the committed ledger holds a, b (operations 0, 1)

hidden-by-convergence (1 case) on A1
  the table shows A1 = b and nothing else; the ledger holds a, b

lost-update (1 case) on A1
  a, b read A1 = free, and each replaced it: all but one were lost
    Let   T1 = operation 0, T2 = operation 1
    Then  T1 < T2 (rw): a read A1 = free, and b replaced it by b
    but   T2 < T1 (rw): b read A1 = free, and a replaced it by a - a contradiction

G-single-item (1 case) on A1

claims  ✗ at-most-one-acquisition   ✓ reconciled   ✗ linearizable   ✗ strict-serializable
models  strongest not ruled out: strong-read-committed; ruled out: cursor-stability (lost-update),
        update-atomic (lost-update) and all above
notes
  - isolation: PostgreSQL 15.18 ran at read committed; what is shown is shown for these single-key
    transactions; it says nothing of other transactions at this level, where reads that are followed
    by unguarded writes lose updates
  - exercised: 3 transactions met another one in time on the same key; 3 dependencies were found
not checked
  - predicate reads: no transaction of this history makes any
  - transactions over several keys: there are none in this history
next    witness check test.jsonl --explain 20
)");
}

TEST(TextReport, ShowsAValidVerdictWithWhatItDoesNotSay) {
  History history = history_of(R"(
drop 2 2 complete
op 0 1-9 ok committed: count P 0, insert P a
op 1 2-9 ok committed: count P 1, insert P b
op 2 3-12 rejected: count P 2)");
  history.header.targets = {{"main", "PostgreSQL 15.18", "serializable"}};
  EXPECT_EQ(text_report(check(history)), R"(✓ LINEARIZABLE  test.jsonl
  every claim holds: 2 acquisitions on 1 key in 3 operations; 3 transactions met another one in time

  clients  confirmed  told ok  rejected  errors  unknown  oversold  max retries
        3          2        2         1       0        0         0            0

claims  ✓ at-most-N-acquisitions   ✓ reconciled   ✓ linearizable   ✓ strict-serializable
models  strongest not ruled out: strict-serializable
notes
  - isolation: PostgreSQL 15.18 ran at serializable; what is shown is shown for these single-key
    transactions; that level promises a serial order for all transactions, and promises nothing of
    real time
  - exercised: 3 transactions met another one in time on the same key; 4 dependencies were found
not checked
  - transactions over several keys: there are none in this history
  - stock-conserved: no transaction of this history writes a stock
)");
}

TEST(TextReport, NoLineIsWiderThanItsColumnsWhateverTheKeysAre) {
  const std::vector<std::string> hostile = {
      "\x1b[2J\x1b[31mred",
      std::string(3'000, 'k'),
      "席席席席席席席席席席席席席席席席席席席席席席席席席席席",
      "a b\tc\nd",
      "\xff\xfe\x80 not utf-8 \xc3",
      "e\u0301e\u0301\u202Eevil\u2066",
  };
  for (const int width : {40, 72, 100}) {
    for (const std::string& key : hostile) {
      History history = sold_twice();
      for (const MicroOp& op : history.micro_ops) ASSERT_NE(op.key, kNoString);
      const StringId id = history.strings.intern(key);
      for (MicroOp& op : history.micro_ops) op.key = id;
      for (Operation& operation : history.operations) operation.key = id;
      for (Attempt& attempt : history.attempts) attempt.id = id;
      history.name = key;
      history.header.targets[0].server = key;
      const Verdict verdict = check(history);
      const std::string text = text_report(verdict, {false, 20, width});
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << line;
        EXPECT_EQ(escaped(line), line);
      }
      EXPECT_LE(display_width(summary_line(verdict, {false, 3, width})),
                static_cast<std::size_t>(width));
    }
  }
}

TEST(TextReport, ColourIsNeverAlone) {
  const Verdict verdict = check(sold_twice());
  const std::string colored = text_report(verdict, {true, 3, 100});
  EXPECT_THAT(colored, HasSubstr("\x1b[1;31m✗ VIOLATED\x1b[0m"));
  EXPECT_THAT(text_report(verdict), Not(HasSubstr("\x1b")));
  EXPECT_EQ(summary_line(verdict).substr(0, 27), "✗ VIOLATED  test.jsonl  d");
}

TEST(JsonReport, HasTheFieldsOfTheContract) {
  const auto json = nlohmann::json::parse(json_report(check(sold_twice())));
  EXPECT_EQ(json["schema"], "witness.verdict/1");
  EXPECT_EQ(json["history"], "test.jsonl");
  EXPECT_EQ(json["verdict"], "violated");
  EXPECT_EQ(json["valid"], false);
  EXPECT_EQ(json["keys"], nlohmann::json({"A1"}));
  EXPECT_EQ(json["claims"][0],
            nlohmann::json({{"claim", "at-most-one-acquisition"}, {"holds", false}}));
  EXPECT_EQ(json["models"]["strongest"], nlohmann::json({"strong-read-committed"}));
  EXPECT_EQ(json["anomalies"][0]["type"], "double-acquisition");
  EXPECT_EQ(json["anomalies"][2]["steps"][0]["dependency"], "rw");
  EXPECT_EQ(json["anomalies"][2]["steps"][0]["from"], 0);
  EXPECT_EQ(json["counts"]["oversold"], 1);
  EXPECT_EQ(json["score"][0]["clients"], 8);
  EXPECT_TRUE(json["not_checked"].is_array());
}

TEST(JsonReport, SaysUnknownInWordsAndUndecidedAsNull) {
  const auto json = nlohmann::json::parse(json_report(check(history_of("seat free 1 none\n"))));
  EXPECT_EQ(json["valid"], "unknown");
  EXPECT_TRUE(json["claims"][0]["holds"].is_null());
  EXPECT_EQ(json["claims"][0]["why"], "the history holds no operation");
}

TEST(JsonReport, BytesThatAreNoTextDoNotBreakIt) {
  History history = sold_twice();
  history.name = "\xff\xfe";
  EXPECT_NO_THROW(nlohmann::json::parse(json_report(check(history))));
}

TEST(Escaped, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(escaped("A1 ✓ 席"), "A1 ✓ 席");
  EXPECT_EQ(escaped("\x1b[2J"), "\\x1B[2J");
  EXPECT_EQ(escaped("\xff"), "\\xFF");
  EXPECT_EQ(escaped("\u009b"), "\\xC2\\x9B");
  EXPECT_EQ(escaped("\u202e"), "\\xE2\\x80\\xAE");
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xED\\xA0\\x80");
}

TEST(Words, NaturalOrderPutsA2BeforeA10) {
  EXPECT_TRUE(natural_less("A2", "A10"));
  EXPECT_FALSE(natural_less("A10", "A2"));
  EXPECT_TRUE(natural_less("A9", "B1"));
  EXPECT_TRUE(natural_less("A", "A1"));
  EXPECT_FALSE(natural_less("A1", "A1"));
  EXPECT_TRUE(natural_less("A01", "A1") != natural_less("A1", "A01"));
}

TEST(Words, ListsEnd) {
  EXPECT_EQ(list({"a", "b"}), "a, b");
  EXPECT_EQ(list({"a", "b", "c", "d", "e"}, 2), "a, b, … and 3 more");
  EXPECT_EQ(duration(1'200'000), "1.2 ms");
}

}  // namespace
}  // namespace witness
