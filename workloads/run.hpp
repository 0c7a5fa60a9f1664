/// A whole recording: connect, make the tables, run the rungs, wait until nobody of ours is left,
/// read the committed ledger, write the outcomes, drop the tables.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "history/postgres/target.hpp"
#include "witness/history.hpp"
#include "workloads/backoff.hpp"
#include "workloads/overlap.hpp"
#include "workloads/recorder.hpp"
#include "workloads/transaction_shape.hpp"

namespace witness {

/// Everything a recording can be told. Defaults are those of `witness record`.
struct RunOptions {
  std::string workload = "seat";
  std::string variant;  ///< empty: the workload's first
  std::vector<Target> targets;
  std::string isolation = "native";
  std::vector<std::uint64_t> clients = {8};  ///< one rung each
  std::vector<unsigned> retries = {8};       ///< one rung each, for every number of clients
  std::uint64_t operations = 0;              ///< per rung; 0: clients × keys, or `duration`
  std::chrono::nanoseconds duration{};
  double rate_per_s = 0;
  std::uint64_t keys = 0;  ///< per rung; 0: the workload's default
  bool pick_uniform = false;
  std::uint64_t stock = 100;
  TransactionShape shape;  ///< of rw-register and list-append
  BackoffPolicy backoff = BackoffPolicy::full_jitter;
  std::chrono::nanoseconds backoff_base = std::chrono::milliseconds(4);
  std::chrono::nanoseconds backoff_cap = std::chrono::seconds(1);
  bool retry_info = false;
  OverlapMode overlap = OverlapMode::barrier;
  std::chrono::nanoseconds overlap_delay = std::chrono::milliseconds(5);
  std::chrono::nanoseconds hold{};  ///< before each COMMIT that writes
  std::chrono::nanoseconds attempt_timeout = std::chrono::seconds(30);
  std::chrono::nanoseconds reconnect_patience = std::chrono::seconds(10);
  std::chrono::nanoseconds quiesce_patience = std::chrono::seconds(30);
  std::uint64_t seed = 1;
  bool keep = false;
  std::string output;
  /// For the header: every option in force, and the command that repeats the run.
  std::vector<std::pair<std::string, std::string>> in_force;
  std::string command;
};

struct RunResult {
  std::string path;
  std::vector<TargetInfo> targets;
  LedgerState ledger = LedgerState::none;
  std::uint64_t operations = 0;
  std::string lost;                ///< empty, or why the clients gave up
  std::vector<std::string> notes;  ///< what the user should know: kept tables, …
  double seconds = 0;              ///< of the rungs
};

/// Records. `say` gets one line per stage (for a progress display); `progress` is called a few
/// times a second while clients run. `stop` ends the run early and cleanly.
/// Throws DatabaseError (could not connect or set up; nothing is left behind), SystemError (the
/// history could not be written; tables are dropped), UsageError.
RunResult record(const RunOptions& options, const std::atomic<bool>& stop,
                 const std::function<void(const std::string&)>& say,
                 const std::function<void(const Progress&)>& progress);

}  // namespace witness
