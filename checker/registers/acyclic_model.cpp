#include "checker/registers/acyclic_model.hpp"

#include <algorithm>
#include <cadical.hpp>
#include <cstdlib>
#include <deque>
#include <memory>
#include <numeric>

#include "checker/registers/adjacency.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = kNoPosition;
constexpr int kSatisfiable = 10;
constexpr int kUnsatisfiable = 20;

class Clock final : public CaDiCaL::Terminator {
 public:
  explicit Clock(const SearchLimits& limits) : limits_(limits) {}
  bool terminate() override { return limits_.expired(); }

 private:
  const SearchLimits& limits_;
};

void add(CaDiCaL::Solver& solver, const Clause& clause) {
  for (const Literal literal : clause) solver.add(literal);
  solver.add(0);
}

/// Of a graph and an assignment: the part on cycles, and short cycles through it.
class CycleFinder {
 public:
  explicit CycleFinder(const ConditionalGraph& graph)
      : graph_(graph), next_(graph.nodes, graph.arcs), distance_(graph.nodes), by_(graph.nodes) {}

  /// Cycles of few conditional arcs, each through another one of them; empty if there is none.
  std::vector<std::vector<std::uint32_t>> find(const std::vector<bool>& model) {
    std::vector<std::vector<std::uint32_t>> cycles;
    model_ = &model;
    find_core();
    used_.assign(graph_.arcs.size(), false);
    steps_ = std::min<std::uint64_t>(16 * graph_.arcs.size(), 4'000'000) + 10'000;
    for_core_arcs([&](std::uint32_t arc) {
      if (graph_.arcs[arc].when != 0 && !used_[arc]) add_cycle(arc, cycles);
      return steps_ > 0;
    });
    if (!cycles.empty()) return cycles;
    for_core_arcs([&](std::uint32_t arc) {
      add_cycle(arc, cycles);
      return cycles.empty();
    });
    return cycles;
  }

 private:
  bool holds(std::uint32_t arc) const {
    const Literal when = graph_.arcs[arc].when;
    if (when == 0) return true;
    return (*model_)[static_cast<std::size_t>(std::abs(when)) - 1] == (when > 0);
  }
  bool in_core(std::uint32_t node) const { return left_[node] != 0; }
  template <typename Use>
  void for_core_arcs(Use use) const {
    for (const std::uint32_t node : core_) {
      for (const std::uint32_t arc : next_.from(node)) {
        if (holds(arc) && in_core(graph_.arcs[arc].to) && !use(arc)) return;
      }
    }
  }

  void add_cycle(std::uint32_t arc, std::vector<std::vector<std::uint32_t>>& cycles) {
    std::vector<std::uint32_t> cycle = close(arc);
    if (cycle.empty()) return;
    for (const std::uint32_t each : cycle) used_[each] = true;
    cycles.push_back(std::move(cycle));
  }

  /// Kahn's peel from the front.
  void find_core() {
    left_.assign(graph_.nodes, 0);
    for (std::uint32_t arc = 0; arc < graph_.arcs.size(); ++arc) {
      if (holds(arc)) ++left_[graph_.arcs[arc].to];
    }
    free_.clear();
    for (std::uint32_t node = 0; node < graph_.nodes; ++node) {
      if (left_[node] == 0) free_.push_back(node);
    }
    for (std::size_t i = 0; i < free_.size(); ++i) {
      for (const std::uint32_t arc : next_.from(free_[i])) {
        if (holds(arc) && --left_[graph_.arcs[arc].to] == 0) free_.push_back(graph_.arcs[arc].to);
      }
    }
    core_.clear();
    for (std::uint32_t node = 0; node < graph_.nodes; ++node) {
      if (left_[node] != 0) core_.push_back(node);
    }
  }

  /// The path of fewest conditional arcs from the arc's end to its beginning.
  std::vector<std::uint32_t> close(std::uint32_t closing) {
    const std::uint32_t start = graph_.arcs[closing].to;
    const std::uint32_t goal = graph_.arcs[closing].from;
    for (const std::uint32_t node : touched_) distance_[node] = kNone;
    if (touched_.empty()) std::ranges::fill(distance_, kNone);
    touched_.assign(1, start);
    distance_[start] = 0;
    queue_.assign(1, start);
    while (!queue_.empty()) {
      const std::uint32_t node = queue_.front();
      queue_.pop_front();
      if (node == goal) break;
      for (const std::uint32_t arc : next_.from(node)) {
        if (steps_ > 0) --steps_;
        const std::uint32_t to = graph_.arcs[arc].to;
        if (!in_core(to) || !holds(arc)) continue;
        const bool costs = graph_.arcs[arc].when != 0;
        const std::uint32_t distance = distance_[node] + (costs ? 1 : 0);
        if (distance_[to] != kNone && distance_[to] <= distance) continue;
        if (distance_[to] == kNone) touched_.push_back(to);
        distance_[to] = distance;
        by_[to] = arc;
        costs ? queue_.push_back(to) : queue_.push_front(to);
      }
    }
    if (distance_[goal] == kNone) return {};
    std::vector<std::uint32_t> cycle = {closing};
    for (std::uint32_t node = goal; node != start; node = graph_.arcs[by_[node]].from) {
      cycle.push_back(by_[node]);
    }
    std::reverse(cycle.begin() + 1, cycle.end());
    return cycle;
  }

