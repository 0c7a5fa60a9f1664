// What a user may get wrong, and what a machine may refuse: one clear message, the right exit
// code, nothing left behind.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/database.hpp"
#include "tests/support/process.hpp"

namespace witness::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

void expect_one_message(const Finished& run, int exit, const std::string& part) {
  EXPECT_EQ(run.exit, exit) << run.out << run.err;
  EXPECT_THAT(run.err, StartsWith("witness: "));
  EXPECT_THAT(run.err, HasSubstr(part));
  EXPECT_EQ(lines(run.err), 1U) << run.err;
  EXPECT_THAT(run.out, IsEmpty());
}

bool is_empty(const Folder& folder) { return std::filesystem::is_empty(folder.path()); }

TEST(Failure, AServerThatIsNotThere) {
  const Folder folder;
  expect_one_message(witness({"record", "seat", "--target", "postgresql://app@127.0.0.1:1/shop"},
                             {}, folder.path()),
                     255, "cannot connect to app@127.0.0.1:1/shop");
  EXPECT_TRUE(is_empty(folder));
}

TEST(Failure, AHostThatHasNoAddress) {
  const Folder folder;
  expect_one_message(
      witness({"record", "seat", "--target", "host=no-such-host.invalid"}, {}, folder.path()), 255,
      "cannot connect to");
}

TEST(Failure, AUriThatIsNone) {
  const Folder folder;
  expect_one_message(witness({"record", "seat", "--target", "db.example"}, {}, folder.path()), 254,
                     "--target");
}

TEST(Failure, AWrongPasswordIsSaidAndNotShown) {
  const Folder folder;
  Database database;
  database.ask("CREATE ROLE app LOGIN PASSWORD 'right'");
  const std::string hba = database.ask("SHOW hba_file");
  write_file(hba, "local all app scram-sha-256\nlocal all all trust\n");
  database.ask("SELECT pg_reload_conf()");
  std::string target = database.target();
  target.replace(target.find("user="), std::string{"user="}.size(),
                 "password=wr0ng connect_timeout=5 user=app application_name=");
  const Finished run = witness({"record", "seat", "--target", target}, {}, folder.path());
  expect_one_message(run, 255, "password authentication failed");
  EXPECT_THAT(run.err, Not(HasSubstr("wr0ng")));
  EXPECT_TRUE(is_empty(folder));
}

TEST(Failure, AReadOnlyDatabase) {
  const Folder folder;
  const Database database;
  database.ask("ALTER DATABASE postgres SET default_transaction_read_only = on");
  expect_one_message(witness({"record", "seat", "--target", database.target()}, {}, folder.path()),
                     255, "takes no writes");
  EXPECT_TRUE(is_empty(folder));
}

TEST(Failure, AUserWhoMayNotCreateTables) {
  const Folder folder;
  const Database database;
  database.ask("CREATE ROLE app LOGIN");
  std::string target = database.target();
  target.replace(target.find("user="), std::string{"user="}.size(), "user=app application_name=");
  expect_one_message(witness({"record", "seat", "--target", target}, {}, folder.path()), 255,
                     "cannot set up the workload's tables");
}

TEST(Failure, AFullDisk) {
  const Database database;
  expect_one_message(witness({"record", "seat", "--target", database.target(), "-o", "/dev/full"}),
                     255, "cannot write the history: No space left on device");
  EXPECT_EQ(database.leftover_tables(), "0");
}

TEST(Failure, AFolderThatIsNotThere) {
  const Database database;
  expect_one_message(
      witness({"record", "seat", "--target", database.target(), "-o", "/no/such/h.jsonl"}), 255,
      "cannot create the history");
}

TEST(Failure, NoPostgresqlInstalled) {
  const Folder folder;
  const Finished run = witness({"record", "seat"}, {"WITNESS_PG_BIN=/no/such/bin"}, folder.path());
  EXPECT_EQ(run.exit, 255);
  EXPECT_THAT(run.err, HasSubstr("PostgreSQL"));
  EXPECT_TRUE(is_empty(folder));
}

TEST(Failure, ThingsTypedWrongly) {
  expect_one_message(witness({"record", "seats"}), 254,
                     "there is no workload \"seats\"; there are: seat");
  expect_one_message(witness({"record", "seat", "--variant", "naif"}), 254, "naive, guarded");
  EXPECT_EQ(witness({"record", "seat", "--no-such-option"}).exit, 254);
  EXPECT_EQ(witness({"record", "seat", "--clients", "0"}).exit, 254);
  EXPECT_EQ(witness({"record", "seat", "--isolation", "perfect"}).exit, 254);
  EXPECT_EQ(witness({"record", "seat", "--duration", "soon"}).exit, 254);
  EXPECT_EQ(witness({"record", "seat", "--rate", "10/s", "--overlap", "barrier"}).exit, 254);
  EXPECT_EQ(witness({"record", "seat", "--require", "speed>1"}).exit, 254);
  EXPECT_EQ(witness({"record"}).exit, 254);
  EXPECT_EQ(witness({}).exit, 254);
  EXPECT_EQ(witness({"frobnicate"}).exit, 254);
}

