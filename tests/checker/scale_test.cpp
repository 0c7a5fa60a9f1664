/// Big and hostile shapes: the judge stays near linear, and never recurses. Limits are
/// wide, for slow machines and sanitizers; what it really takes is measured by bench/.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "checker/anomalies.hpp"
#include "tests/checker/history_text.hpp"
#include "witness/check.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

#ifdef NDEBUG
constexpr int kMany = 100'000;
constexpr int kHot = 10'000;
#else
constexpr int kMany = 10'000;  // unoptimised, maybe with sanitizers
constexpr int kHot = 2'000;
#endif

Verdict timed(std::string_view what, const std::string& text) {
  const History history = testing::history_of(text);
  const auto begin = std::chrono::steady_clock::now();
  Verdict verdict = check(history);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::cout << fmt::format("{}: {} transactions, {} dependencies, {:.3f} s\n", what,
                           verdict.counts.committed, verdict.counts.edges, seconds.count());
  EXPECT_LT(seconds.count(), 60);
  return verdict;
}

bool has(const Verdict& verdict, AnomalyKind kind) {
  for (const Anomaly& anomaly : verdict.anomalies) {
    if (anomaly.kind == kind) return true;
  }
  return false;
}

TEST(Scale, ManySeatsSoldOnce) {
  std::string text = "seat free 1 complete\n";
  for (int i = 0; i < kMany; ++i) {
    const int key = i / 8;
    const bool wins = i % 8 == 0;
    text += wins
                ? fmt::format("op {0} {1}-{2} ok committed: r S{3} free, w S{3} h{0}\n", i, i,
                              i + 20, key)
                : fmt::format("op {0} {1}-{2} rejected: r S{3} h{4}\n", i, i, i + 20, key, key * 8);
  }
  EXPECT_EQ(timed("many seats", text).word, "linearizable");
}

TEST(Scale, ManySeatsSoldTwice) {
  std::string text = "seat free 1 complete\n";
  for (int i = 0; i < kMany; ++i) {
    text +=
        fmt::format("op {0} {1}-{2} ok committed: r S{3} free, w S{3} h{0}\n", i, i, i + 20, i / 2);
  }
  const Verdict verdict = timed("all sold twice", text);
  EXPECT_EQ(verdict.counts.oversold, std::uint64_t{kMany / 2});
  EXPECT_FALSE(text_report(verdict).empty());
}

TEST(Scale, OneVersionReplacedByAll) {
  std::string text = "seat free 1 complete\n";
  for (int i = 0; i < kHot; ++i) {
    text += fmt::format("op {0} {0}-{1} ok committed: r A1 free, w A1 h{0}\n", i, i + 20'000);
  }
  const Verdict verdict = timed("one version replaced", text);
  EXPECT_TRUE(has(verdict, AnomalyKind::lost_update));
  EXPECT_EQ(verdict.counts.edges, std::uint64_t{kHot} * (kHot - 1));
}

TEST(Scale, TheSameRowsCountedByAll) {
  std::string text = "drop 0 1 complete\n";
  for (int i = 0; i < kHot; ++i) {
    text += fmt::format("op {0} {0}-{1} ok committed: count P 0, insert P h{0}\n", i, i + 20'000);
  }
  EXPECT_TRUE(has(timed("same rows counted", text), AnomalyKind::g2));
}

TEST(Scale, ALongRingOfWriteSkews) {
  constexpr int kRing = kHot;
  std::string text = "seat free 1 complete\n";
  for (int i = 0; i < kRing; ++i) {
    text += fmt::format("op {0} 1-9 ok committed: r S{0} free, r S{1} free, w S{1} h{0}\n", i,
                        (i + 1) % kRing);
  }
  const Verdict verdict = timed("ring of write skews", text);
  ASSERT_TRUE(has(verdict, AnomalyKind::g2_item));
  EXPECT_EQ(verdict.anomalies.back().steps.size(), std::size_t{kRing});
}

TEST(Scale, ManyInARowAndOneStaleRead) {
  std::string text = "drop 0 1000000 none\n";
  for (int i = 0; i < kMany; ++i) {
    text += fmt::format("op {0} {1}-{2} ok: r P {0}, w P {3}\n", i, 10 * i, 10 * i + 5, i + 1);
  }
  text += "op 200000 2000000-2000001 ok: r P 0\n";
  text += fmt::format("op 200001 2000000-2000001 ok: r P {}\n", kMany);
  EXPECT_TRUE(has(timed("a stale read", text), AnomalyKind::g_single_item_realtime));
}

}  // namespace
}  // namespace witness
