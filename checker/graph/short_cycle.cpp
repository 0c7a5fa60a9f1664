#include "checker/graph/short_cycle.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace witness {
namespace {

constexpr std::uint64_t kUnreached = ~std::uint64_t{0};
constexpr std::uint64_t kRw = std::uint64_t{1} << 32;
constexpr std::uint64_t kStepsLeast = 20'000;
constexpr std::uint64_t kStepsPerMember = 32;

bool stale(const Edge& edge) { return is_rw(edge.kind) && !edge.relay; }

/// Does any rw follow another one, all around? Relays only continue what entered them.
bool adjacent(const Suspects& suspects, std::span<const std::uint32_t> cycle) {
  bool before = false;
  for (const std::uint32_t edge : cycle) {
    if (!suspects.edges[edge].relay) before = is_rw(suspects.edges[edge].kind);
  }
  for (const std::uint32_t position : cycle) {
    const Edge& edge = suspects.edges[position];
    if (edge.relay) continue;
    if (before && is_rw(edge.kind)) return true;
    before = is_rw(edge.kind);
  }
  return false;
}

bool has_stale(const Suspects& suspects, std::span<const std::uint32_t> cycle) {
  return std::ranges::any_of(cycle,
                             [&](std::uint32_t edge) { return stale(suspects.edges[edge]); });
}

/// A closed walk of two states can pass a vertex twice. It is then two closed walks, and at least
/// one of them keeps every two rw apart if the whole did. Prefers one that does and has an rw.
std::vector<std::uint32_t> simple(const Suspects& suspects, std::vector<std::uint32_t> cycle) {
  std::vector<std::pair<std::uint32_t, std::size_t>> begins;  // vertex, place in the cycle
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    begins.emplace_back(suspects.edges[cycle[i]].from, i);
  }
  std::ranges::sort(begins);
  for (std::size_t i = 1; i < begins.size(); ++i) {
    if (begins[i].first != begins[i - 1].first) continue;
    const auto from = cycle.begin() + static_cast<std::ptrdiff_t>(begins[i - 1].second);
    const auto to = cycle.begin() + static_cast<std::ptrdiff_t>(begins[i].second);
    std::vector<std::uint32_t> inner(from, to);
    std::vector<std::uint32_t> outer(to, cycle.end());
    outer.insert(outer.end(), cycle.begin(), from);
    const bool inner_good = !adjacent(suspects, inner) && has_stale(suspects, inner);
    const bool outer_good = !adjacent(suspects, outer) && has_stale(suspects, outer);
    if (inner_good != outer_good) return simple(suspects, inner_good ? inner : outer);
    return simple(suspects, inner.size() <= outer.size() ? inner : outer);
  }
  return cycle;
}

}  // namespace

ShortCycle::ShortCycle(const Suspects& suspects, const Projection& projection)
    : suspects_(suspects),
      projection_(projection),
      cost_(projection.origins.size(), kUnreached),
      came_by_(cost_.size()),
      came_from_(cost_.size()) {}

std::vector<std::uint32_t> ShortCycle::through(std::span<const std::uint32_t> members,
                                               RelationSet first) {
  best_ = kUnreached;
  cycle_.clear();
  steps_ = kStepsLeast + kStepsPerMember * members.size();
  exhaustive_ = true;
  for (const std::uint32_t start : members) {
    if (projection_.origins[start] >= suspects_.transactions) continue;
    const auto [begin, end] = boost::out_edges(start, projection_.graph);
    for (auto arc = begin; arc != end; ++arc) {
      const std::uint32_t edge = projection_.graph[*arc].edge;
      const std::uint32_t next = boost::target(*arc, projection_.graph);
      if (!contains(first, suspects_.edges[edge].kind)) continue;
      if (projection_.component[next] != projection_.component[start]) continue;
      if (steps_ == 0 && best_ != kUnreached) {
        exhaustive_ = false;
        return simple(suspects_, std::move(cycle_));
      }
      close(start, next, edge);
    }
  }
  return simple(suspects_, std::move(cycle_));
}

std::vector<std::uint32_t> ShortCycle::through_edge(std::span<const std::uint32_t> members,
                                                    std::uint32_t edge) {
  best_ = kUnreached;
  cycle_.clear();
  steps_ = kUnreached;
  for (const std::uint32_t start : members) {
    if (projection_.origins[start] != suspects_.edges[edge].from) continue;
    const auto [begin, end] = boost::out_edges(start, projection_.graph);
    for (auto arc = begin; arc != end; ++arc) {
      const std::uint32_t next = boost::target(*arc, projection_.graph);
      if (projection_.graph[*arc].edge != edge ||
          projection_.component[next] != projection_.component[start]) {
        continue;
      }
      close(start, next, edge);
    }
  }
  return simple(suspects_, std::move(cycle_));
}

/// What an edge adds: entering an rw costs most, reaching a transaction one.
std::uint64_t ShortCycle::price(const Edge& edge) const {
  return (stale(edge) ? kRw : 0) + (edge.to < suspects_.transactions ? 1 : 0);
}

/// The cheapest way back from `next` to `start` (Dijkstra), if it beats the best cycle so far.
void ShortCycle::close(std::uint32_t start, std::uint32_t next, std::uint32_t first_edge) {
  using Item = std::pair<std::uint64_t, std::uint32_t>;
  std::priority_queue<Item, std::vector<Item>, std::greater<>> queue;
  const std::uint64_t beginning = price(suspects_.edges[first_edge]);
  if (beginning >= best_) return;
  cost_[next] = beginning;
  touched_.push_back(next);
  queue.emplace(beginning, next);
  while (!queue.empty()) {
    const auto [cost, node] = queue.top();
    queue.pop();
    if (cost >= best_) break;
    if (cost > cost_[node]) continue;
    if (node == start) {
      best_ = cost;
      keep(start, next, first_edge);
      break;
    }
    const auto [begin, end] = boost::out_edges(node, projection_.graph);
    for (auto arc = begin; arc != end; ++arc) {
      const std::uint32_t target = boost::target(*arc, projection_.graph);
      if (projection_.component[target] != projection_.component[start]) continue;
      if (steps_ > 0) --steps_;
      const std::uint32_t edge = projection_.graph[*arc].edge;
      const std::uint64_t reached = cost + price(suspects_.edges[edge]);
      if (reached >= cost_[target] || reached >= best_) continue;
      if (cost_[target] == kUnreached) touched_.push_back(target);
      cost_[target] = reached;
      came_by_[target] = edge;
      came_from_[target] = node;
      queue.emplace(reached, target);
    }
    if (steps_ == 0 && best_ != kUnreached) {
      exhaustive_ = false;
      break;
    }
  }
  for (const std::uint32_t node : touched_) cost_[node] = kUnreached;
  touched_.clear();
}

void ShortCycle::keep(std::uint32_t start, std::uint32_t next, std::uint32_t first_edge) {
  cycle_.clear();
  for (std::uint32_t node = start; node != next; node = came_from_[node]) {
    cycle_.push_back(came_by_[node]);
  }
  cycle_.push_back(first_edge);
  std::ranges::reverse(cycle_);
}

}  // namespace witness
