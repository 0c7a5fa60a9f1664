/// A mutex: acquires and releases must alternate.
///
/// Returns are taken in order. A call that returns now must be in the order by now; if the state
/// does not fit it, exactly one call of the other kind must go before it. Calls of one kind differ
/// in nothing but when they begin and return, so the pending one that returns first is the best
/// choice (exchange it with any other: each then stands where the other one was allowed to stand).
/// Nothing is put earlier than it must be: what is pending stays available.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <queue>

#include "checker/linearizability/judges.hpp"

namespace witness {
namespace {

struct Event {
  std::uint32_t place = 0;
  std::uint32_t call = 0;
  bool is_return = false;
};

std::vector<Event> events_of(const std::vector<Call>& calls) {
  std::vector<Event> events;
  events.reserve(2 * calls.size());
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    events.push_back({calls[i].start, i, false});
    if (!calls[i].is_open()) events.push_back({calls[i].finish, i, true});
  }
  std::ranges::sort(events, {}, &Event::place);
  return events;
}

class Alternation {
 public:
  Alternation(const std::vector<Call>& calls, const ObjectWords& words)
      : calls_(calls), words_(words), placed_(calls.size()) {}

  Judged judge() {
    for (const Event& event : events_of(calls_)) {
      if (!event.is_return) {
        pending_[kind(event.call)].push({calls_[event.call].finish, event.call});
      } else if (!placed_[event.call] && !put(event.call)) {
        return refuse(event.call);
      }
    }
    return {};
  }

 private:
  using Entry = std::pair<std::uint32_t, std::uint32_t>;  // return, call
  using Heap = std::priority_queue<Entry, std::vector<Entry>, std::greater<>>;

  std::size_t kind(std::uint32_t call) const {
    return calls_[call].call == ObjectCall::acquire ? 0 : 1;
  }

  bool put(std::uint32_t call) {
    if (kind(call) != state_) {
      Heap& others = pending_[state_];
      while (!others.empty() && placed_[others.top().second]) others.pop();
      if (others.empty()) return false;
      place(others.top().second);
      others.pop();
    }
    place(call);
    return true;
  }

  void place(std::uint32_t call) {
    placed_[call] = true;
    state_ = 1 - state_;
    last_ = call;
  }

  Judged refuse(std::uint32_t call) const {
    Judged judged{Linearizable::no, {}, {calls_[call].op}};
    const std::string name = words_.operation(calls_[call].op);
    if (kind(call) == 0) {
      judged.why = fmt::format(
          "{} got the lock while somebody held it, and nobody had asked to "
          "release it",
          name);
    } else {
      judged.why = fmt::format(
          "{} released the lock while nobody held it, and nobody had asked to "
          "acquire it",
          name);
    }
    if (last_ != kOpenEnd) {
      judged.why += fmt::format(" after {}", words_.operation(calls_[last_].op));
      judged.ops.push_back(calls_[last_].op);
    }
    return judged;
  }

  const std::vector<Call>& calls_;
  const ObjectWords& words_;
  std::vector<bool> placed_;
  std::array<Heap, 2> pending_;  ///< acquires, releases
  std::size_t state_ = 0;        ///< the kind that comes next
  std::uint32_t last_ = kOpenEnd;
};

}  // namespace

Judged judge_mutex(const std::vector<Call>& calls, const Objects& /*objects*/,
                   const ObjectWords& words) {
  return Alternation{calls, words}.judge();
}

}  // namespace witness
