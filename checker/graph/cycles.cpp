#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <queue>

#include "checker/graph/dependency_graph.hpp"
#include "checker/graph/projection.hpp"
#include "checker/models.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

using enum EdgeKind;

/// Relations in which a cycle is looked for, and what it is then called: `single` with
/// exactly one rw, `kind` else.
struct Level {
  RelationSet relations;
  bool alternating;
  AnomalyKind single;
  AnomalyKind kind;
};

constexpr std::array kLevels = {
    Level{relations(ww), false, AnomalyKind::g0, AnomalyKind::g0},
    Level{relations(ww, wr), false, AnomalyKind::g1c, AnomalyKind::g1c},
    Level{relations(ww, wr, rw_item), true, AnomalyKind::g_single_item,
          AnomalyKind::g_nonadjacent_item},
    Level{relations(ww, wr, rw_item, rw_predicate), true, AnomalyKind::g_single,
          AnomalyKind::g_nonadjacent},
    Level{relations(ww, wr, rw_item), false, AnomalyKind::g2_item, AnomalyKind::g2_item},
    Level{relations(ww, wr, rw_item, rw_predicate), false, AnomalyKind::g2, AnomalyKind::g2},
};

/// Time's relations, weakest first, and how far they move a kind in AnomalyKind.
struct Variant {
  RelationSet relations;
  unsigned offset;
};
constexpr std::array kVariants = {Variant{0, 0}, Variant{relations(process), 8},
                                  Variant{relations(process, realtime), 16}};

constexpr AnomalyKind shifted(AnomalyKind kind, unsigned offset) {
  return static_cast<AnomalyKind>(static_cast<unsigned>(kind) + offset);
}

/// For each kind, the kinds beside which it needs no report.
std::array<KindSet, kAnomalyKinds> coverage() {
  std::array<KindSet, kAnomalyKinds> covering{};
  for (const AnomalyInfo& kind : anomaly_table()) {
    for (const AnomalyInfo& other : anomaly_table()) {
      if (covers(other.kind, kind.kind)) {
        covering[static_cast<std::size_t>(kind.kind)] |= kind_bit(other.kind);
      }
    }
  }
  return covering;
}

/// The edges that can lie on any cycle at all, with their vertices renumbered densely.
struct Suspects {
  std::vector<std::uint32_t> vertices;  ///< as in the whole graph, ascending
  std::vector<Edge> edges;
  std::uint32_t transactions = 0;  ///< of `vertices`, the first so many
};

Suspects find_suspects(const DependencyGraph& graph) {
  const Projection all =
      project(graph.vertices, graph.edges,
              relations(ww, wr, rw_item, rw_predicate, process, realtime), false);
  Suspects suspects;
  std::vector<std::uint32_t> renumbered(graph.vertices, kNoPosition);
  for (const Edge& edge : graph.edges) {
    if (all.component[edge.from] != all.component[edge.to]) continue;
    suspects.edges.push_back(edge);
    renumbered[edge.from] = renumbered[edge.to] = 0;
  }
  for (std::uint32_t vertex = 0; vertex < graph.vertices; ++vertex) {
    if (renumbered[vertex] == kNoPosition) continue;
    renumbered[vertex] = static_cast<std::uint32_t>(suspects.vertices.size());
    suspects.vertices.push_back(vertex);
    if (vertex < graph.transactions()) ++suspects.transactions;
  }
  for (Edge& edge : suspects.edges) {
    edge.from = renumbered[edge.from];
    edge.to = renumbered[edge.to];
  }
  return suspects;
}

/// Cheapest cycles inside one component: few rw first, then few transactions.
class Search {
 public:
  Search(const Suspects& suspects, const Projection& projection)
      : suspects_(suspects),
        projection_(projection),
        cost_(boost::num_vertices(projection.graph), kUnreached),
        came_by_(cost_.size()),
        came_from_(cost_.size()) {}

