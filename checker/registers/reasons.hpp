/// Why what is certain is certain, and what of it a refutation takes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/registers/adjacency.hpp"
#include "checker/registers/pruning.hpp"

namespace witness {

class Reasons {
 public:
  /// Keeps references.
  Reasons(const Polygraph& graph, const Pruned& pruned) : graph_(graph), pruned_(pruned) {}

  /// A certain edge, and by which forced choice it is.
  LemmaEdge known(std::uint32_t edge) const;

  /// The shortest path over certain edges; there must be one.
  Lemma path(std::uint32_t from, std::uint32_t to);

  /// Cycles that refute the graph where pruning did.
  std::vector<Lemma> why_refuted();

  /// Violated: from cycles that refute the graph to a set that needs no other reason, and of which
  /// each is needed.
  void refute(std::vector<Lemma> lemmas, const SearchLimits& limits, SearchResult& result);

 private:
  std::optional<Lemma> path_over(std::uint32_t from, std::uint32_t to, std::uint32_t limit);
  Lemma reason(const Forced& forced);
  void keep_core(std::vector<Lemma>& lemmas, const SearchLimits& limits) const;

  const Polygraph& graph_;
  const Pruned& pruned_;
  std::optional<Adjacency> next_;  ///< once somebody asks
};

}  // namespace witness
