/// Cycles of a weak level, one of each component.
#pragma once

#include "checker/registers/weak_story.hpp"

namespace witness {

/// What is looked for: a cycle with an inferred edge, or, for G1c, one without any.
struct WeakLevel {
  AnomalyKind kind = AnomalyKind::causal_conflict;
  bool sessions = false;
  Visibility visibility = Visibility::causal;
};

/// Reports the cheapest cycle found of each strongly connected component but for those with a
/// transaction of a reported cycle that implies it: `reported` are kinds of each transaction, and
/// get more. Gives the members of all components that are left, ascending. O(vertices + edges).
std::vector<std::uint32_t> report_weak_cycles(const WeakInput& input, const WeakLevel& level,
                                              std::span<const CommitEdge> inferred,
                                              std::vector<KindSet>& reported, WeakStory& story,
                                              Findings& findings);

}  // namespace witness
