#include "checker/transactions/register_inference.hpp"

#include <algorithm>
#include <map>
#include <queue>

#include "checker/transactions/group_edges.hpp"

namespace witness {

using enum EdgeKind;
using enum AnomalyKind;

void RegisterInference::infer(std::uint32_t key) {
  key_ = key;
  uses_ = history_.uses_of(key);
  collect_versions();
  collect_visits();
  find_lost_updates();
  order_versions();
  add_stale_edges();
  judge_completeness();
}

void RegisterInference::collect_versions() {
  numbers_.reset(uses_.size() + 1);
  versions_.assign(1, Version{history_.initial});
  numbers_.insert(history_.initial, 0);
  const auto number_of = [this](Datum value) {
    const auto next = static_cast<std::uint32_t>(versions_.size());
    const std::uint32_t number = numbers_.insert(value, next);
    if (number == next) versions_.push_back({value});
    return number;
  };
  std::uint32_t last_writer = kNoPosition;
  std::uint32_t last_version = 0;
  for (std::uint32_t i = 0; i < uses_.size(); ++i) {
    const std::uint32_t number = number_of(op(uses_[i]).value());
    if (op(uses_[i]).kind != TxnOpKind::write) continue;
    if (uses_[i].transaction == last_writer) versions_[last_version].final = false;
    versions_[number].writer = uses_[i].transaction;
    versions_[number].use = i;
    last_writer = uses_[i].transaction;
    last_version = number;
  }
}

void RegisterInference::collect_visits() {
  visits_.clear();
  readers_.resize(std::max(readers_.size(), versions_.size()));
  for (std::size_t i = 0; i < versions_.size(); ++i) readers_[i].clear();
  for (std::size_t i = 0; i < uses_.size();) {
    std::size_t end = i + 1;
    while (end < uses_.size() && uses_[end].transaction == uses_[i].transaction) ++end;
    const Uses own = uses_.subspan(i, end - i);
    i = end;
    if (!is_vertex(own.front().transaction)) continue;
    Visit visit{own.front().transaction};
    for (const Use& use : own) {
      const std::uint32_t version = numbers_.find(op(use).value());
      if (op(use).kind == TxnOpKind::write) {
        visit.written = version;
      } else if (transaction(use.transaction).reads_known) {
        note_read(use, version, visit, &use == &own.front());
      }
    }
    if (visit.read != kUnknown) readers_[visit.read].push_back(visit.transaction);
    if (own.size() > 1) check_inside(own);
    visits_.push_back(visit);
  }
}

void RegisterInference::note_read(const Use& use, std::uint32_t number, Visit& visit, bool first) {
  Version& version = versions_[number];
  version.read = true;
  const std::uint32_t reader = use.transaction;
  if (first) visit.read = number;
  if (version.writer == reader) {
    if (&uses_[version.use] > &use) fact(future_read, reader, reader, use.op, version.value);
  } else if (is_vertex(version.writer)) {
    // A value that its writer replaced itself was never installed: nobody depends on it.
    if (version.final) {
      out_.add(version.writer, reader, wr);
    } else {
      fact(g1b, reader, version.writer, use.op, version.value);
    }
  } else if (version.writer != kNoPosition) {
    fact(g1a, reader, version.writer, use.op, version.value);
  } else if (number != 0) {
    if (history_.unwritten_is_garbage) {
      fact(garbage_read, reader, kNoPosition, use.op, version.value);
    } else {
      if (out_.unwritten_reads++ == 0) out_.first_unwritten = key_;
    }
  }
}

/// A transaction reads what it wrote last, and the same twice.
void RegisterInference::check_inside(Uses uses) {
  bool known = false;
  Datum state;
  for (const Use& use : uses) {
    if (op(use).kind == TxnOpKind::read) {
      if (!transaction(use.transaction).reads_known) continue;
      if (known && op(use).value() != state) {
        fact(internal, use.transaction, kNoPosition, use.op, state);
        return;
      }
    }
    state = op(use).value();
    known = true;
  }
}

/// Two read one version and replaced it: whichever came first, the other did not see it.
void RegisterInference::find_lost_updates() {
  std::vector<std::uint32_t> updater(versions_.size(), kNoPosition);
  for (const Visit& visit : visits_) {
    if (visit.read == kUnknown || visit.written == kUnknown) continue;
    std::uint32_t& first = updater[visit.read];
    if (first == kNoPosition) {
      first = visit.transaction;
    } else {
      fact(lost_update, visit.transaction, first, kNoPosition, versions_[visit.read].value);
    }
  }
}

void RegisterInference::order_versions() {
  graph_.reset(static_cast<std::uint32_t>(versions_.size()));
  const bool asked = assumes(assumed_, Assumption::wfr_keys);
  // Of these, the wr edge from the writer of the first says as much as a ww edge would.
  try_source(replaced_versions(asked), asked, asked);
  if (assumes(assumed_, Assumption::sequential_keys)) try_source(sequential_versions(), true, true);
  if (assumes(assumed_, Assumption::linearizable_keys))
    try_source(real_time_versions(), true, true);
  if (assumes(assumed_, Assumption::commit_order)) try_source(committed_versions(), true, true);
}

void RegisterInference::try_source(const std::vector<VersionGraph::Edge>& edges, bool tell,
                                   bool emit_ww) {
  std::uint32_t on_circle = 0;
  if (!graph_.add(edges, on_circle)) {
    if (!tell) return;
    const Version& version = versions_[on_circle];
    const std::uint32_t who = version.writer != kNoPosition ? version.writer
                              : readers_[on_circle].empty() ? kNoPosition
                                                            : readers_[on_circle].front();
    fact(cyclic_versions, who, kNoPosition, kNoPosition, version.value);
    return;
  }
  if (!emit_ww) return;
  for (const auto& [first, second] : edges) {
    if (counts(versions_[first]) && counts(versions_[second])) {
      out_.add(versions_[first].writer, versions_[second].writer, ww);
    }
  }
}

/// By transactions that read one and wrote another. `all`: also of values that nobody here wrote,
/// whose place is else unknown.
std::vector<VersionGraph::Edge> RegisterInference::replaced_versions(bool all) const {
  std::vector<VersionGraph::Edge> edges;
  for (const Visit& visit : visits_) {
    if (visit.read == kUnknown || visit.written == kUnknown || visit.read == visit.written)
      continue;
    const Version& version = versions_[visit.read];
    if (visit.read != 0 && version.writer == kNoPosition && !all) continue;
    if (visit.read != 0) edges.emplace_back(visit.read, visit.written);
  }
  return edges;
}

/// By the order in which each process met them.
std::vector<VersionGraph::Edge> RegisterInference::sequential_versions() const {
  std::vector<VersionGraph::Edge> edges;
  std::map<std::uint32_t, std::uint32_t> last;  // version, by process
  for (const Visit& visit : visits_) {
    if (!transaction(visit.transaction).reads_known) continue;
    const std::uint32_t first = visit.read != kUnknown ? visit.read : visit.written;
    if (first == kUnknown) continue;
    const auto [found, is_new] = last.try_emplace(transaction(visit.transaction).process, first);
    if (!is_new && found->second != first) edges.emplace_back(found->second, first);
    found->second = visit.written != kUnknown ? visit.written : first;
  }
  return edges;
}

/// By real time: from the versions of the latest that had ended to those of each that began.
std::vector<VersionGraph::Edge> RegisterInference::real_time_versions() const {
  struct Ended {
    std::uint32_t rank;
    std::uint32_t last;                   // version that it left
    std::vector<std::uint32_t> replaces;  // ranks of those that it follows
  };
  const auto later = [](const Ended& a, const Ended& b) { return a.rank > b.rank; };
  std::vector<VersionGraph::Edge> edges;
  std::priority_queue<Ended, std::vector<Ended>, decltype(later)> open(later);
  std::map<std::uint32_t, std::uint32_t> frontier;  // rank -> version
  for (const Visit& visit : visits_) {
    const std::uint32_t rank = rank_[visit.transaction];
    const std::uint32_t first = visit.read != kUnknown ? visit.read : visit.written;
    if (rank == kNoPosition || first == kUnknown) continue;
    while (!open.empty() && open.top().rank < transaction(visit.transaction).began_after) {
      for (const std::uint32_t replaced : open.top().replaces) frontier.erase(replaced);
      frontier.emplace(open.top().rank, open.top().last);
      open.pop();
    }
    Ended self{rank, visit.written != kUnknown ? visit.written : first, {}};
    for (const auto& [before, version] : frontier) {
      if (before >= transaction(visit.transaction).began_after)
        continue;  // a bare one began long ago
      if (version != first) edges.emplace_back(version, first);
      self.replaces.push_back(before);
    }
    open.push(std::move(self));
  }
  return edges;
}

/// By the database's own commit order.
std::vector<VersionGraph::Edge> RegisterInference::committed_versions() const {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> sorted;
  for (std::uint32_t i = 0; i < versions_.size(); ++i) {
    if (!counts(versions_[i]) || history_.commit_order.empty()) continue;
    const std::uint64_t order = history_.commit_order[versions_[i].writer];
    if (order != Transactions::kNoOrder) sorted.emplace_back(order, i);
  }
  std::ranges::sort(sorted);
  std::vector<VersionGraph::Edge> edges;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    edges.emplace_back(sorted[i - 1].second, sorted[i].second);
  }
  return edges;
}

