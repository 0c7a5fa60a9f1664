/// The graph once more, with all unresolved attempts taken as committed.
///
/// Why that is enough. Let S be those that did commit; S explains what committed
/// transactions read (an attempt whose value they read is in it: checker/resolve.hpp).
/// Where a value can be from one attempt only, every edge depends on its two ends alone:
/// on what one read, and what the other wrote or read and replaced. So do rw edges of
/// counted rows; and time gives an unresolved attempt no end, so that it carries no order
/// from one to another. The graph of S is then a part of the graph of all, and what is
/// not in the whole is in no part.
///
/// It is not so, and everything is taken to be possible, where
///   - a value that was read can be from an unresolved attempt or from somebody else: who
///     wrote it is certain only if the one did not commit
///   - an unresolved attempt can have added one row too many for what somebody counted:
///     which rows it saw is certain only without that attempt
///   - nobody saw what an unresolved attempt read or wrote, and others wrote its key, or
///     saw two values of it
/// An attempt that was told fail stays aborted.
#include "checker/graph/possible.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "checker/words.hpp"

namespace witness {
namespace {

constexpr KindSet kinds_of_graph() {
  KindSet all = 0;
  for (std::size_t kind = static_cast<std::size_t>(AnomalyKind::lost_update); kind < kAnomalyKinds;
       ++kind) {
    all |= KindSet{1} << kind;
  }
  return all;
}

bool is_unresolved(const Fate& fate) { return fate.outcome == Outcome::unresolved; }

/// "nobody knows whether b, operation 7 committed", or nothing.
std::string who_is_unresolved(const GraphInput& input) {
  std::vector<std::string> names;
  for (const Fate& fate : input.resolution.fates) {
    if (is_unresolved(fate)) names.push_back(name_of(input.history, fate));
  }
  for (const std::uint32_t operation : input.resolution.open_acquisitions) {
    names.push_back(fmt::format("operation {}", input.history.operations[operation].index));
  }
  if (names.empty()) return {};
  return fmt::format("nobody knows whether {} committed", list(names));
}

bool has_two_sources(const GraphInput& input) {
  return std::ranges::any_of(input.accesses.reads, [&](const Read& read) {
    const Sources sources = input.accesses.sources_of(input.resolution, read);
    const auto others = sources.committed + sources.unresolved + (sources.initial ? 1U : 0U);
    return sources.unresolved != 0 && others >= 2;
  });
}

/// Rows that others added after counting fewer than somebody counted: certain ones and
/// possible ones, as sorted prefix sums.
class CountedRows {
 public:
  explicit CountedRows(const GraphInput& input) : input_(input) {
    for (const Insert& insert : input.accesses.inserts) {
      Rows& rows = keys_[insert.key];
      const bool certain = in_graph(input.resolution.fates[insert.fate]);
      (certain ? rows.certain : rows.possible)
          .emplace_back(std::max<std::int64_t>(insert.seen, 0), insert.rows);
    }
    for (auto& [key, rows] : keys_) {
      add_up(rows.certain);
      add_up(rows.possible);
    }
  }

  bool ambiguous() const {
    return std::ranges::any_of(input_.accesses.counts, [&](const Count& count) {
      const auto found = keys_.find(count.key);
      if (found == keys_.end()) return false;
      const std::int64_t certain = below(found->second.certain, count.rows);
      const std::int64_t possible = below(found->second.possible, count.rows);
      return certain <= count.rows && count.rows < certain + possible;
    });
  }

 private:
  using Sums = std::vector<std::pair<std::int64_t, std::int64_t>>;  // (seen, rows until there)
  struct Rows {
    Sums certain;
    Sums possible;
  };

  static void add_up(Sums& sums) {
    std::ranges::sort(sums);
    for (std::size_t i = 1; i < sums.size(); ++i) sums[i].second += sums[i - 1].second;
  }

  static std::int64_t below(const Sums& sums, std::int64_t seen) {
    const auto end =
        std::ranges::lower_bound(sums, seen, {}, [](const auto& s) { return s.first; });
    return end == sums.begin() ? 0 : std::prev(end)->second;
  }

  const GraphInput& input_;
  std::unordered_map<StringId, Rows> keys_;
};

/// Who wrote each key, and whether its readers saw more than one value.
class KeyTraffic {
 public:
  explicit KeyTraffic(const GraphInput& input) : input_(input) {
    for (const Fate& fate : input.resolution.fates) {
      if (fate.outcome == Outcome::aborted || !fate.acquires) continue;
      if (micro_ops_of(input.history, fate).empty()) ++keys_[fate.key].writers;
      std::vector<StringId> written;
      for (const MicroOp& op : micro_ops_of(input.history, fate)) {
        if (!changes(input.history, fate, op)) continue;
        if (std::ranges::find(written, op.key) != written.end()) continue;
        written.push_back(op.key);
        ++keys_[op.key].writers;
      }
    }
    for (const std::uint32_t operation : input.resolution.open_acquisitions) {
      ++keys_[input.history.operations[operation].key].writers;
    }
    for (const Read& read : input.accesses.reads) {
      Traffic& key = keys_[read.key];
      key.values_differ = key.values_differ || (key.read && key.value != read.value);
      key.read = true;
      key.value = read.value;
    }
  }

  /// Somebody whose steps nobody saw met others.
  bool hides() const {
    const bool open =
        std::ranges::any_of(input_.resolution.open_acquisitions, [&](std::uint32_t operation) {
          return contested(input_.history.operations[operation].key);
        });
    return open || std::ranges::any_of(input_.resolution.fates, [&](const Fate& fate) {
             return is_unresolved(fate) && fate.acquires && unseen(fate) && contested(fate.key);
           });
  }

 private:
  struct Traffic {
    std::uint32_t writers = 0;
    bool read = false;
    bool values_differ = false;
    StringId value = kNoString;
  };

  bool contested(StringId key) const {
    const auto found = keys_.find(key);
    return found != keys_.end() && (found->second.writers > 1 || found->second.values_differ);
  }

  /// Nobody saw what it read, or what it wrote (its identity needs no seeing).
  bool unseen(const Fate& fate) const {
    const auto ops = micro_ops_of(input_.history, fate);
    return ops.empty() || std::ranges::any_of(ops, [&](const MicroOp& op) {
             if (op.value != kNoString || op.kind == MicroOpKind::insert) return false;
             return op.kind != MicroOpKind::write || input_.rules.values == ValueShape::amount;
           });
  }

  const GraphInput& input_;
  std::unordered_map<StringId, Traffic> keys_;
};

/// With every unresolved attempt in the graph.
KindSet found_with_all(const GraphInput& input) {
  Resolution all = input.resolution;
  for (Fate& fate : all.fates) fate.observed = fate.observed || is_unresolved(fate);
  const Accesses accesses = collect_accesses(input.history, input.rules, all);
  const GraphInput whole{input.history, input.rules, all, accesses};
  Findings findings;
  const DependencyGraph graph = infer_dependencies(whole, findings);
  report_cycles(whole, graph, findings);
  return findings.found();
}

}  // namespace

Possible possible_anomalies(const GraphInput& input) {
  Possible possible;
  possible.who = who_is_unresolved(input);
  if (possible.who.empty()) return possible;
  possible.kinds = found_with_all(input);
  if (has_two_sources(input) || CountedRows{input}.ambiguous() || KeyTraffic{input}.hides()) {
    possible.kinds |= kinds_of_graph();
  }
  return possible;
}

}  // namespace witness
