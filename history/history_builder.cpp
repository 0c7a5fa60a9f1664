#include "history/history_builder.hpp"

#include <algorithm>

#include "history/line_fault.hpp"

namespace witness {
namespace {

std::string at_line(std::string_view what, std::uint64_t line) {
  return std::string{what} + " at line " + std::to_string(line);
}

std::string number(auto value) { return std::to_string(value); }

/// Where an attempt ends if nobody says it.
Phase default_phase(Completion told) {
  return told == Completion::fail ? Phase::statement : Phase::commit;
}

/// Positions are 32 bits wide.
template <typename T>
std::uint32_t position_after(const std::vector<T>& column) {
  if (column.size() >= kNoPosition) {
    throw LineFault{0, "more operations than this program can hold (2^32)", {}};
  }
  return static_cast<std::uint32_t>(column.size());
}

}  // namespace

HistoryBuilder::HistoryBuilder(std::string name) {
  history_.name = std::move(name);
  history_.damage.cut = true;
}

void HistoryBuilder::add(const Event& event, std::uint64_t line) {
  if (ended()) {
    throw LineFault{0, "a line after the end of the history", at_line("it ended", end_line_)};
  }
  if (event.kind == EventKind::ignored || event.kind == EventKind::attempt) return;
  if (event.kind == EventKind::end) return end(event, line);
  grow_index(event);
  switch (event.kind) {
    case EventKind::invoke:
      return invoke(event, line);
    case EventKind::completion:
      return complete(event, line);
    case EventKind::outcome:
      return outcome(event, line);
    case EventKind::ledger:
      return ledger_row(event);
    case EventKind::state:
      history_.states.push_back({event.key.value, event.state.value});
      return;
    case EventKind::attempt:
    case EventKind::end:
    case EventKind::ignored:
      return;
  }
}

void HistoryBuilder::grow_index(const Event& event) {
  if (event.index.value < next_index_) {
    throw LineFault{event.index.offset, "index must grow from line to line",
                    number(next_index_ - 1) + " stands above"};
  }
  next_index_ = event.index.value + 1;
}

/// Without clocks, the order of the lines is the order of time.
std::int64_t HistoryBuilder::time_of(const Event& event) {
  const int timed = event.time_ns.present ? 1 : 0;
  if (timed_ == -1) timed_ = timed;
  if (timed_ != timed) {
    throw LineFault{timed == 1 ? event.time_ns.offset : event.type_offset,
                    "either all operations have a time or none has",
                    {}};
  }
  return timed == 1 ? event.time_ns.value : static_cast<std::int64_t>(event.index.value);
}

void HistoryBuilder::invoke(const Event& event, std::uint64_t line) {
  Process& process = processes_[event.process.value];
  if (process.open != kNoPosition) {
    throw LineFault{event.process.offset,
                    "process " + number(event.process.value) +
                        " has an open operation already; it must complete first",
                    at_line("invoked", process.line)};
  }
  if (process.retired) {
    throw LineFault{event.process.offset,
                    "process " + number(event.process.value) +
                        " ended in an info; its number may not be used again",
                    at_line("info", process.line)};
  }
  Operation operation;
  operation.index = event.index.value;
  operation.process = event.process.value;
  operation.invoke_ns = time_of(event);
  if (event.scheduled_ns.present) operation.scheduled_ns = event.scheduled_ns.value;
  if (event.f.present) operation.f = event.f.value;
  process.open = position_after(history_.operations);
  process.line = line;
  process.micro_ops.assign(event.micro_ops.begin(), event.micro_ops.end());
  if (!process.micro_ops.empty()) operation.key = process.micro_ops.front().key;
  history_.operations.push_back(operation);
}

HistoryBuilder::Process& HistoryBuilder::open_process(const Event& event) {
  const auto found = processes_.find(event.process.value);
  if (found == processes_.end() || found->second.open == kNoPosition) {
    throw LineFault{
        event.process.offset,
        "process " + number(event.process.value) + " completes an operation that it never invoked",
        found == processes_.end() ? "" : at_line("completed", found->second.line)};
  }
  return found->second;
}

void HistoryBuilder::complete(const Event& event, std::uint64_t line) {
  Process& process = open_process(event);
  Operation& operation = history_.operations[process.open];
  if (operation.attempts_end > operation.attempts_begin) {
    throw LineFault{
        event.process.offset,
        "operation " + number(operation.index) + " completes after its outcome was told",
        at_line("outcome", notes_[operation.attempts_begin].outcome_line)};
  }
  if (event.f.present && operation.f != kNoString && event.f.value != operation.f) {
    throw LineFault{event.f.offset, "f differs from that of the invocation",
                    at_line("invoked", process.line)};
  }
  const std::int64_t time_ns = time_of(event);
  if (time_ns < operation.invoke_ns) {
    throw LineFault{event.time_ns.offset, "an operation cannot end before it began",
                    at_line("invoked", process.line)};
  }
  operation.completed = true;
  operation.completion_index = event.index.value;
  operation.told = event.told;
  if (operation.f == kNoString) operation.f = event.f.present ? event.f.value : kNoString;
  operation.told_ns = time_ns;
  if (event.told != Completion::info) operation.complete_ns = time_ns;
  if (event.error_class.present) {
    operation.error_class = event.error_class.value;
    operation.rejected =
        event.told == Completion::fail && history_.text(operation.error_class) == "rejected";
  }
  if (operation.key == kNoString && event.value.value.end > event.value.value.begin) {
    operation.key = event.micro_ops[event.value.value.begin].key;
  }
  add_attempts(event, operation, process);
  process.open = kNoPosition;
  process.retired = event.told == Completion::info;
  process.line = line;
}

void HistoryBuilder::add_attempts(const Event& event, Operation& operation,
                                  const Process& process) {
  operation.attempts_begin = position_after(history_.attempts);
  if (event.attempts.empty()) {
    add_single_attempt(event, operation, process);
  } else {
    for (std::size_t i = 0; i < event.attempts.size(); ++i) {
      add_attempt(event, i, operation, process);
    }
  }
  operation.attempts_end = position_after(history_.attempts);
  notes_.resize(history_.attempts.size());
}

/// An operation that does not list its attempts is one.
void HistoryBuilder::add_single_attempt(const Event& event, Operation& operation,
                                        const Process& process) {
  Attempt attempt;
  attempt.operation = process.open;
  attempt.start_ns = operation.invoke_ns;
  attempt.end_ns = operation.complete_ns;
  attempt.told = operation.rejected ? Completion::ok : operation.told;
  attempt.phase = event.error_phase.present ? event.error_phase.value : default_phase(attempt.told);
  if (event.error_sqlstate.present) attempt.sqlstate = event.error_sqlstate.value;
  const MicroOpRange range = event.value.value;
  set_micro_ops(attempt, event.value.present ? std::span{event.micro_ops}.subspan(
                                                   range.begin, range.end - range.begin)
                                             : std::span<const MicroOp>{process.micro_ops});
  history_.attempts.push_back(attempt);
}

void HistoryBuilder::add_attempt(const Event& event, std::size_t position, Operation& operation,
                                 const Process& process) {
  const AttemptEvent& told = event.attempts[position];
  if (told.number.value != position + 1) {
    throw LineFault{told.number.offset, "attempts count from 1, in order",
                    "this should be " + number(position + 1)};
  }
  if (told.start_ns.present && told.end_ns.present && told.end_ns.value < told.start_ns.value) {
    throw LineFault{told.end_ns.offset, "an attempt cannot end before it began", {}};
  }
  Attempt attempt;
  attempt.operation = process.open;
  attempt.number = static_cast<std::uint32_t>(position + 1);
  attempt.told = told.told.value;
  attempt.start_ns = told.start_ns.present ? told.start_ns.value : operation.invoke_ns;
  if (attempt.told != Completion::info) {
    attempt.end_ns = told.end_ns.present ? told.end_ns.value : operation.complete_ns;
  }
  attempt.backoff_ns = told.backoff_ns.value;
  attempt.id = told.id.present ? told.id.value : kNoString;
  attempt.target = told.target.present ? told.target.value : kNoString;
  attempt.sqlstate = told.sqlstate.present ? told.sqlstate.value : kNoString;
  attempt.phase = told.phase.present ? told.phase.value : default_phase(attempt.told);

  const bool last = position + 1 == event.attempts.size();
  const Field<MicroOpRange>& value = told.value.present || !last ? told.value : event.value;
  if (value.present) {
    set_micro_ops(attempt, std::span{event.micro_ops}.subspan(value.value.begin,
                                                              value.value.end - value.value.begin));
  } else {
    set_micro_ops(attempt, process.micro_ops);
  }
  history_.attempts.push_back(attempt);
}

/// How many attempts an open operation made is not known; an outcome line tells of one.
void HistoryBuilder::add_open_attempt(Operation& operation, const Process& process) {
  Attempt attempt;
  attempt.operation = process.open;
  attempt.start_ns = operation.invoke_ns;
  attempt.phase = default_phase(Completion::info);
  set_micro_ops(attempt, process.micro_ops);
  operation.attempts_begin = position_after(history_.attempts);
  history_.attempts.push_back(attempt);
  operation.attempts_end = position_after(history_.attempts);
  notes_.resize(history_.attempts.size());
}

void HistoryBuilder::set_micro_ops(Attempt& attempt, std::span<const MicroOp> micro_ops) {
  attempt.micro_ops_begin = position_after(history_.micro_ops);
  history_.micro_ops.insert(history_.micro_ops.end(), micro_ops.begin(), micro_ops.end());
  attempt.micro_ops_end = position_after(history_.micro_ops);
}

/// The attempt that an outcome line is about; throws if there is none.
std::uint32_t HistoryBuilder::attempt_of(const Event& event) {
  std::vector<Operation>& operations = history_.operations;
  const auto found = std::lower_bound(
      operations.begin(), operations.end(), event.of.value,
      [](const Operation& operation, std::uint64_t index) { return operation.index < index; });
  if (found == operations.end() || found->index != event.of.value) {
    throw LineFault{
        event.of.offset, "no operation was invoked at index " + number(event.of.value), {}};
  }
  if (found->attempts_end == found->attempts_begin) {
    add_open_attempt(*found, processes_[found->process]);
  }
  const std::uint32_t count = found->attempts_end - found->attempts_begin;
  if (event.attempt.value == 0 || event.attempt.value > count) {
    throw LineFault{event.attempt.offset,
                    "operation " + number(event.of.value) + " has no such attempt",
                    found->completed ? "it has " + number(count) : "it never completed: one"};
  }
  return found->attempts_begin + static_cast<std::uint32_t>(event.attempt.value) - 1;
}

void HistoryBuilder::outcome(const Event& event, std::uint64_t line) {
  const Outcome told = event.outcome.value;
  const Evidence evidence = event.evidence.value;
  const bool agrees = evidence == Evidence::ledger          ? told == Outcome::committed
                      : evidence == Evidence::ledger_absent ? told != Outcome::committed
                      : evidence == Evidence::none          ? told == Outcome::unresolved
                                                            : true;
  if (!agrees) {
    throw LineFault{event.evidence.offset,
                    "evidence \"" +
                        std::string{kEvidenceNames[static_cast<std::size_t>(evidence)]} +
                        "\" contradicts outcome \"" +
                        std::string{kOutcomeNames[static_cast<std::size_t>(told)]} + '"',
                    {}};
  }
  const std::uint32_t position = attempt_of(event);
  Attempt& attempt = history_.attempts[position];
  AttemptNote& note = notes_[position];
  const bool resolved = attempt.outcome != Outcome::unresolved;
  if (resolved && told != Outcome::unresolved && told != attempt.outcome) {
    throw LineFault{
        event.outcome.offset, "one attempt cannot be both committed and aborted",
        at_line(kOutcomeNames[static_cast<std::size_t>(attempt.outcome)], note.outcome_line)};
  }
  if (!resolved || (told != Outcome::unresolved && evidence < attempt.evidence)) {
    attempt.outcome = told;
    attempt.evidence = evidence;
    note.outcome_line = line;
  }
  if (attempt.id == kNoString && event.holder.present) attempt.id = event.holder.value;
  if (evidence == Evidence::ledger) {
    LedgerRow row;
    row.key = event.key.present ? event.key.value : history_.operations[attempt.operation].key;
    row.holder = event.holder.present ? event.holder.value : attempt.id;
    row.attempt = position;
    if (event.amount.present) row.amount = event.amount.value;
    history_.ledger.push_back(row);
  }
  ledger_seen_ =
      ledger_seen_ || evidence == Evidence::ledger || evidence == Evidence::ledger_absent;
}

void HistoryBuilder::ledger_row(const Event& event) {
  LedgerRow row;
  row.key = event.key.value;
  if (event.holder.present) row.holder = event.holder.value;
  if (event.amount.present) row.amount = event.amount.value;
  history_.ledger.push_back(row);
  ledger_seen_ = true;
}

void HistoryBuilder::end(const Event& event, std::uint64_t line) {
  if (event.operations.present && event.operations.value != history_.operations.size()) {
    throw LineFault{event.operations.offset,
                    "the file holds another number of operations than its end says",
                    number(history_.operations.size()) + " were invoked"};
  }
  end_line_ = line;
  history_.damage.cut = false;
  if (event.ledger.present) history_.ledger_state = event.ledger.value;
  ledger_seen_ = ledger_seen_ && !event.ledger.present;
}

void HistoryBuilder::drop(std::uint64_t line, std::uint64_t bytes) {
  history_.damage.dropped_line = line;
  history_.damage.dropped_bytes = bytes;
}

History HistoryBuilder::finish() {
  order_attempts();
  if (ledger_seen_) history_.ledger_state = LedgerState::partial;  // nobody said that it is whole
  return std::move(history_);
}

/// Attempts came in the order of completions; they are handed out in the order of
/// operations.
void HistoryBuilder::order_attempts() {
  if (std::is_sorted(
          history_.attempts.begin(), history_.attempts.end(),
          [](const Attempt& a, const Attempt& b) { return a.operation < b.operation; })) {
    return;
  }
  std::vector<std::uint32_t> moved(history_.attempts.size());
  std::vector<Attempt> ordered;
  ordered.reserve(history_.attempts.size());
  for (Operation& operation : history_.operations) {
    const std::uint32_t begin = operation.attempts_begin;
    operation.attempts_begin = static_cast<std::uint32_t>(ordered.size());
    for (std::uint32_t i = begin; i < operation.attempts_end; ++i) {
      moved[i] = static_cast<std::uint32_t>(ordered.size());
      ordered.push_back(history_.attempts[i]);
    }
    operation.attempts_end = static_cast<std::uint32_t>(ordered.size());
  }
  for (LedgerRow& row : history_.ledger) {
    if (row.attempt != kNoPosition) row.attempt = moved[row.attempt];
  }
  history_.attempts = std::move(ordered);
}

}  // namespace witness
