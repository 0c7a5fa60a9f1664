// Recorder, backends and server are killed at the worst moments. Nothing that the database
// committed may be missing, and no verdict may be wrong.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "tests/support/database.hpp"
#include "tests/support/process.hpp"
#include "witness/history.hpp"

namespace witness::test {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

int rounds() {
  const char* wanted = std::getenv("WITNESS_KILLS");
  return wanted == nullptr ? 50 : std::atoi(wanted);
}

json header_of(const std::string& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  return json::parse(line, nullptr, false);
}

bool appears(const std::function<bool()>& condition, std::chrono::milliseconds patience = 10s) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(2ms);
  }
  return condition();
}

TEST(Crash, ARecorderKilledAtAnyMomentLosesNothingThatTheDatabaseCommitted) {
  const Folder folder;
  const Database database;
  std::mt19937 random{std::random_device{}()};
  std::set<int> exits;
  std::uint64_t committed_after_kill = 0;
  for (int round = 0; round < rounds(); ++round) {
    const std::string file = folder / std::to_string(round) + ".jsonl";
    Process recorder{{WITNESS_BINARY, "record", "drop", "--target", database.target(), "--clients",
                      "8", "--keys", "4", "--stock", "100000", "--duration", "20s", "--overlap",
                      "none", "-o", file}};
    // From before the first line to a few hundred operations in.
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 400));
    recorder.kill(SIGKILL);
    recorder.finish();
    if (!std::filesystem::exists(file)) continue;
    const Finished check = witness({"check", "--json", file});
    EXPECT_THAT(check.exit, AnyOf(0, 2)) << check.out << check.err;
    exits.insert(check.exit);
    const json header = header_of(file);
    if (header.is_discarded()) continue;

    const std::string ledger = header["tables"]["ledger"];
    ASSERT_TRUE(appears([&] {
      return database.ask(
                 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'witness-" +
                 header["run"].get<std::string>() + "'") == "0";
    }));
    const History history = read_history(file);
    std::map<std::uint64_t, std::int64_t> invoked;
    for (const Operation& operation : history.operations)
      invoked[operation.index] = operation.process;
    const Rows rows = database.connect()->run("SELECT operation, process FROM " + ledger);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto found = invoked.find(std::stoull(std::string{rows.text(i, 0)}));
      ASSERT_NE(found, invoked.end()) << "committed, but not in the history: " << rows.text(i, 0);
      EXPECT_EQ(std::to_string(found->second), rows.text(i, 1));
      ++committed_after_kill;
    }
    database.ask("DROP TABLE " + ledger);
    database.ask("DROP TABLE " + header["tables"]["state"].get<std::string>());
  }
  EXPECT_GT(committed_after_kill, 0U) << "no kill came late enough to test anything";
}