/// rw: whoever read a version comes before the writers of those that follow it.
void RegisterInference::add_stale_edges() {
  if (versions_[0].writer == kNoPosition) add_successors(0, graph_.minimal());
  std::vector<VersionGraph::Edge> edges = graph_.edges();
  std::ranges::sort(edges);
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  std::vector<std::uint32_t> successors;
  for (std::size_t i = 0; i < edges.size();) {
    successors.clear();
    const std::uint32_t version = edges[i].first;
    for (; i < edges.size() && edges[i].first == version; ++i) {
      successors.push_back(edges[i].second);
    }
    add_successors(version, successors);
  }
}

void RegisterInference::add_successors(std::uint32_t version,
                                       const std::vector<std::uint32_t>& successors) {
  std::vector<std::uint32_t> writers;
  for (const std::uint32_t successor : successors) {
    if (counts(versions_[successor])) writers.push_back(versions_[successor].writer);
  }
  std::ranges::sort(writers);
  writers.erase(std::unique(writers.begin(), writers.end()), writers.end());
  if (!writers.empty()) add_group_edges(readers_[version], writers, out_);
}

/// A version that nobody read of a transaction that perhaps never committed needs no place.
void RegisterInference::judge_completeness() {
  std::vector<bool> needed(versions_.size());
  std::size_t count = 0;
  for (std::uint32_t i = 1; i < versions_.size(); ++i) {
    needed[i] = counts(versions_[i]) &&
                (versions_[i].read || transaction(versions_[i].writer).fate == Fated::committed);
    if (needed[i]) ++count;
  }
  if (count < 2 || graph_.is_total(needed)) return;
  if (out_.keys_without_order++ == 0) out_.first_without_order = key_;
}

}  // namespace witness
