/// How clients are made to meet. A race that never happened proves nothing.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <string_view>
#include <unordered_map>

namespace witness {

enum class OverlapMode : std::uint8_t { barrier, delay, none };
inline constexpr std::array<std::string_view, 3> kOverlapNames = {"barrier", "delay", "none"};

/// Sleeps, but wakes soon after `stop` is set. True if it slept to the end.
bool sleep_unless(std::chrono::nanoseconds time, const std::atomic<bool>& stop);

/// Where the clients of a round wait for each other. Every client passes the rounds in order,
/// each once, by arriving; one that ends for good retires. Thread-safe.
class Barrier {
 public:
  /// `clients` take part in every round but the last, whose size depends on `operations`
  /// (0: unlimited).
  Barrier(std::uint64_t clients, std::uint64_t operations)
      : clients_(clients), operations_(operations) {}

  /// Counts this client in round `round`; with `wait`, returns when all who take part have come,
  /// or `stop` is set, or after 2 s: a client may be stuck behind a lock that another holds.
  void arrive(std::uint64_t round, bool wait, const std::atomic<bool>& stop);
  void retire();

 private:
  struct Round {
    std::uint64_t arrived = 0;
    std::uint64_t released = 0;
    bool open = false;
  };
  std::uint64_t expected(std::uint64_t round) const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::uint64_t, Round> rounds_;
  std::uint64_t clients_;
  std::uint64_t operations_;
  std::uint64_t retired_ = 0;
};

}  // namespace witness
