/// Which cycles a graph has, by the literature's names, and the shortest reason of each.
#pragma once

#include <string>
#include <vector>

#include "checker/findings.hpp"
#include "checker/graph/suspects.hpp"

namespace witness {

/// Puts into words what only the maker of a graph knows. Vertices are numbered as in his graph.
class CycleTeller {
 public:
  virtual ~CycleTeller() = default;
  /// One edge, relays unrolled.
  virtual Step step(std::uint32_t from, std::uint32_t to, EdgeKind kind, StringId key) const = 0;
  /// Operations, keys and sentences of a cycle whose steps stand there already.
  virtual void describe(Anomaly& anomaly, const std::vector<std::uint32_t>& members) const = 0;
};

/// Finds, per strongly connected component and level of relations, the cycle of the
/// fewest stale reads and then the fewest transactions, and reports it under the
/// literature's name: {ww} G0; {ww, wr} G1c; no two rw in a row: G-single or
/// G-nonadjacent; any rw: G2; "-item" where no predicate rw is needed; then the same
/// with process and with realtime edges. What a reported one of the same component implies is
/// left out.
///
/// Existence of a level is exact and linear, without any limit. So is, for plain relations, whether
/// there is a G-single. The search for a short cycle is cut off after a number of steps linear in
/// the component, so that a longer one may be shown. `reported`: kinds that are known already of
/// each of the graph's own transactions; may be empty.
void report_cycles(const Suspects& suspects, const std::vector<KindSet>& reported,
                   const CycleTeller& teller, Findings& findings);

/// Completes a cycle's evidence from its steps: operations and keys sorted, each once.
void sort_evidence(Anomaly& anomaly);

/// "a, b and c cannot be put in any order: …".
std::string out_of_order(const std::vector<std::string>& names);

}  // namespace witness
