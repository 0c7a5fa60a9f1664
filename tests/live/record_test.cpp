// `witness record` on a real PostgreSQL: what each variant must be judged at each level.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/database.hpp"
#include "tests/support/process.hpp"
#include "witness/history.hpp"

namespace witness::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Case {
  std::string name;
  std::vector<std::string> arguments;
  int exit;
};
void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

class Verdicts : public testing::TestWithParam<Case> {};

TEST_P(Verdicts, AreTheSameForTheRunAndForItsFile) {
  const Folder folder;
  const Database database;
  std::vector<std::string> arguments = {"record",   "--target",         database.target(),
                                        "--output", folder / "h.jsonl", "--json"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const Finished run = witness(arguments);
  EXPECT_EQ(run.exit, GetParam().exit) << run.out << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  const Finished check = witness({"check", "--json", folder / "h.jsonl"});
  EXPECT_EQ(check.exit, run.exit);
  EXPECT_EQ(check.out, run.out);
  EXPECT_EQ(database.leftover_tables(), "0");
}

const std::vector<Case> kCases = [] {
  std::vector<Case> cases;
  const auto add = [&](const std::string& workload, const std::string& variant,
                       const std::string& isolation, int exit, std::vector<std::string> more = {}) {
    std::string name = workload + variant + isolation;
    std::erase_if(name, [](char c) { return c == '-'; });
    std::vector<std::string> arguments = {workload, "--variant", variant, "--isolation", isolation};
    arguments.insert(arguments.end(), more.begin(), more.end());
    cases.push_back({name, arguments, exit});
  };
  const std::vector<std::string> levels = {"read-committed", "repeatable-read", "serializable"};
  const std::vector<std::string> ladder = {"--ladder", "8,24"};
  for (const std::string& level : levels) {
    add("seat", "naive", level, level == "read-committed" ? 1 : 0, ladder);
    add("seat", "guarded", level, 0, ladder);
    add("seat", "for-update", level, 0, ladder);
    add("seat", "ignored-rowcount", level, 1, ladder);
    add("drop", "guarded", level, 0, {"--clients", "20", "--stock", "40"});
    add("drop", "rmw", level, level == "read-committed" ? 1 : 0,
        {"--clients", "20", "--stock", "40"});
    add("drop", "count", level, level == "serializable" ? 0 : 1,
        {"--clients", "20", "--stock", "40", "--retries", "40"});
  }
  return cases;
}();

INSTANTIATE_TEST_SUITE_P(Record, Verdicts, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(Record, NamesTheSeatsThatWereSoldTwice) {
  const Folder folder;
  const Database database;
  const Finished run =
      witness({"record", "seat", "--target", database.target(), "--isolation", "read-committed",
               "--keys", "2", "--clients", "6", "-o", folder / "h.jsonl", "--json"});
  ASSERT_EQ(run.exit, 1) << run.err;
  const json verdict = json::parse(run.out);
  EXPECT_EQ(verdict["keys"], (json{"A1", "A2"}));
  EXPECT_EQ(verdict["counts"]["oversold"], 10);
  EXPECT_EQ(verdict["models"]["strongest"], (json{"strong-read-committed"}));
}

TEST(Record, EveryCommittedRowIsInTheHistoryWithItsTransactionId) {
  const Folder folder;
  const Database database;
  const Finished run = witness({"record", "drop", "--target", database.target(), "--stock", "30",
                                "--clients", "6", "--keep", "-o", folder / "h.jsonl"});
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  const std::string text = read_file(folder / "h.jsonl");
  const json header = json::parse(text.substr(0, text.find('\n')));
  const std::string ledger = header["tables"]["ledger"];
  EXPECT_EQ(database.ask("SELECT count(*) FROM " + ledger), "30");
  const History history = read_history(folder / "h.jsonl");
  EXPECT_EQ(history.ledger.size(), 30U);
  EXPECT_EQ(history.ledger_state, LedgerState::complete);
  for (const LedgerRow& row : history.ledger) {
    EXPECT_EQ(database.ask("SELECT count(*) FROM " + ledger + " WHERE holder = '" +
                           std::string{history.text(row.holder)} + "' AND xmin::text IN (SELECT " +
                           "xmin::text FROM " + ledger + ")"),
              "1");
  }
  EXPECT_THAT(text, HasSubstr("\"xid\":\""));
}

TEST(Record, RetriesAreAttemptsWithIdentitiesOfTheirOwn) {
  const Folder folder;
  const Database database;
  ASSERT_EQ(witness({"record", "seat", "--target", database.target(), "--isolation",
                     "repeatable-read", "--clients", "8", "-o", folder / "h.jsonl"})
                .exit,
            0);
  const History history = read_history(folder / "h.jsonl");
  std::size_t retried = 0;
  for (const Operation& operation : history.operations) {
    const auto attempts = history.attempts_of(operation);
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      EXPECT_EQ(attempts[i].number, i + 1);
      EXPECT_EQ(history.text(attempts[i].id), "a-" + std::to_string(operation.process) + "-" +
                                                  std::to_string(operation.index) + "-" +
                                                  std::to_string(i + 1));
      EXPECT_GE(attempts[i].start_ns, operation.invoke_ns);
      EXPECT_LE(attempts[i].end_ns, operation.complete_ns);
      if (i + 1 == attempts.size()) continue;
      ++retried;
      EXPECT_EQ(attempts[i].told, Completion::fail);
      EXPECT_EQ(history.text(attempts[i].sqlstate), "40001");
      EXPECT_LE(attempts[i].end_ns + attempts[i].backoff_ns, attempts[i + 1].start_ns);
    }
  }
  EXPECT_GT(retried, 0U);
}

TEST(Record, AnOpenLoopCountsLatencyFromTheSchedule) {
  const Folder folder;
  const Database database;
  // One client, 100 a second, 20 ms each: it cannot keep up, and the schedule shows it.
  ASSERT_EQ(witness({"record", "drop", "--target", database.target(), "--clients", "1", "--rate",
                     "100/s", "--ops", "40", "--hold", "20ms", "--stock", "100", "-o",
                     folder / "h.jsonl", "--no-check"})
                .exit,
            0);
  const History history = read_history(folder / "h.jsonl");
  ASSERT_EQ(history.operations.size(), 40U);
  for (std::size_t i = 1; i < history.operations.size(); ++i) {
    EXPECT_EQ(history.operations[i].scheduled_ns - history.operations[i - 1].scheduled_ns,
              10'000'000);
  }
  const Operation& last = history.operations.back();
  EXPECT_GT(last.invoke_ns - last.scheduled_ns, 200'000'000);
}

TEST(Record, DurationEndsARun) {
  const Folder folder;
  const Database database;
  const auto begin = std::chrono::steady_clock::now();
  witness({"record", "seat", "--target", database.target(), "--duration", "500ms", "-o",
           folder / "h.jsonl", "--no-check"});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_GT(read_history(folder / "h.jsonl").operations.size(), 20U);
}

TEST(Record, TheSameSeedAsksForTheSame) {
  const Folder folder;
  const Database database;
  std::array<std::vector<std::string>, 2> keys;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string file = folder / std::to_string(i);
    witness({"record", "seat", "--target", database.target(), "--clients", "1", "--ops", "50",
             "--pick", "uniform", "--keys", "20", "--seed", "5", "-o", file, "--no-check"});
    const History history = read_history(file);
    for (const Operation& operation : history.operations) {
      keys[i].emplace_back(history.text(operation.key));
    }
  }
  EXPECT_EQ(keys[0].size(), 50U);
  EXPECT_EQ(keys[0], keys[1]);
}

