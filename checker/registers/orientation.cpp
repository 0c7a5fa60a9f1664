#include "checker/registers/orientation.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <unordered_map>

#include "checker/graph/components.hpp"
#include "checker/registers/acyclic_model.hpp"
#include "checker/registers/adjacency.hpp"
#include "checker/registers/lane_clocks.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = kNoPosition;

/// A choice that could only fall so: the other side closes a cycle with the first `limit` certain
/// edges.
struct Forced {
  Choice choice;
  std::uint32_t limit = 0;
};

std::uint32_t place_of(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                       std::uint32_t chain) {
  return likely[graph.transaction(graph.chains[chain].commits)];
}

/// Fills the order, if there is no cycle.
bool sort_nodes(std::uint32_t nodes, const std::vector<PolyEdge>& edges,
                std::vector<std::uint32_t>& order) {
  const Adjacency next(nodes, edges);
  std::vector<std::uint32_t> before(nodes);
  for (const PolyEdge& edge : edges) ++before[edge.to];
  order.clear();
  order.reserve(nodes);
  for (std::uint32_t node = 0; node < nodes; ++node) {
    if (before[node] == 0) order.push_back(node);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (const std::uint32_t edge : next.from(order[i])) {
      if (--before[edges[edge].to] == 0) order.push_back(edges[edge].to);
    }
  }
  if (order.size() == nodes) return true;
  order.clear();
  return false;
}

class OrientationSearch {
 public:
  OrientationSearch(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                    const SearchLimits& limits, const Guess& guess)
      : graph_(graph), likely_(likely), guess_(guess), limits_(limits), known_(graph.known) {
    origin_.assign(known_.size(), kNone);
  }

  SearchResult run() {
    if (!collect_choices()) return give_up();
    if (is_refuted()) return std::move(result_);
    if (follows_new_guess()) return std::move(result_);
    if (!fits_memory()) return give_up();
    make_conditional_edges();
    search();
    return std::move(result_);
  }

 private:
  bool is_likely(const Choice& choice) const {
    return place_of(graph_, likely_, choice.first) < place_of(graph_, likely_, choice.second);
  }

  // --- pruning ---

  std::uint64_t count_pairs() const {
    std::uint64_t count = 0;
    for (std::size_t key = 0; key + 1 < graph_.key_begin.size(); ++key) {
      const std::uint64_t chains = graph_.key_begin[key + 1] - graph_.key_begin[key] - 1;
      count += chains * (chains - std::min<std::uint64_t>(chains, 1)) / 2;
    }
    return count;
  }

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

  /// False: too many to keep.
  bool collect_choices() {
    const std::uint64_t clocks = std::uint64_t{graph_.nodes} * graph_.lanes * sizeof(std::uint32_t);
    const std::uint64_t budget = limits_.memory_bytes / 2;
    if (limits_.prune && clocks <= budget) return prune();
    if (limits_.only_pruned) return false;
    check_known();
    for_all_pairs([&](const Choice& pair) { return keep(pair); });
    return !full_;
  }

  void check_known() {
    std::vector<std::uint32_t> order;
    if (!sort_nodes(graph_.nodes, known_, order)) refute_known();
  }

  /// Of a choice with its edges, its clauses and the solver's part; of a certain edge, with what is
  /// made of it to find components and cycles.
  static constexpr std::uint64_t kChoiceBytes = 256;
  static constexpr std::uint64_t kKnownBytes = 112;

  bool fits_memory() const {
    return choices_.size() * kChoiceBytes + known_.size() * kKnownBytes <= limits_.memory_bytes;
  }

  bool keep(const Choice& pair) {
    full_ = choices_.size() >= limits_.memory_bytes / 2 / kChoiceBytes || !fits_memory();
    if (full_) return false;
    choices_.push_back(pair);
    return true;
  }

