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

TEST(Scale, AHundredThousandTransactionsOnManySeats) {
  std::string text = "seat free 1 complete\n";
  for (int i = 0; i < 100'000; ++i) {
    const int key = i / 8;
    const bool wins = i % 8 == 0;
    text += wins
                ? fmt::format("op {0} {1}-{2} ok committed: r S{3} free, w S{3} h{0}\n", i, i,
                              i + 20, key)
                : fmt::format("op {0} {1}-{2} rejected: r S{3} h{4}\n", i, i, i + 20, key, key * 8);
  }
  EXPECT_EQ(timed("many seats", text).word, "linearizable");
}

TEST(Scale, AHundredThousandTransactionsThatSellEverythingTwice) {
  std::string text = "seat free 1 complete\n";
  for (int i = 0; i < 100'000; ++i) {
    text +=
        fmt::format("op {0} {1}-{2} ok committed: r S{3} free, w S{3} h{0}\n", i, i, i + 20, i / 2);
  }
  const Verdict verdict = timed("all sold twice", text);
  EXPECT_EQ(verdict.counts.oversold, 50'000u);
  EXPECT_FALSE(text_report(verdict).empty());
}

TEST(Scale, TenThousandReplaceOneVersion) {
  std::string text = "seat free 1 complete\n";
  for (int i = 0; i < 10'000; ++i) {
    text += fmt::format("op {0} {0}-{1} ok committed: r A1 free, w A1 h{0}\n", i, i + 20'000);
  }
  const Verdict verdict = timed("one version replaced", text);
  EXPECT_TRUE(has(verdict, AnomalyKind::lost_update));
  EXPECT_EQ(verdict.counts.edges, 10'000u * 9'999u);
}

TEST(Scale, TenThousandCountTheSameRows) {
  std::string text = "drop 0 1 complete\n";
  for (int i = 0; i < 10'000; ++i) {
    text += fmt::format("op {0} {0}-{1} ok committed: count P 0, insert P h{0}\n", i, i + 20'000);
  }
  EXPECT_TRUE(has(timed("same rows counted", text), AnomalyKind::g2));
}

TEST(Scale, ARingOfTenThousandWriteSkews) {
  constexpr int kRing = 10'000;
  std::string text = "seat free 1 complete\n";
  for (int i = 0; i < kRing; ++i) {
    text += fmt::format("op {0} 1-9 ok committed: r S{0} free, r S{1} free, w S{1} h{0}\n", i,
                        (i + 1) % kRing);
  }
  const Verdict verdict = timed("ring of write skews", text);
  ASSERT_TRUE(has(verdict, AnomalyKind::g2_item));
  EXPECT_EQ(verdict.anomalies.back().steps.size(), std::size_t{kRing});
}

TEST(Scale, AHundredThousandInARowAndOneStaleRead) {
  std::string text = "drop 0 1000000 none\n";
  for (int i = 0; i < 100'000; ++i) {
    text += fmt::format("op {0} {1}-{2} ok: r P {0}, w P {3}\n", i, 10 * i, 10 * i + 5, i + 1);
  }
  text += "op 100000 1000000-1000001 ok: r P 0\n";
  text += "op 100001 1000000-1000001 ok: r P 100000\n";
  EXPECT_TRUE(has(timed("a stale read", text), AnomalyKind::g_single_item_realtime));
}

}  // namespace
}  // namespace witness
