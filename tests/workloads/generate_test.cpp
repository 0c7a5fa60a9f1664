#include "workloads/generate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "history/byte_source.hpp"
#include "tests/support/process.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"
#include "workloads/generate_plants.hpp"

namespace witness {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string text_of(const GenerateOptions& options) {
  const test::Folder folder;
  const std::string path = folder / "h.jsonl";
  generate(options, path);
  return test::read_file(path);
}

/// The lines between the header and the end.
std::vector<json> events_of(const GenerateOptions& options) {
  std::istringstream text{text_of(options)};
  std::vector<json> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  lines.erase(lines.begin());
  lines.pop_back();
  return lines;
}

GenerateOptions of(std::string shape, SimulatedLevel level = SimulatedLevel::strict_serializable) {
  GenerateOptions options;
  options.shape = std::move(shape);
  options.level = level;
  options.operations = 600;
  options.clients = 7;
  options.keys = 3;
  options.steps_min = 1;
  options.steps_max = 8;
  options.writes_per_key = 12;
  return options;
}

std::vector<GenerateOptions> every_kind() {
  std::vector<GenerateOptions> all = {of("seat")};
  for (const char* shape : {"list-append", "rw-register"}) {
    for (std::size_t level = 0; level < kSimulatedLevelNames.size(); ++level) {
      all.push_back(of(shape, static_cast<SimulatedLevel>(level)));
    }
  }
  return all;
}

TEST(Generate, GivesTheSameBytesForTheSameSeed) {
  for (GenerateOptions options : every_kind()) {
    const std::string first = text_of(options);
    EXPECT_EQ(first, text_of(options));
    ++options.seed;
    EXPECT_NE(first, text_of(options));
  }
}

TEST(Generate, WritesAHeaderAndAnEndThatFit) {
  for (const GenerateOptions& options : every_kind()) {
    const std::string text = text_of(options);
    const json header = json::parse(text.substr(0, text.find('\n')));
    EXPECT_EQ(header["schema"], "witness.history/1");
    EXPECT_EQ(header["workload"], options.shape);
    EXPECT_EQ(header["generated"]["ops"], 600);
    const std::string last = text.substr(text.rfind('\n', text.size() - 2) + 1);
    EXPECT_EQ(json::parse(last)["operations"], 600);
  }
}

TEST(Generate, NumbersItsLinesAndItsTimesGrow) {
  for (const GenerateOptions& options : every_kind()) {
    std::int64_t time = -1;
    std::int64_t index = 0;
    for (const json& event : events_of(options)) {
      EXPECT_EQ(event["index"], index++);
      if (!event.contains("time")) continue;
      EXPECT_GT(event["time"], time);
      time = event["time"];
    }
  }
}

TEST(Generate, HasNoMoreOpenThanClientsAndRetiresAProcessAfterInfo) {
  for (GenerateOptions options : every_kind()) {
    options.info = 0.2;
    std::map<std::int64_t, std::string> last;  // what each process did last
    std::size_t open = 0;
    std::size_t most = 0;
    for (const json& event : events_of(options)) {
      if (!event.contains("process")) continue;
      std::string& state = last[event["process"]];
      if (event["type"] == "invoke") {
        EXPECT_TRUE(state.empty() || state == "ok" || state == "fail") << event;
        ++open;
      } else {
        EXPECT_EQ(state, "invoke") << event;
        --open;
      }
      state = event["type"];
      most = std::max(most, open);
    }
    EXPECT_EQ(most, options.clients);
    EXPECT_EQ(open, 0U);
  }
}

TEST(Generate, CompletesWithWhatWasInvoked) {
  for (const GenerateOptions& options : every_kind()) {
    if (options.shape == "seat") continue;
    std::map<std::int64_t, json> invoked;
    for (const json& event : events_of(options)) {
      json& before = invoked[event["process"]];
      if (event["type"] == "invoke") {
        before = event["value"];
        continue;
      }
      ASSERT_EQ(event["value"].size(), before.size());
      for (std::size_t i = 0; i < before.size(); ++i) {
        const bool filled = before[i][0] == "r" && event["type"] == "ok";
        for (const int part : {0, 1}) EXPECT_EQ(event["value"][i][part], before[i][part]);
        if (!filled) {
          EXPECT_EQ(event["value"][i], before[i]);
        }
      }
    }
  }
}

TEST(Generate, WritesEachValueOfAKeyOnceCountingFromOne) {
  for (const GenerateOptions& options : every_kind()) {
    if (options.shape == "seat") continue;
    std::map<int, int> last;
    for (const json& event : events_of(options)) {
      if (event["type"] != "invoke") continue;
      for (const json& step : event["value"]) {
        if (step[0] == "r") continue;
        EXPECT_EQ(step[0], options.shape == "list-append" ? "append" : "w");
        EXPECT_EQ(step[2], ++last[step[1]]);
        EXPECT_LE(step[2], 12);
      }
    }
    EXPECT_GT(last.size(), 10U);
  }
}

TEST(Generate, KeepsTheRatesThatWereAskedFor) {
  GenerateOptions options = of("list-append");
  options.operations = 4000;
  options.fail = 0.1;
  options.info = 0.3;
  options.reads = 0.25;
  std::map<std::string, int> types;
  std::map<std::string, int> steps;
  for (const json& event : events_of(options)) {
    ++types[event["type"]];
    if (event["type"] != "invoke") continue;
    for (const json& step : event["value"]) ++steps[step[0]];
  }
  EXPECT_EQ(types["invoke"], 4000);
  EXPECT_NEAR(types["fail"], 400, 80);
  EXPECT_NEAR(types["info"], 0.9 * 0.3 * 4000, 150);
  EXPECT_NEAR(steps["r"] / double(steps["r"] + steps["append"]), 0.25, 0.02);
}

std::string keys_share(KeyDistribution distribution) {
  GenerateOptions options = of("list-append");
  options.distribution = distribution;
  options.keys = 20;
  options.writes_per_key = 1'000'000;
  options.operations = 4000;
  std::map<int, int> used;
  int all = 0;
  for (const json& event : events_of(options)) {
    if (event["type"] != "invoke") continue;
    for (const json& step : event["value"]) {
      ++used[step[1]];
      ++all;
    }
  }
  return std::to_string(20 * used[0] / all) + " " + std::to_string(20 * used[19] / all);
}

TEST(Generate, TakesKeysAsTheirDistributionSays) {
  // Twentieths of all, of the first and of the last of twenty keys: 1/1 and 1/20 of 3.6.
  EXPECT_THAT(keys_share(KeyDistribution::zipf), "5 0");
  EXPECT_THAT(keys_share(KeyDistribution::hot), "9 0");  // two are hot
}

/// Whether some transaction read a key twice, with different answers and no own write.
bool reads_do_not_repeat(const std::vector<json>& events) {
  for (const json& event : events) {
    if (event["type"] != "ok") continue;
    std::map<int, json> seen;
    std::set<int> written;
    for (const json& step : event["value"]) {
      if (step[0] != "r") written.insert(int{step[1]});
      if (step[0] != "r" || written.contains(step[1])) continue;
      const auto [before, fresh] = seen.try_emplace(step[1], step[2]);
      if (!fresh && before->second != step[2]) return true;
    }
  }
  return false;
}

TEST(Generate, RepeatsReadsAboveReadCommittedOnly) {
  for (const GenerateOptions& options : every_kind()) {
    if (options.shape == "seat") continue;
    EXPECT_EQ(reads_do_not_repeat(events_of(options)),
              options.level == SimulatedLevel::read_committed);
  }
}

TEST(Generate, ListsOfOneKeyContinueEachOtherAtEveryLevel) {
  for (const GenerateOptions& options : every_kind()) {
    if (options.shape != "list-append") continue;
    std::map<int, json> longest;
    for (const json& event : events_of(options)) {
      if (event["type"] != "ok") continue;
      for (const json& step : event["value"]) {
        if (step[0] != "r") continue;
        json& known = longest[step[1]];
        const auto common = std::min(known.size(), step[2].size());
        for (std::size_t i = 0; i < common; ++i) ASSERT_EQ(known[i], step[2][i]) << event;
        if (step[2].size() > known.size()) known = step[2];
      }
    }
  }
}

TEST(Generate, PlantsOnKeysAndProcessesOfItsOwn) {
  for (const Plant& plant : plants()) {
    for (const char* shape : {"list-append", "rw-register", "seat"}) {
      const std::string_view script =
          std::string_view{shape} == "list-append" ? plant.list : plant.reg;
      if (std::string_view{shape} == "seat" ? !plant.seat : script.empty()) continue;
      GenerateOptions options = of(shape);
      options.plant = plant.name;
      options.plant_count = 3;
      options.info = 0;
      const std::vector<json> events = events_of(options);
      EXPECT_EQ(std::ranges::count(events, "invoke", [](auto& e) { return e["type"]; }), 600);
      std::map<std::string, std::set<bool>> users;  // key -> by planted processes, by clients
      std::set<std::int64_t> planted;
      for (const json& event : events) {
        if (!event.contains("process")) continue;
        const bool own = event["process"] >= 7;  // without info, clients keep their numbers
        if (own) planted.insert(event["process"].get<std::int64_t>());
        for (const json& step : event["value"]) users[step[1].dump()].insert(own);
      }
      EXPECT_FALSE(planted.empty()) << plant.name;
      for (const auto& [key, who] : users) EXPECT_EQ(who.size(), 1U) << plant.name << " " << key;
    }
  }
}

TEST(Generate, PlantsWhereItIsTold) {
  GenerateOptions options = of("list-append");
  options.plant = "G1a";
  const test::Folder folder;
  options.at = std::uint64_t{0};
  EXPECT_EQ(generate(options, folder / "a.jsonl").planted_at, 0U);
  options.at = 0.5;
  const Generated middle = generate(options, folder / "b.jsonl");
  EXPECT_NEAR(static_cast<double>(middle.planted_at.value()), 600, 20);
  options.at = 1.0;
  EXPECT_GT(generate(options, folder / "c.jsonl").planted_at, 1150U);
}

TEST(Generate, CompressesWhatIsCalledZst) {
  const test::Folder folder;
  generate(of("list-append"), folder / "h.jsonl.zst");
  const auto source = decompressed(open_file(folder / "h.jsonl.zst"), "h");
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 1; n > 0; text.append(buffer.data(), n)) n = source->read(buffer);
  EXPECT_EQ(text, text_of(of("list-append")));
}

