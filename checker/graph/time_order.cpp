/// Process and real-time edges. Real time goes over a chain of moments: a transaction
/// that ended leads to the moment of its end, every moment to the next, and the last
/// moment before a transaction began to that transaction.
#include <algorithm>
#include <unordered_map>

#include "checker/graph/dependency_graph.hpp"

namespace witness {
namespace {

void add_process_order(const GraphInput& input, DependencyGraph& graph) {
  std::unordered_map<std::int64_t, std::uint32_t> last;  // of each process
  for (std::uint32_t vertex = 0; vertex < graph.transactions(); ++vertex) {
    const Fate& fate = input.resolution.fates[graph.fates[vertex]];
    const std::int64_t process = input.history.operations[fate.operation].process;
    const auto before = last.find(process);
    if (before != last.end()) {
      graph.add(before->second, vertex, EdgeKind::process, kNoString);
    }
    if (fate.end_ns != kNever) last[process] = vertex;
  }
}

}  // namespace

void add_time_order(const GraphInput& input, DependencyGraph& graph) {
  const auto& fates = input.resolution.fates;
  add_process_order(input, graph);

  std::vector<std::int64_t> ends;
  for (const std::uint32_t fate : graph.fates) {
    if (fates[fate].end_ns != kNever) ends.push_back(fates[fate].end_ns);
  }
  std::ranges::sort(ends);
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  if (ends.empty()) return;

  const std::uint32_t first = graph.vertices;
  for (std::size_t i = 0; i < ends.size(); ++i) graph.add_relay();
  for (std::uint32_t i = 1; i < ends.size(); ++i) {
    graph.add(first + i - 1, first + i, EdgeKind::realtime, kNoString);
  }
  for (std::uint32_t vertex = 0; vertex < graph.transactions(); ++vertex) {
    const Fate& fate = fates[graph.fates[vertex]];
    const auto before =
        static_cast<std::uint32_t>(std::ranges::lower_bound(ends, fate.start_ns) - ends.begin());
    if (before > 0) graph.add(first + before - 1, vertex, EdgeKind::realtime, kNoString);
    if (fate.end_ns == kNever) continue;
    const auto moment =
        static_cast<std::uint32_t>(std::ranges::lower_bound(ends, fate.end_ns) - ends.begin());
    graph.add(vertex, first + moment, EdgeKind::realtime, kNoString);
  }
}

}  // namespace witness
