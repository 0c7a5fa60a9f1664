/// What must not change a verdict, and what must: on generated histories.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "checker/anomalies.hpp"
#include "tests/checker/fuzz_cases.hpp"
#include "tests/support/process.hpp"
#include "witness/check.hpp"
#include "workloads/generate.hpp"
#include "workloads/generate_plants.hpp"

namespace witness {
namespace {

using nlohmann::json;
using Lines = std::vector<json>;

Lines generated(const GenerateOptions& options) {
  const test::Folder folder;
  generate(options, folder / "h.jsonl");
  std::istringstream text{test::read_file(folder / "h.jsonl")};
  Lines lines;
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  return lines;
}

GenerateOptions small(std::string shape, SimulatedLevel level, std::uint64_t seed) {
  GenerateOptions options;
  options.shape = std::move(shape);
  options.level = level;
  options.seed = seed;
  options.operations = 60;
  options.clients = 5;
  options.keys = 3;
  options.steps_min = 1;
  options.writes_per_key = 8;
  options.info = 0.1;
  options.fail = 0.1;
  return options;
}

Verdict judge(const Lines& lines, const std::string& model) {
  std::string text;
  for (const json& line : lines) text += line.dump() + "\n";
  return check(parse_history(text, "generated"), {.models = {model}});
}

std::string model_of(SimulatedLevel level) {
  return std::string{kSimulatedLevelNames[static_cast<std::size_t>(level)]};
}

std::set<std::string> kinds_in(const Verdict& verdict) {
  std::set<std::string> kinds;
  for (const Anomaly& anomaly : verdict.anomalies) kinds.emplace(label(anomaly.kind));
  return kinds;
}

/// Each shape and level, some seeds.
void for_each_history(const std::function<void(const GenerateOptions&)>& test) {
  const std::uint64_t seeds = std::clamp<std::uint64_t>(testing::fuzz_cases(100) / 20, 3, 200);
  for (const char* shape : {"list-append", "rw-register"}) {
    for (std::size_t level = 0; level < kSimulatedLevelNames.size(); ++level) {
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const GenerateOptions options = small(shape, static_cast<SimulatedLevel>(level), seed);
        SCOPED_TRACE(fmt::format("{} {} seed {}", shape, model_of(options.level), seed));
        test(options);
      }
    }
  }
}

TEST(TransactionsMetamorphic, AHistoryOfALevelIsNeverViolatedThere) {
  for_each_history([](const GenerateOptions& options) {
    const Verdict verdict = judge(generated(options), model_of(options.level));
    EXPECT_NE(verdict.validity, Validity::violated) << verdict.reason;
    // Not all that read-atomic forbids is searched for.
    const bool decidable =
        options.shape == "list-append" && options.level != SimulatedLevel::read_atomic;
    if (decidable) {
      EXPECT_EQ(verdict.validity, Validity::valid) << verdict.reason;
    }
  });
}

TEST(TransactionsMetamorphic, ALevelShowsWhatTheNextOneForbids) {
  for (const char* shape : {"list-append", "rw-register"}) {
    for (std::size_t level = 0; level + 1 < kSimulatedLevelNames.size(); ++level) {
      GenerateOptions options = small(shape, static_cast<SimulatedLevel>(level), 1);
      options.operations = 2000;
      const Verdict verdict =
          judge(generated(options), std::string{kSimulatedLevelNames[level + 1]});
      // Of plain registers too little is known of what came first.
      if (options.shape == "rw-register" && verdict.validity == Validity::unknown) continue;
      EXPECT_EQ(verdict.validity, Validity::violated) << shape << " " << model_of(options.level);
    }
  }
}

void expect_same(const Verdict& before, const Verdict& after) {
  EXPECT_EQ(before.validity, after.validity);
  EXPECT_EQ(before.models_violated, after.models_violated);
  EXPECT_EQ(kinds_in(before), kinds_in(after));
  EXPECT_EQ(before.anomalies.size(), after.anomalies.size());
}

TEST(TransactionsMetamorphic, NamesOfKeysDoNotMatter) {
  for_each_history([](const GenerateOptions& options) {
    Lines lines = generated(options);
    const Verdict before = judge(lines, "strict-serializable");
    for (json& line : lines) {
      if (!line.contains("value")) continue;
      for (json& step : line["value"]) {
        const int key = step[1];
        step[1] = key % 2 == 0 ? json("key " + std::to_string(1000 - key)) : json(7 * key + 1);
      }
    }
    expect_same(before, judge(lines, "strict-serializable"));
  });
}

TEST(TransactionsMetamorphic, NumbersOfProcessesDoNotMatter) {
  for_each_history([](const GenerateOptions& options) {
    Lines lines = generated(options);
    const Verdict before = judge(lines, "strict-serializable");
    for (json& line : lines) {
      if (line.contains("process")) line["process"] = 10'000 - 3 * line["process"].get<int>();
    }
    expect_same(before, judge(lines, "strict-serializable"));
  });
}

/// The place of the invocation that a completion answers.
std::size_t invocation_of(const Lines& lines, std::size_t completion) {
  std::size_t at = completion;
  do {
    --at;
  } while (lines[at].value("process", -1) != lines[completion]["process"]);
  return at;
}

/// Completions told ok, some of them, evenly.
std::vector<std::size_t> some_told_ok(const Lines& lines, bool only_readers) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].value("type", "") != "ok") continue;
    const bool reads = std::ranges::all_of(lines[i]["value"], [](auto& s) { return s[0] == "r"; });
    if (reads || !only_readers) all.push_back(i);
  }
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < all.size(); i += 1 + all.size() / 8) some.push_back(all[i]);
  return some;
}

