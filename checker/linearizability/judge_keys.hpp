/// Linearizability of every key of a history of objects.
#pragma once

#include <vector>

#include "checker/linearizability/budget.hpp"
#include "checker/linearizability/calls.hpp"

namespace witness {

/// What is to be said of a key that is not linearizable, or of which nobody knows.
struct KeyJudgement {
  std::uint32_t key = 0;  ///< position in KeyGroups::keys
  Judged judged;
  /// The first call, by its return, without which all that returned before is linearizable;
  /// kNoPosition: not looked for.
  std::uint32_t first_misfit = kNoPosition;
  std::uint64_t fitting = 0;  ///< calls that returned before it
};

/// Keys are independent of each other (Herlihy and Wing 1990, theorem 1), and are judged on several
/// threads: by the judge of their kind, or where that is not suited by the general search. Only
/// keys that are not linearizable, in their order. The result does not depend on threads unless a
/// limit is reached.
std::vector<KeyJudgement> judge_keys(const Objects& objects, const StringPool& strings,
                                     const KeyGroups& groups, Budget& budget);

/// Is there a judge or a model for this kind at all?
bool has_linearizability(ObjectKind kind);

}  // namespace witness
