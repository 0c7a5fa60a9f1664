#include "checker/registers/weak_cycles.hpp"

#include <algorithm>
#include <numeric>

#include "checker/graph/projection.hpp"
#include "checker/graph/short_cycle.hpp"

namespace witness {
namespace {

using enum EdgeKind;

constexpr RelationSet kAll = relations(ww, wr, rw_item, process);

Suspects suspects_of(const WeakInput& input, bool sessions, std::span<const CommitEdge> inferred) {
  std::vector<Edge> edges;
  edges.reserve(input.sources.writer.size() / 2 + inferred.size() + input.vertices());
  for (std::uint32_t vertex = 0; vertex < input.vertices(); ++vertex) {
    for_predecessors(input, sessions, vertex, [&](std::uint32_t before, EdgeKind kind) {
      edges.push_back({before, vertex, kNoString, kind, before >= input.transactions()});
    });
  }
  for (std::uint32_t i = 0; i < inferred.size(); ++i) {
    const bool initial = input.sources.writer[inferred[i].op] == ReadSources::initial;
    edges.push_back({inferred[i].from, inferred[i].to, i, initial ? rw_item : ww, false});
  }
  std::vector<std::uint32_t> names(input.vertices());
  std::iota(names.begin(), names.end(), 0U);
  return find_suspects(std::move(names), input.transactions(), std::move(edges));
}

/// The steps of a cycle, from its first transaction on; what leads over joints is one step.
std::vector<WeakStep> steps_of(const Suspects& suspects, std::vector<std::uint32_t> cycle,
                               std::span<const CommitEdge> inferred) {
  const auto first = std::ranges::min_element(
      cycle, {}, [&](std::uint32_t edge) { return suspects.edges[edge].from; });
  std::rotate(cycle.begin(), first, cycle.end());
  std::vector<WeakStep> steps;
  for (const std::uint32_t position : cycle) {
    const Edge& edge = suspects.edges[position];
    const std::uint32_t to = suspects.names[edge.to];
    if (edge.relay) {
      steps.back().to = to;
      continue;
    }
    const CommitEdge* shown = edge.key == kNoString ? nullptr : &inferred[edge.key];
    steps.push_back({suspects.names[edge.from], to, edge.kind, shown});
  }
  return steps;
}

void add(Anomaly anomaly, Findings& findings) {
  if (!findings.listed_enough(anomaly.kind)) {
    findings.add(std::move(anomaly));
    return;
  }
  std::vector<std::string> keys;
  for (const Step& step : anomaly.steps) {
    if (!step.key.empty()) keys.push_back(step.key);
  }
  findings.add_unlisted(anomaly.kind, keys);
}

}  // namespace

std::vector<std::uint32_t> report_weak_cycles(const WeakInput& input, const WeakLevel& level,
                                              std::span<const CommitEdge> inferred,
                                              std::vector<KindSet>& reported, WeakStory& story,
                                              Findings& findings) {
  const Suspects suspects = suspects_of(input, level.sessions, inferred);
  std::vector<std::uint32_t> left;
  if (suspects.names.empty()) return left;
  const std::vector<bool> active(suspects.clusters, true);
  const Projection projection = project(suspects, kAll, false, active);
  ShortCycle search(suspects, projection);
  const RelationSet first = inferred.empty() ? kAll : relations(ww, rw_item);
  for (const auto& members : projection.cyclic) {
    KindSet already = 0;
    for (const std::uint32_t node : members) {
      const std::uint32_t vertex = suspects.names[projection.origins[node]];
      left.push_back(vertex);
      if (vertex < reported.size()) already |= reported[vertex];
    }
    if ((already & kind_bit(level.kind)) != 0) continue;
    const std::vector<std::uint32_t> cycle = search.through(members, first);
    if (cycle.empty()) continue;
    const std::vector<WeakStep> steps = steps_of(suspects, cycle, inferred);
    Anomaly anomaly = story.anomaly(level.kind, level.visibility, steps);
    for (const WeakStep& step : steps) reported[step.from] |= implied_by(anomaly.kind);
    add(std::move(anomaly), findings);
  }
  std::ranges::sort(left);
  left.erase(std::unique(left.begin(), left.end()), left.end());
  return left;
}

}  // namespace witness