TEST(Generate, IsReadAsItWasMeant) {
  for (GenerateOptions options : every_kind()) {
    if (options.shape == "seat") continue;
    options.info = 0.1;
    options.fail = 0.1;
    std::map<std::string, std::uint64_t> told;
    for (const json& event : events_of(options)) ++told[event["type"]];
    const History history = parse_history(text_of(options), "generated");
    ASSERT_TRUE(history.transactions);
    EXPECT_EQ(history.header.workload, options.shape);
    std::array<std::uint64_t, 3> read{};
    for (const Transaction& transaction : history.transactions->transactions) {
      ++read[static_cast<std::size_t>(transaction.told)];
    }
    for (std::size_t i = 0; i < read.size(); ++i) {
      EXPECT_EQ(read[i], told[std::string{kCompletionNames[i]}]);
    }
  }
}

TEST(Generate, IsDocumentedWithEveryLevelAndPlant) {
  const std::string text =
      test::read_file(std::string{WITNESS_SOURCE_DIR} + "/workloads/WORKLOADS.md");
  for (const std::string_view level : kSimulatedLevelNames) {
    EXPECT_THAT(text, HasSubstr("| `" + std::string{level} + "` |"));
  }
  for (const Plant& plant : plants()) {
    std::string in = plant.list.empty() ? "" : "lists";
    if (!plant.reg.empty()) in += in.empty() ? "registers" : ", registers";
    if (plant.seat) in += "seats";
    EXPECT_THAT(text, HasSubstr("| `" + std::string{plant.name} + "` | " +
                                std::string{plant.about} + " | " + in + " |"));
  }
}

