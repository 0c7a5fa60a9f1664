#include "workloads/backoff.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace witness {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

std::vector<nanoseconds> waits(BackoffPolicy policy, nanoseconds base, nanoseconds cap, int n,
                               std::uint64_t seed = 1) {
  std::mt19937_64 random{seed};
  Backoff backoff{policy, base, cap};
  std::vector<nanoseconds> result;
  for (int i = 0; i < n; ++i) result.push_back(backoff.next(random));
  return result;
}

using Waits = std::vector<nanoseconds>;

TEST(Backoff, NoneNeverWaits) { EXPECT_EQ(waits(BackoffPolicy::none, 8ms, 1s, 3), Waits(3, 0ns)); }

TEST(Backoff, FixedWaitsItsBase) {
  EXPECT_EQ(waits(BackoffPolicy::fixed, 8ms, 1s, 3), Waits(3, 8ms));
}

TEST(Backoff, LinearGrowsByItsBaseUpToItsCap) {
  EXPECT_EQ(waits(BackoffPolicy::linear, 8ms, 20ms, 4), (Waits{8ms, 16ms, 20ms, 20ms}));
}

TEST(Backoff, ExponentialDoublesUpToItsCap) {
  EXPECT_EQ(waits(BackoffPolicy::exponential, 8ms, 50ms, 5), (Waits{8ms, 16ms, 32ms, 50ms, 50ms}));
}

TEST(Backoff, ExponentialDoesNotOverflow) {
  EXPECT_EQ(waits(BackoffPolicy::exponential, 1ns, nanoseconds::max(), 200).back(),
            nanoseconds::max());
}

TEST(Backoff, EveryPolicyStaysBetweenZeroAndItsCap) {
  rc::check([] {
    const auto policy = kBackoffs[*rc::gen::inRange<std::size_t>(0, kBackoffs.size())].policy;
    const nanoseconds base{*rc::gen::inRange<std::int64_t>(1, 10'000'000)};
    const nanoseconds cap{*rc::gen::inRange<std::int64_t>(base.count(), 1'000'000'000)};
    for (const nanoseconds wait :
         waits(policy, base, cap, 60, *rc::gen::arbitrary<std::uint64_t>())) {
      RC_ASSERT(wait >= 0ns);
      RC_ASSERT(wait <= cap);
    }
  });
}

TEST(Backoff, JittersKeepTheirLowerBounds) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_GE(waits(BackoffPolicy::equal_jitter, 8ms, 1s, 1, seed).front(), 4ms);
    EXPECT_GE(waits(BackoffPolicy::decorrelated_jitter, 8ms, 1s, 1, seed).front(), 8ms);
  }
}

TEST(Backoff, FullJitterSpreadsOverTheWholeRange) {
  Waits first;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    first.push_back(waits(BackoffPolicy::full_jitter, 8ms, 1s, 1, seed).front());
  }
  EXPECT_LT(*std::min_element(first.begin(), first.end()), 1ms);
  EXPECT_GT(*std::max_element(first.begin(), first.end()), 7ms);
}

TEST(Backoff, TheSameSeedWaitsTheSame) {
  for (const BackoffRow& row : kBackoffs) {
    EXPECT_EQ(waits(row.policy, 8ms, 1s, 20, 7), waits(row.policy, 8ms, 1s, 20, 7)) << row.name;
  }
}

TEST(Backoff, EveryPolicyIsFoundByItsName) {
  for (const BackoffRow& row : kBackoffs) EXPECT_EQ(backoff_named(row.name), row.policy);
  EXPECT_EQ(backoff_named("sometimes"), std::nullopt);
}

}  // namespace
}  // namespace witness
