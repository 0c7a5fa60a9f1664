/// Runs clients against a database and writes down what they did and what they were told.
///
/// Processes are Jepsen's: single-threaded clients, one connection each; a process whose operation
/// ended in `info` retires, and its thread goes on under a new number with a new connection.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "history/native_writer.hpp"
#include "history/postgres/server.hpp"
#include "history/postgres/target.hpp"
#include "workloads/backoff.hpp"
#include "workloads/overlap.hpp"
#include "workloads/watchdog.hpp"
#include "workloads/workload.hpp"

namespace witness {

/// What every client of a run shares.
struct RecorderSettings {
  std::vector<Target> targets;
  std::vector<Engine> engines;  ///< of each target
  SessionOptions session;
  std::string begin = "BEGIN";
  std::uint64_t seed = 1;
  BackoffPolicy backoff = BackoffPolicy::full_jitter;
  std::chrono::nanoseconds backoff_base{};
  std::chrono::nanoseconds backoff_cap{};
  bool retry_info = false;  ///< try again after an unknown outcome: a bug that applications have
  std::chrono::nanoseconds attempt_timeout{};
  std::chrono::nanoseconds reconnect_patience{};
  OverlapMode overlap = OverlapMode::none;
  std::chrono::nanoseconds overlap_delay{};
  /// Before a COMMIT that writes: on one machine transactions are too short to conflict as they do
  /// between regions.
  std::chrono::nanoseconds hold{};
};

/// One rung: so many clients, these keys, this retry budget.
struct Rung {
  std::uint64_t clients = 1;
  std::uint64_t operations = 0;         ///< 0: until `duration` is over
  std::chrono::nanoseconds duration{};  ///< 0: until the operations are done
  double rate_per_s = 0;                ///< 0: closed loop
  unsigned retries = 0;
  bool pick_uniform = false;      ///< a random key each time; else round by round
  std::vector<std::string> keys;  ///< of acquisitions
};

/// An attempt that reached the database, for its outcome to be looked up after the run.
struct AttemptNote {
  std::uint64_t operation = 0;  ///< index of the invocation
  std::int64_t process = 0;
  std::uint64_t xid = 0;  ///< 0: unknown
  std::uint32_t number = 1;
  Completion told = Completion::info;
  bool wrote = false;
};

/// What is known while the run goes on; read it from any thread.
struct Progress {
  std::atomic<std::uint64_t> invoked = 0;
  std::atomic<std::uint64_t> ok = 0;
  std::atomic<std::uint64_t> fail = 0;
  std::atomic<std::uint64_t> info = 0;
  std::atomic<std::uint64_t> retries = 0;
};

class Recorder {
 public:
  Recorder(RecorderSettings settings, Workload& workload, const WorkloadInfo& info,
           NativeWriter& writer, const std::atomic<bool>& stop);

  /// Runs one rung to its end, or until `stop`, or until the database is lost. Throws SystemError
  /// if the history could not be written or the threads not be started.
  void run(const Rung& rung);

  const std::vector<AttemptNote>& notes() const { return notes_; }
  const Progress& progress() const { return progress_; }
  /// Empty, or why the clients gave up: the database did not come back in time.
  const std::string& lost() const { return lost_; }

 private:
  class Client;
  struct Shared;

  RecorderSettings settings_;
  Workload& workload_;
  const WorkloadInfo& info_;
  NativeWriter& writer_;
  const std::atomic<bool>& stop_;
  std::atomic<std::int64_t> next_process_ = 0;
  std::uint64_t rungs_run_ = 0;
  Progress progress_;
  std::mutex mutex_;  // guards what clients hand in at their end
  std::vector<AttemptNote> notes_;
  std::string lost_;
};

}  // namespace witness
