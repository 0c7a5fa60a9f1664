/// Linearizability of every key of a history.
#pragma once

#include "checker/findings.hpp"
#include "checker/invariants/invariants.hpp"

namespace witness {

/// Reports early-rejection; too many winners and too few are the invariants' to name
/// (double-acquisition, oversell, undersell). O(n log n).
void judge_objects(const Case& judged, Findings& findings);

}  // namespace witness
