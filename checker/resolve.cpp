#include "checker/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "checker/accesses.hpp"

namespace witness {
namespace {

/// The number at the front of `text`, which moves behind it and one '-'.
template <typename Number>
bool take_number(std::string_view& text, Number& number, bool last) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (last) return text.empty();
  if (text.empty() || text.front() != '-') return false;
  text.remove_prefix(1);
  return true;
}

/// The open operation that an id of the shape a-<process>-<index>-<n> belongs to.
std::uint32_t open_operation_of(const History& history, std::string_view id) {
  std::int64_t process = 0;
  std::uint64_t index = 0;
  std::uint64_t number = 0;
  if (!id.starts_with("a-")) return kNoPosition;
  id.remove_prefix(2);
  if (!take_number(id, process, false) || !take_number(id, index, false) ||
      !take_number(id, number, true)) {
    return kNoPosition;
  }
  const auto found = std::ranges::lower_bound(history.operations, index, {}, &Operation::index);
  if (found == history.operations.end() || found->index != index) return kNoPosition;
  if (found->process != process || found->completed) return kNoPosition;
  if (found->attempts_begin != found->attempts_end) return kNoPosition;
  return static_cast<std::uint32_t>(found - history.operations.begin());
}

Fate fate_of_attempt(const History& history, const WorkloadRules& rules, std::uint32_t position) {
  const Attempt& attempt = history.attempts[position];
  const Operation& operation = history.operations[attempt.operation];
  Fate fate;
  fate.operation = attempt.operation;
  fate.attempt = position;
  fate.id = attempt.id;
  fate.start_ns = attempt.start_ns;
  fate.end_ns =
      attempt.told == Completion::ok ? std::max(attempt.end_ns, attempt.start_ns) : kNever;
  fate.outcome = attempt.outcome;
  fate.evidence = attempt.evidence;
  fate.key = operation.key;
  for (const MicroOp& op : history.micro_ops_of(attempt)) {
    if (!changes(history, fate, op)) continue;
    fate.acquires = true;
    fate.key = op.key;
    break;
  }
  // A statement whose answer never came may have written all the same.
  if (attempt.told == Completion::info && attempt.phase == Phase::statement &&
      attempt.micro_ops_begin == attempt.micro_ops_end &&
      history.text(operation.f) == rules.acquire) {
    fate.acquires = true;
  }
  return fate;
}

/// What the client was told, where no outcome line says more.
void believe_the_client(const History& history, const std::vector<bool>& in_ledger, Fate& fate) {
  if (fate.evidence != Evidence::none) return;
  const Attempt& attempt = history.attempts[fate.attempt];
  if (in_ledger[fate.attempt]) {
    fate.outcome = Outcome::committed;
    fate.evidence = Evidence::ledger;
  } else if (attempt.told == Completion::fail) {
    fate.outcome = Outcome::aborted;
    fate.evidence = Evidence::acknowledged;
  } else if (attempt.told == Completion::ok) {
    const bool absent = fate.acquires && history.ledger_state == LedgerState::complete;
    fate.outcome = absent ? Outcome::aborted : Outcome::committed;
    fate.evidence = absent ? Evidence::ledger_absent : Evidence::acknowledged;
  } else {
    fate.outcome = Outcome::unresolved;
  }
}

/// Fates of open operations, found by the ids that others saw.
class OpenOperations {
 public:
  OpenOperations(const History& history, Resolution& resolution)
      : history_(history), resolution_(resolution) {}

  void add(StringId id, StringId key, Outcome outcome, Evidence evidence) {
    if (id == kNoString || !seen_.insert(id).second) return;
    const std::uint32_t operation = open_operation_of(history_, history_.text(id));
    if (operation == kNoPosition) return;
    Fate fate;
    fate.operation = operation;
    fate.id = id;
    fate.start_ns = history_.operations[operation].invoke_ns;
    fate.outcome = outcome;
    fate.evidence = evidence;
    fate.acquires = true;
    fate.key = key;
    resolution_.fates.push_back(fate);
  }

