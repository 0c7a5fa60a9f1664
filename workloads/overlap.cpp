#include "workloads/overlap.hpp"

#include <algorithm>
#include <thread>

namespace witness {

using namespace std::chrono_literals;

bool sleep_unless(std::chrono::nanoseconds time, const std::atomic<bool>& stop) {
  const auto end = std::chrono::steady_clock::now() + time;
  for (;;) {
    if (stop) return false;
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) return true;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(end - now, 50ms));
  }
}

std::uint64_t Barrier::expected(std::uint64_t round) const {
  if (operations_ == 0) return clients_;
  const std::uint64_t before = round * clients_;
  return before >= operations_ ? 0 : std::min(clients_, operations_ - before);
}

void Barrier::arrive(std::uint64_t round, bool wait, const std::atomic<bool>& stop) {
  std::unique_lock lock{mutex_};
  Round& here = rounds_[round];  // node-based: stays put while others come and go
  ++here.arrived;
  const auto deadline = std::chrono::steady_clock::now() + 2s;
  const auto complete = [&] { return here.open || here.arrived + retired_ >= expected(round); };
  if (complete()) {
    here.open = true;
    changed_.notify_all();
  }
  while (wait && !complete() && !stop && std::chrono::steady_clock::now() < deadline) {
    changed_.wait_for(lock, 50ms);
  }
  if (++here.released >= expected(round)) rounds_.erase(round);
}

void Barrier::retire() {
  const std::lock_guard lock{mutex_};
  ++retired_;
  changed_.notify_all();
}

}  // namespace witness
