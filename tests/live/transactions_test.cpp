// `witness record rw-register` and `list-append` on a real PostgreSQL: what must be found at each
// level, and that the history says of every attempt what it wrote.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "history/telemetry.hpp"
#include "tests/support/database.hpp"
#include "tests/support/process.hpp"
#include "witness/history.hpp"

namespace witness::test {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

std::vector<json> lines_of(const std::string& path) {
  std::vector<json> lines;
  std::istringstream text{read_file(path)};
  for (std::string line; std::getline(text, line);) {
    json parsed = json::parse(line, nullptr, false);
    if (!parsed.is_discarded()) lines.push_back(std::move(parsed));
  }
  return lines;
}

/// What a list of micro-operations writes: key and value.
std::set<std::pair<std::int64_t, std::int64_t>> writes_of(const json& value) {
  std::set<std::pair<std::int64_t, std::int64_t>> writes;
  for (const json& micro_op : value) {
    if (micro_op[0] != "r") writes.emplace(micro_op[1], micro_op[2]);
  }
  return writes;
}

std::vector<std::string> recording(const std::string& workload, const std::string& variant,
                                   const Database& database, const std::string& file) {
  return {"record",   workload,          "--variant", variant,
          "--target", database.target(), "--output",  file};
}

Finished witness_with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return witness(arguments);
}

/// Few keys, long transactions, and clients that wait for each other after their first read.
const std::vector<std::string> kCrowded = {"--keys",    "4", "--ops-per-txn", "6",
                                           "--clients", "8", "--ops",         "200"};

struct Case {
  std::string workload;
  std::string variant;
  std::string anomaly;  ///< what READ COMMITTED must show
};
void PrintTo(const Case& each, std::ostream* out) { *out << each.workload << each.variant; }

class Levels : public testing::TestWithParam<Case> {
 protected:
  Finished record(const std::string& level, const std::vector<std::string>& more = {}) {
    auto arguments = recording(GetParam().workload, GetParam().variant, database_, file_);
    arguments.insert(arguments.end(), kCrowded.begin(), kCrowded.end());
    arguments.insert(arguments.end(), {"--isolation", level, "--json"});
    return witness_with(arguments, more);
  }

  Folder folder_;
  Database database_;
  std::string file_ = folder_ / "h.jsonl";
};

TEST_P(Levels, SerializableIsLinearizable) {
  const Finished run = record("serializable", {"--retries", "40"});
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_THAT(run.err, IsEmpty());
  EXPECT_EQ(witness({"check", "--json", file_}).out, run.out);
  const json verdict = json::parse(run.out);
  EXPECT_THAT(verdict["models"]["strongest"], testing::Contains("strict-serializable"));
  EXPECT_EQ(verdict["counts"]["operations"], 200);
  EXPECT_EQ(verdict["counts"]["unresolved"], 0);
  EXPECT_EQ(database_.leftover_tables(), "0");
}

TEST_P(Levels, ReadCommittedIsViolatedByName) {
  const Finished run = record("read-committed");
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  const json verdict = json::parse(run.out);
  std::set<std::string> found;
  for (const json& anomaly : verdict["anomalies"]) found.insert(anomaly["type"]);
  EXPECT_THAT(found, testing::Contains(GetParam().anomaly)) << verdict["reason"];
  EXPECT_EQ(witness({"check", "--json", file_}).exit, 1);
  // The server kept its own promise; lists that are written as a whole lose more than that.
  const bool whole = GetParam().anomaly == "incompatible-order";
  EXPECT_EQ(witness({"check", "--quiet", file_, "--model", "read-committed"}).exit, whole ? 1 : 0);
}

TEST_P(Levels, RepeatableReadIsSnapshotIsolation) {
  EXPECT_THAT(record("repeatable-read", {"--retries", "40"}).exit, AnyOf(0, 1));
  const Finished check = witness({"check", "--quiet", file_, "--model", "snapshot-isolation"});
  EXPECT_EQ(check.exit, 0) << check.out;
}

INSTANTIATE_TEST_SUITE_P(Transactions, Levels,
                         testing::Values(Case{"rw-register", "blind", "fractured-read"},
                                         Case{"rw-register", "rmw", "lost-update"},
                                         Case{"list-append", "append", "G-single-item"},
                                         Case{"list-append", "rmw", "incompatible-order"}),
                         [](const auto& info) {
                           std::string name = info.param.workload + info.param.variant;
                           std::erase_if(name, [](char c) { return c == '-'; });
                           return name;
                         });

