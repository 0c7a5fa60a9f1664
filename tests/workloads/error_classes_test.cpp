// The table of errors, held line by line against what each line must mean.
#include "workloads/error_classes.hpp"

#include <gtest/gtest.h>

#include <set>

namespace witness {
namespace {

using enum ErrorKind;
constexpr auto kFail = Completion::fail;
constexpr auto kInfo = Completion::info;
constexpr auto kOk = Completion::ok;

/// What a client may conclude, phase by phase. Written from the meaning of the codes, not from
/// the table.
struct Expectation {
  std::string state;
  ErrorKind kind;
  Completion before_commit;
  Completion at_commit_on_postgresql;
  Completion at_commit_elsewhere;
  bool retry_before_commit;
};

const std::vector<Expectation> kExpectations = {
    {"40001", conflict, kFail, kFail, kFail, true},
    {"40P01", conflict, kFail, kFail, kFail, true},
    {"40000", conflict, kFail, kFail, kFail, true},
    {"40002", constraint, kFail, kFail, kFail, false},
    {"40003", connection, kInfo, kInfo, kInfo, false},
    {"OC000", conflict, kFail, kFail, kFail, true},
    {"OC001", schema_conflict, kFail, kFail, kFail, true},
    {"08007", connection, kInfo, kInfo, kInfo, false},
    {"08001", connection, kFail, kInfo, kInfo, true},
    {"08004", connection, kFail, kInfo, kInfo, true},
    {"08006", connection, kFail, kInfo, kInfo, true},
    {"08P01", connection, kFail, kInfo, kInfo, true},
    {"22001", constraint, kFail, kFail, kFail, false},
    {"23505", constraint, kFail, kFail, kFail, false},
    {"25006", read_only, kFail, kFail, kFail, false},
    {"25P02", constraint, kFail, kFail, kFail, false},
    {"25P03", timeout, kFail, kInfo, kInfo, true},
    {"25P04", timeout, kFail, kInfo, kInfo, true},
    {"28P01", connection, kFail, kInfo, kInfo, false},
    {"0A000", constraint, kFail, kFail, kFail, false},
    {"3B001", constraint, kFail, kFail, kFail, false},
    {"42P01", constraint, kFail, kFail, kFail, false},
    {"44000", constraint, kFail, kFail, kFail, false},
    {"53100", resources, kFail, kFail, kInfo, false},
    {"53200", resources, kFail, kFail, kInfo, true},
    {"53300", resources, kFail, kFail, kInfo, true},
    {"53400", resources, kFail, kFail, kInfo, true},
    {"54000", resources, kFail, kFail, kInfo, false},
    {"55P03", lock, kFail, kFail, kInfo, true},
    {"57014", timeout, kFail, kFail, kInfo, true},
    {"57P01", shutdown, kFail, kInfo, kInfo, true},
    {"57P02", shutdown, kFail, kInfo, kInfo, true},
    {"57P03", shutdown, kFail, kInfo, kInfo, true},
    {"57P04", shutdown, kFail, kInfo, kInfo, false},
    {"57P05", timeout, kFail, kInfo, kInfo, true},
    {"58030", internal, kFail, kInfo, kInfo, false},
    {"P0001", constraint, kFail, kFail, kFail, false},
    {"XXA00", internal, kFail, kInfo, kOk, false},
    {"XX000", internal, kFail, kInfo, kInfo, false},
    {std::string{kConnectionLost}, connection, kFail, kInfo, kInfo, true},
    {std::string{kDeadline}, timeout, kFail, kInfo, kInfo, true},
    {std::string{kRollbackTag}, rollback, kFail, kFail, kFail, true},
    {"99999", unknown, kInfo, kInfo, kInfo, false},
    {"", unknown, kInfo, kInfo, kInfo, false},
};

Judged judged(const std::string& state, Phase phase, Engine engine) {
  return judge(SqlError{"ERROR:  message", state, false}, phase, engine, false);
}

TEST(ErrorClasses, EveryLineMeansWhatItsCodeMeans) {
  for (const Expectation& expected : kExpectations) {
    SCOPED_TRACE(expected.state);
    const Judged before = judged(expected.state, Phase::statement, Engine::postgresql);
    EXPECT_EQ(before.kind, expected.kind);
    EXPECT_EQ(before.completion, expected.before_commit);
    EXPECT_EQ(before.retry, expected.retry_before_commit);
    EXPECT_EQ(judged(expected.state, Phase::commit, Engine::postgresql).completion,
              expected.at_commit_on_postgresql);
    EXPECT_EQ(judged(expected.state, Phase::commit, Engine::other).completion,
              expected.at_commit_elsewhere);
  }
}

TEST(ErrorClasses, EveryLineOfTheTableIsExpectedHere) {
  std::set<std::string_view> reached;
  for (const Expectation& expected : kExpectations)
    reached.insert(rule_for(expected.state).pattern);
  EXPECT_EQ(reached.size(), kErrorRules.size());
}

TEST(ErrorClasses, AnUnknownOutcomeIsNeverRetried) {
  for (const ErrorRule& rule : kErrorRules) {
    for (const Phase phase : {Phase::connect, Phase::statement, Phase::commit}) {
      const Judged result = judged(std::string{rule.pattern}, phase, Engine::other);
      EXPECT_FALSE(result.retry && result.completion != Completion::fail) << rule.pattern;
    }
  }
}

TEST(ErrorClasses, ALostConnectionWithoutAnAnswerIsUnknownOnlyAfterCommitWasSent) {
  const SqlError lost{"server closed the connection unexpectedly", "", true};
  EXPECT_EQ(judge(lost, Phase::statement, Engine::postgresql, false).completion, kFail);
  EXPECT_EQ(judge(lost, Phase::commit, Engine::postgresql, false).completion, kInfo);
  EXPECT_EQ(judge(lost, Phase::commit, Engine::postgresql, false).kind, connection);
  EXPECT_EQ(judge(lost, Phase::commit, Engine::postgresql, true).kind, timeout);
  EXPECT_TRUE(judge(lost, Phase::statement, Engine::postgresql, false).reconnect);
}

TEST(ErrorClasses, DsqlTellsDataFromSchemaConflictsInTheMessageOnly) {
  const SqlError data{"ERROR:  change conflicts with another transaction (OC000)", "40001", false};
  const SqlError schema{"ERROR:  schema has been updated (OC001)", "40001", false};
  EXPECT_EQ(judge(data, Phase::commit, Engine::other, false).kind, conflict);
  EXPECT_EQ(judge(schema, Phase::commit, Engine::other, false).kind, schema_conflict);
  EXPECT_TRUE(judge(schema, Phase::commit, Engine::other, false).retry);
}

TEST(ErrorClasses, SomeMessagesAreIndefiniteWhateverTheirCode) {
  const SqlError expired{"ERROR:  Operation expired: Transaction expired", "40001", false};
  const SqlError ambiguous{"ERROR:  result is ambiguous: context deadline exceeded", "40001",
                           false};
  EXPECT_EQ(judge(expired, Phase::statement, Engine::other, false).completion, kInfo);
  EXPECT_EQ(judge(ambiguous, Phase::commit, Engine::other, false).completion, kInfo);
}

}  // namespace
}  // namespace witness