TEST(Record, CompressedHistoriesReadTheSame) {
  const Folder folder;
  const Database database;
  ASSERT_EQ(witness({"record", "seat", "--target", database.target(), "--isolation", "serializable",
                     "-o", folder / "h.jsonl.zst"})
                .exit,
            0);
  const std::string file = read_file(folder / "h.jsonl.zst");
  EXPECT_EQ(file.substr(0, 4), "\x28\xB5\x2F\xFD");
  EXPECT_EQ(read_history(folder / "h.jsonl.zst").operations.size(), 40U);
}

TEST(Record, AConfigFileSetsOptionsAndTheCommandLineWins) {
  const Folder folder;
  const Database database;
  write_file(
      folder / "run.toml",
      "workload = \"drop\"\nvariant = \"guarded\"\nstock = 5\nclients = 3\nretries = [2, 4]\n");
  const Finished run = witness({"record", "--config", folder / "run.toml", "--stock", "7",
                                "--target", database.target(), "-o", folder / "h.jsonl", "--json"});
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  const std::string text = read_file(folder / "h.jsonl");
  const json header = json::parse(text.substr(0, text.find('\n')));
  EXPECT_EQ(header["workload"], "drop");
  EXPECT_EQ(header["capacity"], 7);
  EXPECT_EQ(header["options"]["clients"], "3");
  EXPECT_EQ(header["ladder"].size(), 2U);
}

