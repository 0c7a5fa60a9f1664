/// Edges that hold under literals: is there an assignment that leaves no cycle?
///
/// SAT modulo acyclicity, lazily (Bayless et al. 2015, SAT Modulo Monotonic Theories; Cimatti et
/// al. on lemmas on demand): CaDiCaL proposes, the cycles of what it proposed become clauses, until
/// there is a model or none.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/registers/orientation.hpp"

namespace witness {

struct ConditionalArc {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  Literal when = 0;
};
using Clause = std::vector<Literal>;

struct ConditionalGraph {
  std::uint32_t nodes = 0;
  std::uint32_t variables = 0;  ///< literals are ±1 … ±variables
  std::vector<ConditionalArc> arcs;
  std::vector<bool> likely;     ///< of each variable, from 0: what to try first
  std::vector<Clause> clauses;  ///< that must hold besides
};

struct AcyclicResult {
  SearchOutcome outcome = SearchOutcome::valid;
  std::vector<bool> model;                         ///< valid: of each variable
  std::vector<std::vector<std::uint32_t>> cycles;  ///< violated: cycles, as positions of arcs
};

AcyclicResult find_acyclic_model(const ConditionalGraph& graph, const SearchLimits& limits);

/// Which of the clauses `some` cannot hold together with `always`: if none of them can be left
/// out, or time is up, those are given. Empty if all can hold.
std::vector<std::uint32_t> minimal_core(std::uint32_t variables, const std::vector<Clause>& always,
                                        const std::vector<Clause>& some,
                                        const SearchLimits& limits);

}  // namespace witness
