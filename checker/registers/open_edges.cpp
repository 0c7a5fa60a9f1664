#include "checker/registers/open_edges.hpp"

#include <cstdlib>
#include <unordered_map>

namespace witness {
namespace {

class OpenEdgesMaker {
 public:
  OpenEdgesMaker(const Polygraph& graph, const Pruned& pruned) : graph_(graph), pruned_(pruned) {
    open_.choices = static_cast<Literal>(pruned.open.size());
    open_.selections = static_cast<Literal>(graph.selected_count());
    open_.variables =
        open_.choices + open_.selections + static_cast<Literal>(graph.missed_if.size());
  }

  OpenEdges run() {
    add_choices();
    add_selections();
    add_missed();
    return std::move(open_);
  }

 private:
  Literal selection(Literal number) const { return open_.choices + number; }

  void add_choices() {
    for (std::size_t i = 0; i < pruned_.open.size(); ++i) {
      const auto [first, second] = pruned_.open[i];
      const auto literal = static_cast<Literal>(i) + 1;
      graph_.for_edges(first, second, [&](const PolyEdge& edge) {
        open_.edges.push_back({edge, literal});
      });
      graph_.for_edges(second, first, [&](const PolyEdge& edge) {
        open_.edges.push_back({edge, -literal});
      });
    }
  }

  void add_selections() {
    for (const ConditionalEdge& each : graph_.selected) {
      open_.edges.push_back({each.edge, selection(each.when)});
    }
    for (const Clause& group : graph_.one_of) {
      Clause any;
      for (std::size_t i = 0; i < group.size(); ++i) {
        any.push_back(selection(group[i]));
        for (std::size_t j = 0; j < i; ++j) {
          open_.clauses.push_back({-selection(group[i]), -selection(group[j])});
        }
      }
      open_.clauses.push_back(std::move(any));
    }
  }

  /// Those under a selection and a choice get a literal of their own.
  void add_missed() {
    if (graph_.missed_if.empty()) return;
    std::unordered_map<std::uint64_t, Literal> literal_of;  // of what is open; 0: it holds
    for (std::size_t i = 0; i < pruned_.open.size(); ++i) {
      const auto literal = static_cast<Literal>(i) + 1;
      literal_of[pruned_.open[i].bits()] = literal;
      literal_of[pruned_.open[i].other_side().bits()] = -literal;
    }
    for (const Forced& each : pruned_.forced) literal_of[each.choice.bits()] = 0;
    for (std::size_t i = 0; i < graph_.missed_if.size(); ++i) {
      const MissedIf& missed = graph_.missed_if[i];
      const Literal selected = selection(missed.selection);
      const bool first = graph_.key_begin[missed.edge.key] == missed.chain;
      const auto found = literal_of.find(Choice{missed.chain, missed.other}.bits());
      if (first || (found != literal_of.end() && found->second == 0)) {
        open_.edges.push_back({missed.edge, selected});
      } else if (found != literal_of.end()) {
        const Literal both = open_.choices + open_.selections + static_cast<Literal>(i) + 1;
        open_.clauses.push_back({-selected, -found->second, both});
        open_.edges.push_back({missed.edge, both});
      }
    }
  }

  const Polygraph& graph_;
  const Pruned& pruned_;
  OpenEdges open_;
};

}  // namespace

OpenEdges make_open_edges(const Polygraph& graph, const Pruned& pruned) {
  return OpenEdgesMaker{graph, pruned}.run();
}

LemmaEdge told(const ConditionalEdge& each, const Polygraph& graph, const Pruned& pruned,
               const OpenEdges& open) {
  LemmaEdge edge{each.edge, {}, 0};
  if (std::abs(each.when) <= open.choices) {
    const Choice& choice = pruned.open[static_cast<std::size_t>(std::abs(each.when)) - 1];
    edge.given = each.when > 0 ? choice : choice.other_side();
  } else if (each.when <= open.choices + open.selections) {
    edge.selection = each.when - open.choices;
  } else {
    const Literal number = each.when - open.choices - open.selections;
    const MissedIf& missed = graph.missed_if[static_cast<std::size_t>(number) - 1];
    edge.given = Choice{missed.chain, missed.other};
    edge.selection = missed.selection;
  }
  return edge;
}

}  // namespace witness
