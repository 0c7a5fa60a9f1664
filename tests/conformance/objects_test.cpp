/// Knossos', porcupine's, Jepsen's and elle-cli's own cases of objects: the same verdicts.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/conformance/expectations.hpp"
#include "tests/support/process.hpp"
#include "witness/check.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

using nlohmann::json;
using test::Expectation;

std::string word(Validity validity) {
  return validity == Validity::valid      ? "true"
         : validity == Validity::violated ? "false"
                                          : "unknown";
}

std::string workload_of(const std::string& name) { return name == "kv-append" ? "kv" : name; }

/// Of a multi-register: what all of its keys begin with.
std::optional<std::string> initial_of(const json& initial) {
  if (initial.is_null()) return std::nullopt;
  return initial.is_object() ? initial.begin().value().dump() : initial.dump();
}

bool names_operation(const Verdict& verdict, std::uint64_t index) {
  return std::ranges::any_of(verdict.anomalies, [&](const Anomaly& anomaly) {
    return std::ranges::find(anomaly.operations, index) != anomaly.operations.end();
  });
}

TEST(Objects, CasesOfKnossosPorcupineJepsenAndElleCliHaveTheirVerdicts) {
  std::ifstream file{test::corpora() / "expectations.jsonl"};
  int held = 0;
  for (std::string line; std::getline(file, line);) {
    const json expected = json::parse(line);
    const std::string path = expected["path"];
    const std::string folder = path.substr(0, path.find('/'));
    if (!std::set<std::string>{"knossos", "porcupine", "jepsen", "elle-cli"}.contains(folder)) {
      continue;
    }
    SCOPED_TRACE(line);
    const std::string file_path = (test::corpora() / path).string();
    ReadOptions reading{.workload = workload_of(expected["workload"])};
    if (expected.contains("initial")) reading.initial = initial_of(expected["initial"]);
    const CheckOptions options{.models = expected["models"]};
    const Verdict verdict = check(read_history(file_path, reading), options);
    EXPECT_EQ(word(verdict.validity), expected["valid"].dump()) << verdict.reason;
    ++held;
  }
  if (held == 0) GTEST_SKIP() << "no corpora at " << test::corpora() << "; set WITNESS_CORPORA";
}

/// The index of an operation's invocation, from the index of one of its events.
std::map<std::uint64_t, std::uint64_t> invocations(const History& history) {
  std::map<std::uint64_t, std::uint64_t> all;
  for (const ObjectOp& op : history.objects->ops) {
    all[op.index] = op.index;
    all[op.complete_index] = op.index;
  }
  return all;
}

/// Knossos names the completion that no order reaches.
TEST(Objects, TheCallThatKnossosNamesIsNamed) {
  const auto folder = test::corpora() / "knossos" / "linear";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no corpora at " << test::corpora();
  int held = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".edn") continue;
    SCOPED_TRACE(entry.path().string());
    std::filesystem::path beside = entry.path();
    beside.replace_extension(".expected.json");
    const json expected = json::parse(test::read_file(beside.string()));
    const ReadOptions reading{.workload = expected["options"]["model"],
                              .initial = initial_of(expected["options"]["initial"])};
    const History history = read_history(entry.path().string(), reading);
    const Verdict verdict = check(history);
    EXPECT_EQ(word(verdict.validity), expected["expected"]["valid?"].dump()) << verdict.reason;
    const json& said = expected["expected"];
    const std::uint64_t none = ~std::uint64_t{0};
    const std::uint64_t index = said.contains("op.index") ? said["op.index"].get<std::uint64_t>()
                                : said.contains("op")     ? said["op"].value("op-index", none)
                                                          : none;
    if (index == none) continue;
    ++held;
    EXPECT_TRUE(names_operation(verdict, invocations(history).at(index))) << index;
  }
  EXPECT_GE(held, 6);
}

/// What Jepsen's checkers count, as numbers of anomalies.
TEST(Objects, CasesOfJepsensCheckersHaveTheirVerdictsAndCounts) {
  const auto folder = test::corpora() / "jepsen";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no corpora at " << test::corpora();
  int held = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    if (entry.path().extension() != ".edn") continue;
    SCOPED_TRACE(entry.path().string());
    std::filesystem::path beside = entry.path();
    beside.replace_extension(".expected.json");
    const json expected = json::parse(test::read_file(beside.string()));
    const std::string workload = expected["function"];
    const Verdict verdict =
        check(read_history(entry.path().string(), ReadOptions{.workload = workload}));
    const json& valid = expected["expected"]["valid?"];
    const bool empty = test::read_file(entry.path().string()).empty();
    // A history without operations proves nothing here, and is fine there.
    const std::string wanted = empty               ? "unknown"
                               : valid.is_string() ? std::string{valid}
                                                   : valid.dump();
    EXPECT_EQ(word(verdict.validity), wanted) << verdict.reason;
    const auto count = [&](AnomalyKind kind) {
      std::uint64_t sum = 0;
      for (const Anomaly& anomaly : verdict.anomalies) {
        if (anomaly.kind == kind) sum += anomaly.count;
      }
      return sum;
    };
    const json& said = expected["expected"];
    if (said.contains("lost-count")) {
      EXPECT_EQ(count(AnomalyKind::lost_element), said["lost-count"].get<std::uint64_t>());
    }
    if (said.contains("unexpected-count")) {
      EXPECT_EQ(count(AnomalyKind::unexpected_element),
                said["unexpected-count"].get<std::uint64_t>());
    }
    if (said.contains("errors")) {
      EXPECT_EQ(count(AnomalyKind::counter_out_of_bounds), said["errors"].size());
    }
    if (said.contains("forks")) {
      for (const json& fork : said["forks"][0]) {
        const History history =
            read_history(entry.path().string(), ReadOptions{.workload = workload});
        EXPECT_TRUE(names_operation(
            verdict, invocations(history).at(fork["op-index"].get<std::uint64_t>())));
      }
    }
    ++held;
  }
  EXPECT_GE(held, 20);
}

}  // namespace
}  // namespace witness