/// COMMITs that hang after the transaction is durable: the server waits for a standby that does
/// not exist. Whoever waits cannot know, and the ledger holds it.
void hang_commits(const Database& database) {
  database.ask("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  database.ask("SELECT pg_reload_conf()");
}

/// COMMITs that hang, once every client hangs in one or waits for a row that one still holds.
int hanging_commits(const Database& database) {
  const bool all = appears([&] {
    return database.ask(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE "
               "'witness-%' AND (wait_event = 'SyncRep' OR wait_event_type = 'Lock')") == "6";
  });
  EXPECT_TRUE(all);
  return std::stoi(
      database.ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"));
}

void forget_standby(Database& database) {
  const auto file = database.server().folder() / "data" / "postgresql.auto.conf";
  ASSERT_TRUE(std::filesystem::exists(file)) << file;
  write_file(file.string(), "\n");
}

struct Crashed {
  Finished run;
  History history;
  json verdict;
};

Crashed judged(Process& recorder, const std::string& file) {
  Crashed result{recorder.finish(), read_history(file), {}};
  result.verdict = json::parse(witness({"check", "--json", file}).out);
  return result;
}

std::map<Outcome, int> outcomes_of_info(const History& history) {
  std::map<Outcome, int> outcomes;
  for (const Attempt& attempt : history.attempts) {
    if (attempt.told == Completion::info) ++outcomes[attempt.outcome];
  }
  return outcomes;
}

std::vector<std::string> long_run(const Database& database, const std::string& file) {
  return {WITNESS_BINARY,
          "record",
          "drop",
          "--target",
          database.target(),
          "--clients",
          "6",
          "--keys",
          "6",
          "--stock",
          "100000",
          "--duration",
          "4s",
          "--overlap",
          "none",
          "--pick",
          "uniform",
          "--isolation",
          "read-committed",
          "-o",
          file,
          "--quiet"};
}

TEST(Crash, TerminatedInTheMiddleOfCommitIsInfoAndResolvedCommittedFromTheLedger) {
  const Folder folder;
  Database database;
  Process recorder{long_run(database, folder / "h.jsonl")};
  std::this_thread::sleep_for(800ms);
  hang_commits(database);
  ASSERT_GT(hanging_commits(database), 0);
  database.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  forget_standby(database);
  database.ask("SELECT pg_reload_conf()");
  const Crashed crashed = judged(recorder, folder / "h.jsonl");
  EXPECT_EQ(crashed.run.exit, 0) << crashed.run.out << crashed.run.err;
  const auto outcomes = outcomes_of_info(crashed.history);
  EXPECT_GE(outcomes.count(Outcome::committed) ? outcomes.at(Outcome::committed) : 0, 1);
  EXPECT_EQ(outcomes.count(Outcome::unresolved), 0U);
  EXPECT_EQ(database.leftover_tables(), "0");
}

/// Kills the server while clients wait for their COMMIT, and starts it again. How many waited?
int crash_during_commits(Database& database) {
  std::this_thread::sleep_for(800ms);
  hang_commits(database);
  const int hanging = hanging_commits(database);
  forget_standby(database);
  database.server().stop_server_hard();
  database.server().start_server();
  return hanging;
}

TEST(Crash, AServerKilledDuringCommitLeavesNoFalseVerdict) {
  const Folder folder;
  Database database;
  Process recorder{long_run(database, folder / "h.jsonl")};
  const int hanging = crash_during_commits(database);
  ASSERT_GT(hanging, 0);
  const Crashed crashed = judged(recorder, folder / "h.jsonl");
  EXPECT_EQ(crashed.run.exit, 0) << crashed.run.out << crashed.run.err;
  const auto outcomes = outcomes_of_info(crashed.history);
  EXPECT_EQ(outcomes.at(Outcome::committed), hanging);
  EXPECT_EQ(outcomes.count(Outcome::unresolved), 0U);
  EXPECT_EQ(crashed.verdict["counts"]["info"], hanging);
  EXPECT_EQ(crashed.verdict["counts"]["unresolved"], 0);
}

/// With one step a transaction, nobody waits for each other crosswise.
std::vector<std::string> long_run_of(const std::string& workload, const std::string& steps,
                                     const Database& database, const std::string& file) {
  return {WITNESS_BINARY, "record",    workload,        "--target",    database.target(),
          "--clients",    "6",         "--keys",        "20",          "--duration",
          "4s",           "--overlap", "none",          "--isolation", "serializable",
          "--retries",    "50",        "--ops-per-txn", steps,         "-o",
          file,           "--quiet"};
}

TEST(Crash, TransactionsThatHangInCommitAreDecidedByTheLedger) {
  for (const char* workload : {"list-append", "rw-register"}) {
    const Folder folder;
    Database database;
    Process recorder{long_run_of(workload, "1", database, folder / "h.jsonl")};
    const int hanging = crash_during_commits(database);
    ASSERT_GT(hanging, 0);
    const Crashed crashed = judged(recorder, folder / "h.jsonl");
    EXPECT_EQ(crashed.run.exit, 0) << crashed.run.out << crashed.run.err;
    EXPECT_EQ(crashed.verdict["counts"]["info"], hanging);
    EXPECT_EQ(crashed.verdict["counts"]["unresolved"], 0);
    int told_info = 0;
    for (const Transaction& attempt : crashed.history.transactions->transactions) {
      if (attempt.told != Completion::info) continue;
      ++told_info;
      EXPECT_EQ(attempt.fate, Fated::committed);
    }
    EXPECT_EQ(told_info, hanging);
  }
}

TEST(Crash, ABackendKilledUnderTransactionsLeavesNoFalseVerdict) {
  const Folder folder;
  Database database;
  Process recorder{long_run_of("list-append", "2-3", database, folder / "h.jsonl")};
  std::this_thread::sleep_for(1s);
  const std::string pid = database.ask(
      "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'witness-%' LIMIT 1");
  ASSERT_FALSE(pid.empty());
  kill(std::stoi(pid), SIGKILL);
  const Crashed crashed = judged(recorder, folder / "h.jsonl");
  EXPECT_THAT(crashed.run.exit, AnyOf(0, 2)) << crashed.run.out << crashed.run.err;
  EXPECT_EQ(crashed.verdict["valid"], crashed.run.exit == 0 ? json(true) : json("unknown"));
  EXPECT_GT(crashed.verdict["counts"]["ok"], 10);
}

TEST(Crash, ABackendKilledTakesTheServerThroughRecoveryWithoutAFalseVerdict) {
  const Folder folder;
  Database database;
  Process recorder{long_run(database, folder / "h.jsonl")};
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(700ms);
    try {
      const std::string pid = database.ask(
          "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'witness-%' LIMIT 1");
      if (!pid.empty()) kill(std::stoi(pid), SIGKILL);
    } catch (const SqlError&) {  // still recovering from the last one
    }
  }
  const Crashed crashed = judged(recorder, folder / "h.jsonl");
  EXPECT_THAT(crashed.run.exit, AnyOf(0, 2)) << crashed.run.out << crashed.run.err;
  EXPECT_EQ(crashed.verdict["valid"], crashed.run.exit == 0 ? json(true) : json("unknown"));
  EXPECT_GT(crashed.verdict["counts"]["ok"], 10);
}

TEST(Crash, AServerThatStaysAwayEndsTheRunAndWhatWasRecordedIsJudged) {
  const Folder folder;
  Database database;
  auto arguments = long_run(database, folder / "h.jsonl");
  arguments.insert(arguments.end(), {"--reconnect", "500ms"});
  Process recorder{arguments};
  std::this_thread::sleep_for(1s);
  database.server().stop_server_hard();
  const Crashed crashed = judged(recorder, folder / "h.jsonl");
  EXPECT_THAT(crashed.run.exit, AnyOf(0, 2));
  EXPECT_THAT(crashed.run.err, HasSubstr("the database was lost"));
  EXPECT_EQ(crashed.history.ledger_state, LedgerState::none);
  EXPECT_GT(crashed.history.operations.size(), 10U);
}

TEST(Crash, CtrlCEndsARunCleanly) {
  const Folder folder;
  const Database database;
  auto arguments = long_run(database, folder / "h.jsonl");
  Process recorder{arguments};
  std::this_thread::sleep_for(1s);
  recorder.kill(SIGINT);
  const auto begin = std::chrono::steady_clock::now();
  const Finished run = recorder.finish();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_EQ(database.leftover_tables(), "0");
  const History history = read_history(folder / "h.jsonl");
  EXPECT_FALSE(history.damage.cut);
  EXPECT_EQ(history.ledger_state, LedgerState::complete);
}

TEST(Crash, AKilledRunOnAPrivateServerLeavesNothingAfterTheNextOne) {
  const Folder folder;
  const Folder temporary;
  std::filesystem::permissions(temporary.path(), std::filesystem::perms::all);
  const std::vector<std::string> environment = {"TMPDIR=" + temporary.path()};
  {
    Process recorder{
        {WITNESS_BINARY, "record", "seat", "--duration", "30s", "-o", folder / "a.jsonl"},
        environment};
    ASSERT_TRUE(appears([&] {
      return std::filesystem::exists(folder / "a.jsonl") &&
             std::filesystem::file_size(folder / "a.jsonl") > 5000;
    }));
    recorder.kill(SIGKILL);
    recorder.finish();
  }
  EXPECT_FALSE(std::filesystem::is_empty(temporary.path()));
  EXPECT_EQ(witness({"record", "seat", "--isolation", "serializable", "-o", folder / "b.jsonl"},
                    environment)
                .exit,
            0);
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
}

}  // namespace
}  // namespace witness::test
