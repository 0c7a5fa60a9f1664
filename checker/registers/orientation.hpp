/// Is there a choice for every two chains that leaves a polygraph without a cycle?
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "checker/registers/polygraph.hpp"
#include "checker/registers/search_limits.hpp"

namespace witness {

/// An edge of a cycle, and under what it holds: always, where a choice falls so, or where a read is
/// of this writer.
struct LemmaEdge {
  PolyEdge edge;
  std::optional<Choice> given;
  Literal selection = 0;
};

/// A cycle: what its edges hold under cannot all be.
using Lemma = std::vector<LemmaEdge>;

enum class SearchOutcome : std::uint8_t { valid, violated, unknown };

struct SearchResult {
  SearchOutcome outcome = SearchOutcome::valid;
  /// Violated: a few cycles, one of which stands whatever is chosen; none of them can be left out.
  std::vector<Lemma> lemmas;
  bool told_all = true;  ///< false: time was up before the reasons of all of them were found
  /// Unknown: what is left.
  std::uint64_t components_undecided = 0;
  std::uint64_t choices_undecided = 0;
  /// Valid: the nodes in an order that all edges of the found choice follow.
  std::vector<std::uint32_t> order;
};

/// `likely`: of each transaction, its place in some order. Does it leave no cycle to choose chains
/// by the places of their heads? `order` is then that of the nodes. Linear. (Not for graphs with
/// selections: false.)
bool follows_order(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                   std::vector<std::uint32_t>& order);

/// Places of transactions in an order that is likely, as far as is certain in a graph.
using Guess = std::function<std::vector<std::uint32_t>(const Polygraph&)>;

/// The same order is where the search begins. What either way would close a cycle is decided, again
/// and again, and `guess`, if there is one, is asked for a better order; what is left falls into
/// components, and each is decided by CaDiCaL, which proposes, and by the cycles of what it
/// proposed.
SearchResult search_orientation(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                                const SearchLimits& limits, const Guess& guess = {});

}  // namespace witness
