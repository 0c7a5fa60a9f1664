#include "checker/graph/projection.hpp"

#include <boost/graph/strong_components.hpp>
#include <utility>

namespace witness {
namespace {

using Arcs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

bool is_rw(EdgeKind kind) { return kind == EdgeKind::rw_item || kind == EdgeKind::rw_predicate; }

void add_alternating(const Edge& edge, std::uint32_t position, Arcs& arcs,
                     std::vector<Projection::Arc>& properties) {
  const auto add = [&](std::uint32_t from_state, std::uint32_t to_state) {
    arcs.emplace_back(2 * edge.from + from_state, 2 * edge.to + to_state);
    properties.push_back({position});
  };
  if (is_rw(edge.kind)) {
    // A relay continues the rw that entered it; a transaction must not have come by rw.
    add(edge.relay ? 1 : 0, 1);
  } else {
    add(0, 0);
    if (!edge.relay) add(1, 0);
  }
}

}  // namespace

Projection project(std::uint32_t vertices, std::span<const Edge> edges, RelationSet wanted,
                   bool alternating) {
  Arcs arcs;
  std::vector<Projection::Arc> properties;
  arcs.reserve(edges.size());
  properties.reserve(edges.size());
  for (std::uint32_t i = 0; i < edges.size(); ++i) {
    if (!contains(wanted, edges[i].kind)) continue;
    if (alternating) {
      add_alternating(edges[i], i, arcs, properties);
    } else {
      arcs.emplace_back(edges[i].from, edges[i].to);
      properties.push_back({i});
    }
  }
  const std::uint32_t size = alternating ? 2 * vertices : vertices;
  Projection projection{alternating,
                        Projection::Graph(boost::edges_are_unsorted_multi_pass, arcs.begin(),
                                          arcs.end(), properties.begin(), size),
                        std::vector<std::uint32_t>(size)};
  if (size == 0) return projection;
  const auto index = boost::get(boost::vertex_index, projection.graph);
  boost::strong_components(projection.graph,
                           boost::make_iterator_property_map(projection.component.begin(), index));
  return projection;
}

}  // namespace witness