std::string refusal(const std::function<void(GenerateOptions&)>& change) {
  GenerateOptions options = of("list-append");
  change(options);
  try {
    text_of(options);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Generate, RefusesWhatIsNotPossibleAndSaysWhatIs) {
  EXPECT_THAT(refusal([](auto& o) { o.shape = "bank"; }), HasSubstr("list-append, rw-register"));
  EXPECT_THAT(refusal([](auto& o) { o.plant = "G7"; }), HasSubstr("G1a, G1b"));
  EXPECT_THAT(refusal([](auto& o) { o.plant = "double-acquisition"; }),
              HasSubstr("in list-append there can be G0"));
  EXPECT_THAT(refusal([](auto& o) { o.reads = 1.5; }), HasSubstr("--reads 1.5: from 0 to 1"));
  EXPECT_THAT(refusal([](auto& o) { o.clients = 0; }), HasSubstr("--clients 0: from 1 to"));
  EXPECT_THAT(refusal([](auto& o) { o.steps_min = 9; }), HasSubstr("--ops-per-txn 9: from 1 to 8"));
  EXPECT_THAT(refusal([](auto& o) {
                o.shape = "seat";
                o.level = SimulatedLevel::read_committed;
              }),
              HasSubstr("strict-serializable"));
}

TEST(GenerateCommand, RunsTheExampleOfItsHelp) {
  const test::Folder folder;
  const std::string help = test::witness({"generate", "--help"}).out;
  const std::string marker = "Example: witness ";
  const std::size_t at = help.find(marker);
  ASSERT_NE(at, std::string::npos);
  std::istringstream example{help.substr(at + marker.size())};
  const std::vector<std::string> words{std::istream_iterator<std::string>{example}, {}};
  const test::Finished made = test::witness(words, {}, folder.path());
  EXPECT_EQ(made.exit, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("planted G-single-item at index "));
  EXPECT_THAT(made.out, HasSubstr("next    witness check planted.jsonl"));
  EXPECT_EQ(test::witness({"check", "planted.jsonl"}, {}, folder.path()).exit, 1);
}

TEST(GenerateCommand, WritesToStandardOutputAndNothingElse) {
  const test::Finished made = test::witness({"generate", "rw-register", "--ops", "50", "-o", "-"});
  EXPECT_EQ(made.exit, 0);
  GenerateOptions options;
  options.shape = "rw-register";
  options.operations = 50;
  EXPECT_EQ(made.out, text_of(options));
  EXPECT_EQ(made.err, "");
}

TEST(GenerateCommand, TellsWhatIsPossible) {
  const auto error = [](std::vector<std::string> more) {
    std::vector<std::string> words = {"generate", "list-append", "-o", "/dev/null"};
    words.insert(words.end(), more.begin(), more.end());
    const test::Finished failed = test::witness(words);
    EXPECT_EQ(failed.exit, 254);
    return failed.err;
  };
  EXPECT_THAT(error({"--level", "best"}), HasSubstr("one of read-committed, read-atomic"));
  EXPECT_THAT(error({"--distribution", "x"}), HasSubstr("one of uniform, zipf, hot"));
  EXPECT_THAT(error({"--ops-per-txn", "8-1"}), HasSubstr("a range as in 1-8"));
  EXPECT_THAT(error({"--at", "middle"}), HasSubstr("as in 0.5"));
  EXPECT_THAT(error({"--at", "1.5", "--plant", "G0"}), HasSubstr("--at 1.5: from 0 to 1"));
  EXPECT_THAT(error({"--plant", "G0", "--plant-count", "5", "--at", "0.1"}),
              HasSubstr("--at is for one copy"));
  EXPECT_EQ(test::witness({"generate", "list-append", "-o", "/nowhere/h.jsonl"}).exit, 255);
}

}  // namespace
}  // namespace witness
