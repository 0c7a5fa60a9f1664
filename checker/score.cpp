#include "checker/score.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace witness {
namespace {

struct Interval {
  StringId key;
  std::int64_t start_ns;
  std::int64_t end_ns;
};

/// Transactions that met another one in time on the same key, as their clients saw it.
std::uint64_t count_overlaps(const History& history) {
  std::vector<Interval> intervals;
  for (const Attempt& attempt : history.attempts) {
    if (attempt.phase == Phase::connect && attempt.told != Completion::ok) continue;
    const auto ops = history.micro_ops_of(attempt);
    const StringId key = ops.empty() ? history.operations[attempt.operation].key : ops[0].key;
    intervals.push_back({key, attempt.start_ns, attempt.end_ns});
  }
  for (const Operation& operation : history.operations) {
    if (operation.attempts_begin != operation.attempts_end) continue;
    intervals.push_back({operation.key, operation.invoke_ns, operation.complete_ns});
  }
  std::ranges::sort(intervals, {}, [](const Interval& i) {
    return std::tuple{i.key, i.start_ns, i.end_ns};
  });
  std::uint64_t overlaps = 0;
  std::int64_t latest_end = 0;  // of those of the same key that began before
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const Interval& self = intervals[i];
    const bool first = i == 0 || intervals[i - 1].key != self.key;
    const bool last = i + 1 == intervals.size() || intervals[i + 1].key != self.key;
    const bool met_earlier = !first && latest_end > self.start_ns;
    const bool meets_later = !last && intervals[i + 1].start_ns < self.end_ns;
    if (met_earlier || meets_later) ++overlaps;
    latest_end = first ? self.end_ns : std::max(latest_end, self.end_ns);
  }
  return overlaps;
}

std::uint64_t beyond(const KeyHoldings& holdings, std::int64_t capacity) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, holdings.units - capacity));
}

bool is_unknown(const Operation& operation) {
  return !operation.completed || operation.told == Completion::info;
}

void add_operation(const Operation& operation, ScoreLine& line) {
  if (is_unknown(operation)) {
    ++line.unknown;
  } else if (operation.rejected) {
    ++line.rejected;
  } else if (operation.told == Completion::ok) {
    ++line.told_ok;
  } else {
    ++line.errors;
  }
  const std::uint64_t attempts = operation.attempts_end - operation.attempts_begin;
  if (attempts > 0) line.retries_max = std::max(line.retries_max, attempts - 1);
}

void add_holdings(const KeyHoldings& holdings, std::int64_t capacity, ScoreLine& line) {
  line.confirmed += static_cast<std::uint64_t>(holdings.units);
  line.oversold += beyond(holdings, capacity);
}

}  // namespace

Counts count_outcomes(const Case& judged) {
  const History& history = judged.history;
  Counts counts;
  counts.operations = history.operations.size();
  for (const Operation& operation : history.operations) {
    if (is_unknown(operation)) {
      ++counts.info;
    } else {
      ++(operation.told == Completion::ok ? counts.ok : counts.fail);
    }
    if (operation.rejected) ++counts.rejected;
  }
  counts.attempts = history.attempts.size();
  for (const Fate& fate : judged.resolution.fates) {
    switch (fate.outcome) {
      case Outcome::committed:
        ++counts.committed;
        break;
      case Outcome::aborted:
        ++counts.aborted;
        break;
      case Outcome::unresolved:
        ++counts.unresolved;
        break;
    }
  }
  counts.unresolved += judged.resolution.open_acquisitions.size();
  for (const KeyHoldings& holdings : judged.keys) {
    counts.oversold += beyond(holdings, judged.capacity);
  }
  counts.overlaps = count_overlaps(history);
  return counts;
}

std::vector<ScoreLine> score(const Case& judged) {
  const History& history = judged.history;
  const auto& ladder = history.header.ladder;
  std::vector<ScoreLine> lines(std::max<std::size_t>(1, ladder.size()));
  std::unordered_map<StringId, std::size_t> rung_of;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    lines[i].clients = ladder[i].clients;
    lines[i].retries_budget = ladder[i].retries;
    for (const std::string& key : ladder[i].keys) rung_of.emplace(history.strings.find(key), i);
  }
  if (ladder.empty()) {
    std::unordered_set<std::int64_t> processes;
    for (const Operation& operation : history.operations) processes.insert(operation.process);
    lines[0].clients = processes.size();
  }
  const auto line_of = [&](StringId key) -> ScoreLine* {
    if (lines.size() == 1) return lines.data();
    const auto rung = rung_of.find(key);
    return rung == rung_of.end() ? nullptr : &lines[rung->second];
  };
  for (const Operation& operation : history.operations) {
    if (ScoreLine* line = line_of(operation.key)) add_operation(operation, *line);
  }
  for (const KeyHoldings& holdings : judged.keys) {
    ScoreLine* line = line_of(holdings.key);
    if (line == nullptr) continue;
    add_holdings(holdings, judged.capacity, *line);
    if (judged.rules.values != ValueShape::amount) continue;
    if (const auto left = as_number(history.text(holdings.state))) {
      line->final_stock = line->final_stock.value_or(0) + *left;
    }
  }
  return lines;
}

}  // namespace witness
