/// What must hold of every History that a reader hands out, whatever it read.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "witness/history.hpp"

namespace witness::fuzz {

/// Stops the program, so that the fuzzer keeps the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

inline bool is_text(const History& history, StringId id) {
  return id == kNoString || id < history.strings.size();
}

inline void check_operations(const History& history) {
  std::uint32_t next_attempt = 0;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    require(i == 0 || operation.index > history.operations[i - 1].index, "indices grow");
    require(is_text(history, operation.f) && is_text(history, operation.key) &&
                is_text(history, operation.error_class),
            "texts of operations are in the pool");
    require(operation.attempts_begin <= operation.attempts_end &&
                operation.attempts_end <= history.attempts.size(),
            "attempts of operations are in bounds");
    require(operation.invoke_ns >= 0 && operation.complete_ns >= operation.invoke_ns,
            "operations end after they began");
    require(operation.completed || operation.told == Completion::info, "open operations are info");
    require((operation.told == Completion::info) == (operation.complete_ns == kNever),
            "infos never end, and nothing else is endless");
    require(!operation.rejected || operation.told == Completion::fail, "rejections are fails");
    require(!operation.completed || operation.attempts_end > operation.attempts_begin,
            "completed operations have attempts");
    if (operation.attempts_begin == operation.attempts_end) continue;
    require(operation.attempts_begin == next_attempt, "attempts stand in the order of operations");
    for (std::uint32_t at = operation.attempts_begin; at < operation.attempts_end; ++at) {
      require(history.attempts[at].operation == i, "attempts name their operation");
      require(history.attempts[at].number == at - operation.attempts_begin + 1,
              "attempts count from 1");
    }
    next_attempt = operation.attempts_end;
  }
  require(next_attempt == history.attempts.size(), "every attempt has an operation");
}

inline void check_attempts(const History& history) {
  for (const Attempt& attempt : history.attempts) {
    require(attempt.micro_ops_begin <= attempt.micro_ops_end &&
                attempt.micro_ops_end <= history.micro_ops.size(),
            "micro-operations of attempts are in bounds");
    require(is_text(history, attempt.id) && is_text(history, attempt.target) &&
                is_text(history, attempt.sqlstate),
            "texts of attempts are in the pool");
    require(attempt.told != Completion::info || attempt.end_ns == kNever, "infos never end");
    require(attempt.evidence != Evidence::ledger || attempt.outcome == Outcome::committed,
            "a ledger row means committed");
  }
  for (const MicroOp& micro_op : history.micro_ops) {
    require(is_text(history, micro_op.key) && is_text(history, micro_op.value),
            "texts of micro-operations are in the pool");
  }
}

inline void check_invariants(const History& history) {
  check_operations(history);
  check_attempts(history);
  for (const LedgerRow& row : history.ledger) {
    require(is_text(history, row.key) && is_text(history, row.holder), "texts of rows");
    require(row.attempt == kNoPosition || row.attempt < history.attempts.size(),
            "rows name attempts that are there");
    require(
        row.attempt == kNoPosition || history.attempts[row.attempt].outcome == Outcome::committed,
        "attempts with a row are committed");
  }
  for (const KeyState& state : history.states) {
    require(is_text(history, state.key) && is_text(history, state.value), "texts of states");
  }
}

}  // namespace witness::fuzz
