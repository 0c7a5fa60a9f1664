/// What a reader of a verdict must know beside it, and what it does not cover.
#pragma once

#include <string>
#include <vector>

#include "checker/accesses.hpp"
#include "checker/invariants/invariants.hpp"

namespace witness {

/// Isolation in force and what that means, a cut file, the state of the ledger,
/// unresolved attempts.
std::vector<std::string> notes_on(const Case& judged, const Counts& counts);

/// Kinds of behaviour that the history does not contain, or that nobody could judge.
std::vector<std::string> not_checked_in(const Case& judged, const Accesses& accesses);

}  // namespace witness
