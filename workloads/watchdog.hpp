/// Deadlines for statements, kept on our side: some engines know no statement_timeout, and a
/// dead network answers nobody.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "history/postgres/session.hpp"

namespace witness {

/// Watches one session per slot and abandons it when its deadline passes. The thread that uses
/// the session then gets SqlError (connection_lost).
class Watchdog {
 public:
  explicit Watchdog(std::size_t slots);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// A slot belongs to one thread. `session` is null while it has none: set it before the
  /// session is destroyed.
  void watch(std::size_t slot, Session* session);
  void set_deadline(std::size_t slot, std::chrono::nanoseconds from_now);
  void clear_deadline(std::size_t slot);
  /// True if the deadline of this slot has ended its session.
  bool expired(std::size_t slot) const;
  /// No deadline may be later than this from now on (the run is to end).
  void hurry(std::chrono::nanoseconds from_now);

 private:
  static constexpr std::int64_t kNoDeadline = INT64_MAX;
  struct Slot {
    std::mutex mutex;  // holds the session still while it is being abandoned
    Session* session = nullptr;
    std::atomic<std::int64_t> deadline_ns = kNoDeadline;
    std::atomic<bool> expired = false;
  };
  void run();

  std::vector<Slot> slots_;
  std::atomic<std::int64_t> latest_ns_ = kNoDeadline;
  std::atomic<bool> end_ = false;
  std::thread thread_;
};

}  // namespace witness
