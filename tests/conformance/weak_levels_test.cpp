/// Register histories of AWDIT, IsoVista and Cobra: the weak levels that they are known to keep.
#include <gtest/gtest.h>

#include "tests/conformance/expectations.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

/// These tools call monotonic atomic view with session order "read committed", and check all levels
/// with session order (checker/MODELS.md).
std::string with_sessions(const std::string& model) {
  if (model == "read-committed") return "strong-session-monotonic-atomic-view";
  if (model == "read-atomic") return "strong-session-read-atomic";
  return model == "causal" ? model : std::string{};
}

TEST(WeakLevels, OfOtherToolsHistoriesAreWhatTheyAreKnownToBe) {
  std::size_t judged = 0;
  for (const test::Expectation& expected : test::expectations("rw-register")) {
    if (expected.format != "awdit-test" && expected.format != "plume" &&
        expected.format != "cobra") {
      continue;
    }
    if (expected.models.size() != 1) continue;
    const std::string model = with_sessions(expected.models.front());
    if (model.empty()) continue;
    const Verdict verdict =
        check(read_history((test::corpora() / expected.path).string()), {.models = {model}});
    ++judged;
    EXPECT_EQ(verdict.validity, expected.valid == "true" ? Validity::valid : Validity::violated)
        << expected.path << " " << model << ": " << verdict.reason;
  }
  if (judged == 0) GTEST_SKIP() << "there are no histories of other tools here";
}

}  // namespace
}  // namespace witness
