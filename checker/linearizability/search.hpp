/// Linearizability of any object: the search of Wing and Gong with Lowe's memory.
///
/// Returns are passed one after another; a return can be passed once its call has been put into
/// the order. A configuration is the next return, which of the calls that are pending there stand
/// in the order already, how many of the open ones, and the state; each is expanded once (Wing and
/// Gong 1993, Testing and verifying concurrent objects; Lowe 2017, Testing for linearizability,
/// sec. 4; Horn and Kroening 2015, Faster linearizability checking via P-compositionality: one key
/// at a time). Exponential in the number of pending calls where values repeat.
///
/// What keeps it small:
///   - a pending call that only reads, and fits, is put next without an alternative
///   - of equal calls that are pending, the one that returns first goes first; so open calls that
///     are equal are a number, not a set
///   - a state that cannot lead to what the next read saw, and that nothing can reset before it
///     returns, is not entered
///   - a configuration that used more open calls than another, equal one is not expanded
#pragma once

#include <vector>

#include "checker/linearizability/budget.hpp"
#include "checker/linearizability/calls.hpp"
#include "checker/linearizability/model.hpp"

namespace witness {

/// `calls` as from calls_of(). No recursion; memory and time as far as the budget goes, then
/// unknown. Of a violation, `ops` begins with the first call whose return no order can reach.
Judged search(std::vector<Call> calls, const Objects& objects, ObjectModel& model, Budget& budget,
              const ObjectWords& words);

}  // namespace witness