  const ConditionalGraph& graph_;
  Adjacency next_;
  const std::vector<bool>* model_ = nullptr;
  std::vector<std::uint32_t> left_;  ///< of each node: arcs into it that were not removed
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> core_;
  std::vector<bool> used_;
  std::uint64_t steps_ = 0;
  std::vector<std::uint32_t> distance_;
  std::vector<std::uint32_t> by_;
  std::vector<std::uint32_t> touched_;
  std::deque<std::uint32_t> queue_;
};

}  // namespace

AcyclicResult find_acyclic_model(const ConditionalGraph& graph, const SearchLimits& limits) {
  AcyclicResult result;
  result.model = graph.likely;
  CycleFinder finder(graph);
  Clock clock(limits);
  std::unique_ptr<CaDiCaL::Solver> solver;
  for (std::uint64_t round = 0;; ++round) {
    const bool first_must_be_solved =
        round == 0 && (!graph.clauses.empty() || !graph.exclusive.empty());
    std::vector<std::vector<std::uint32_t>> cycles;
    if (!first_must_be_solved) {
      cycles = finder.find(result.model);
      if (cycles.empty()) {
        result.cycles.clear();
        return result;
      }
    }
    if (!solver) {
      solver = std::make_unique<CaDiCaL::Solver>();
      solver->set("quiet", 1);
      solver->connect_terminator(&clock);
      for (const Clause& clause : graph.clauses) add(*solver, clause);
      for (const auto& [a, b] : graph.exclusive) {
        if (limits.expired()) break;
        add(*solver, {-graph.arcs[a].when, -graph.arcs[b].when});
      }
      for (std::uint32_t i = 0; i < graph.variables; ++i) {
        solver->phase(graph.likely[i] ? static_cast<int>(i) + 1 : -static_cast<int>(i) - 1);
      }
    }
    for (std::vector<std::uint32_t>& cycle : cycles) {
      for (const std::uint32_t arc : cycle) {
        if (graph.arcs[arc].when != 0) solver->add(-graph.arcs[arc].when);
      }
      solver->add(0);
      result.cycles.push_back(std::move(cycle));
    }
    const int answer = round >= limits.rounds || limits.expired() ? 0 : solver->solve();
    if (answer != kSatisfiable) {
      result.outcome = answer == kUnsatisfiable ? SearchOutcome::violated : SearchOutcome::unknown;
      return result;
    }
    for (std::uint32_t i = 0; i < graph.variables; ++i) {
      result.model[i] = solver->val(static_cast<int>(i) + 1) > 0;
    }
  }
}

std::vector<std::uint32_t> minimal_core(std::uint32_t variables, const std::vector<Clause>& always,
                                        const std::vector<Clause>& some,
                                        const SearchLimits& limits) {
  CaDiCaL::Solver solver;
  solver.set("quiet", 1);
  const auto selector = [&](std::uint32_t i) { return static_cast<int>(variables + i) + 1; };
  for (const Clause& clause : always) add(solver, clause);
  for (std::uint32_t i = 0; i < some.size(); ++i) {
    solver.add(-selector(i));
    add(solver, some[i]);
  }
  const auto refuted = [&](std::span<const std::uint32_t> chosen) {
    for (const std::uint32_t i : chosen) solver.assume(selector(i));
    return solver.solve() == kUnsatisfiable;
  };
  const auto failed_of = [&](std::vector<std::uint32_t> chosen) {
    std::erase_if(chosen, [&](std::uint32_t i) { return !solver.failed(selector(i)); });
    return chosen;
  };
  std::vector<std::uint32_t> core(some.size());
  std::iota(core.begin(), core.end(), 0U);
  if (!refuted(core)) return {};
  core = failed_of(core);
  for (std::size_t i = 0; i < core.size() && !limits.expired();) {
    std::vector<std::uint32_t> less = core;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
    if (refuted(less)) {
      core = failed_of(less);
    } else {
      ++i;
    }
  }
  return core;
}

}  // namespace witness
