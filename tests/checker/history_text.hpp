/// Histories as short literal text, for tests of the judge alone.
///
///   seat free 1 complete             workload, initial value, capacity, ledger state
///   op 0 1-9 ok: r A1 free, w A1 a   process, times, what the client was told, steps
///   op 1 2-8 rejected: r A1 sold     a fail that is an answer; its attempt is told ok
///   op 2 3-? info: w A1 c            ? is a time that never came
///   op 3 4-9 ok                      no steps: attempts follow
///   try 5-6 fail: w A1 d1
///   try 7-8 ok committed: w A1 d2    what the database holds (by the ledger)
///   open 4 6 A1                      an operation without a completion
///   ledger A1 somebody               a row of nobody, or of the attempt that has this id
///   state A1 a
///
/// Operations have indices 0, 1, 2, … in the order of their lines. An attempt's id is
/// the value that it writes or inserts, else a-<process>-<index>-<number>.
#pragma once

#include <string_view>

#include "witness/history.hpp"

namespace witness::testing {

History history_of(std::string_view text);

inline LadderStep rung(std::uint64_t clients, std::vector<std::string> keys) {
  LadderStep step;
  step.clients = clients;
  step.keys = std::move(keys);
  return step;
}

}  // namespace witness::testing
