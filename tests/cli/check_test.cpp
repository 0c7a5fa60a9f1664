// `witness check` as a CI job uses it.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/process.hpp"

namespace witness::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string fixture(const std::string& name) {
  return std::string{WITNESS_SOURCE_DIR} + "/fixtures/" + name;
}
const std::string kValid = fixture("linearizable/seat-guarded.jsonl");
const std::string kViolated = fixture("violated/seat-double-sale.jsonl");
const std::string kUnknown = fixture("unknown/seat-vacuous-nothing-succeeded.jsonl");

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> result;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) result.push_back(json::parse(line));
  return result;
}

TEST(Check, TheWorstVerdictOfSeveralWinsAndEachHasItsLine) {
  EXPECT_EQ(witness({"check", kValid, kUnknown}).exit, 2);
  EXPECT_EQ(witness({"check", kUnknown, kViolated, kValid}).exit, 1);
  const Finished run = witness({"check", "--json", kValid, kUnknown, kViolated});
  const auto verdicts = lines_of(run.out);
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(verdicts[0]["history"], kValid);
  EXPECT_EQ(verdicts[2]["valid"], false);
}

TEST(Check, AnUnreadableFileDoesNotHideAViolation) {
  const Folder folder;
  write_file(folder / "junk.jsonl", "junk\n");
  const Finished both = witness({"check", folder / "junk.jsonl", kViolated});
  EXPECT_EQ(both.exit, 1);
  EXPECT_THAT(both.err, HasSubstr("junk.jsonl:1:1"));
  EXPECT_EQ(witness({"check", folder / "junk.jsonl", kValid}).exit, 254);
  EXPECT_EQ(witness({"check", folder / "nothing.jsonl", kValid}).exit, 254);
}

TEST(Check, ElleCompatPrintsOneWordAFileAndNothingElse) {
  const Finished run = witness({"check", "--elle-compat", kValid, kUnknown, kViolated});
  EXPECT_EQ(run.out, kValid + "\ttrue\n" + kUnknown + "\tunknown\n" + kViolated + "\tfalse\n");
}

TEST(Check, ReadsStandardInput) {
  const Finished run =
      Process{{"/bin/sh", "-c", std::string{WITNESS_BINARY} + " check - < " + kViolated}}.finish();
  EXPECT_EQ(run.exit, 1);
}

TEST(Check, AModelThatTheHistoryKeepsStillLeavesTheInvariantToBeJudged) {
  const Finished run = witness({"check", "--model", "read-committed", "--json", kViolated});
  EXPECT_EQ(run.exit, 1);
  const json verdict = json::parse(run.out);
  EXPECT_EQ(verdict["claims"][0]["holds"], false);
  EXPECT_EQ(witness({"check", "--model", "no-such-model", kValid}).exit, 254);
}

TEST(Check, OnlyTheAnomaliesThatWereAskedForCount) {
  EXPECT_EQ(witness({"check", "--anomaly", "lost-acquisition", kViolated}).exit, 0);
  EXPECT_EQ(witness({"check", "--anomaly", "double-acquisition", kViolated}).exit, 1);
  EXPECT_EQ(witness({"check", "--anomaly", "bad-luck", kViolated}).exit, 254);
}

TEST(Check, ReportsGoWhereTheyAreSent) {
  const Folder folder;
  const Finished run = witness({"check", kViolated, "--report", "json=" + (folder / "v.json"),
                                "--report", "text=" + (folder / "v.txt")});
  EXPECT_EQ(run.exit, 1);
  EXPECT_EQ(json::parse(read_file(folder / "v.json"))["valid"], false);
  EXPECT_THAT(read_file(folder / "v.txt"), HasSubstr("VIOLATED"));
  EXPECT_EQ(witness({"check", kViolated, "--report", "painting=x"}).exit, 254);
}

TEST(Check, QuietIsOneLineAndColourIsOnRequest) {
  const Finished quiet = witness({"check", "--quiet", kViolated});
  EXPECT_EQ(std::count(quiet.out.begin(), quiet.out.end(), '\n'), 1);
  EXPECT_THAT(witness({"check", "--color", "always", kViolated}).out, HasSubstr("\x1b["));
  EXPECT_THAT(witness({"check", "--color", "auto", kViolated}, {"NO_COLOR=1"}).out,
              Not(HasSubstr("\x1b[")));
}

TEST(Check, TheSameInputGivesTheSameBytes) {
  EXPECT_EQ(witness({"check", kViolated}).out, witness({"check", kViolated}).out);
}

TEST(Check, BinaryTruncatedAndForeignFilesAreSaidToBeSo) {
  const Folder folder;
  write_file(folder / "binary", std::string("\0\1\2\3\xff\xfe", 6) + "\n");
  write_file(folder / "future.jsonl", "{\"schema\":\"witness.history/2\"}\n");
  for (const char* name : {"binary", "future.jsonl"}) {
    const Finished run = witness({"check", folder / name});
    EXPECT_EQ(run.exit, 254) << name;
    EXPECT_THAT(run.err, HasSubstr(std::string{name} + ":1:"));
    EXPECT_THAT(run.out, IsEmpty());
  }
  const std::string whole = read_file(kViolated);
  for (std::size_t size = 0; size <= whole.size(); size += 97) {
    write_file(folder / "cut.jsonl", whole.substr(0, size));
    EXPECT_THAT(witness({"check", folder / "cut.jsonl"}).exit, testing::AnyOf(0, 1, 2)) << size;
  }
  EXPECT_EQ(witness({"check", folder.path()}).exit, 254);
}

// Several blocks and several parts of keys: what ThreadSanitizer must see.
TEST(Check, ALongHistoryIsReadAndJudgedByThreads) {
  const Folder folder;
  const std::string path = folder / "long.jsonl";
  ASSERT_EQ(witness({"generate", "list-append", "--ops", "30000", "--quiet", "-o", path}).exit, 0);
  const Finished check = witness({"check", "--quiet", path});
  EXPECT_EQ(check.exit, 0) << check.out << check.err;
}

}  // namespace
}  // namespace witness::test
