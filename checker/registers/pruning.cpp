#include "checker/registers/pruning.hpp"

#include "checker/registers/node_order.hpp"

namespace witness {
namespace {

class Pruner {
 public:
  Pruner(const Polygraph& graph, const SearchLimits& limits) : graph_(graph), limits_(limits) {
    pruned_.known = graph.known;
    pruned_.origin.assign(graph.known.size(), kNoPosition);
  }

  Pruned run() {
    const std::uint64_t clocks = std::uint64_t{graph_.nodes} * graph_.lanes * sizeof(std::uint32_t);
    if (limits_.prune && clocks <= limits_.memory_bytes / 2) {
      pruned_.complete = prune();
    } else if (!limits_.only_pruned) {
      pruned_.complete = keep_all();
    }
    return std::move(pruned_);
  }

 private:
  template <typename Use>
  void for_all_pairs(Use use) const {
    for (std::size_t key = 0; key + 1 < graph_.key_begin.size(); ++key) {
      for (std::uint32_t a = graph_.key_begin[key] + 1; a < graph_.key_begin[key + 1]; ++a) {
        for (std::uint32_t b = a + 1; b < graph_.key_begin[key + 1]; ++b) {
          if (!use(Choice{a, b})) return;
        }
      }
    }
  }

  bool keep_all() {
    std::vector<std::uint32_t> order;
    pruned_.known_cycle = !sort_nodes(graph_.nodes, pruned_.known, order);
    if (pruned_.known_cycle) return true;
    for_all_pairs([&](const Choice& pair) { return keep(pair); });
    return !full_;
  }

  bool keep(const Choice& pair) {
    full_ = pruned_.search_bytes() >= limits_.memory_bytes;
    if (full_) return false;
    pruned_.open.push_back(pair);
    return true;
  }

  bool prune() {
    const auto decided = [&](const Choice& pair) { return decide(pair); };
    for (bool first = true; !pruned_.is_refuted(); first = false) {
      if (limits_.expired()) return false;
      limit_ = static_cast<std::uint32_t>(pruned_.known.size());
      if (!compute_clocks()) return true;
      const std::size_t forced = pruned_.forced.size();
      if (first) {
        for_all_pairs([&](const Choice& pair) { return decide(pair) || keep(pair); });
      } else {
        std::erase_if(pruned_.open, decided);
      }
      if (full_) return false;
      // A few more at the price of another round are left to the search.
      if (pruned_.forced.size() - forced <= pruned_.open.size() / 200) break;
    }
    pruned_.has_clocks = !pruned_.is_refuted() && compute_clocks();
    return true;
  }

  bool compute_clocks() {
    pruned_.known_cycle = !pruned_.clocks.compute(graph_, pruned_.known);
    return !pruned_.known_cycle;
  }

  /// True: nothing is left to choose.
  bool decide(const Choice& pair) {
    if (pruned_.both_closed) return true;
    const bool first = closes(pair);
    const bool second = closes(pair.other_side());
    if (!first && !second) return false;
    force(first ? pair.other_side() : pair);
    if (first && second) {
      force(pair);
      pruned_.both_closed = true;
    }
    return true;
  }

  bool closes(const Choice& choice) const {
    bool closed = false;
    graph_.for_edges(choice.first, choice.second, [&](const PolyEdge& edge) {
      closed = closed || pruned_.clocks.reaches(edge.to, edge.from);
    });
    return closed;
  }

  void force(const Choice& choice) {
    const auto number = static_cast<std::uint32_t>(pruned_.forced.size());
    pruned_.forced.push_back({choice, limit_});
    graph_.for_edges(choice.first, choice.second, [&](const PolyEdge& edge) {
      if (pruned_.clocks.reaches(edge.from, edge.to)) return;
      pruned_.known.push_back(edge);
      pruned_.origin.push_back(number);
    });
  }

  const Polygraph& graph_;
  const SearchLimits& limits_;
  Pruned pruned_;
  std::uint32_t limit_ = 0;  ///< the clocks are over so many of the known edges
  bool full_ = false;
};

}  // namespace

/// Of a choice: with its edges, its clauses and the solver's part. Of a certain edge: with what is
/// made of it to find components and cycles.
std::uint64_t Pruned::search_bytes() const {
  constexpr std::uint64_t kChoice = 512;
  constexpr std::uint64_t kKnown = 112;
  return open.size() * kChoice + known.size() * kKnown;
}

Pruned prune(const Polygraph& graph, const SearchLimits& limits) {
  return Pruner{graph, limits}.run();
}

}  // namespace witness
