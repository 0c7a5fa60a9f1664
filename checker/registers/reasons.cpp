#include "checker/registers/reasons.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "checker/graph/components.hpp"
#include "checker/registers/acyclic_model.hpp"

namespace witness {

LemmaEdge Reasons::known(std::uint32_t edge) const {
  LemmaEdge told{pruned_.known[edge], {}, 0};
  const std::uint32_t origin = pruned_.origin[edge];
  if (origin != kNoPosition) told.given = pruned_.forced[origin].choice;
  return told;
}

Lemma Reasons::path(std::uint32_t from, std::uint32_t to) {
  return *path_over(from, to, kNoPosition);
}

/// The shortest path over the first `limit` certain edges.
std::optional<Lemma> Reasons::path_over(std::uint32_t from, std::uint32_t to, std::uint32_t limit) {
  if (!next_) next_.emplace(graph_.nodes, pruned_.known);
  std::vector<std::uint32_t> by(graph_.nodes, kNoPosition);
  std::vector<std::uint32_t> queue = {from};
  for (std::size_t i = 0; i < queue.size() && queue[i] != to; ++i) {
    for (const std::uint32_t edge : next_->from(queue[i])) {
      const std::uint32_t next = pruned_.known[edge].to;
      if (edge >= limit || by[next] != kNoPosition || next == from) continue;
      by[next] = edge;
      queue.push_back(next);
    }
  }
  if (from != to && by[to] == kNoPosition) return std::nullopt;
  Lemma edges;
  for (std::uint32_t node = to; node != from; node = pruned_.known[by[node]].from) {
    edges.push_back(known(by[node]));
  }
  std::ranges::reverse(edges);
  return edges;
}

std::vector<Lemma> Reasons::why_refuted() {
  const std::vector<Forced>& forced = pruned_.forced;
  if (!pruned_.known_cycle) return {reason(forced[forced.size() - 2]), reason(forced.back())};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  pairs.reserve(pruned_.known.size());
  for (const PolyEdge& edge : pruned_.known) pairs.emplace_back(edge.from, edge.to);
  const Components components = strong_components_of(graph_.nodes, pairs);
  for (std::uint32_t i = 0; i < pruned_.known.size(); ++i) {
    const PolyEdge& edge = pruned_.known[i];
    if (components.of[edge.from] != components.of[edge.to]) continue;
    Lemma cycle = path(edge.to, edge.from);
    cycle.push_back(known(i));
    return {std::move(cycle)};
  }
  return {};
}

/// Why the other side of a forced choice was impossible.
Lemma Reasons::reason(const Forced& forced) {
  const Choice other = forced.choice.other_side();
  std::optional<Lemma> lemma;
  graph_.for_edges(other.first, other.second, [&](const PolyEdge& edge) {
    if (lemma) return;
    lemma = path_over(edge.to, edge.from, forced.limit);
    if (lemma) lemma->push_back({edge, other, 0});
  });
  return *lemma;
}

void Reasons::refute(std::vector<Lemma> lemmas, const SearchLimits& limits, SearchResult& result) {
  result.outcome = SearchOutcome::violated;
  keep_core(lemmas, limits);
  std::unordered_map<std::uint64_t, std::uint32_t> number_of;
  for (std::uint32_t i = 0; i < pruned_.forced.size(); ++i) {
    number_of[pruned_.forced[i].choice.bits()] = i;
  }
  std::vector<bool> told(pruned_.forced.size(), false);
  for (std::size_t i = 0; i < lemmas.size(); ++i) {
    const Lemma lemma = lemmas[i];
    for (const LemmaEdge& edge : lemma) {
      const auto found = edge.given ? number_of.find(edge.given->bits()) : number_of.end();
      if (found == number_of.end() || told[found->second]) continue;
      if (limits.expired()) result.told_all = false;
      if (!result.told_all) break;
      told[found->second] = true;
      lemmas.push_back(reason(pruned_.forced[found->second]));
    }
  }
  keep_core(lemmas, limits);
  result.lemmas = std::move(lemmas);
}

void Reasons::keep_core(std::vector<Lemma>& lemmas, const SearchLimits& limits) const {
  std::unordered_map<std::uint64_t, Literal> variable_of;
  const auto selections = static_cast<Literal>(graph_.selected_count());
  const auto literal = [&](const Choice& choice) {
    const bool as_it_stands = choice.first < choice.second;
    const auto next = static_cast<Literal>(variable_of.size()) + selections + 1;
    const Choice of = as_it_stands ? choice : choice.other_side();
    const Literal variable = variable_of.emplace(of.bits(), next).first->second;
    return as_it_stands ? variable : -variable;
  };
  std::vector<Clause> clauses;
  for (const Lemma& lemma : lemmas) {
    Clause& clause = clauses.emplace_back();
    for (const LemmaEdge& edge : lemma) {
      if (edge.given) clause.push_back(-literal(*edge.given));
      if (edge.selection != 0) clause.push_back(-edge.selection);
    }
  }
  const auto variables =
      static_cast<std::uint32_t>(variable_of.size()) + static_cast<std::uint32_t>(selections);
  std::vector<Lemma> core;
  for (const std::uint32_t i : minimal_core(variables, graph_.one_of, clauses, limits)) {
    core.push_back(std::move(lemmas[i]));
  }
  if (!core.empty()) lemmas = std::move(core);
}

}  // namespace witness
