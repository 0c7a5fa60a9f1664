/// Cycles of attempts, in words.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "checker/graph/cycles.hpp"
#include "checker/graph/dependency_graph.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

class AttemptTeller final : public CycleTeller {
 public:
  AttemptTeller(const GraphInput& input, const DependencyGraph& graph)
      : input_(input), graph_(graph) {}

  Step step(std::uint32_t from, std::uint32_t to, EdgeKind kind, StringId key) const override {
    return explain_edge(input_, graph_.fates[from], graph_.fates[to], kind, key);
  }

  void describe(Anomaly& anomaly, const std::vector<std::uint32_t>& members) const override {
    std::vector<std::string> names;
    for (const std::uint32_t member : members) {
      const Fate& fate = input_.resolution.fates[graph_.fates[member]];
      names.push_back(name_of(input_.history, fate));
      anomaly.operations.push_back(input_.history.operations[fate.operation].index);
    }
    sort_evidence(anomaly);
    anomaly.explanation = out_of_order(names);
  }

 private:
  const GraphInput& input_;
  const DependencyGraph& graph_;
};

}  // namespace

void sort_evidence(Anomaly& anomaly) {
  std::ranges::sort(anomaly.operations);
  anomaly.operations.erase(std::unique(anomaly.operations.begin(), anomaly.operations.end()),
                           anomaly.operations.end());
  for (const Step& step : anomaly.steps) {
    if (!step.key.empty()) anomaly.keys.push_back(step.key);
  }
  std::ranges::sort(anomaly.keys, natural_less);
  anomaly.keys.erase(std::unique(anomaly.keys.begin(), anomaly.keys.end()), anomaly.keys.end());
}

std::string out_of_order(const std::vector<std::string>& names) {
  return fmt::format(
      "{} cannot be put in any order: each must come before the next, and the last "
      "before the first",
      list(names));
}

void report_cycles(const GraphInput& input, const DependencyGraph& graph, Findings& findings) {
  std::vector<std::uint32_t> names(graph.vertices);
  std::iota(names.begin(), names.end(), 0U);
  const Suspects suspects = find_suspects(std::move(names), graph.transactions(), graph.edges);
  report_cycles(suspects, graph.reported, AttemptTeller{input, graph}, findings);
}

}  // namespace witness
