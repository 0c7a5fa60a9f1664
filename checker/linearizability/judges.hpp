/// Judges that decide linearizability in about linear time, each for one kind of object.
///
/// All take calls as from calls_of(), open ones included, and are exact where they are suited:
/// yes and no are proven. Where their assumptions do not hold, they say `unsuited`, and the general
/// search decides. Each is O(n log n) unless it says otherwise.
#pragma once

#include <vector>

#include "checker/linearizability/calls.hpp"

namespace witness {

/// register and cas-register where no value is written twice, the initial one included
/// (unique_register.cpp).
Judged judge_unique_register(const std::vector<Call>& calls, const Objects& objects,
                             const ObjectWords& words);

/// mutex (alternation.cpp).
Judged judge_mutex(const std::vector<Call>& calls, const Objects& objects,
                   const ObjectWords& words);

/// lease: every owner holds at most once at a time (holds.cpp).
Judged judge_lease(const std::vector<Call>& calls, const Objects& objects,
                   const ObjectWords& words);

/// stock of N units; N = 1 is exclusive acquisition (judge_stock.cpp).
Judged judge_stock_object(const std::vector<Call>& calls, const Objects& objects,
                          const ObjectWords& words);

/// set to which every element is added once (growing_set.cpp).
Judged judge_set(const std::vector<Call>& calls, const Objects& objects, const ObjectWords& words);

/// counter to which only one amount is ever added (unit_counter.cpp).
Judged judge_counter(const std::vector<Call>& calls, const Objects& objects,
                     const ObjectWords& words);

/// fifo-queue of elements that are all different (unique_queue.cpp).
Judged judge_queue(const std::vector<Call>& calls, const Objects& objects,
                   const ObjectWords& words);

/// stack of elements that are all different (unique_stack.cpp).
Judged judge_stack(const std::vector<Call>& calls, const Objects& objects,
                   const ObjectWords& words);

/// The judge of a kind, or nullptr.
using ObjectJudge = Judged (*)(const std::vector<Call>&, const Objects&, const ObjectWords&);
ObjectJudge judge_of(ObjectKind kind);

}  // namespace witness
