#include "checker/graph/projection.hpp"

#include <boost/graph/strong_components.hpp>
#include <utility>

namespace witness {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;

/// The walk through states. Not alternating: there is one state only.
struct Walk {
  bool alternating;

  std::uint32_t states() const { return alternating ? 2 : 1; }

  /// The state after the edge, or -1 where it cannot be taken in this one. A relay continues the
  /// rw that entered it; a transaction must not have come by rw.
  int after(const Edge& edge, std::uint32_t state) const {
    if (!alternating) return 0;
    if (is_rw(edge.kind)) return state == (edge.relay ? 1U : 0U) ? 1 : -1;
    return state == 0 || !edge.relay ? 0 : -1;
  }
};

/// Removes vertices that nothing leads to, again and again (Kahn 1962): what is left is on a cycle
/// or behind one.
class Remains {
 public:
  Remains(const Suspects& suspects, RelationSet wanted, Walk walk, const std::vector<bool>& active,
          Peel peel)
      : suspects_(suspects),
        wanted_(wanted),
        walk_(walk),
        active_(active),
        before_(suspects.names.size() * walk.states()) {
    left_ = before_.size();
    if (peel == Peel::no) {
      arcs_left_ = suspects.edges.size() * walk.states();
      before_.assign(before_.size(), 1);  // taken as it is
      return;
    }
    for (std::uint32_t vertex = 0; vertex < size(); ++vertex) {
      for (std::uint32_t state = 0; state < walk_.states(); ++state) {
        for_arcs(vertex, state, [&](std::uint32_t target, std::uint32_t) {
          ++before_[target];
          ++arcs_left_;
        });
      }
    }
    std::vector<std::uint32_t> free;
    for (std::uint32_t node = 0; node < before_.size(); ++node) {
      if (before_[node] == 0) free.push_back(node);
    }
    while (!free.empty()) {
      const std::uint32_t node = free.back();
      free.pop_back();
      --left_;
      for_arcs(node / walk_.states(), node % walk_.states(),
               [&](std::uint32_t target, std::uint32_t) {
                 --arcs_left_;
                 if (--before_[target] == 0) free.push_back(target);
               });
    }
  }

  std::size_t left() const { return left_; }
  std::size_t arcs_left() const { return arcs_left_; }
  std::size_t nodes() const { return before_.size(); }
  bool has(std::uint32_t node) const { return before_[node] != 0; }

  /// Calls use(target node, edge position) for every arc of a vertex in a state.
  template <typename Use>
  void for_arcs(std::uint32_t vertex, std::uint32_t state, Use use) const {
    if (!active_[suspects_.cluster[vertex]]) return;
    for (std::uint32_t i = suspects_.begin[vertex]; i < suspects_.begin[vertex + 1]; ++i) {
      const Edge& edge = suspects_.edges[i];
      if (!contains(wanted_, edge.kind)) continue;
      const int next = walk_.after(edge, state);
      if (next >= 0) use(edge.to * walk_.states() + static_cast<std::uint32_t>(next), i);
    }
  }

 private:
  std::uint32_t size() const { return static_cast<std::uint32_t>(suspects_.names.size()); }

  const Suspects& suspects_;
  RelationSet wanted_;
  Walk walk_;
  const std::vector<bool>& active_;
  std::vector<std::uint32_t> before_;  ///< arcs into each node from nodes that are left
  std::size_t left_ = 0;
  std::size_t arcs_left_ = 0;
};

void collect_cyclic(Projection& projection) {
  const std::size_t size = projection.component.size();
  std::vector<std::uint32_t> members(size);
  for (const std::uint32_t component : projection.component) ++members[component];
  std::vector<std::uint32_t> place(size, kNone);
  for (std::uint32_t node = 0; node < size; ++node) {
    const std::uint32_t component = projection.component[node];
    if (members[component] < 2) continue;
    if (place[component] == kNone) {
      place[component] = static_cast<std::uint32_t>(projection.cyclic.size());
      projection.cyclic.emplace_back();
      projection.cyclic.back().reserve(members[component]);
    }
    projection.cyclic[place[component]].push_back(node);
  }
}

}  // namespace

Projection project(const Suspects& suspects, RelationSet wanted, bool alternating,
                   const std::vector<bool>& active, Peel peel) {
  Projection projection;
  const Walk walk{alternating};
  const Remains remains(suspects, wanted, walk, active, peel);
  if (remains.left() == 0) return projection;

  std::vector<std::uint32_t> renumbered(remains.nodes(), kNone);
  for (std::uint32_t node = 0; node < remains.nodes(); ++node) {
    if (!remains.has(node)) continue;
    renumbered[node] = static_cast<std::uint32_t>(projection.origins.size());
    projection.origins.push_back(node / walk.states());
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> arcs;
  std::vector<Projection::Arc> properties;
  arcs.reserve(remains.arcs_left());
  properties.reserve(remains.arcs_left());
  for (std::uint32_t node = 0; node < remains.nodes(); ++node) {
    if (!remains.has(node)) continue;
    remains.for_arcs(node / walk.states(), node % walk.states(),
                     [&](std::uint32_t target, std::uint32_t edge) {
                       arcs.emplace_back(renumbered[node], renumbered[target]);
                       properties.push_back({edge});
                     });
  }
  projection.graph =
      Projection::Graph(boost::edges_are_sorted, arcs.begin(), arcs.end(), properties.begin(),
                        static_cast<std::uint32_t>(projection.origins.size()),
                        static_cast<std::uint32_t>(arcs.size()));
  projection.component.resize(projection.origins.size());
  const auto index = boost::get(boost::vertex_index, projection.graph);
  boost::strong_components(projection.graph,
                           boost::make_iterator_property_map(projection.component.begin(), index));
  collect_cyclic(projection);
  return projection;
}

}  // namespace witness