TEST(Record, AWrongConfigIsPointedAt) {
  const Folder folder;
  write_file(folder / "a.toml", "clients = 3\nclientz = 4\n");
  const Finished unknown = witness({"record", "seat", "--config", folder / "a.toml"});
  EXPECT_EQ(unknown.exit, 254);
  EXPECT_THAT(unknown.err, HasSubstr("a.toml:2:1"));
  write_file(folder / "b.toml", "clients = \"many\"\n");
  EXPECT_EQ(witness({"record", "seat", "--config", folder / "b.toml"}).exit, 254);
  write_file(folder / "c.toml", "clients = = 3\n");
  const Finished broken = witness({"record", "seat", "--config", folder / "c.toml"});
  EXPECT_EQ(broken.exit, 254);
  EXPECT_THAT(broken.err, HasSubstr("c.toml:1:"));
  EXPECT_EQ(witness({"record", "seat", "--config", folder / "none.toml"}).exit, 254);
}

TEST(Record, AThresholdThatIsMissedExitsThreeUnlessItIsViolatedAnyway) {
  const Folder folder;
  const Database database;
  const std::vector<std::string> base = {
      "record", "seat", "--target", database.target(), "-o", folder / "h.jsonl", "--clients", "4"};
  auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = base;
    all.insert(all.end(), more.begin(), more.end());
    return witness(all);
  };
  EXPECT_EQ(with({"--isolation", "serializable", "--require", "p99<1ns"}).exit, 3);
  EXPECT_EQ(
      with({"--isolation", "serializable", "--require", "p99<100s", "--require", "ok>0"}).exit, 0);
  EXPECT_EQ(with({"--isolation", "read-committed", "--require", "p99<1ns"}).exit, 1);
}

TEST(Record, SeveralTargetsOfOneDatabaseAreUsedInTurn) {
  const Folder folder;
  const Database database;
  const Finished run = witness({"record", "seat", "--target", "west=" + database.target(),
                                "--target", "east=" + database.target(), "--isolation",
                                "serializable", "-o", folder / "h.jsonl"});
  ASSERT_EQ(run.exit, 0) << run.err;
  const std::string text = read_file(folder / "h.jsonl");
  EXPECT_THAT(text, HasSubstr("\"target\":\"west\""));
  EXPECT_THAT(text, HasSubstr("\"target\":\"east\""));
}

TEST(Record, DatabasesThatAreNotOneAreRefused) {
  const Folder folder;
  const Database one;
  const Database two;
  const Finished run = witness({"record", "seat", "--target", one.target(), "--target",
                                two.target(), "-o", folder / "h.jsonl"});
  EXPECT_EQ(run.exit, 255);
  EXPECT_THAT(run.err, HasSubstr("endpoints of one database"));
  EXPECT_EQ(one.leftover_tables(), "0");
}

}  // namespace
}  // namespace witness::test