  /// Edges of the best cycle found through `members` (sorted). Looks from every member
  /// in turn until its steps are used up; from the first in any case.
  std::vector<std::uint32_t> best_cycle(std::span<const std::uint32_t> members) {
    best_ = kUnreached;
    cycle_.clear();
    steps_ = kStepsLeast + kStepsPerMember * members.size();
    for (const std::uint32_t start : members) {
      if (projection_.origin(start) >= suspects_.transactions) continue;
      search_from(start);
      if (best_ <= kCheapest || steps_ == 0) break;
    }
    return cycle_;
  }

 private:
  static constexpr std::uint64_t kUnreached = ~std::uint64_t{0};
  static constexpr std::uint64_t kRw = std::uint64_t{1} << 32;
  static constexpr std::uint64_t kCheapest = 2;  // two transactions and no rw
  static constexpr std::uint64_t kStepsLeast = 20'000;
  static constexpr std::uint64_t kStepsPerMember = 32;

  /// What an edge adds: entering an rw costs most, reaching a transaction one.
  std::uint64_t price(const Edge& edge) const {
    const bool rw = edge.kind == rw_item || edge.kind == rw_predicate;
    return (rw && !edge.relay ? kRw : 0) + (edge.to < suspects_.transactions ? 1 : 0);
  }

  void search_from(std::uint32_t start) {
    using Item = std::pair<std::uint64_t, std::uint32_t>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> queue;
    std::vector<std::uint32_t> touched;
    queue.emplace(0, start);
    while (!queue.empty()) {
      const auto [cost, vertex] = queue.top();
      queue.pop();
      if (cost >= best_ || (cost > cost_[vertex] && cost_[vertex] != kUnreached)) continue;
      const auto [begin, end] = boost::out_edges(vertex, projection_.graph);
      for (auto arc = begin; arc != end; ++arc) {
        const std::uint32_t target = boost::target(*arc, projection_.graph);
        if (projection_.component[target] != projection_.component[start]) continue;
        if (steps_ > 0) --steps_;
        const std::uint32_t edge = projection_.graph[*arc].edge;
        const std::uint64_t next = cost + price(suspects_.edges[edge]);
        if (next >= cost_[target] || next >= best_) continue;
        if (cost_[target] == kUnreached) touched.push_back(target);
        cost_[target] = next;
        came_by_[target] = edge;
        came_from_[target] = vertex;
        if (target == start) {
          best_ = next;
        } else {
          queue.emplace(next, target);
        }
      }
      if (steps_ == 0 && best_ != kUnreached) break;
    }
    if (cost_[start] != kUnreached) keep_cycle(start);
    for (const std::uint32_t vertex : touched) cost_[vertex] = kUnreached;
  }

  void keep_cycle(std::uint32_t start) {
    cycle_.clear();
    std::uint32_t vertex = start;
    do {
      cycle_.push_back(came_by_[vertex]);
      vertex = came_from_[vertex];
    } while (vertex != start);
    std::ranges::reverse(cycle_);
  }

  const Suspects& suspects_;
  const Projection& projection_;
  std::vector<std::uint64_t> cost_;
  std::vector<std::uint32_t> came_by_;
  std::vector<std::uint32_t> came_from_;
  std::vector<std::uint32_t> cycle_;
  std::uint64_t best_ = kUnreached;
  std::uint64_t steps_ = 0;
};

class Reporter {
 public:
  Reporter(const GraphInput& input, const DependencyGraph& graph, const Suspects& suspects,
           Findings& findings)
      : input_(input), graph_(graph), suspects_(suspects), findings_(findings) {
    for (const std::uint32_t vertex : suspects.vertices) {
      reported_.push_back(vertex < graph.transactions() ? graph.reported[vertex] : 0);
    }
  }

  void look(const Level& level, const Variant& variant) {
    const AnomalyKind kind = shifted(level.kind, variant.offset);
    const auto size = static_cast<std::uint32_t>(suspects_.vertices.size());
    const Projection projection =
        project(size, suspects_.edges,
                static_cast<RelationSet>(level.relations | variant.relations), level.alternating);
    Search search(suspects_, projection);
    for (const auto& members : components(projection)) {
      KindSet already = 0;
      for (const std::uint32_t member : members) already |= reported_[projection.origin(member)];
      if ((already & coverage_[static_cast<std::size_t>(kind)]) != 0) continue;
      report(search.best_cycle(members), level, variant);
    }
  }

