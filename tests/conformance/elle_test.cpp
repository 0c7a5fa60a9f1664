/// Elle's and elle-cli's own cases: the same verdicts, and the same anomalies or stronger ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "checker/anomalies.hpp"
#include "tests/conformance/expectations.hpp"
#include "tests/support/process.hpp"
#include "witness/check.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

using test::Expectation;

/// What Elle says about its own search, and not about the history.
bool is_peers_own(const std::string& type) {
  return type == "empty-transaction-graph" || type == "cycle-search-timeout" ||
         type.ends_with("-cycle-exists");
}

/// Elle refuses a mix of two Java types of integers; in a file there is only one.
constexpr std::string_view kOnlyInMemory = "elle/rw-register/040-type-sanity.edn";

/// Elle takes a map from the index of an operation to its place in the commit order; in a file it
/// stands beside the operation.
std::string with_commit_order(std::string text, const nlohmann::json& order) {
  for (const auto& [index, place] : order.items()) {
    const std::string field = fmt::format(":index {},", index);
    const auto at = text.find(field);
    if (at != std::string::npos) text.insert(at, fmt::format(":order {} ", place.get<int>()));
  }
  return text;
}

CheckOptions options_for(const Expectation& expected) {
  CheckOptions options;
  options.models = expected.models;
  options.anomalies = expected.anomalies;
  for (const char* name : {"linearizable-keys", "sequential-keys", "wfr-keys"}) {
    if (expected.options.value(std::string{name} + "?", false)) options.assume.push_back(name);
  }
  if (expected.options.contains("transaction-order")) options.assume.push_back("commit-order");
  return options;
}

Verdict verdict_on(const Expectation& expected) {
  const std::string path = (test::corpora() / expected.path).string();
  const ReadOptions reading{.workload = expected.workload};
  if (!expected.options.contains("transaction-order")) {
    return check(read_history(path, reading), options_for(expected));
  }
  const std::string text =
      with_commit_order(test::read_file(path), expected.options["transaction-order"]);
  return check(parse_history(text, path, reading), options_for(expected));
}

std::string word(Validity validity) {
  return validity == Validity::valid      ? "true"
         : validity == Validity::violated ? "false"
                                          : "unknown";
}

/// Is it reported, under its own name or a stronger one?
bool reports(const Verdict& verdict, const std::string& type) {
  const auto wanted = anomaly_by_label(type);
  return wanted && std::ranges::any_of(verdict.anomalies, [&](const Anomaly& anomaly) {
           return (implied_by(anomaly.kind) & kind_bit(*wanted)) != 0;
         });
}

std::string labels(const Verdict& verdict) {
  std::string text;
  for (const Anomaly& anomaly : verdict.anomalies) text += " " + std::string{label(anomaly.kind)};
  return text;
}

void hold(const Expectation& expected) {
  if (expected.valid == "rejected") {
    EXPECT_THROW(verdict_on(expected), InputError);
    return;
  }
  const Verdict verdict = verdict_on(expected);
  const std::string valid = word(verdict.validity);
  const bool open = expected.workload == "rw-register" && expected.valid == "true" &&
                    verdict.validity == Validity::unknown;
  if (!open) {
    EXPECT_EQ(valid, expected.valid) << verdict.reason;
  }
  for (const std::string& type : expected.anomaly_types) {
    if (is_peers_own(type)) continue;
    EXPECT_TRUE(reports(verdict, type)) << type << " is not among" << labels(verdict);
  }
  for (const std::string& model : expected.ruled_out) {
    EXPECT_TRUE(std::ranges::find(verdict.models_violated, model) != verdict.models_violated.end())
        << model << " is not ruled out; there is" << labels(verdict);
  }
}

void hold_all(const std::string& workload) {
  int held = 0;
  for (const Expectation& expected : test::expectations(workload)) {
    if (!expected.path.starts_with("elle/") && !expected.path.starts_with("elle-cli/")) continue;
    if (expected.path == kOnlyInMemory) continue;
    SCOPED_TRACE(expected.path);
    ++held;
    try {
      hold(expected);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
  if (held == 0) GTEST_SKIP() << "no corpora at " << test::corpora() << "; set WITNESS_CORPORA";
}

TEST(Elle, ListAppendCasesHaveTheirVerdicts) { hold_all("list-append"); }

/// `unknown` is allowed where Elle, which does not look for an order of versions, says true.
TEST(Elle, RegisterCasesHaveTheirVerdicts) { hold_all("rw-register"); }

}  // namespace
}  // namespace witness
