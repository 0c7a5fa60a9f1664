#include "checker/graph/suspects.hpp"

#include <algorithm>

#include "checker/graph/projection.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;
constexpr RelationSet kAll = 0xff;

void find_beginnings(Suspects& graph) {
  graph.begin.assign(graph.names.size() + 1, 0);
  for (const Edge& edge : graph.edges) ++graph.begin[edge.from + 1];
  for (std::size_t i = 1; i < graph.begin.size(); ++i) graph.begin[i] += graph.begin[i - 1];
}

/// Fills `begin`, and sorts the edges by where they begin, else in the order given.
void sort_edges(Suspects& graph) {
  find_beginnings(graph);
  std::vector<std::uint32_t> next(graph.begin.begin(), graph.begin.end() - 1);
  std::vector<Edge> sorted(graph.edges.size());
  for (const Edge& edge : graph.edges) sorted[next[edge.from]++] = edge;
  graph.edges = std::move(sorted);
}

}  // namespace

Suspects find_suspects(std::vector<std::uint32_t> names, std::uint32_t transactions,
                       std::vector<Edge> edges, Order order) {
  Suspects whole;
  whole.names = std::move(names);
  whole.transactions = transactions;
  whole.edges = std::move(edges);
  whole.cluster.assign(whole.names.size(), 0);
  if (order == Order::any) {
    sort_edges(whole);
  } else {
    find_beginnings(whole);
  }
  const Projection all =
      project(whole, kAll, false, {true}, order == Order::peeled ? Peel::no : Peel::yes);

  Suspects suspects;
  suspects.clusters = static_cast<std::uint32_t>(all.cyclic.size());
  std::vector<std::uint32_t> cluster(whole.names.size(), kNone);
  for (std::uint32_t i = 0; i < all.cyclic.size(); ++i) {
    for (const std::uint32_t node : all.cyclic[i]) cluster[all.origins[node]] = i;
  }
  std::vector<std::uint32_t> renumbered(whole.names.size(), kNone);
  for (std::uint32_t vertex = 0; vertex < whole.names.size(); ++vertex) {
    if (cluster[vertex] == kNone) continue;
    renumbered[vertex] = static_cast<std::uint32_t>(suspects.names.size());
    suspects.names.push_back(whole.names[vertex]);
    suspects.cluster.push_back(cluster[vertex]);
    if (vertex < transactions) ++suspects.transactions;
  }
  const auto stays = [&](const Edge& edge) {
    return cluster[edge.from] != kNone && cluster[edge.from] == cluster[edge.to];
  };
  suspects.edges.reserve(static_cast<std::size_t>(std::ranges::count_if(whole.edges, stays)));
  for (const Edge& edge : whole.edges) {
    if (!stays(edge)) continue;
    suspects.edges.push_back(
        {renumbered[edge.from], renumbered[edge.to], edge.key, edge.kind, edge.relay});
  }
  find_beginnings(suspects);  // they are still sorted
  return suspects;
}

}  // namespace witness