TEST(TransactionsMetamorphic, OneReaderLessViolatesNothingMore) {
  for_each_history([](const GenerateOptions& options) {
    const Lines lines = generated(options);
    const std::vector<std::string> violated = judge(lines, "strict-serializable").models_violated;
    for (const std::size_t reader : some_told_ok(lines, true)) {
      Lines fewer = lines;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(reader));
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(invocation_of(lines, reader)));
      fewer.back()["operations"] = lines.back()["operations"].get<int>() - 1;
      for (const std::string& model : judge(fewer, "strict-serializable").models_violated) {
        EXPECT_TRUE(std::ranges::find(violated, model) != violated.end())
            << model << " without " << lines[reader];
      }
    }
  });
}

TEST(TransactionsMetamorphic, AnAnswerThatWasLostViolatesNothingMore) {
  for_each_history([](const GenerateOptions& options) {
    const Lines lines = generated(options);
    const std::vector<std::string> violated = judge(lines, "strict-serializable").models_violated;
    for (const std::size_t answer : some_told_ok(lines, false)) {
      Lines lost = lines;
      lost[answer]["type"] = "info";
      lost[answer]["value"] = lines[invocation_of(lines, answer)]["value"];
      for (std::size_t later = answer + 1; later < lost.size(); ++later) {
        if (lost[later].value("process", -1) == lost[answer]["process"]) {
          lost[later]["process"] = 1'000'000;  // who does not know how it ended is not asked again
        }
      }
      for (const std::string& model : judge(lost, "strict-serializable").models_violated) {
        EXPECT_TRUE(std::ranges::find(violated, model) != violated.end())
            << model << " with " << lines[answer] << " unknown";
      }
    }
  });
}

TEST(TransactionsMetamorphic, WhatIsPlantedIsFoundUnderItsName) {
  for (const Plant& plant : plants()) {
    for (const bool lists : {true, false}) {
      if ((lists ? plant.list : plant.reg).empty()) continue;
      for (const std::uint64_t seed : {1, 2, 3}) {
        for (const double at : {0.0, 0.3, 1.0}) {
          GenerateOptions options = small(lists ? "list-append" : "rw-register",
                                          SimulatedLevel::strict_serializable, seed);
          options.plant = plant.name;
          options.at = at;
          const Verdict verdict = judge(generated(options), "strict-serializable");
          EXPECT_EQ(verdict.validity, Validity::violated);
          EXPECT_TRUE(kinds_in(verdict).contains(std::string{plant.name}))
              << options.shape << " " << plant.name << " seed " << seed << " at " << at << ": "
              << verdict.reason;
        }
      }
    }
  }
}

/// Nothing else is found beside it, but what the table says comes with it.
TEST(TransactionsMetamorphic, WhatIsPlantedIsAllThatIsFound) {
  for (const Plant& plant : plants()) {
    for (const bool lists : {true, false}) {
      if ((lists ? plant.list : plant.reg).empty()) continue;
      GenerateOptions options =
          small(lists ? "list-append" : "rw-register", SimulatedLevel::strict_serializable, 5);
      options.plant = plant.name;
      for (const std::string& kind : kinds_in(judge(generated(options), "strict-serializable"))) {
        // Weak levels tell of the same in their own words.
        if ((kind_bit(*anomaly_by_label(kind)) & kWeakKinds) != 0) continue;
        EXPECT_TRUE(kind == plant.name || plant.about.find(kind) != std::string_view::npos)
            << options.shape << " " << plant.name << " comes with " << kind;
      }
    }
  }
}

TEST(TransactionsMetamorphic, EveryCopyOfWhatIsPlantedIsFound) {
  for (const char* plant : {"G1a", "G-single-item", "G1c-realtime"}) {
    GenerateOptions options = small("list-append", SimulatedLevel::strict_serializable, 7);
    options.operations = 500;
    options.plant = plant;
    options.plant_count = 40;
    const Verdict verdict = judge(generated(options), "strict-serializable");
    EXPECT_EQ(std::ranges::count(verdict.anomalies, plant,
                                 [](const Anomaly& anomaly) { return label(anomaly.kind); }),
              40)
        << plant;
  }
}

TEST(TransactionsMetamorphic, ASeatSoldTwiceIsFoundAndNoOther) {
  GenerateOptions options = small("seat", SimulatedLevel::strict_serializable, 1);
  options.operations = 300;
  const auto verdict = [&] {
    const test::Folder folder;
    generate(options, folder / "h.jsonl");
    return check(read_history(folder / "h.jsonl"));
  };
  EXPECT_EQ(verdict().validity, Validity::valid) << verdict().reason;
  options.plant = "double-acquisition";
  EXPECT_EQ(verdict().validity, Validity::violated);
  EXPECT_EQ(verdict().keys.size(), 1U);
  EXPECT_TRUE(kinds_in(verdict()).contains("double-acquisition"));
}

}  // namespace
}  // namespace witness
