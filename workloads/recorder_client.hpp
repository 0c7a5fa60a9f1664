/// One client of a recording: a thread with its process, its session, its operations. Only for
/// recorder.cpp.
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "workloads/ending.hpp"
#include "workloads/generate_random.hpp"
#include "workloads/recorder.hpp"

namespace witness {

/// What the clients of one rung share.
struct Recorder::Shared {
  explicit Shared(const Rung& rung)
      : barrier(rung.clients, rung.operations), watchdog(rung.clients) {}

  Barrier barrier;
  Watchdog watchdog;
  std::atomic<std::uint64_t> ready = 0;  // clients that are connected, or never will be
  std::atomic<bool> go = false;
  std::chrono::nanoseconds begin{};  // of the rung, on the writer's clock; set before `go`
  std::atomic<std::uint64_t> next_operation = 0;
  std::atomic<bool> stop = false;  // the run's stop, or a client that failed
  std::mutex mutex;
  std::exception_ptr failure;
};

class Recorder::Client {
 public:
  Client(Recorder& recorder, Shared& shared, const Rung& rung, std::size_t slot);
  void run();

 private:
  void fail();
  void loop();
  std::string key_of(std::uint64_t number);
  /// One operation: its invocation, its attempts, its completion. False: this client is done.
  bool operate(Request request, std::int64_t scheduled_ns);
  /// One transaction. Appends its record to `attempts`, without the closing brace.
  Ending attempt(std::uint64_t index, unsigned number, const Request& request, std::string& value,
                 std::string& attempts);
  Ending transact(AttemptContext& context, const Request& request);
  Ending failed(const SqlError& error, Phase phase, const AttemptContext& context);
  void roll_back(Ending& ending);
  void meet(unsigned number);
  /// Connects, and tries again while the database is away. False: it stayed away, or the run is
  /// to end.
  bool connect();
  void disconnect();
  void count(Completion completion);

  Recorder& recorder_;
  const RecorderSettings& settings_;
  Shared& shared_;
  const Rung& rung_;
  std::size_t slot_;
  std::size_t target_;
  std::int64_t process_;
  std::mt19937_64 random_;
  Dice dice_;  // for what is asked alone: retries do not change it
  std::unique_ptr<Session> session_;
  std::uint64_t round_ = 0;
  bool arrived_ = false;
  std::vector<AttemptNote> notes_;
};

}  // namespace witness
