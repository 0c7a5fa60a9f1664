/// What is left to choose, as edges under literals and clauses over them.
#pragma once

#include <vector>

#include "checker/registers/acyclic_model.hpp"
#include "checker/registers/pruning.hpp"

namespace witness {

/// Literals number the open choices, then the selections, then what holds where a chain is missed
/// under a selection and a choice.
struct OpenEdges {
  Literal choices = 0;
  Literal selections = 0;
  Literal variables = 0;
  std::vector<ConditionalEdge> edges;
  std::vector<Clause> clauses;
};

/// O(open choices + selections, and the square of the largest group of selections).
OpenEdges make_open_edges(const Polygraph& graph, const Pruned& pruned);

/// One of the edges, and under which choice or selection it holds.
LemmaEdge told(const ConditionalEdge& each, const Polygraph& graph, const Pruned& pruned,
               const OpenEdges& open);

}  // namespace witness
