#include "workloads/watchdog.hpp"

#include <algorithm>

namespace witness {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Watchdog::Watchdog(std::size_t slots) : slots_(slots), thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  end_ = true;
  thread_.join();
}

void Watchdog::watch(std::size_t slot, Session* session) {
  const std::lock_guard lock{slots_[slot].mutex};
  slots_[slot].session = session;
  slots_[slot].deadline_ns = kNoDeadline;
  slots_[slot].expired = false;
}

void Watchdog::set_deadline(std::size_t slot, std::chrono::nanoseconds from_now) {
  slots_[slot].deadline_ns = now_ns() + from_now.count();
}

void Watchdog::clear_deadline(std::size_t slot) { slots_[slot].deadline_ns = kNoDeadline; }

bool Watchdog::expired(std::size_t slot) const { return slots_[slot].expired; }

void Watchdog::hurry(std::chrono::nanoseconds from_now) {
  latest_ns_ = now_ns() + from_now.count();
}

void Watchdog::run() {
  while (!end_) {
    const std::int64_t now = now_ns();
    for (Slot& slot : slots_) {
      const std::int64_t deadline = slot.deadline_ns;
      if (deadline == kNoDeadline || now < std::min<std::int64_t>(deadline, latest_ns_)) continue;
      const std::lock_guard lock{slot.mutex};
      if (slot.session == nullptr || slot.deadline_ns != deadline) continue;
      slot.expired = true;
      slot.session->abandon();
      slot.deadline_ns = kNoDeadline;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace witness
