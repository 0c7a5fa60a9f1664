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

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // which costs time and memory of its own
#else
constexpr bool kSanitized = false;
#endif
constexpr double kSlow = kSanitized ? 10 : 2;  // other processes may be in the way

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

/// Compare-and-sets that are all open at once, one of which never finds its value.
std::string hard_object() {
  std::string text =
      "{:process 0 :f :write :type :invoke :value 0}\n{:process 0 :f :write :type :ok :value 0}\n";
  std::string ends;
  unsigned random = 7;
  const auto value = [&] {
    random = random * 1664525U + 1013904223U;
    return std::to_string((random >> 16U) % 9);
  };
  for (int i = 0; i < 60; ++i) {
    const std::string edge = i == 0 ? "[98 99]" : "[" + value() + " " + value() + "]";
    const std::string begin = "{:process " + std::to_string(i + 1) + " :f :cas :value " + edge;
    text += begin + " :type :invoke}\n";
    ends = begin + " :type :ok}\n" + ends;
  }
  return text + ends;
}

/// Neither of them can be decided within these limits: 2 seconds, 200 MiB.
TEST(Check, LimitsOfTimeAndMemoryAreKept) {
  const Folder folder;
  write_file(folder / "hard.edn", hard_object());
  ASSERT_EQ(witness({"generate",
                     "rw-register",
                     "-o",
                     folder / "all.jsonl",
                     "--ops",
                     "3000",
                     "--clients",
                     "50",
                     "--keys",
                     "8",
                     "--reads",
                     "0.3",
                     "--ops-per-txn",
                     "4",
                     "--writes-per-key",
                     "1000000",
                     "--info",
                     "0",
                     "--fail",
                     "0",
                     "--seed",
                     "3"})
                .exit,
            0);
  ASSERT_EQ(witness({"convert", folder / "all.jsonl", folder / "hard.txt", "--to", "plume"}).exit,
            0);
  const std::vector<std::vector<std::string>> hard = {
      {"check", "--model", "linearizable", folder / "hard.edn"},
      {"check", "--model", "serializable", "--sessions", "no", folder / "hard.txt"}};
  for (std::vector<std::string> command : hard) {
    SCOPED_TRACE(command.back());
    std::vector<std::string> in_time = command;
    in_time.insert(in_time.end(), {"--timeout", "2s"});
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(witness(in_time).exit, 2);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_GT(took.count(), 1.9);
    EXPECT_LT(took.count(), 2.2 * kSlow);
    command.insert(command.end(), {"--memory", "200M"});
    const Finished run = witness(command);
    EXPECT_EQ(run.exit, 2);
    EXPECT_THAT(run.out, HasSubstr("UNKNOWN"));
    if (!kSanitized) {
      EXPECT_LT(run.peak_mebibytes, 220);
    }
  }
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
