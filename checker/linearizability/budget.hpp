/// Time and memory that searches share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace witness {

/// Thread-safe. What was taken is given back by whoever took it.
class Budget {
 public:
  using Clock = std::chrono::steady_clock;

  Budget(Clock::time_point deadline, std::int64_t bytes) : deadline_(deadline), bytes_(bytes) {}

  bool expired() const { return Clock::now() >= deadline_; }

  /// False: there is not so much left, and nothing was taken.
  bool take(std::uint64_t bytes) {
    const auto wanted = static_cast<std::int64_t>(bytes);
    if (bytes_.fetch_sub(wanted) >= wanted) return true;
    bytes_.fetch_add(wanted);
    return false;
  }
  void give_back(std::uint64_t bytes) { bytes_.fetch_add(static_cast<std::int64_t>(bytes)); }

 private:
  Clock::time_point deadline_;
  std::atomic<std::int64_t> bytes_;
};

/// What the process occupies now, and what the machine has; bytes.
std::uint64_t resident_bytes();
std::uint64_t machine_bytes();

}  // namespace witness
