#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "workloads/overlap.hpp"

namespace witness {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST(Barrier, NobodyPassesBeforeTheLastHasCome) {
  constexpr int kClients = 6;
  constexpr int kRounds = 40;
  std::atomic<bool> stop = false;
  Barrier barrier{kClients, kClients * kRounds};
  std::array<std::atomic<int>, kRounds> arrived{};
  std::atomic<int> early = 0;
  std::vector<std::thread> threads;
  for (int client = 0; client < kClients; ++client) {
    threads.emplace_back([&, client] {
      for (int round = 0; round < kRounds; ++round) {
        if ((client + round) % 7 == 0) std::this_thread::sleep_for(1ms);
        ++arrived[round];
        barrier.arrive(round, true, stop);
        if (arrived[round] != kClients) ++early;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(early, 0);
}

TEST(Barrier, TheLastRoundWaitsOnlyForThoseWhoTakePart) {
  std::atomic<bool> stop = false;
  Barrier barrier{8, 9};  // round 1 has one client
  const auto begin = Clock::now();
  barrier.arrive(1, true, stop);
  EXPECT_LT(Clock::now() - begin, 1s);
}

TEST(Barrier, ARetiredClientIsNotWaitedFor) {
  std::atomic<bool> stop = false;
  Barrier barrier{2, 100};
  std::thread leaver{[&] {
    std::this_thread::sleep_for(20ms);
    barrier.retire();
  }};
  const auto begin = Clock::now();
  barrier.arrive(0, true, stop);
  EXPECT_LT(Clock::now() - begin, 1s);
  leaver.join();
}

TEST(Barrier, StopEndsTheWait) {
  std::atomic<bool> stop = false;
  Barrier barrier{2, 100};
  std::thread stopper{[&] {
    std::this_thread::sleep_for(20ms);
    stop = true;
  }};
  const auto begin = Clock::now();
  barrier.arrive(0, true, stop);
  EXPECT_LT(Clock::now() - begin, 1s);
  stopper.join();
}

TEST(Barrier, AStuckClientHoldsTheOthersForTwoSecondsOnly) {
  std::atomic<bool> stop = false;
  Barrier barrier{2, 100};
  const auto begin = Clock::now();
  barrier.arrive(0, true, stop);
  EXPECT_GE(Clock::now() - begin, 1900ms);
  EXPECT_LT(Clock::now() - begin, 5s);
}

}  // namespace
}  // namespace witness
