/// Edges that the axioms of weak levels infer, level by level (checker/registers/weak_input.hpp).
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "checker/registers/weak_input.hpp"

namespace witness {

/// Monotonic atomic view: t3 depends on t2 if it read from t2 before it read x. (AWDIT,
/// PLDI 2025, algorithm 1, which calls the level read committed; of the reads that follow, the
/// first two of each key that have distinct writers are enough.) O(n^1.5 log n) for n operations,
/// as it looks for the keys of the smaller of two transactions in the larger one.
CommitEdges monotonic_edges(const WeakInput& input);

/// Read atomic: t3 depends on t2 if it read from t2 at all. (Algorithm 2.) O(n^1.5 log n).
CommitEdges fractured_edges(const WeakInput& input);

/// Read atomic, what session order adds: t3 depends on the latest transaction before it in its
/// chain that wrote x. What stands in other chains of its process is left out. O(n).
CommitEdges session_edges(const WeakInput& input);

/// When to give up; never, if there is none.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;
inline bool expired(const Deadline& deadline) {
  return deadline && std::chrono::steady_clock::now() >= *deadline;
}

/// Causal: t3 depends on t2 if a way of reads-from and session order leads there. Of each chain
/// only the last such writer of x is an edge (where the initial value was read, the first: t3 comes
/// before all of them), and none that comes before t1 anyway. `order` is a
/// commit_order with sessions. (Algorithm 3.) O(n k) time for k chains that write; blocks of
/// columns bound the memory. Nothing if there were too many edges to keep, or time was up.
std::optional<CommitEdges> causal_edges(const WeakInput& input,
                                        std::span<const std::uint32_t> order,
                                        const Deadline& deadline);

/// The same over reads-from alone, for t2 among `writers`: O(n writers / 64). `order` is a
/// commit_order without sessions. Nothing if time was up.
std::optional<CommitEdges> causal_edges_without_sessions(const WeakInput& input,
                                                         std::span<const std::uint32_t> order,
                                                         std::span<const std::uint32_t> writers,
                                                         const Deadline& deadline);

}  // namespace witness
