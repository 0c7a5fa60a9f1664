// Saved histories: the folder is the expected verdict.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/process.hpp"

namespace witness::test {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

struct Fixture {
  std::string path;
  int exit;
  std::string word;
};
void PrintTo(const Fixture& fixture, std::ostream* out) { *out << fixture.path; }

std::vector<Fixture> fixtures() {
  const std::vector<std::pair<std::string, int>> folders = {
      {"linearizable", 0}, {"violated", 1}, {"unknown", 2}};
  std::vector<Fixture> all;
  for (const auto& [folder, exit] : folders) {
    for (const auto& entry :
         fs::directory_iterator(fs::path{WITNESS_SOURCE_DIR} / "fixtures" / folder)) {
      all.push_back({entry.path().string(), exit, folder});
    }
  }
  return all;
}

class Fixtures : public testing::TestWithParam<Fixture> {};

TEST_P(Fixtures, AreJudgedAsTheirFolderSays) {
  const Finished check = witness({"check", "--json", GetParam().path});
  EXPECT_EQ(check.exit, GetParam().exit) << check.out << check.err;
  const json verdict = json::parse(check.out);
  EXPECT_EQ(verdict["schema"], "witness.verdict/1");
  const std::vector<json> valid = {true, false, "unknown"};
  EXPECT_EQ(verdict["valid"], valid[static_cast<std::size_t>(GetParam().exit)]);
  if (GetParam().exit == 1) {
    EXPECT_FALSE(verdict["keys"].empty());
    EXPECT_FALSE(verdict["anomalies"].empty());
  } else {
    EXPECT_TRUE(verdict["keys"].empty());
  }
  EXPECT_EQ(verdict["verdict"], GetParam().exit == 0 ? "valid" : GetParam().word);
  EXPECT_EQ(verdict["word"], GetParam().word);
}

TEST_P(Fixtures, AreShownInAHundredColumnsAndWithoutColourWhereThereIsNoTerminal) {
  std::istringstream lines{witness({"check", GetParam().path}).out};
  for (std::string line; std::getline(lines, line);) {
    const auto columns =
        std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    EXPECT_LE(columns, 100) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Saved, Fixtures, testing::ValuesIn(fixtures()), [](const auto& info) {
  std::string name = info.param.word + "_" + fs::path{info.param.path}.filename().string();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

TEST(FixtureNames, SayWhichAnomalyMustBeFound) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"drop-double-apply", "double-apply"},
      {"drop-lost-update", "lost-update"},
      {"drop-oversell", "oversell"},
      {"drop-undersell", "undersell"},
      {"seat-double-sale", "double-acquisition"},
      {"seat-early-rejection", "early-rejection"},
      {"seat-hidden-by-convergence", "hidden-by-convergence"},
      {"seat-lost-acquisition", "lost-acquisition"},
      {"seat-phantom-acquisition", "phantom-acquisition"},
      {"seat-unknown-holder", "unknown-holder"},
  };
  for (const auto& [file, label] : expected) {
    const Finished check =
        witness({"check", "--json",
                 std::string{WITNESS_SOURCE_DIR} + "/fixtures/violated/" + file + ".jsonl"});
    const json verdict = json::parse(check.out);
    bool found = false;
    for (const json& anomaly : verdict["anomalies"]) found = found || anomaly["type"] == label;
    EXPECT_TRUE(found) << file << ": " << check.out;
  }
}

// list-append-G1c.jsonl, list-append-G-single-item-by-hand.edn: the label stands behind the
// datatype.
TEST(FixtureNames, OfTransactionsSayTheAnomalyAndItsLabel) {
  std::size_t seen = 0;
  for (const Fixture& fixture : fixtures()) {
    const std::string stem = fs::path{fixture.path}.stem().string();
    for (const std::string datatype : {"list-append-", "rw-register-"}) {
      if (fixture.exit != 1 || !stem.starts_with(datatype)) continue;
      ++seen;
      const json verdict = json::parse(witness({"check", "--json", fixture.path}).out);
      bool found = false;
      for (const json& anomaly : verdict["anomalies"]) {
        found =
            found || stem.substr(datatype.size()).starts_with(anomaly["type"].get<std::string>());
      }
      EXPECT_TRUE(found) << fixture.path;
    }
  }
  EXPECT_GE(seen, 20u);
}

}  // namespace
}  // namespace witness::test