TEST(Failure, APasswordInTheWrongPlaceIsNotRepeated) {
  const std::vector<std::vector<std::string>> typed = {
      {"record", "seat", "--targets", "postgresql://app:s3cr3t@db/shop"},
      {"record", "postgresql://app:s3@cr3t@db/shop", "--json"},
      {"record", "seat", "--target", "x", "host=db password = s3cr3t"},
      {"check", "password='s3cr3t it\\'s cr3t'"},
  };
  for (const auto& arguments : typed) {
    const Finished run = witness(arguments);
    EXPECT_EQ(run.exit, 254);
    EXPECT_THAT(run.out + run.err, Not(HasSubstr("cr3t"))) << arguments.back();
  }
}

TEST(Failure, AThresholdNeedsAJudgedRun) {
  EXPECT_EQ(witness({"record", "seat", "--no-check", "--require", "p99<1s"}).exit, 254);
}

TEST(Failure, JsonSaysWhichKindOfErrorItWas) {
  const Folder folder;
  const Finished lost =
      witness({"record", "seat", "--json", "--target", "host=127.0.0.1 port=1"}, {}, folder.path());
  EXPECT_EQ(json::parse(lost.out)["error"]["kind"], "database");
  const Finished usage = witness({"record", "nothing", "--json"}, {}, folder.path());
  EXPECT_EQ(json::parse(usage.out)["error"]["kind"], "usage");
  write_file(folder / "bad.jsonl", "\x01\x02\x03 this is no history\n");
  const Finished input = witness({"check", "--json", folder / "bad.jsonl"});
  EXPECT_EQ(input.exit, 254);
  EXPECT_EQ(json::parse(input.out)["error"]["kind"], "input");
}

TEST(Failure, NoSecretReachesAnyOutputOrTheProcessList) {
  const Folder folder;
  const Database database;
  const std::string secret = "pa55-w0rd";
  const Target parts = parse_target(database.target(), "main");
  Process run{{WITNESS_BINARY, "record", "seat", "--target",
               "a=password=" + secret + " " + database.target(), "--target",
               "b=" + database.target() + " password='" + secret + " " + secret + "'",
               "--target=c=postgresql://" + parameter(parts, "user") + ":" + secret +
                   "@/postgres?host=" + parameter(parts, "host"),
               "--target",
               "d=postgresql:///postgres?host=" + parameter(parts, "host") + "&password=" + secret +
                   "&user=" + parameter(parts, "user"),
               "--duration", "2s", "-o", folder / "h.jsonl"}};
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  const std::string arguments = read_file("/proc/" + std::to_string(run.pid()) + "/cmdline");
  EXPECT_THAT(arguments, HasSubstr("d=postgresql:///postgres?host="));
  EXPECT_THAT(arguments, Not(HasSubstr(secret)));
  const Finished finished = run.finish();
  EXPECT_THAT(finished.exit, testing::AnyOf(0, 1, 2)) << finished.err;
  EXPECT_THAT(finished.out + finished.err, Not(HasSubstr(secret)));
  EXPECT_THAT(read_file(folder / "h.jsonl"), Not(HasSubstr(secret)));
}

TEST(Failure, APasswordCommandIsRunAndNeverWritten) {
  const Folder folder;
  Database database;
  database.ask("CREATE ROLE app LOGIN PASSWORD 'right'");
  database.ask("GRANT ALL ON SCHEMA public TO app");
  write_file(database.ask("SHOW hba_file"), "local all app scram-sha-256\nlocal all all trust\n");
  database.ask("SELECT pg_reload_conf()");
  std::string target = database.target();
  target.replace(target.find("user="), std::string{"user="}.size(), "user=app application_name=");
  const Finished run = witness({"record", "seat", "--isolation", "serializable", "--target", target,
                                "--password-command", "echo right", "-o", folder / "h.jsonl"});
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_THAT(read_file(folder / "h.jsonl"), Not(HasSubstr("right")));
  EXPECT_THAT(run.out, Not(HasSubstr("right")));
}

}  // namespace
}  // namespace witness::test
