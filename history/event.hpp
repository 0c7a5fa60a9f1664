/// One line of a history, as a reader understood it and before it is paired.
#pragma once

#include <cstdint>
#include <vector>

#include "witness/history.hpp"
#include "witness/operation.hpp"

namespace witness {

/// A field's value and where it stands in its line, in bytes: messages point at it.
template <typename T>
struct Field {
  T value{};
  std::uint32_t offset = 0;
  bool present = false;
};

enum class EventKind : std::uint8_t {
  invoke,
  attempt,
  completion,
  outcome,
  ledger,
  state,
  end,
  ignored
};

/// Half-open range in Event::micro_ops.
struct MicroOpRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct AttemptEvent {
  std::uint32_t offset = 0;
  Field<std::uint64_t> number;
  Field<Completion> told;
  Field<Phase> phase;
  Field<std::int64_t> start_ns;
  Field<std::int64_t> end_ns;
  Field<std::int64_t> backoff_ns;
  Field<StringId> id;
  Field<StringId> target;
  Field<StringId> sqlstate;
  Field<MicroOpRange> value;
};

/// Which fields mean something depends on `kind` (FORMAT.md). Texts are interned
/// already. Meant to be reused from line to line.
struct Event {
  EventKind kind = EventKind::ignored;
  std::uint32_t type_offset = 0;
  Field<std::uint64_t> index;

  // invoke, completion
  Completion told = Completion::info;
  Field<std::int64_t> process;
  Field<std::int64_t> time_ns;
  Field<std::int64_t> scheduled_ns;
  Field<StringId> f;
  Field<MicroOpRange> value;
  Field<StringId> error_class;
  Field<StringId> error_sqlstate;
  Field<Phase> error_phase;
  std::vector<AttemptEvent> attempts;
  std::vector<MicroOp> micro_ops;

  // attempt (and `value`), outcome, ledger, state
  Field<std::uint64_t> of;
  Field<std::uint64_t> attempt;
  Field<Outcome> outcome;
  Field<Evidence> evidence;
  Field<StringId> key;
  Field<StringId> holder;
  Field<StringId> state;
  Field<std::int64_t> amount;

  // end
  Field<std::uint64_t> operations;
  Field<LedgerState> ledger;
};

}  // namespace witness