TEST(Transactions, EveryAttemptWritesValuesOfItsOwnAndTheFileSaysWhich) {
  const Folder folder;
  const Database database;
  const std::string file = folder / "h.jsonl";
  auto arguments = recording("list-append", "append", database, file);
  arguments.insert(arguments.end(), kCrowded.begin(), kCrowded.end());
  ASSERT_EQ(witness_with(arguments, {"--isolation", "serializable", "--keep"}).exit, 0);

  const std::vector<json> lines = lines_of(file);
  const std::string state = lines[0]["tables"]["state"];
  const std::string ledger = lines[0]["tables"]["ledger"];
  std::set<std::pair<std::int64_t, std::int64_t>> stored;
  const auto session = database.connect();
  const Rows rows = session->run("SELECT id, val FROM " + state);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const json list = json::parse("[" + std::string{rows.text(i, 1)} + "]");
    for (const json& element : list)
      stored.emplace(std::stoll(std::string{rows.text(i, 0)}), element);
  }
  std::set<std::string> committed;
  const Rows holders = session->run("SELECT holder FROM " + ledger);
  for (std::size_t i = 0; i < holders.size(); ++i) committed.emplace(holders.text(i, 0));

  std::set<std::pair<std::int64_t, std::int64_t>> written;
  std::size_t retried = 0;
  for (const json& line : lines) {
    if (!line.contains("attempts")) continue;
    for (const json& attempt : line["attempts"]) {
      const auto writes = writes_of(attempt.contains("value") ? attempt["value"] : line["value"]);
      retried += attempt["attempt"] > 1;
      for (const auto& write : writes) {
        EXPECT_TRUE(written.insert(write).second) << "written twice: " << write.second;
        EXPECT_EQ(stored.count(write), committed.count(attempt["id"])) << attempt;
      }
    }
  }
  EXPECT_GT(retried, 10U);
  for (const auto& write : stored) EXPECT_EQ(written.count(write), 1U) << write.second;
}

TEST(Transactions, ARecorderKilledAtAnyMomentLeavesNoFalseVerdict) {
  const Folder folder;
  const Database database;
  std::mt19937 random{std::random_device{}()};
  std::size_t judged = 0;
  std::size_t open_retries = 0;
  for (int round = 0; round < 20; ++round) {
    const std::string file = folder / std::to_string(round) + ".jsonl";
    Process recorder{{WITNESS_BINARY, "record", round % 2 == 0 ? "list-append" : "rw-register",
                      "--target", database.target(), "--clients", "8", "--keys", "3", "--duration",
                      "20s", "--overlap", "none", "--isolation", "serializable", "--retries", "50",
                      "-o", file}};
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % 400));
    recorder.kill(SIGKILL);
    recorder.finish();
    if (!std::filesystem::exists(file)) continue;
    const Finished check = witness({"check", "--json", file});
    EXPECT_THAT(check.exit, AnyOf(0, 2)) << file << check.out << check.err;
    judged += check.exit == 0;

    // Whatever the database holds stands in the file.
    const std::vector<json> lines = lines_of(file);
    if (lines.empty()) continue;
    const std::string run = lines[0]["run"];
    for (int i = 0; i < 1000; ++i) {
      if (database.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'witness-" +
                       run + "'") == "0") {
        break;
      }
      std::this_thread::sleep_for(10ms);
    }
    std::set<std::pair<std::int64_t, std::int64_t>> told;
    std::set<std::uint64_t> open;
    for (const json& line : lines) {
      const std::string type = line.value("type", "");
      if (type == "invoke" || type == "attempt") told.merge(writes_of(line["value"]));
      if (type == "attempt") open.insert(line["of"].get<std::uint64_t>());
    }
    open_retries += open.size();
    const std::string state = lines[0]["tables"]["state"];
    const Rows rows = database.connect()->run("SELECT id, val::text FROM " + state);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (const json& value : json::parse("[" + std::string{rows.text(i, 1)} + "]")) {
        EXPECT_EQ(told.count({std::stoll(std::string{rows.text(i, 0)}), value}), 1U) << value;
      }
    }
    for (const auto& [kind, table] : lines[0]["tables"].items()) {
      database.ask("DROP TABLE " + table.get<std::string>());
    }
  }
  EXPECT_GT(judged, 0U) << "no kill came late enough to test anything";
  EXPECT_GT(open_retries, 0U);
}

TEST(Transactions, TheHeaderAndTheCommandRepeatWhatWasAskedFor) {
  const Folder folder;
  const Database database;
  const Finished run = witness_with(recording("rw-register", "rmw", database, folder / "h.jsonl"),
                                    {"--ops", "20", "--ops-per-txn", "2-6", "--reads", "0.3",
                                     "--writes-per-key", "5", "--no-check", "--seed", "9"});
  ASSERT_EQ(run.exit, 0) << run.err;
  const json header = lines_of(folder / "h.jsonl")[0];
  EXPECT_EQ(header["workload"], "rw-register");
  EXPECT_EQ(header["options"]["ops-per-txn"], "2-6");
  EXPECT_EQ(header["options"]["reads"], "0.3");
  EXPECT_EQ(header["options"]["writes-per-key"], "5");
  EXPECT_FALSE(header["options"].contains("stock"));
  EXPECT_THAT(header["command"].get<std::string>(),
              HasSubstr("--ops-per-txn 2-6 --reads 0.3 --writes-per-key 5"));
}

