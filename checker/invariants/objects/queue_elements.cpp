/// Queues: what comes out was put in (Jepsen's checker `queue` over an unordered queue), and all of
/// it comes out (`total-queue`).
#include <fmt/format.h>

#include <algorithm>

#include "checker/datum_table.hpp"
#include "checker/invariants/objects/object_invariants.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

void report(const ObjectCase& judged, std::size_t key, AnomalyKind kind, Datum element,
            std::uint64_t operation, std::string why, Findings& findings) {
  const auto keys = judged.key_text(key);
  if (findings.listed_enough(kind)) return findings.add_unlisted(kind, keys);
  Anomaly anomaly{kind, keys};
  anomaly.operations = {operation};
  anomaly.explanation = fmt::format("{} {}", judged.words.value(element), why);
  anomaly.meaning = harm(kind);
  findings.add(std::move(anomaly));
}

/// Every enqueue that did not fail counts from its invocation, every dequeue from its completion.
bool judge_order(const ObjectCase& judged, std::size_t key, Findings& findings) {
  struct Event {
    std::uint32_t place;
    std::uint32_t op;
  };
  const Objects& objects = judged.objects;
  std::vector<Event> events;
  for (const std::uint32_t position : judged.groups.ops_of(key)) {
    const ObjectOp& op = objects.ops[position];
    if (op.call == ObjectCall::enqueue && op.told != Completion::fail) {
      events.push_back({op.invoke, position});
    } else if (op.call == ObjectCall::dequeue && op.told == Completion::ok && !op.a.is_nil()) {
      events.push_back({op.complete, position});
    }
  }
  std::ranges::stable_sort(events, {}, &Event::place);
  DatumTable inside;
  bool holds = true;
  for (const Event& event : events) {
    const ObjectOp& op = objects.ops[event.op];
    std::uint32_t& count = inside[op.a];
    if (count == kNoPosition) count = 0;
    if (op.call == ObjectCall::enqueue) {
      ++count;
    } else if (count > 0) {
      --count;
    } else {
      holds = false;
      report(judged, key, AnomalyKind::unexpected_element, op.a, op.index,
             fmt::format("was dequeued by operation {} when nobody had enqueued it, or it was out "
                         "already",
                         op.index),
             findings);
    }
  }
  return holds;
}

struct Counts {
  Datum element;
  std::uint32_t attempted = 0;
  std::uint32_t acknowledged = 0;
  std::uint32_t out = 0;
  std::uint64_t enqueue = 0;  ///< an operation's index
  std::uint64_t dequeue = 0;
};

/// As multisets: what came out, against what was attempted and what was acknowledged.
InvariantResult judge_all(const ObjectCase& judged, std::size_t key, Findings& findings) {
  const Objects& objects = judged.objects;
  DatumTable table;
  std::vector<Counts> all;
  const auto of = [&](Datum element) -> Counts& {
    std::uint32_t& number = table[element];
    if (number == kNoPosition) {
      number = static_cast<std::uint32_t>(all.size());
      all.push_back({element});
    }
    return all[number];
  };
  const auto came_out = [&](Datum element, const ObjectOp& op) {
    Counts& counts = of(element);
    ++counts.out;
    counts.dequeue = op.index;
  };
  bool open_drain = false;
  for (const std::uint32_t position : judged.groups.ops_of(key)) {
    const ObjectOp& op = objects.ops[position];
    if (op.call == ObjectCall::enqueue) {
      Counts& counts = of(op.a);
      ++counts.attempted;
      if (op.told == Completion::ok) {
        ++counts.acknowledged;
        counts.enqueue = op.index;
      }
    } else if (op.call == ObjectCall::dequeue && op.told == Completion::ok && !op.a.is_nil()) {
      came_out(op.a, op);
    } else if (op.call == ObjectCall::drain && op.told == Completion::ok) {
      for (const Datum element : objects.list_of(op)) came_out(element, op);
    } else if (op.call == ObjectCall::drain && op.told == Completion::info) {
      open_drain = true;
    }
  }
  bool holds = true;
  for (const Counts& counts : all) {
    if (counts.out < counts.acknowledged) {
      holds = false;
      report(judged, key, AnomalyKind::lost_element, counts.element, counts.enqueue,
             fmt::format("was acknowledged {} and came out {}", plural(counts.acknowledged, "time"),
                         plural(counts.out, "time")),
             findings);
    } else if (counts.out > 0 && counts.attempted == 0) {
      holds = false;
      report(judged, key, AnomalyKind::unexpected_element, counts.element, counts.dequeue,
             "came out, and nobody had enqueued it", findings);
    } else if (counts.out > counts.attempted) {
      report(judged, key, AnomalyKind::repeated_element, counts.element, counts.dequeue,
             fmt::format("was enqueued {} and came out {}", plural(counts.attempted, "time"),
                         plural(counts.out, "time")),
             findings);
    }
  }
  if (holds && open_drain) return {std::nullopt, "nobody knows what a drain took out"};
  return {holds, {}};
}

}  // namespace

InvariantResult judge_queue_elements(const ObjectCase& judged, Findings& findings) {
  bool holds = true;
  for (std::size_t key = 0; key < judged.groups.keys.size(); ++key) {
    holds = judge_order(judged, key, findings) && holds;
  }
  return {holds, {}};
}

InvariantResult judge_total_queue(const ObjectCase& judged, Findings& findings) {
  InvariantResult all;
  for (std::size_t key = 0; key < judged.groups.keys.size(); ++key) {
    const InvariantResult one = judge_all(judged, key, findings);
    if (one.holds == false || all.holds == true) all = one.holds == true ? all : one;
  }
  return all;
}

}  // namespace witness
