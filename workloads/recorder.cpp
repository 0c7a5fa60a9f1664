#include "workloads/recorder.hpp"

#include <fmt/format.h>

#include <system_error>
#include <thread>

#include "witness/error.hpp"
#include "workloads/recorder_client.hpp"

namespace witness {

using std::chrono::nanoseconds;

Recorder::Recorder(RecorderSettings settings, Workload& workload, const WorkloadInfo& info,
                   NativeWriter& writer, const std::atomic<bool>& stop)
    : settings_(std::move(settings)),
      workload_(workload),
      info_(info),
      writer_(writer),
      stop_(stop) {}

void Recorder::run(const Rung& rung) {
  Shared shared{rung};
  ++rungs_run_;
  std::atomic<std::size_t> ended = 0;
  std::vector<std::thread> threads;
  threads.reserve(rung.clients);
  try {
    for (std::size_t slot = 0; slot < rung.clients; ++slot) {
      threads.emplace_back([&, slot] {
        Client{*this, shared, rung, slot}.run();
        ++ended;
      });
    }
  } catch (const std::system_error& error) {
    shared.failure = std::make_exception_ptr(
        SystemError(fmt::format("cannot run {} clients: {} threads, then: {}", rung.clients,
                                threads.size(), error.what())));
    shared.stop = true;
  }
  bool hurried = false;
  while (ended < threads.size()) {
    if (stop_) shared.stop = true;
    if (!shared.go && (shared.ready == threads.size() || shared.stop)) {
      shared.begin = nanoseconds{writer_.now_ns()};
      shared.go = true;
    }
    if (shared.stop && !hurried) {
      hurried = true;
      shared.watchdog.hurry(std::chrono::seconds(3));  // who waits for a lock gets this long
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (std::thread& thread : threads) thread.join();
  if (shared.failure) std::rethrow_exception(shared.failure);
}

}  // namespace witness
