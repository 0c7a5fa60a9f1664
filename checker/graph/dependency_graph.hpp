/// Transactions and why one must come before another.
///
/// Vertices 0 … transactions-1 are committed (or observed) attempts; the rest are
/// relays, which keep the graph linear where everybody of one group comes before
/// everybody of another (all readers of a version before all that replaced it, all that
/// ended before all that began later). A path that enters a relay by an edge of some
/// kind and leaves it to a transaction means one edge of that kind.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/accesses.hpp"
#include "checker/findings.hpp"
#include "checker/graph/edge.hpp"
#include "checker/resolve.hpp"

namespace witness {

struct DependencyGraph {
  std::vector<std::uint32_t> fates;  ///< of each transaction vertex
  std::uint32_t vertices = 0;        ///< transactions and relays
  std::vector<Edge> edges;
  std::uint64_t dependencies = 0;  ///< ww, wr and rw between transactions, relays unrolled
  /// Transactions that are known to have lost an update, as if a cycle through them had
  /// been reported: indices are vertices, bits are anomaly kinds.
  std::vector<KindSet> reported;

  std::uint32_t transactions() const { return static_cast<std::uint32_t>(fates.size()); }
  std::uint32_t add_relay() { return vertices++; }
  void add(std::uint32_t from, std::uint32_t to, EdgeKind kind, StringId key) {
    edges.push_back({from, to, key, kind, from >= transactions()});
  }
};

/// What the graph is made from. References must outlive the calls below.
struct GraphInput {
  const History& history;
  const WorkloadRules& rules;
  const Resolution& resolution;
  const Accesses& accesses;
};

/// Infers ww, wr and rw edges that hold in every possible version order, process edges
/// and real-time edges, and reports G1a, garbage-read, lost-update (and the G-single-item
/// that it is). O(n log n) time, O(n) edges.
///
/// Version order: a transaction that reads a version and writes the key directly
/// replaces that version (Gibbons and Korach; MTC calls it the read-modify-write chain).
/// Two that replaced one version are a lost update: whichever came first, the other
/// overwrote what it had not read.
/// Counted rows: versions of a key's set are numbered by their rows. Whoever counted n
/// rows comes before everybody who counted n or more and added one; it comes after an
/// inserter only where no other choice of n rows is left.
DependencyGraph infer_dependencies(const GraphInput& input, Findings& findings);

/// Steps of the smallest reason why these two exclude each other: each read the version
/// that the other replaced.
std::vector<Step> lost_update_steps(const GraphInput& input, std::uint32_t first_fate,
                                    std::uint32_t second_fate, StringId key);

/// Consecutive transactions of one process, and whatever ended before something began.
/// An attempt whose client was not told ok has no end, and nothing follows it in its
/// process. O(n log n), three edges a transaction.
void add_time_order(const GraphInput& input, DependencyGraph& graph);

/// One sentence why `from` comes before `to`, and the step around it.
Step explain_edge(const GraphInput& input, std::uint32_t from_fate, std::uint32_t to_fate,
                  EdgeKind kind, StringId key);

/// Reports the cycles of the graph (checker/graph/cycles.hpp).
void report_cycles(const GraphInput& input, const DependencyGraph& graph, Findings& findings);

}  // namespace witness
