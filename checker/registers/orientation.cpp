#include "checker/registers/orientation.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "checker/registers/acyclic_model.hpp"
#include "checker/registers/node_order.hpp"
#include "checker/registers/open_edges.hpp"
#include "checker/registers/parts.hpp"
#include "checker/registers/pruning.hpp"
#include "checker/registers/reasons.hpp"

namespace witness {
namespace {

std::uint32_t place_of(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                       std::uint32_t chain) {
  return likely[graph.transaction(graph.chains[chain].commits)];
}

std::uint64_t count_pairs(const Polygraph& graph) {
  std::uint64_t count = 0;
  for (std::size_t key = 0; key + 1 < graph.key_begin.size(); ++key) {
    const std::uint64_t chains = graph.key_begin[key + 1] - graph.key_begin[key] - 1;
    count += chains * (chains - std::min<std::uint64_t>(chains, 1)) / 2;
  }
  return count;
}

/// Numbers for a few of many things, from 0 in the order in which they are asked for.
class Numbering {
 public:
  std::uint32_t of(std::uint32_t thing) {
    if (thing >= number_.size()) number_.resize(std::size_t{thing} + 1, kNoPosition);
    if (number_[thing] == kNoPosition) {
      number_[thing] = static_cast<std::uint32_t>(things_.size());
      things_.push_back(thing);
    }
    return number_[thing];
  }
  const std::vector<std::uint32_t>& things() const { return things_; }

  void forget() {
    for (const std::uint32_t thing : things_) number_[thing] = kNoPosition;
    things_.clear();
  }

 private:
  std::vector<std::uint32_t> number_;
  std::vector<std::uint32_t> things_;
};

class OrientationSearch {
 public:
  OrientationSearch(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                    const SearchLimits& limits, const Guess& guess)
      : graph_(graph),
        likely_(likely),
        guess_(guess),
        limits_(limits),
        pruned_(prune(graph, limits)),
        reasons_(graph, pruned_) {}

  SearchResult run() {
    if (!pruned_.complete) {
      give_up();
    } else if (pruned_.is_refuted()) {
      reasons_.refute(reasons_.why_refuted(), limits_, result_);
    } else if (!follows_new_guess()) {
      pruned_.search_bytes() <= limits_.memory_bytes ? search() : give_up();
    }
    return std::move(result_);
  }

 private:
  void give_up() {
    result_.outcome = SearchOutcome::unknown;
    result_.components_undecided = 1;
    result_.choices_undecided = count_pairs(graph_);
  }

  /// What was decided makes a better guess.
  bool follows_new_guess() {
    if (!guess_ || pruned_.forced.empty()) return false;
    Polygraph decided = graph_;
    decided.known = pruned_.known;
    likely_ = guess_(decided);
    return follows_order(decided, likely_, result_.order);
  }

  void search() {
    open_ = make_open_edges(graph_, pruned_);
    settled_.resize(static_cast<std::size_t>(open_.variables));
    for (const Part& part : divide(graph_.nodes, pruned_.known, open_, settled_)) {
      const ConditionalGraph local = renumber(part);
      const AcyclicResult found = find_acyclic_model(local, limits_);
      if (found.outcome == SearchOutcome::violated) {
        return reasons_.refute(cycles_of(part, local, found), limits_, result_);
      }
      take(found);
      nodes_.forget();
      variables_.forget();
    }
    if (result_.outcome == SearchOutcome::valid) found_order();
  }

  // --- a part by itself ---

  ConditionalGraph renumber(const Part& part) {
    ConditionalGraph local;
    for (const std::uint32_t i : part.known) {
      const PolyEdge& edge = pruned_.known[i];
      local.arcs.push_back({nodes_.of(edge.from), nodes_.of(edge.to), 0});
    }
    for (const std::uint32_t i : part.conditional) {
      const auto& [edge, when] = open_.edges[i];
      local.arcs.push_back({nodes_.of(edge.from), nodes_.of(edge.to), local_literal(when)});
    }
    for (const std::uint32_t i : part.clauses) {
      Clause clause;
      for (const Literal each : open_.clauses[i]) clause.push_back(local_literal(each));
      local.clauses.push_back(std::move(clause));
    }
    if (pruned_.has_clocks) local.exclusive = exclusive_pairs(part);
    local.nodes = static_cast<std::uint32_t>(nodes_.things().size());
    local.variables = static_cast<std::uint32_t>(variables_.things().size());
    for (const std::uint32_t variable : variables_.things()) {
      local.likely.push_back(variable < pruned_.open.size() && is_likely(pruned_.open[variable]));
    }
    return local;
  }

  Literal local_literal(Literal when) {
    const auto variable = static_cast<std::uint32_t>(std::abs(when)) - 1;
    const auto local = static_cast<Literal>(variables_.of(variable)) + 1;
    return when > 0 ? local : -local;
  }

  bool is_likely(const Choice& choice) const {
    return place_of(graph_, likely_, choice.first) < place_of(graph_, likely_, choice.second);
  }