 private:
  const History& history_;
  Resolution& resolution_;
  std::unordered_set<StringId> seen_;
};

void find_open_operations(const History& history, Resolution& resolution) {
  const bool any_open = std::ranges::any_of(
      history.operations, [](const Operation& operation) { return !operation.completed; });
  if (!any_open) return;
  OpenOperations open(history, resolution);
  for (const LedgerRow& row : history.ledger) {
    if (row.attempt != kNoPosition) continue;
    open.add(row.holder, row.key, Outcome::committed, Evidence::ledger);
  }
  for (const KeyState& state : history.states) {
    open.add(state.value, state.key, Outcome::unresolved, Evidence::none);
  }
  for (const MicroOp& op : history.micro_ops) {
    if (op.kind != MicroOpKind::read) continue;
    open.add(op.value, op.key, Outcome::unresolved, Evidence::none);
  }
}

void collect_open_acquisitions(const History& history, const WorkloadRules& rules,
                               Resolution& resolution) {
  std::unordered_set<std::uint32_t> seen;  // by an id of theirs: these have fates
  for (const Fate& fate : resolution.fates) {
    if (fate.attempt == kNoPosition) seen.insert(fate.operation);
  }
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (operation.completed || history.text(operation.f) != rules.acquire) continue;
    if (operation.attempts_begin != operation.attempts_end) continue;
    if (!seen.contains(i)) resolution.open_acquisitions.push_back(i);
  }
}

/// Marks the unresolved attempts that a committed read proves, and those that these
/// read in turn.
void mark_observed(const History& history, const WorkloadRules& rules, Resolution& resolution) {
  const bool any = std::ranges::any_of(resolution.fates, [](const Fate& fate) {
    return fate.outcome == Outcome::unresolved && fate.acquires;
  });
  if (!any) return;
  const Accesses accesses = collect_accesses(history, rules, resolution);
  std::vector<std::uint32_t> work;
  for (std::uint32_t i = 0; i < resolution.fates.size(); ++i) {
    if (resolution.fates[i].outcome == Outcome::committed) work.push_back(i);
  }
  while (!work.empty()) {
    const std::uint32_t reader = work.back();
    work.pop_back();
    for (const Read& read : accesses.reads_of(reader)) {
      const Sources sources = accesses.sources_of(resolution, read);
      if (sources.certain() || sources.committed != 0 || sources.initial) continue;
      if (sources.unresolved != 1 || sources.unknown_values != 0) continue;
      Fate& writer = resolution.fates[sources.an_unresolved];
      if (writer.observed) continue;
      writer.observed = true;
      work.push_back(sources.an_unresolved);
    }
  }
}

}  // namespace

bool changes(const History& history, const Fate& fate, const MicroOp& op) {
  if (op.kind != MicroOpKind::write && op.kind != MicroOpKind::insert) return false;
  if (op.value != kNoString) return true;
  const Operation& operation = history.operations[fate.operation];
  return !(operation.rejected && fate.attempt + 1 == operation.attempts_end);
}

StringId initial_value(const History& history, const WorkloadRules& rules) {
  if (!history.header.initial.empty()) return history.strings.find(history.header.initial);
  if (!rules.initial.empty()) return history.strings.find(rules.initial);
  return history.strings.find(std::to_string(history.header.capacity));
}

std::string name_of(const History& history, const Fate& fate) {
  if (fate.id != kNoString) return std::string{history.text(fate.id)};
  return fmt::format("operation {}", history.operations[fate.operation].index);
}

Resolution resolve(const History& history, const WorkloadRules& rules) {
  Resolution resolution;
  std::vector<bool> in_ledger(history.attempts.size());
  for (const LedgerRow& row : history.ledger) {
    if (row.attempt != kNoPosition) in_ledger[row.attempt] = true;
  }
  resolution.fates.reserve(history.attempts.size());
  for (std::uint32_t i = 0; i < history.attempts.size(); ++i) {
    Fate fate = fate_of_attempt(history, rules, i);
    believe_the_client(history, in_ledger, fate);
    resolution.fates.push_back(fate);
  }
  for (const LedgerRow& row : history.ledger) {
    if (row.attempt == kNoPosition) continue;
    Fate& holder = resolution.fates[row.attempt];
    if (!holder.acquires) holder.key = row.key;  // it holds a unit, whatever its steps say
    holder.acquires = true;
  }
  find_open_operations(history, resolution);
  mark_observed(history, rules, resolution);
  collect_open_acquisitions(history, rules, resolution);
  return resolution;
}

}  // namespace witness
