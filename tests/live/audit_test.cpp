// `witness audit` on ledgers that other applications wrote.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/database.hpp"
#include "tests/support/process.hpp"

namespace witness::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// WorldSeat's log: every attempt is logged, only confirmed ones hold a seat.
void make_op_log(const Database& database) {
  database.ask(
      "CREATE TABLE op_log (id text PRIMARY KEY, seat_id text, buyer text, region text, "
      "outcome text)");
  database.ask(
      "INSERT INTO op_log VALUES ('s1','A1','ann','us','confirmed'), "
      "('s2','A1','bob','eu','confirmed'), "
      "('s3','A1','cyd','us','rejected'), ('s4','A2','dan','us','confirmed'), "
      "('s5','A10','eve','us','confirmed'), ('s6','A10','fay','eu','confirmed'), "
      "('s7','A10','gus','eu','confirmed')");
}

std::vector<std::string> audit(const Database& database, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {
      "audit",      "--target", database.target(),    "--table", "op_log",
      "--resource", "seat_id",  "--holder",           "buyer",   "--id",
      "id",         "--where",  "outcome='confirmed'"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(Audit, NamesKeysHoldersAndRows) {
  const Database database;
  make_op_log(database);
  const Finished run = witness(audit(database, {"--json"}));
  EXPECT_EQ(run.exit, 1) << run.err;
  const json verdict = json::parse(run.out);
  EXPECT_EQ(verdict["keys"], (json{"A1", "A10"}));
  EXPECT_EQ(verdict["counts"]["oversold"], 3);
  EXPECT_EQ(verdict["claims"][0]["claim"], "at-most-one-acquisition");
  const std::string why = verdict["anomalies"][0]["explanation"];
  for (const char* part : {"A1", "ann", "bob", "s1", "s2"}) EXPECT_THAT(why, HasSubstr(part));
}

TEST(Audit, ACapacityAllowsSoMany) {
  const Database database;
  make_op_log(database);
  EXPECT_EQ(witness(audit(database, {"--capacity", "2"})).exit, 1);
  EXPECT_EQ(witness(audit(database, {"--capacity", "3"})).exit, 0);
}

TEST(Audit, OneResourceStandsBesideTheWholeFloorAndReconciles) {
  const Database database;
  make_op_log(database);
  const Finished run = witness(audit(database, {"--resource-value", "A1", "--json"}));
  const json verdict = json::parse(run.out);
  EXPECT_EQ(verdict["resource"]["acquisitions"], 2);
  EXPECT_EQ(verdict["resource"]["oversold"], 1);
  EXPECT_EQ(verdict["whole"]["oversold"], 3);
  EXPECT_EQ(verdict["reconciled"], true);
  EXPECT_THAT(witness(audit(database, {"--resource-value", "A1"})).out, HasSubstr("✓ reconciled"));
}

TEST(Audit, SeveralTargetsAreUnitedByRowId) {
  const Database west;
  const Database east;
  for (const Database* database : {&west, &east}) {
    database->ask("CREATE TABLE op_log (id text, seat_id text, buyer text, outcome text)");
  }
  west.ask(
      "INSERT INTO op_log VALUES ('s1','A1','ann','confirmed'), ('s2','A2','bob','confirmed')");
  east.ask(
      "INSERT INTO op_log VALUES ('s1','A1','ann','confirmed'), ('s3','A2','cyd','confirmed')");
  const Finished run = witness(audit(west, {"--target", east.target(), "--json"}));
  EXPECT_EQ(run.exit, 1) << run.err;
  EXPECT_EQ(json::parse(run.out)["keys"], (json{"A2"}));
}

TEST(Audit, AnIdThatStandsTwiceInOneTargetIsTwoRowsWhateverTheOthersHold) {
  const Database west;
  const Database east;
  for (const Database* database : {&west, &east}) {
    database->ask("CREATE TABLE op_log (id text, seat_id text, buyer text, outcome text)");
    database->ask(
        "INSERT INTO op_log VALUES ('r1','A1','ann','confirmed'), ('r1','A1','ann','confirmed')");
  }
  const Finished run = witness(audit(west, {"--target", east.target(), "--json"}));
  EXPECT_EQ(run.exit, 1) << run.out;
  EXPECT_EQ(json::parse(run.out)["counts"]["oversold"], 1);
}

TEST(Audit, RowsWithoutAnIdCannotBeUnited) {
  const Database west;
  const Database east;
  for (const Database* database : {&west, &east}) {
    database->ask("CREATE TABLE op_log (id text, seat_id text, buyer text, outcome text)");
    database->ask(
        "INSERT INTO op_log VALUES (NULL,'A1','ann','confirmed'), ('r2','A2','bob','confirmed')");
  }
  EXPECT_EQ(witness(audit(west, {"--target", east.target()})).exit, 2);
}

TEST(Audit, TargetsThatContradictEachOtherAreUnknown) {
  const Database west;
  const Database east;
  for (const Database* database : {&west, &east}) {
    database->ask("CREATE TABLE op_log (id text, seat_id text, buyer text, outcome text)");
  }
  west.ask("INSERT INTO op_log VALUES ('s1','A1','ann','confirmed')");
  east.ask("INSERT INTO op_log VALUES ('s1','A1','bob','confirmed')");
  EXPECT_EQ(witness(audit(west, {"--target", east.target()})).exit, 2);
}

TEST(Audit, ManyRowsOfAnUnorderedTableAreAllRead) {
  const Database database;
  database.ask("CREATE TABLE op_log (id text, seat_id text, buyer text, outcome text)");
  database.ask(
      "INSERT INTO op_log SELECT CASE WHEN i % 2 = 0 THEN NULL ELSE 'same' END, 'S' || i, "
      "'b' || i, 'confirmed' FROM generate_series(1, 50001) AS i");
  database.ask("INSERT INTO op_log VALUES (NULL, 'S25000', 'late', 'confirmed')");
  const Finished run = witness(audit(database, {"--json"}));
  EXPECT_EQ(run.exit, 1);
  const json verdict = json::parse(run.out);
  EXPECT_EQ(verdict["counts"]["committed"], 50002);
  EXPECT_EQ(verdict["keys"], (json{"S25000"}));
}

TEST(Audit, AnEmptyLedgerProvesNothing) {
  const Database database;
  database.ask("CREATE TABLE op_log (id text, seat_id text, buyer text, outcome text)");
  EXPECT_EQ(witness(audit(database)).exit, 2);
}

TEST(Audit, NamesAreQuotedAndSeveralStatementsRefused) {
  const Database database;
  database.ask("CREATE TABLE \"Op \"\"Log\" (\"Se at\" text, \"select\" text)");
  database.ask("INSERT INTO \"Op \"\"Log\" VALUES ('A1', 'ann')");
  EXPECT_EQ(witness({"audit", "--target", database.target(), "--table", "Op \"\"Log", "--resource",
                     "Se at", "--holder", "select"})
                .exit,
            254);  // as written, the quotes are part of no name
  make_op_log(database);
  EXPECT_EQ(witness({"audit", "--target", database.target(), "--table", "op_log", "--resource",
                     "seat_id", "--holder", "buyer", "--where", "true); DROP TABLE op_log; --"})
                .exit,
            254);
  EXPECT_EQ(database.ask("SELECT count(*) FROM op_log"), "7");
}

TEST(Audit, AMissingTableOrColumnIsAUsageError) {
  const Database database;
  const Finished table = witness(audit(database));
  EXPECT_EQ(table.exit, 254);
  EXPECT_THAT(table.err, HasSubstr("op_log"));
  make_op_log(database);
  EXPECT_EQ(witness({"audit", "--target", database.target(), "--table", "op_log", "--resource",
                     "seat", "--holder", "buyer"})
                .exit,
            254);
}

TEST(Audit, HostileValuesAreEscaped) {
  const Database database;
  database.ask("CREATE TABLE op_log (id text, seat_id text, buyer text, outcome text)");
  database.ask(
      "INSERT INTO op_log VALUES ('1', E'A\\x1b[31m', 'x', 'confirmed'), "
      "('2', E'A\\x1b[31m', 'y', 'confirmed')");
  const Finished run = witness(audit(database));
  EXPECT_EQ(run.exit, 1);
  EXPECT_EQ(run.out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace witness::test