  /// Cycles of two conditional edges (Zhou et al. 2024, VeriStrong: cycles of width two), as many
  /// as are worth their time.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> exclusive_pairs(const Part& part) const {
    constexpr std::size_t kEdgesMost = 20'000;
    constexpr std::size_t kBytesEach = 64;  // with the solver's part
    const std::size_t most =
        std::min<std::size_t>(4'000'000, limits_.memory_bytes / 4 / kBytesEach);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    const auto count = static_cast<std::uint32_t>(part.conditional.size());
    const auto first = static_cast<std::uint32_t>(part.known.size());
    if (count > kEdgesMost) return pairs;
    for (std::uint32_t i = 0; i < count; ++i) {
      const ConditionalEdge& a = open_.edges[part.conditional[i]];
      for (std::uint32_t j = i + 1; j < count && pairs.size() < most; ++j) {
        const ConditionalEdge& b = open_.edges[part.conditional[j]];
        const bool cycle = a.when != -b.when && pruned_.clocks.reaches(a.edge.to, b.edge.from) &&
                           pruned_.clocks.reaches(b.edge.to, a.edge.from);
        if (cycle) pairs.emplace_back(first + i, first + j);
      }
    }
    return pairs;
  }

  void take(const AcyclicResult& found) {
    const std::vector<std::uint32_t>& variables = variables_.things();
    if (found.outcome == SearchOutcome::unknown) {
      result_.outcome = SearchOutcome::unknown;
      ++result_.components_undecided;
      result_.choices_undecided += variables.size();
      return;
    }
    for (std::size_t i = 0; i < variables.size(); ++i) {
      settled_[variables[i]] = found.model[i] ? 1 : -1;
    }
  }

  /// The cycles that a refutation takes; those of two edges get the certain edges that they need.
  std::vector<Lemma> cycles_of(const Part& part, const ConditionalGraph& local,
                               const AcyclicResult& found) {
    std::vector<Clause> clauses;
    for (const std::vector<std::uint32_t>& cycle : found.cycles) {
      Clause& clause = clauses.emplace_back();
      for (const std::uint32_t arc : cycle) {
        if (local.arcs[arc].when != 0) clause.push_back(-local.arcs[arc].when);
      }
    }
    for (const auto& [a, b] : local.exclusive) {
      clauses.push_back({-local.arcs[a].when, -local.arcs[b].when});
    }
    std::vector<Lemma> lemmas;
    const auto cycles = static_cast<std::uint32_t>(found.cycles.size());
    for (const std::uint32_t i : minimal_core(local.variables, local.clauses, clauses, limits_)) {
      Lemma& lemma = lemmas.emplace_back();
      if (i < cycles) {
        for (const std::uint32_t arc : found.cycles[i]) lemma.push_back(part_edge(part, arc));
        continue;
      }
      const auto [a, b] = local.exclusive[i - cycles];
      for (const auto& [arc, next] : {std::pair{a, b}, std::pair{b, a}}) {
        const LemmaEdge edge = part_edge(part, arc);
        lemma.push_back(edge);
        const Lemma between = reasons_.path(edge.edge.to, part_edge(part, next).edge.from);
        lemma.insert(lemma.end(), between.begin(), between.end());
      }
    }
    return lemmas;
  }

  LemmaEdge part_edge(const Part& part, std::uint32_t arc) const {
    if (arc < part.known.size()) return reasons_.known(part.known[arc]);
    return told(open_.edges[part.conditional[arc - part.known.size()]], graph_, pruned_, open_);
  }

  // --- the answer ---

  /// The edges of what was chosen have no cycle: in which order do they stand?
  void found_order() {
    std::vector<PolyEdge> edges = pruned_.known;
    for (std::size_t i = 0; i < pruned_.open.size(); ++i) {
      const Choice& choice = pruned_.open[i];
      const Choice chosen = settled_[i] >= 0 ? choice : choice.other_side();
      graph_.for_edges(chosen.first, chosen.second,
                       [&](const PolyEdge& edge) { edges.push_back(edge); });
    }
    for (const ConditionalEdge& each : open_.edges) {
      const auto place = static_cast<std::size_t>(std::abs(each.when)) - 1;
      if (place >= pruned_.open.size() && settled_[place] > 0) edges.push_back(each.edge);
    }
    // The answer is held against the graph itself, whatever led to it.
    if (!sort_nodes(graph_.nodes, edges, result_.order)) {
      throw std::logic_error("an order of versions was found that is none");
    }
  }

  const Polygraph& graph_;
  std::vector<std::uint32_t> likely_;
  const Guess& guess_;
  const SearchLimits& limits_;
  const Pruned pruned_;
  Reasons reasons_;
  OpenEdges open_;
  std::vector<std::int8_t> settled_;  ///< of each variable: 1 it holds, -1 it does not
  Numbering nodes_;                   ///< of the part at hand
  Numbering variables_;
  SearchResult result_;
};

}  // namespace

/// Each chain before the next of its key is all that is needed.
bool follows_order(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                   std::vector<std::uint32_t>& order) {
  if (!graph.one_of.empty()) return false;
  std::vector<PolyEdge> edges = graph.known;
  std::vector<std::uint32_t> sorted;
  for (std::size_t key = 0; key + 1 < graph.key_begin.size(); ++key) {
    sorted.resize(graph.key_begin[key + 1] - graph.key_begin[key] - 1);
    std::iota(sorted.begin(), sorted.end(), graph.key_begin[key] + 1);
    std::ranges::sort(sorted, {},
                      [&](std::uint32_t chain) { return place_of(graph, likely, chain); });
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      graph.for_edges(sorted[i - 1], sorted[i],
                      [&](const PolyEdge& edge) { edges.push_back(edge); });
    }
  }
  return sort_nodes(graph.nodes, edges, order);
}

SearchResult search_orientation(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                                const SearchLimits& limits, const Guess& guess) {
  return OrientationSearch{graph, likely, limits, guess}.run();
}

}  // namespace witness
