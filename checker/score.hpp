/// Numbers of a run: counts of the whole history, and one line per rung of its ladder.
#pragma once

#include <vector>

#include "checker/invariants/invariants.hpp"
#include "witness/verdict.hpp"

namespace witness {

/// `edges` stays 0: the dependency graph knows it. O(n log n).
Counts count_outcomes(const Case& judged);

/// A rung is its keys. A history without a ladder is one line.
std::vector<ScoreLine> score(const Case& judged);

}  // namespace witness