  bool prune() {
    LaneClocks& clocks = clocks_;
    for (bool first = true; !refuted_; first = false) {
      if (limits_.expired()) return false;
      const auto limit = static_cast<std::uint32_t>(known_.size());
      if (!clocks.compute(graph_, known_)) {
        refute_known();
        return true;
      }
      const std::size_t forced = forced_.size();
      if (first) {
        for_all_pairs(
            [&](const Choice& pair) { return decide(pair, clocks, limit) || keep(pair); });
      } else {
        std::erase_if(choices_, [&](const Choice& pair) { return decide(pair, clocks, limit); });
      }
      if (full_) return false;
      // A few more at the price of another round are left to the search.
      if (forced_.size() - forced <= choices_.size() / 200) break;
    }
    if (!refuted_ && !clocks.compute(graph_, known_)) refute_known();
    has_clocks_ = !refuted_;
    return true;
  }

  /// True: nothing is left to choose.
  bool decide(const Choice& pair, const LaneClocks& clocks, std::uint32_t limit) {
    if (refuted_) return true;
    const Choice other{pair.second, pair.first};
    const bool first = closes(pair, clocks);
    const bool second = closes(other, clocks);
    if (!first && !second) return false;
    force(first ? other : pair, clocks, limit);
    if (first && second) {
      force(pair, clocks, limit);
      refuted_ = true;
    }
    return true;
  }

  bool closes(const Choice& choice, const LaneClocks& clocks) const {
    bool closed = false;
    graph_.for_edges(choice.first, choice.second, [&](const PolyEdge& edge) {
      closed = closed || clocks.reaches(edge.to, edge.from);
    });
    return closed;
  }

  void force(const Choice& choice, const LaneClocks& clocks, std::uint32_t limit) {
    const auto number = static_cast<std::uint32_t>(forced_.size());
    forced_.push_back({choice, limit});
    graph_.for_edges(choice.first, choice.second, [&](const PolyEdge& edge) {
      if (clocks.reaches(edge.from, edge.to)) return;
      known_.push_back(edge);
      origin_.push_back(number);
    });
  }

  /// What was decided makes a better guess.
  bool follows_new_guess() {
    if (!guess_ || forced_.empty()) return false;
    Polygraph decided = graph_;
    decided.known = known_;
    likely_ = guess_(decided);
    return follows_order(decided, likely_, result_.order);
  }

  // --- what is left ---

  Literal variables() const {
    return static_cast<Literal>(choices_.size() + graph_.selected_count() +
                                graph_.missed_if.size());
  }
  Literal selection(Literal number) const { return static_cast<Literal>(choices_.size()) + number; }

  void make_conditional_edges() {
    for (std::uint32_t i = 0; i < choices_.size(); ++i) {
      const auto [first, second] = choices_[i];
      const auto literal = static_cast<Literal>(i) + 1;
      graph_.for_edges(first, second, [&](const PolyEdge& edge) {
        conditional_.push_back({edge, literal});
      });
      graph_.for_edges(second, first, [&](const PolyEdge& edge) {
        conditional_.push_back({edge, -literal});
      });
    }
    for (const ConditionalEdge& each : graph_.selected) {
      conditional_.push_back({each.edge, selection(each.when)});
    }
    for (const Clause& group : graph_.one_of) {
      Clause any;
      for (std::size_t i = 0; i < group.size(); ++i) {
        any.push_back(selection(group[i]));
        for (std::size_t j = 0; j < i; ++j) {
          clauses_.push_back({-selection(group[i]), -selection(group[j])});
        }
      }
      clauses_.push_back(std::move(any));
    }
    add_missed();
  }

