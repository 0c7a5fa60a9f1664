/// What unresolved attempts could still break in the graph.
#pragma once

#include <string>

#include "checker/graph/dependency_graph.hpp"

namespace witness {

/// `kinds` is a superset of what would be found, whichever of the unresolved attempts
/// committed; `who` names them.
struct Possible {
  KindSet kinds = 0;
  std::string who;
};

/// Costs one more inference of the graph if anything is unresolved, else O(n).
Possible possible_anomalies(const GraphInput& input);

}  // namespace witness
