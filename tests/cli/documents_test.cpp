// Help and documents say what the code does: both are held to its tables.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "history/formats.hpp"
#include "tests/support/process.hpp"
#include "workloads/backoff.hpp"
#include "workloads/error_classes.hpp"
#include "workloads/workload.hpp"

namespace witness::test {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;

std::string document(const std::string& path) {
  return read_file(std::string{WITNESS_SOURCE_DIR} + "/" + path);
}

std::string completion(Completion value) {
  return std::string{kCompletionNames[static_cast<std::size_t>(value)]};
}

TEST(Documents, WorkloadsHaveEveryVariantBackoffAndError) {
  const std::string text = document("workloads/WORKLOADS.md");
  for (const WorkloadInfo& workload : workloads()) {
    EXPECT_THAT(text, HasSubstr("## `" + std::string{workload.name} + "`"));
    for (const Variant& variant : workload.variants) {
      EXPECT_THAT(text, HasSubstr("| `" + std::string{variant.name} + "` |"));
    }
  }
  for (const BackoffRow& row : kBackoffs) {
    EXPECT_THAT(
        text, HasSubstr("| `" + std::string{row.name} + "` | " + std::string{row.formula} + " |"));
  }
  for (const ErrorRule& rule : kErrorRules) {
    const std::string pattern =
        rule.pattern.empty() ? "anything else" : "`" + std::string{rule.pattern} + "`";
    EXPECT_THAT(
        text,
        HasSubstr("| " + pattern + " | " +
                  std::string{kErrorKindNames[static_cast<std::size_t>(rule.kind)]} + " | " +
                  completion(rule.before) + " | " + completion(rule.commit_postgresql) + " | " +
                  completion(rule.commit_other) + " | " + (rule.retry ? "yes" : "no") + " |"));
  }
}

TEST(Documents, TheFormatsHaveEveryFormat) {
  const std::string text = document("history/FORMAT.md");
  for (const HistoryFormat& format : kHistoryFormats) {
    EXPECT_THAT(text, HasSubstr('`' + std::string{format.name} + '`'));
  }
  const std::string help = witness({"convert", "--help"}).out;
  for (const HistoryFormat& format : kHistoryFormats) EXPECT_THAT(help, HasSubstr(format.name));
}

TEST(Documents, EveryOptionOfRecordStandsInTheReadmeOrItsHelp) {
  const std::string help = witness({"record", "--help"}).out;
  for (const char* option : {"--target",      "--isolation",   "--clients", "--ladder",
                             "--ops",         "--duration",    "--rate",    "--keys",
                             "--stock",       "--retries",     "--backoff", "--backoff-base",
                             "--backoff-cap", "--overlap",     "--seed",    "--password-command",
                             "--output",      "--no-check",    "--config",  "--keep",
                             "--require",     "--ops-per-txn", "--reads",   "--writes-per-key",
                             "--json",        "--quiet",       "--color"}) {
    EXPECT_THAT(help, HasSubstr(option));
  }
}

TEST(Help, EveryCommandHasOneWithAnExample) {
  const std::string all = witness({"--help"}).out;
  for (const char* command : {"record", "check", "audit", "convert", "generate", "list"}) {
    EXPECT_THAT(all, HasSubstr(command));
    const Finished help = witness({command, "--help"});
    EXPECT_EQ(help.exit, 0);
    EXPECT_THAT(help.out, HasSubstr("Example"));
    EXPECT_THAT(help.out, HasSubstr(std::string{"witness "} + command));
  }
}

TEST(List, PrintsTheTablesOfTheCode) {
  const std::string shown = witness({"list", "workloads"}).out;
  for (const WorkloadInfo& workload : workloads()) {
    EXPECT_THAT(shown, HasSubstr(std::string{workload.name}));
    for (const Variant& variant : workload.variants) {
      EXPECT_THAT(shown, HasSubstr(std::string{variant.name}));
    }
  }
  EXPECT_EQ(json::parse(witness({"list", "backoffs", "--json"}).out).size(), kBackoffs.size());
  for (const char* kind : {"formats", "models", "anomalies", "faults"}) {
    EXPECT_EQ(witness({"list", kind}).exit, 0) << kind;
  }
  EXPECT_EQ(witness({"list", "nonsense"}).exit, 254);
}

TEST(Version, IsPrinted) {
  EXPECT_THAT(witness({"--version"}).out, ContainsRegex("^witness [0-9]+[.]"));
}

}  // namespace
}  // namespace witness::test
