/// Serializability and snapshot isolation of registers that others recorded.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/conformance/expectations.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

using test::Expectation;

std::string word(Validity validity) {
  return validity == Validity::valid      ? "true"
         : validity == Validity::violated ? "false"
                                          : "unknown";
}

TEST(StrongLevels, CobrasAndIsoVistasHistoriesHaveTheirVerdicts) {
  int held = 0;
  for (const Expectation& expected : test::expectations("rw-register")) {
    const bool strong = expected.models == std::vector<std::string>{"serializable"} ||
                        expected.models == std::vector<std::string>{"snapshot-isolation"};
    const bool elles = expected.path.starts_with("elle");
    if (!strong || elles) continue;
    ++held;
    const Verdict verdict = check(read_history((test::corpora() / expected.path).string()),
                                  {.models = expected.models});
    EXPECT_EQ(word(verdict.validity), expected.valid) << expected.path << ": " << verdict.reason;
  }
  if (held == 0) GTEST_SKIP() << "no corpora at " << test::corpora() << "; set WITNESS_CORPORA";
}

/// A literal history as Plume's text. AWDIT's have no initial value: `shift` keeps theirs from 0.
std::string plume(const nlohmann::json& sessions, int shift) {
  std::string text;
  std::map<std::string, int> keys;
  int transaction = 0;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    for (const nlohmann::json& each : sessions[s]) {
      const bool committed = each["committed"];
      for (const nlohmann::json& op : each["ops"]) {
        const std::string key = op[1].is_string() ? op[1].get<std::string>() : op[1].dump();
        const int number = keys.emplace(key, static_cast<int>(keys.size())).first->second;
        if (!committed && op[0] == "r") continue;
        const int value = op[2].is_null() ? 0 : op[2].get<int>() + shift;
        text += fmt::format("{}({},{},{},{})\n", op[0].get<std::string>(), number, value, s,
                            committed ? transaction : -1);
      }
      ++transaction;
    }
  }
  return text;
}

TEST(StrongLevels, LiteralHistoriesHaveTheirVerdicts) {
  std::ifstream file{test::corpora() / "literal" / "polysi-awdit.jsonl"};
  if (!file) GTEST_SKIP() << "no corpora at " << test::corpora() << "; set WITNESS_CORPORA";
  const std::map<std::string, std::string> models = {
      {"SI", "snapshot-isolation"}, {"SER", "serializable"}, {"RC", "read-committed"},
      {"RA", "read-atomic"},        {"CC", "causal"},        {"TCC", "causal"}};
  int held = 0;
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json json = nlohmann::json::parse(line);
    const auto model = models.find(json["level"]);
    ASSERT_NE(model, models.end()) << json["level"];
    const bool awdit = json["source"].get<std::string>().find("AWDIT") != std::string::npos;
    const std::string text = plume(json["history"], awdit ? 1 : 0);
    ReadOptions reading{.format = "plume"};
    reading.duplicates = true;
    const Verdict verdict =
        check(parse_history(text, json["name"], reading), {.models = {model->second}});
    const bool vacuous = verdict.reason.find("put to the test") != std::string::npos;
    const std::string valid = vacuous ? "true" : word(verdict.validity);
    EXPECT_EQ(valid, json["expect"].dump())
        << json["name"] << " " << json["level"] << ": " << verdict.reason << "\n"
        << text.substr(0, 2000);
    ++held;
  }
  EXPECT_GT(held, 0);
}

}  // namespace
}  // namespace witness
