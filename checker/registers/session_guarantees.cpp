#include "checker/registers/session_guarantees.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "checker/graph/projection.hpp"
#include "checker/graph/short_cycle.hpp"
#include "checker/registers/write_order.hpp"

namespace witness {
namespace {

using enum AnomalyKind;

/// One version before another: over a relay by two edges, else by one twice.
struct OrderStep {
  std::uint32_t from;
  std::uint32_t to;
  std::uint32_t entered_by;  ///< the read that the first edge names
  std::uint32_t left_by;     ///< and the last one
};

class Guarantee {
 public:
  Guarantee(const WeakInput& input, const Story& story, AnomalyKind kind, const WriteEdges& made)
      : history_(input.history), story_(story), kind_(kind), made_(made) {}

  void report(Findings& findings) {
    const Suspects suspects = find();
    if (suspects.names.empty()) return;
    const Projection projection = project(suspects, relations(EdgeKind::ww), false,
                                          std::vector<bool>(suspects.clusters, true));
    ShortCycle search(suspects, projection);
    for (const auto& members : projection.cyclic) {
      const std::vector<std::uint32_t> cycle = search.through(members, relations(EdgeKind::ww));
      if (cycle.empty()) continue;
      Anomaly anomaly = told(steps_of(suspects, cycle));
      if (findings.listed_enough(kind_)) {
        findings.add_unlisted(kind_, anomaly.keys);
      } else {
        findings.add(std::move(anomaly));
      }
    }
  }

 private:
  std::uint32_t versions() const { return static_cast<std::uint32_t>(history_.ops.size()); }
  bool is_initial(std::uint32_t node) const { return node >= versions() + made_.relays; }

  Suspects find() const {
    std::vector<Edge> edges;
    edges.reserve(made_.edges.size());
    for (std::uint32_t i = 0; i < made_.edges.size(); ++i) {
      const WriteEdge& edge = made_.edges[i];
      edges.push_back({edge.from, edge.to, i, EdgeKind::ww, edge.from >= versions()});
    }
    std::vector<std::uint32_t> names(versions() + made_.relays + history_.keys.size());
    std::iota(names.begin(), names.end(), 0U);
    return find_suspects(std::move(names), versions(), std::move(edges));
  }

  std::vector<OrderStep> steps_of(const Suspects& suspects,
                                  std::vector<std::uint32_t> cycle) const {
    const auto first = std::ranges::find_if(
        cycle, [&](std::uint32_t edge) { return !suspects.edges[edge].relay; });
    std::rotate(cycle.begin(), first, cycle.end());
    std::vector<OrderStep> steps;
    for (const std::uint32_t position : cycle) {
      const Edge& edge = suspects.edges[position];
      const std::uint32_t to = suspects.names[edge.to];
      const std::uint32_t shown_by = made_.edges[edge.key].op;
      if (!edge.relay) {
        steps.push_back({suspects.names[edge.from], to, shown_by, shown_by});
      } else if (!is_initial(suspects.names[edge.from])) {
        steps.back().to = to;
        steps.back().left_by = shown_by;
      }
    }
    return steps;
  }

  std::uint32_t transaction(std::uint32_t op) const { return transaction_of(history_, op); }
  std::string version(std::uint32_t op) const {
    return fmt::format("{} = {}", story_.key(history_.ops[op].key),
                       story_.value(history_.ops[op].value()));
  }

  std::string why(const OrderStep& step) const {
    if (step.entered_by == kNoPosition) {
      return fmt::format("{} wrote {} before {} wrote {}, in one session",
                         story_.name(transaction(step.from)), version(step.from),
                         story_.name(transaction(step.to)), version(step.to));
    }
    if (kind_ == mrwd) {
      return fmt::format("{} read {}, and {} of the same session wrote {} after that",
                         story_.name(transaction(step.entered_by)), version(step.entered_by),
                         story_.name(transaction(step.to)), version(step.to));
    }
    const std::uint32_t reader = transaction(step.left_by);
    const std::string had = kind_ == n_mr  ? "its session had read"
                            : kind_ == myr ? "its session had written"
                                           : "its session had seen or made";
    const std::string old = story_.value(history_.ops[step.from].value());
    return fmt::format(
        "{} read {} when {} {}, of {}{}", story_.name(reader), version(step.left_by), had, old,
        story_.name(transaction(step.from)),
        is_initial(step.to) ? ": that is from before it" : fmt::format(": {} must be older", old));
  }

  Anomaly told(const std::vector<OrderStep>& steps) const {
    Anomaly anomaly;
    anomaly.kind = kind_;
    std::vector<std::uint32_t> members;
    std::string sentences;
    const auto add = [&](std::uint32_t op) {
      if (op == kNoPosition || op >= versions()) return;
      const std::uint32_t each = transaction(op);
      if (std::ranges::find(members, each) == members.end()) members.push_back(each);
    };
    for (const OrderStep& step : steps) {
      Step shown;
      const bool initial = is_initial(step.to);
      const std::uint32_t to = initial ? step.left_by : step.to;
      shown.from = history_.transactions[transaction(step.from)].index;
      shown.to = history_.transactions[transaction(to)].index;
      shown.dependency = Dependency::ww;
      shown.key = story_.key(history_.ops[step.from].key);
      shown.why = why(step);
      sentences += fmt::format("{}{}", sentences.empty() ? "" : "; ", shown.why);
      anomaly.steps.push_back(std::move(shown));
      for (const std::uint32_t op : {step.from, step.to, step.entered_by, step.left_by}) add(op);
    }
    story_.describe(anomaly, members);
    anomaly.explanation = fmt::format("no order of writes agrees with this: {}", sentences);
    return anomaly;
  }

  const Transactions& history_;
  const Story& story_;
  AnomalyKind kind_;
  const WriteEdges& made_;
};

}  // namespace

KindSet judge_session_guarantees(const WeakInput& input, KindSet wanted, const Story& story,
                                 Findings& findings) {
  constexpr KindSet kAll = kinds(n_mr, myr, mrwd, pram_conflict);
  wanted &= kAll;
  if (wanted == 0) return 0;
  if (!input.sessions.complete()) return wanted;
  const std::vector<std::uint32_t> versions = find_versions(input.history);
  const auto judge = [&](AnomalyKind kind, const WriteEdges& edges) {
    Guarantee{input, story, kind, edges}.report(findings);
  };
  const auto wants = [&](AnomalyKind kind) { return (wanted & kind_bit(kind)) != 0; };
  if (wants(n_mr)) judge(n_mr, monotonic_reads(input, versions));
  if (wants(myr)) judge(myr, read_your_writes(input, versions));
  if (wants(mrwd)) judge(mrwd, writes_follow_reads(input, versions));
  if (!wants(pram_conflict) || (findings.found() & kind_bit(pram_conflict)) != 0) return 0;
  const std::optional<WriteEdges> edges = pram(input, versions);
  if (!edges) return kind_bit(pram_conflict);
  judge(pram_conflict, *edges);
  return 0;
}

}  // namespace witness