 private:
  /// Components of two or more vertices, each sorted, ordered by their first vertex.
  static std::vector<std::vector<std::uint32_t>> components(const Projection& projection) {
    std::vector<std::uint32_t> sizes(projection.component.size());
    for (const std::uint32_t component : projection.component) ++sizes[component];
    std::vector<std::uint32_t> place(projection.component.size(), kNoPosition);
    std::vector<std::vector<std::uint32_t>> found;
    for (std::uint32_t vertex = 0; vertex < projection.component.size(); ++vertex) {
      const std::uint32_t component = projection.component[vertex];
      if (sizes[component] < 2) continue;
      if (place[component] == kNoPosition) {
        place[component] = static_cast<std::uint32_t>(found.size());
        found.emplace_back();
      }
      found[place[component]].push_back(vertex);
    }
    return found;
  }

  std::uint32_t fate_of(std::uint32_t vertex) const {
    return graph_.fates[suspects_.vertices[vertex]];
  }

  void report(const std::vector<std::uint32_t>& cycle, const Level& level, const Variant& variant) {
    unsigned rw_edges = 0;
    std::vector<std::uint32_t> members;
    Anomaly anomaly{};
    const Edge* entry = nullptr;  // where the step that leads through relays began
    for (const std::uint32_t position : cycle) {
      const Edge& edge = suspects_.edges[position];
      if (!edge.relay) entry = &edge;
      if (edge.to >= suspects_.transactions) continue;
      members.push_back(entry->from);
      if (entry->kind == rw_item || entry->kind == rw_predicate) ++rw_edges;
      anomaly.steps.push_back(
          explain_edge(input_, fate_of(entry->from), fate_of(edge.to), entry->kind, entry->key));
    }
    anomaly.kind = shifted(rw_edges == 1 ? level.single : level.kind, variant.offset);
    for (const std::uint32_t member : members) reported_[member] |= kind_bit(anomaly.kind);
    describe(anomaly, members);
    findings_.add(std::move(anomaly));
  }

  void describe(Anomaly& anomaly, const std::vector<std::uint32_t>& members) const {
    std::vector<std::string> names;
    for (const std::uint32_t member : members) {
      const Fate& fate = input_.resolution.fates[fate_of(member)];
      names.push_back(name_of(input_.history, fate));
      anomaly.operations.push_back(input_.history.operations[fate.operation].index);
    }
    std::ranges::sort(anomaly.operations);
    anomaly.operations.erase(std::unique(anomaly.operations.begin(), anomaly.operations.end()),
                             anomaly.operations.end());
    for (const Step& step : anomaly.steps) {
      if (!step.key.empty()) anomaly.keys.push_back(step.key);
    }
    std::ranges::sort(anomaly.keys, natural_less);
    anomaly.keys.erase(std::unique(anomaly.keys.begin(), anomaly.keys.end()), anomaly.keys.end());
    anomaly.explanation = fmt::format(
        "{} cannot be put in any order: each must come before the next, and the last "
        "before the first",
        list(names));
  }

  const GraphInput& input_;
  const DependencyGraph& graph_;
  const Suspects& suspects_;
  Findings& findings_;
  std::vector<KindSet> reported_;  ///< by renumbered vertex
  const std::array<KindSet, kAnomalyKinds> coverage_ = coverage();
};

}  // namespace

void report_cycles(const GraphInput& input, const DependencyGraph& graph, Findings& findings) {
  const Suspects suspects = find_suspects(graph);
  if (suspects.vertices.empty()) return;
  Reporter reporter(input, graph, suspects, findings);
  for (const Variant& variant : kVariants) {
    for (const Level& level : kLevels) reporter.look(level, variant);
  }
}

}  // namespace witness
