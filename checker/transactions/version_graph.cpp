#include "checker/transactions/version_graph.hpp"

#include <algorithm>

namespace witness {

/// Versions in an order of Kahn's, as far as there is one: those on circles and behind them are
/// missing. `unique`: no two needed versions were ever free at once.
std::vector<std::uint32_t> VersionGraph::order(std::span<const Edge> more, bool* unique,
                                               const std::vector<bool>* needed) const {
  std::vector<std::uint32_t> before(versions_);
  std::vector<std::uint32_t> begin(versions_ + 1);
  std::vector<std::uint32_t> targets(edges_.size() + more.size());
  const auto each = [&](auto use) {
    for (const Edge& edge : edges_) use(edge);
    for (const Edge& edge : more) use(edge);
  };
  each([&](const Edge& edge) {
    ++before[edge.second];
    ++begin[edge.first + 1];
  });
  for (std::uint32_t i = 0; i < versions_; ++i) begin[i + 1] += begin[i];
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  each([&](const Edge& edge) { targets[next[edge.first]++] = edge.second; });

  // What is not needed goes first: it must not hide that two needed ones are in no order.
  std::vector<std::uint32_t> sorted;
  std::vector<std::uint32_t> free;
  std::vector<std::uint32_t> free_needed;
  const auto release = [&](std::uint32_t version) {
    const bool counts = version != 0 && needed != nullptr && (*needed)[version];
    (counts ? free_needed : free).push_back(version);
  };
  for (std::uint32_t version = 0; version < versions_; ++version) {
    if (before[version] == 0) release(version);
  }
  while (!free.empty() || !free_needed.empty()) {
    std::vector<std::uint32_t>& ready = free.empty() ? free_needed : free;
    if (free.empty() && free_needed.size() > 1 && unique != nullptr) *unique = false;
    const std::uint32_t version = ready.back();
    ready.pop_back();
    sorted.push_back(version);
    for (std::uint32_t j = begin[version]; j < begin[version + 1]; ++j) {
      if (--before[targets[j]] == 0) release(targets[j]);
    }
  }
  return sorted;
}

bool VersionGraph::add(std::span<const Edge> edges, std::uint32_t& on_circle) {
  for (const Edge& edge : edges) {
    if (edge.second != 0) continue;
    on_circle = edge.first;
    return false;
  }
  const std::vector<std::uint32_t> sorted = order(edges, nullptr, nullptr);
  if (sorted.size() == versions_) {
    edges_.insert(edges_.end(), edges.begin(), edges.end());
    return true;
  }
  // Backwards along edges from what was not sorted, one comes to a circle.
  std::vector<bool> left(versions_, true);
  for (const std::uint32_t version : sorted) left[version] = false;
  std::vector<std::uint32_t> from(versions_, 0);
  const auto note = [&](const Edge& edge) {
    if (left[edge.first] && left[edge.second]) from[edge.second] = edge.first;
  };
  for (const Edge& edge : edges_) note(edge);
  for (const Edge& edge : edges) note(edge);
  on_circle = static_cast<std::uint32_t>(std::ranges::find(left, true) - left.begin());
  for (std::uint32_t i = 0; i < versions_; ++i) on_circle = from[on_circle];
  return false;
}

bool VersionGraph::is_total(const std::vector<bool>& needed) const {
  bool unique = true;
  order({}, &unique, &needed);
  return unique;
}

std::vector<std::uint32_t> VersionGraph::minimal() const {
  std::vector<bool> later(versions_);
  for (const Edge& edge : edges_) later[edge.second] = true;
  std::vector<std::uint32_t> found;
  for (std::uint32_t version = 1; version < versions_; ++version) {
    if (!later[version]) found.push_back(version);
  }
  return found;
}

}  // namespace witness