TEST(Transactions, AreOfTheLengthAndTheKeysThatWereAskedFor) {
  const Folder folder;
  const Database database;
  const std::string file = folder / "h.jsonl";
  ASSERT_EQ(witness_with(recording("rw-register", "rmw", database, file),
                         {"--clients", "1", "--ops", "300", "--ops-per-txn", "2-6", "--reads",
                          "0.3", "--writes-per-key", "5", "--keys", "4", "--no-check"})
                .exit,
            0);
  std::map<std::int64_t, int> writes;
  std::set<std::size_t> lengths;
  for (const json& line : lines_of(file)) {
    if (line.value("type", "") != "invoke") continue;
    lengths.insert(line["value"].size());
    std::set<std::int64_t> seen;
    for (const json& micro_op : line["value"]) {
      if (micro_op[0] == "w") {
        ++writes[micro_op[1]];
        EXPECT_TRUE(seen.contains(micro_op[1])) << "written and not read before: " << line;
      }
      seen.insert(micro_op[1].get<std::int64_t>());
    }
  }
  EXPECT_EQ(lengths, (std::set<std::size_t>{2, 3, 4, 5, 6}));
  EXPECT_GT(writes.size(), 20U);
  for (const auto& [key, count] : writes) EXPECT_LE(count, 5) << key;
}

TEST(Transactions, TheSameSeedAsksForTheSame) {
  const Folder folder;
  const Database database;
  std::array<std::vector<json>, 2> asked;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string file = folder / std::to_string(i);
    witness_with(recording("list-append", "append", database, file),
                 {"--clients", "1", "--ops", "50", "--seed", "5", "--no-check"});
    for (const json& line : lines_of(file)) {
      if (line.value("type", "") == "invoke") asked[i].push_back(line["value"]);
    }
  }
  EXPECT_EQ(asked[0].size(), 50U);
  EXPECT_EQ(asked[0], asked[1]);
}

TEST(Transactions, DurationAndCtrlCEndARunCleanly) {
  const Folder folder;
  const Database database;
  for (const bool interrupted : {false, true}) {
    const std::string file = folder / "h.jsonl";
    auto arguments = recording("list-append", "append", database, file);
    arguments.insert(arguments.begin(), WITNESS_BINARY);
    arguments.insert(arguments.end(), {"--isolation", "serializable", "--duration",
                                       interrupted ? "60s" : "1s", "--quiet"});
    Process recorder{arguments};
    if (interrupted) {
      std::this_thread::sleep_for(1500ms);
      recorder.kill(SIGINT);
    }
    const auto begin = std::chrono::steady_clock::now();
    const Finished run = recorder.finish();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s);
    EXPECT_EQ(run.exit, 0) << run.out << run.err;
    EXPECT_EQ(database.leftover_tables(), "0");
    const History history = read_history(file);
    EXPECT_FALSE(history.damage.cut);
    EXPECT_EQ(history.ledger_state, LedgerState::complete);
    EXPECT_GT(history.transactions->operations, 10U);
  }
}

TEST(Transactions, ThresholdsAreMeasuredOverThem) {
  const Folder folder;
  const Database database;
  const auto arguments = recording("list-append", "append", database, folder / "h.jsonl");
  const std::vector<std::string> level = {"--isolation", "serializable", "--ops", "200"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), level.begin(), level.end());
    return witness_with(arguments, more).exit;
  };
  EXPECT_EQ(with({"--require", "p99<1ns"}), 3);
  EXPECT_EQ(with({"--require", "p99<100s", "--require", "retries.max>0"}), 0);
  // One client, 100 a second, 20 ms each: it cannot keep up, and the schedule shows it.
  EXPECT_EQ(witness_with(arguments, {"--clients", "1", "--rate", "100/s", "--ops", "40", "--hold",
                                     "20ms", "--reads", "0", "--no-check"})
                .exit,
            0);
  const Telemetry measured = telemetry(read_history(folder / "h.jsonl"));
  EXPECT_EQ(measured.completed, 40U);
  EXPECT_GT(measured.response_ns[3], 200'000'000);
  EXPECT_LT(measured.service_ns[0], measured.response_ns[0]);
}

TEST(Transactions, ASettingThatCannotBeIsRefusedBeforeAnythingBegins) {
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& part) {
    const Finished run = witness_with({"record"}, arguments);
    EXPECT_EQ(run.exit, 254) << run.err;
    EXPECT_THAT(run.err, HasSubstr(part));
  };
  for (const char* steps : {"0", "5-2", "-3", "4-", "many", "1-1001", "2-3-4"}) {
    refused({"rw-register", "--ops-per-txn=" + std::string{steps}}, "--ops-per-txn");
  }
  refused({"rw-register", "--variant", "rmw", "--ops-per-txn", "1"}, "reads a key before");
  refused({"list-append", "--reads", "1.5"}, "--reads");
  refused({"list-append", "--writes-per-key", "0"}, "--writes-per-key");
  refused({"list-append", "--stock", "5"}, "--stock is an option of seat and drop");
  refused({"seat", "--reads", "0.5"}, "--reads is an option of rw-register and list-append");
  refused({"rw-register", "--variant", "naive"}, "blind, rmw");
}

}  // namespace
}  // namespace witness::test