  /// Those under a selection and a choice get a literal of their own.
  void add_missed() {
    if (graph_.missed_if.empty()) return;
    std::unordered_map<std::uint64_t, Literal> literal_of;  // of what is open; 0: it holds
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      const auto literal = static_cast<Literal>(i) + 1;
      literal_of[pair_bits(choices_[i])] = literal;
      literal_of[pair_bits({choices_[i].second, choices_[i].first})] = -literal;
    }
    for (const Forced& each : forced_) literal_of[pair_bits(each.choice)] = 0;
    for (std::size_t i = 0; i < graph_.missed_if.size(); ++i) {
      const MissedIf& missed = graph_.missed_if[i];
      const Literal selected = selection(missed.selection);
      const bool first = graph_.key_begin[missed.edge.key] == missed.chain;
      const auto found = literal_of.find(pair_bits({missed.chain, missed.other}));
      if (first || (found != literal_of.end() && found->second == 0)) {
        conditional_.push_back({missed.edge, selected});
      } else if (found != literal_of.end()) {
        const auto both = static_cast<Literal>(choices_.size() + graph_.selected_count() + i) + 1;
        clauses_.push_back({-selected, -found->second, both});
        conditional_.push_back({missed.edge, both});
      }
    }
  }

  static std::uint64_t pair_bits(const Choice& choice) {
    return std::uint64_t{choice.first} << 32U | choice.second;
  }

  void search() {
    std::vector<std::uint32_t> component = find_components();
    while (graph_.one_of.empty() && settle_one_sided(component)) component = find_components();
    std::vector<Part> parts = divide(component);
    for (const Part& part : parts) {
      if (part.conditional.empty() && part.clauses.empty()) continue;
      search_part(part);
      if (result_.outcome == SearchOutcome::violated) return refute();
    }
    if (result_.outcome == SearchOutcome::valid) found_order();
  }

  /// Of each node; kNone where it is alone.
  std::vector<std::uint32_t> find_components() const {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    edges.reserve(known_.size() + conditional_.size());
    for (const PolyEdge& edge : known_) edges.emplace_back(edge.from, edge.to);
    for (const ConditionalEdge& each : conditional_) {
      edges.emplace_back(each.edge.from, each.edge.to);
    }
    return strong_components_of(graph_.nodes, edges).of;
  }

  /// Takes the side of a choice none of whose edges can be on a cycle. True if there was one.
  bool settle_one_sided(const std::vector<std::uint32_t>& component) {
    std::vector<std::uint8_t> dangerous(choices_.size());  // bit 0: as it stands, bit 1: otherwise
    for (const ConditionalEdge& each : conditional_) {
      if (component[each.edge.from] != component[each.edge.to]) continue;
      dangerous[static_cast<std::size_t>(std::abs(each.when)) - 1] |= each.when > 0 ? 1U : 2U;
    }
    const std::size_t before = conditional_.size();
    std::erase_if(conditional_, [&](const ConditionalEdge& each) {
      const std::size_t choice = static_cast<std::size_t>(std::abs(each.when)) - 1;
      if (dangerous[choice] == 3) return false;
      settled_.resize(choices_.size());
      if (settled_[choice] == 0) settled_[choice] = (dangerous[choice] & 1U) == 0 ? 1 : -1;
      return true;
    });
    return conditional_.size() < before;
  }

  /// A part of the graph that can be decided by itself.
  struct Part {
    std::vector<std::uint32_t> known;
    std::vector<std::uint32_t> conditional;
    std::vector<std::uint32_t> clauses;
  };

  /// Components that one literal or clause joins are decided together.
  std::vector<Part> divide(const std::vector<std::uint32_t>& component) const {
    const auto count = static_cast<std::uint32_t>(graph_.nodes);
    std::vector<std::uint32_t> leader(count + static_cast<std::size_t>(variables()));
    std::iota(leader.begin(), leader.end(), 0U);
    const auto find = [&](std::uint32_t node) {
      while (leader[node] != node) node = leader[node] = leader[leader[node]];
      return node;
    };
    const auto variable = [&](Literal literal) {
      return count + static_cast<std::uint32_t>(std::abs(literal)) - 1;
    };
    for (const ConditionalEdge& each : conditional_) {
      if (component[each.edge.from] != component[each.edge.to]) continue;
      leader[find(component[each.edge.from])] = find(variable(each.when));
    }
    for (const Clause& clause : clauses_) {
      for (const Literal literal : clause) {
        leader[find(variable(literal))] = find(variable(clause.front()));
      }
    }
    std::vector<Part> parts;
    std::unordered_map<std::uint32_t, std::uint32_t> part_of;
    const auto part = [&](std::uint32_t node) -> Part& {
      const auto [place, added] =
          part_of.emplace(find(node), static_cast<std::uint32_t>(parts.size()));
      if (added) parts.emplace_back();
      return parts[place->second];
    };
    for (std::uint32_t i = 0; i < conditional_.size(); ++i) {
      const PolyEdge& edge = conditional_[i].edge;
      if (component[edge.from] != component[edge.to]) continue;
      part(component[edge.from]).conditional.push_back(i);
    }
    for (std::uint32_t i = 0; i < clauses_.size(); ++i) {
      part(variable(clauses_[i].front())).clauses.push_back(i);
    }
    for (std::uint32_t i = 0; i < known_.size(); ++i) {
      if (component[known_[i].from] != component[known_[i].to]) continue;
      const auto place = part_of.find(find(component[known_[i].from]));
      if (place != part_of.end()) parts[place->second].known.push_back(i);
    }
    return parts;
  }

  void search_part(const Part& part) {
    ConditionalGraph local;
    std::vector<std::uint32_t> node_of;
    const auto node = [&](std::uint32_t global) {
      if (local_node_.empty()) local_node_.assign(graph_.nodes, kNone);
      if (local_node_[global] == kNone) {
        local_node_[global] = static_cast<std::uint32_t>(node_of.size());
        node_of.push_back(global);
      }
      return local_node_[global];
    };
    std::vector<Literal> variable_of;
    const auto literal = [&](Literal global) -> Literal {
      if (global == 0) return 0;
      const auto place = static_cast<std::size_t>(std::abs(global)) - 1;
      if (local_variable_.empty()) local_variable_.assign(static_cast<std::size_t>(variables()), 0);
      if (local_variable_[place] == 0) {
        variable_of.push_back(std::abs(global));
        local_variable_[place] = static_cast<Literal>(variable_of.size());
      }
      return global > 0 ? local_variable_[place] : -local_variable_[place];
    };
    for (const std::uint32_t i : part.known) {
      local.arcs.push_back({node(known_[i].from), node(known_[i].to), 0});
    }
    for (const std::uint32_t i : part.conditional) {
      const ConditionalEdge& each = conditional_[i];
      local.arcs.push_back({node(each.edge.from), node(each.edge.to), literal(each.when)});
    }
    for (const std::uint32_t i : part.clauses) {
      Clause clause;
      for (const Literal each : clauses_[i]) clause.push_back(literal(each));
      local.clauses.push_back(std::move(clause));
    }
    if (has_clocks_) local.exclusive = exclusive_pairs(part);
    local.nodes = static_cast<std::uint32_t>(node_of.size());
    local.variables = static_cast<std::uint32_t>(variable_of.size());
    for (const Literal each : variable_of) {
      const auto place = static_cast<std::size_t>(each) - 1;
      local.likely.push_back(place < choices_.size() && is_likely(choices_[place]));
    }
    const AcyclicResult found = find_acyclic_model(local, limits_);
    take(variable_of, found);
    if (found.outcome == SearchOutcome::violated) take_refutation(part, local, found);
    for (const std::uint32_t global : node_of) local_node_[global] = kNone;
    for (const Literal each : variable_of) local_variable_[static_cast<std::size_t>(each) - 1] = 0;
  }

  /// Cycles of two conditional edges (Zhou et al. 2024, VeriStrong: cycles of width two), as many
  /// as are worth their time.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> exclusive_pairs(const Part& part) const {
    constexpr std::size_t kEdgesMost = 20'000;
    constexpr std::size_t kBytesEach = 64;  // with the solver's part
    const std::size_t most =
        std::min<std::size_t>(4'000'000, limits_.memory_bytes / 4 / kBytesEach);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    const auto count = static_cast<std::uint32_t>(part.conditional.size());
    const auto first = static_cast<std::uint32_t>(part.known.size());
    if (count > kEdgesMost) return pairs;
    for (std::uint32_t i = 0; i < count; ++i) {
      const ConditionalEdge& a = conditional_[part.conditional[i]];
      for (std::uint32_t j = i + 1; j < count && pairs.size() < most; ++j) {
        const ConditionalEdge& b = conditional_[part.conditional[j]];
        const bool cycle = a.when != -b.when && clocks_.reaches(a.edge.to, b.edge.from) &&
                           clocks_.reaches(b.edge.to, a.edge.from);
        if (cycle) pairs.emplace_back(first + i, first + j);
      }
    }
    return pairs;
  }

  void take(const std::vector<Literal>& variable_of, const AcyclicResult& found) {
    if (found.outcome == SearchOutcome::violated) {
      result_.outcome = SearchOutcome::violated;
    } else if (found.outcome == SearchOutcome::unknown) {
      result_.outcome = SearchOutcome::unknown;
      ++result_.components_undecided;
      result_.choices_undecided += variable_of.size();
    } else {
      settled_.resize(static_cast<std::size_t>(variables()));
      for (std::size_t i = 0; i < variable_of.size(); ++i) {
        settled_[static_cast<std::size_t>(variable_of[i]) - 1] = found.model[i] ? 1 : -1;
      }
    }
  }

  /// The cycles that it takes; those of two edges get the certain edges that they need.
  void take_refutation(const Part& part, const ConditionalGraph& local,
                       const AcyclicResult& found) {
    std::vector<Clause> clauses;
    for (const std::vector<std::uint32_t>& cycle : found.cycles) {
      Clause& clause = clauses.emplace_back();
      for (const std::uint32_t arc : cycle) {
        if (local.arcs[arc].when != 0) clause.push_back(-local.arcs[arc].when);
      }
    }
    for (const auto& [a, b] : local.exclusive) {
      clauses.push_back({-local.arcs[a].when, -local.arcs[b].when});
    }
    const auto cycles = static_cast<std::uint32_t>(found.cycles.size());
    for (const std::uint32_t i : minimal_core(local.variables, local.clauses, clauses, limits_)) {
      Lemma& lemma = lemmas_.emplace_back();
      if (i < cycles) {
        for (const std::uint32_t arc : found.cycles[i]) lemma.push_back(part_edge(part, arc));
        continue;
      }
      const auto [a, b] = local.exclusive[i - cycles];
      for (const auto& [arc, next] : {std::pair{a, b}, std::pair{b, a}}) {
        const LemmaEdge edge = part_edge(part, arc);
        lemma.push_back(edge);
        const Lemma between = *path(edge.edge.to, part_edge(part, next).edge.from, kNone);
        lemma.insert(lemma.end(), between.begin(), between.end());
      }
    }
  }

  LemmaEdge part_edge(const Part& part, std::uint32_t arc) const {
    if (arc < part.known.size()) return lemma_edge(part.known[arc]);
    const ConditionalEdge& each = conditional_[part.conditional[arc - part.known.size()]];
    LemmaEdge edge{each.edge, {}, 0};
    const auto choices = static_cast<Literal>(choices_.size());
    const auto selections = static_cast<Literal>(graph_.selected_count());
    if (std::abs(each.when) <= choices) {
      const Choice& choice = choices_[static_cast<std::size_t>(std::abs(each.when)) - 1];
      edge.given = each.when > 0 ? choice : Choice{choice.second, choice.first};
    } else if (each.when <= choices + selections) {
      edge.selection = each.when - choices;
    } else {
      const MissedIf& missed =
          graph_.missed_if[static_cast<std::size_t>(each.when - choices - selections) - 1];
      edge.given = Choice{missed.chain, missed.other};
      edge.selection = missed.selection;
    }
    return edge;
  }

  /// The edges of what was chosen have no cycle: in which order do they stand?
  void found_order() {
    settled_.resize(static_cast<std::size_t>(variables()));
    std::vector<PolyEdge> edges = known_;
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      const bool as_it_stands = settled_[i] >= 0;
      const Choice& choice = choices_[i];
      graph_.for_edges(as_it_stands ? choice.first : choice.second,
                       as_it_stands ? choice.second : choice.first,
                       [&](const PolyEdge& edge) { edges.push_back(edge); });
    }
    for (const ConditionalEdge& each : conditional_) {
      const auto place = static_cast<std::size_t>(std::abs(each.when)) - 1;
      if (place >= choices_.size() && settled_[place] > 0) edges.push_back(each.edge);
    }
    // The answer is held against the graph itself, whatever led to it.
    if (!sort_nodes(graph_.nodes, edges, result_.order)) {
      throw std::logic_error("an order of versions was found that is none");
    }
  }

  SearchResult give_up() {
    result_.outcome = SearchOutcome::unknown;
    result_.components_undecided = 1;
    result_.choices_undecided = count_pairs();
    return std::move(result_);
  }

  // --- refutation ---

  bool is_refuted() {
    if (!refuted_) return false;
    if (lemmas_.empty()) {
      lemmas_.push_back(reason(forced_[forced_.size() - 2]));
      lemmas_.push_back(reason(forced_.back()));
    }
    refute();
    return true;
  }

  /// The cycle that certain edges close.
  void refute_known() {
    refuted_ = true;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    pairs.reserve(known_.size());
    for (const PolyEdge& edge : known_) pairs.emplace_back(edge.from, edge.to);
    const Components components = strong_components_of(graph_.nodes, pairs);
    for (std::uint32_t i = 0; i < known_.size(); ++i) {
      if (components.of[known_[i].from] != components.of[known_[i].to]) continue;
      lemmas_.push_back(*path(known_[i].to, known_[i].from, kNone));
      lemmas_.back().push_back(lemma_edge(i));
      return;
    }
  }

  LemmaEdge lemma_edge(std::uint32_t known) const {
    LemmaEdge edge{known_[known], {}, 0};
    if (origin_[known] != kNone) edge.given = forced_[origin_[known]].choice;
    return edge;
  }

  /// The shortest path over the first `limit` certain edges.
  std::optional<Lemma> path(std::uint32_t from, std::uint32_t to, std::uint32_t limit) {
    if (!next_known_) next_known_.emplace(graph_.nodes, known_);
    std::vector<std::uint32_t> by(graph_.nodes, kNone);
    std::vector<std::uint32_t> queue = {from};
    for (std::size_t i = 0; i < queue.size() && queue[i] != to; ++i) {
      for (const std::uint32_t edge : next_known_->from(queue[i])) {
        const std::uint32_t next = known_[edge].to;
        if (edge >= limit || by[next] != kNone || next == from) continue;
        by[next] = edge;
        queue.push_back(next);
      }
    }
    if (from != to && by[to] == kNone) return std::nullopt;
    Lemma edges;
    for (std::uint32_t node = to; node != from; node = known_[by[node]].from) {
      edges.push_back(lemma_edge(by[node]));
    }
    std::ranges::reverse(edges);
    return edges;
  }

  /// Why the other side of a forced choice was impossible.
  Lemma reason(const Forced& forced) {
    const Choice other{forced.choice.second, forced.choice.first};
    std::optional<Lemma> lemma;
    graph_.for_edges(other.first, other.second, [&](const PolyEdge& edge) {
      if (lemma) return;
      lemma = path(edge.to, edge.from, forced.limit);
      if (lemma) lemma->push_back({edge, other, 0});
    });
    return *lemma;
  }

  /// From the cycles found to a set that needs no other reason, and of which each is needed.
  void refute() {
    result_.outcome = SearchOutcome::violated;
    keep_core();
    std::unordered_map<std::uint64_t, std::uint32_t> number_of;
    for (std::uint32_t i = 0; i < forced_.size(); ++i) number_of[pair_bits(forced_[i].choice)] = i;
    std::vector<bool> told(forced_.size(), false);
    for (std::size_t i = 0; i < lemmas_.size(); ++i) {
      const Lemma lemma = lemmas_[i];
      for (const LemmaEdge& edge : lemma) {
        const auto found = edge.given ? number_of.find(pair_bits(*edge.given)) : number_of.end();
        if (found == number_of.end() || told[found->second]) continue;
        if (limits_.expired()) result_.told_all = false;
        if (!result_.told_all) break;
        told[found->second] = true;
        lemmas_.push_back(reason(forced_[found->second]));
      }
    }
    keep_core();
    result_.lemmas = std::move(lemmas_);
  }

  void keep_core() {
    std::unordered_map<std::uint64_t, Literal> variable_of;
    const auto selections = static_cast<Literal>(graph_.selected_count());
    const auto literal = [&](const Choice& choice) {
      const auto [first, second] = choice;
      const auto next = static_cast<Literal>(variable_of.size()) + selections + 1;
      const Literal variable =
          variable_of.emplace(pair_bits({std::min(first, second), std::max(first, second)}), next)
              .first->second;
      return first < second ? variable : -variable;
    };
    std::vector<Clause> clauses;
    for (const Lemma& lemma : lemmas_) {
      Clause& clause = clauses.emplace_back();
      for (const LemmaEdge& edge : lemma) {
        if (edge.given) clause.push_back(-literal(*edge.given));
        if (edge.selection != 0) clause.push_back(-edge.selection);
      }
    }
    std::vector<Clause> always;
    for (const Clause& group : graph_.one_of) always.push_back(group);
    const auto variables =
        static_cast<std::uint32_t>(variable_of.size()) + static_cast<std::uint32_t>(selections);
    std::vector<Lemma> core;
    for (const std::uint32_t i : minimal_core(variables, always, clauses, limits_)) {
      core.push_back(std::move(lemmas_[i]));
    }
    if (!core.empty()) lemmas_ = std::move(core);
  }

  const Polygraph& graph_;
  std::vector<std::uint32_t> likely_;
  const Guess& guess_;
  const SearchLimits& limits_;
  SearchResult result_;
  std::vector<PolyEdge> known_;        ///< those of the graph, then those of forced choices
  std::vector<std::uint32_t> origin_;  ///< of each known edge: the forced choice
  LaneClocks clocks_;                  ///< over all of `known_`
  bool has_clocks_ = false;            ///< they were not too large
  std::vector<Forced> forced_;
  std::vector<Choice> choices_;  ///< open ones
  std::vector<ConditionalEdge> conditional_;
  std::vector<Clause> clauses_;
  std::vector<std::int8_t> settled_;  ///< of each variable: 1 it holds, -1 it does not
  std::vector<std::uint32_t> local_node_;
  std::vector<Literal> local_variable_;
  std::optional<Adjacency> next_known_;  ///< once nothing is added to `known_`
  std::vector<Lemma> lemmas_;
  bool refuted_ = false;
  bool full_ = false;
};

}  // namespace

/// Each chain before the next of its key is all that is needed.
bool follows_order(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                   std::vector<std::uint32_t>& order) {
  if (!graph.one_of.empty()) return false;
  std::vector<PolyEdge> edges = graph.known;
  std::vector<std::uint32_t> sorted;
  for (std::size_t key = 0; key + 1 < graph.key_begin.size(); ++key) {
    sorted.resize(graph.key_begin[key + 1] - graph.key_begin[key] - 1);
    std::iota(sorted.begin(), sorted.end(), graph.key_begin[key] + 1);
    std::ranges::sort(sorted, {},
                      [&](std::uint32_t chain) { return place_of(graph, likely, chain); });
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      graph.for_edges(sorted[i - 1], sorted[i],
                      [&](const PolyEdge& edge) { edges.push_back(edge); });
    }
  }
  return sort_nodes(graph.nodes, edges, order);
}

SearchResult search_orientation(const Polygraph& graph, const std::vector<std::uint32_t>& likely,
                                const SearchLimits& limits, const Guess& guess) {
  return OrientationSearch{graph, likely, limits, guess}.run();
}

}  // namespace witness
