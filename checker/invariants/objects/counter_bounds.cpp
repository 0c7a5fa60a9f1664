/// Counters: a read lies between what was surely added before it began and what can have been added
/// before it ended (Jepsen's checker `counter`; with negative amounts the other way round).
#include <fmt/format.h>

#include <algorithm>

#include "checker/invariants/objects/object_invariants.hpp"

namespace witness {
namespace {

__extension__ using Sum = __int128;

struct Event {
  std::uint32_t place;
  std::uint32_t op;
  bool is_completion;
};

struct Amounts {
  Sum positive = 0;
  Sum negative = 0;
};
struct Bounds {
  Amounts begun;
  Amounts done;
};

std::string shown(Sum sum) { return fmt::format("{}", static_cast<std::int64_t>(sum)); }

bool judge_key(const ObjectCase& judged, std::size_t key, Findings& findings) {
  const Objects& objects = judged.objects;
  std::vector<Event> events;
  for (const std::uint32_t position : judged.groups.ops_of(key)) {
    const ObjectOp& op = objects.ops[position];
    if (op.told == Completion::fail) continue;
    events.push_back({op.invoke, position, false});
    if (!op.is_open()) events.push_back({op.complete, position, true});
  }
  std::ranges::stable_sort(events, {}, &Event::place);
  const auto ops = judged.groups.ops_of(key);
  const auto slot = [&](std::uint32_t position) {
    return static_cast<std::size_t>(std::ranges::lower_bound(ops, position) - ops.begin());
  };
  Bounds now;
  std::vector<Bounds> began(ops.size());  // of reads
  const Sum initial = objects.initial.is_integer() ? objects.initial.integer() : 0;
  bool holds = true;
  for (const Event& event : events) {
    const ObjectOp& op = objects.ops[event.op];
    if (op.call == ObjectCall::add) {
      const Sum amount = op.a.integer();
      Amounts& amounts = event.is_completion ? now.done : now.begun;
      (amount < 0 ? amounts.negative : amounts.positive) += amount;
    } else if (op.call == ObjectCall::read && !event.is_completion) {
      began[slot(event.op)] = now;
    } else if (op.call == ObjectCall::read && op.a.is_integer()) {
      const Bounds& then = began[slot(event.op)];
      const Sum least = initial + then.done.positive + now.begun.negative;
      const Sum most = initial + now.begun.positive + then.done.negative;
      if (op.a.integer() >= least && op.a.integer() <= most) continue;
      holds = false;
      if (findings.listed_enough(AnomalyKind::counter_out_of_bounds)) {
        findings.add_unlisted(AnomalyKind::counter_out_of_bounds, judged.key_text(key));
        continue;
      }
      Anomaly anomaly{AnomalyKind::counter_out_of_bounds, judged.key_text(key)};
      anomaly.operations = {op.index};
      anomaly.explanation = fmt::format(
          "{} saw {}, but at least {} had been added when it began, and at most {} when it "
          "returned",
          judged.words.operation(event.op), op.a.integer(), shown(least), shown(most));
      anomaly.meaning = harm(anomaly.kind);
      findings.add(std::move(anomaly));
    }
  }
  return holds;
}

}  // namespace

InvariantResult judge_counter_bounds(const ObjectCase& judged, Findings& findings) {
  bool holds = true;
  for (std::size_t key = 0; key < judged.groups.keys.size(); ++key) {
    holds = judge_key(judged, key, findings) && holds;
  }
  return {holds, {}};
}

}  // namespace witness
