#include "checker/registers/parts.hpp"

#include <cstdlib>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "checker/graph/components.hpp"

namespace witness {
namespace {

/// Of each node: edges between two of them are on no cycle.
using ComponentOf = std::vector<std::uint32_t>;

bool within(const ComponentOf& component, const PolyEdge& edge) {
  return component[edge.from] == component[edge.to];
}

ComponentOf find_components(std::uint32_t nodes, const std::vector<PolyEdge>& known,
                            const OpenEdges& open) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  edges.reserve(known.size() + open.edges.size());
  for (const PolyEdge& edge : known) edges.emplace_back(edge.from, edge.to);
  for (const ConditionalEdge& each : open.edges) edges.emplace_back(each.edge.from, each.edge.to);
  return strong_components_of(nodes, edges).of;
}

/// Takes the side of a choice none of whose edges can be on a cycle. True if there was one.
bool settle_one_sided(const ComponentOf& component, OpenEdges& open,
                      std::vector<std::int8_t>& settled) {
  // Bit 0: as it stands, bit 1: otherwise.
  std::vector<std::uint8_t> dangerous(static_cast<std::size_t>(open.choices));
  for (const ConditionalEdge& each : open.edges) {
    if (!within(component, each.edge)) continue;
    dangerous[static_cast<std::size_t>(std::abs(each.when)) - 1] |= each.when > 0 ? 1U : 2U;
  }
  const std::size_t before = open.edges.size();
  std::erase_if(open.edges, [&](const ConditionalEdge& each) {
    const std::size_t choice = static_cast<std::size_t>(std::abs(each.when)) - 1;
    if (dangerous[choice] == 3) return false;
    if (settled[choice] == 0) settled[choice] = (dangerous[choice] & 1U) == 0 ? 1 : -1;
    return true;
  });
  return open.edges.size() < before;
}

/// Sets of components and variables that grow together. (Tarjan 1975, with paths halved.)
class Unions {
 public:
  explicit Unions(std::size_t count) : leader_(count) {
    std::iota(leader_.begin(), leader_.end(), 0U);
  }
  std::uint32_t find(std::uint32_t one) {
    while (leader_[one] != one) one = leader_[one] = leader_[leader_[one]];
    return one;
  }
  void join(std::uint32_t one, std::uint32_t other) { leader_[find(one)] = find(other); }

 private:
  std::vector<std::uint32_t> leader_;
};

std::vector<Part> make_parts(std::uint32_t nodes, const std::vector<PolyEdge>& known,
                             const OpenEdges& open, const ComponentOf& component) {
  const auto variable = [&](Literal literal) {
    return nodes + static_cast<std::uint32_t>(std::abs(literal)) - 1;
  };
  Unions unions(nodes + static_cast<std::size_t>(open.variables));
  for (const ConditionalEdge& each : open.edges) {
    if (within(component, each.edge)) unions.join(component[each.edge.from], variable(each.when));
  }
  for (const Clause& clause : open.clauses) {
    for (const Literal literal : clause) unions.join(variable(literal), variable(clause.front()));
  }
  std::vector<Part> parts;
  std::unordered_map<std::uint32_t, std::uint32_t> part_of;
  const auto part = [&](std::uint32_t one) -> Part& {
    const auto [place, added] =
        part_of.emplace(unions.find(one), static_cast<std::uint32_t>(parts.size()));
    if (added) parts.emplace_back();
    return parts[place->second];
  };
  for (std::uint32_t i = 0; i < open.edges.size(); ++i) {
    const PolyEdge& edge = open.edges[i].edge;
    if (within(component, edge)) part(component[edge.from]).conditional.push_back(i);
  }
  for (std::uint32_t i = 0; i < open.clauses.size(); ++i) {
    part(variable(open.clauses[i].front())).clauses.push_back(i);
  }
  for (std::uint32_t i = 0; i < known.size(); ++i) {
    if (!within(component, known[i])) continue;
    const auto place = part_of.find(unions.find(component[known[i].from]));
    if (place != part_of.end()) parts[place->second].known.push_back(i);
  }
  return parts;
}

}  // namespace

std::vector<Part> divide(std::uint32_t nodes, const std::vector<PolyEdge>& known, OpenEdges& open,
                         std::vector<std::int8_t>& settled) {
  ComponentOf component = find_components(nodes, known, open);
  while (open.clauses.empty() && settle_one_sided(component, open, settled)) {
    component = find_components(nodes, known, open);
  }
  return make_parts(nodes, known, open, component);
}

}  // namespace witness
