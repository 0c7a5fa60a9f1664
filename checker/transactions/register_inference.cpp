#include "checker/transactions/register_inference.hpp"

#include <algorithm>
#include <map>
#include <queue>

#include "checker/registers/sources.hpp"
#include "checker/transactions/group_edges.hpp"

namespace witness {

using enum EdgeKind;
using enum AnomalyKind;

std::vector<bool> observed_writers(const Transactions& history) {
  const bool all_known = std::ranges::none_of(
      history.transactions, [](const Transaction& each) { return each.fate == Fated::possible; });
  if (all_known) return {};
  std::vector<bool> observed(history.transactions.size());
  ValueTable writers;
  for (std::uint32_t key = 0; key < history.keys.size(); ++key) {
    const auto uses = history.uses_of(key);
    writers.reset(uses.size());
    for (const Transactions::Use& use : uses) {
      const TxnOp& op = history.ops[use.op];
      if (op.kind == TxnOpKind::write) writers.insert(op.value(), use.transaction);
    }
    for (const Transactions::Use& use : uses) {
      const TxnOp& op = history.ops[use.op];
      if (op.kind != TxnOpKind::read || !history.transactions[use.transaction].reads_known)
        continue;
      const std::uint32_t writer = writers.find(op.value());
      if (writer != kNoPosition) observed[writer] = true;
    }
  }
  return observed;
}

void RegisterInference::infer(std::uint32_t key) {
  key_ = key;
  uses_ = history_.uses_of(key);
  collect_versions();
  collect_visits();
  order_versions();
  add_stale_edges();
  if (is_order_complete()) {
    find_lost_updates_in_order();
  } else {
    find_lost_updates();
    if (out_.keys_without_order++ == 0) out_.first_without_order = key_;
  }
}

void RegisterInference::collect_versions() {
  numbers_.reset(uses_.size() + 1);
  versions_.assign(1, Version{history_.initial});
  numbers_.insert(history_.initial, 0);
  version_of_.assign(uses_.size(), 0);
  rewritten_ = false;
  const auto number_of = [this](Datum value) {
    const auto next = static_cast<std::uint32_t>(versions_.size());
    const std::uint32_t number = numbers_.insert(value, next);
    if (number == next) versions_.push_back({value});
    return number;
  };
  std::uint32_t last_writer = kNoPosition;
  std::uint32_t last_version = 0;
  for (std::uint32_t i = 0; i < uses_.size(); ++i) {
    std::uint32_t number = number_of(op(uses_[i]).value());
    if (op(uses_[i]).kind == TxnOpKind::write && number == 0) {
      if (is_initializer(history_, uses_[i].transaction)) continue;
      // A version of its own, which looks like the one before all writes.
      rewritten_ = true;
      number = static_cast<std::uint32_t>(versions_.size());
      versions_.push_back({op(uses_[i]).value()});
    }
    version_of_[i] = number;
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
  reads_.clear();
  readers_.resize(std::max(readers_.size(), versions_.size()));
  for (std::size_t i = 0; i < versions_.size(); ++i) readers_[i].clear();
  for (std::size_t i = 0; i < uses_.size();) {
    std::size_t end = i + 1;
    while (end < uses_.size() && uses_[end].transaction == uses_[i].transaction) ++end;
    const Uses own = uses_.subspan(i, end - i);
    i = end;
    if (!is_vertex(own.front().transaction)) continue;
    visits_.push_back(visit_of(own));
  }
}

RegisterInference::Visit RegisterInference::visit_of(Uses uses) {
  Visit visit{uses.front().transaction};
  visit.reads_begin = static_cast<std::uint32_t>(reads_.size());
  for (const Use& use : uses) {
    const std::uint32_t version = version_of_[static_cast<std::size_t>(&use - uses_.data())];
    const bool read = op(use).kind == TxnOpKind::read;
    if (read && !transaction(use.transaction).reads_known) continue;
    if (read && version == 0 && rewritten_) continue;  // nobody knows which it saw
    if (!read && version == 0) continue;               // an initializer's: nothing happened
    if (visit.first == kUnknown) visit.first = version;
    if (read) {
      note_read(use, version);
      if (versions_[version].writer != use.transaction) reads_.push_back(version);
    } else {
      visit.written = version;
    }
  }
  visit.last = visit.written != kUnknown ? visit.written : visit.first;
  const auto begin = reads_.begin() + visit.reads_begin;
  std::sort(begin, reads_.end());
  reads_.erase(std::unique(begin, reads_.end()), reads_.end());
  visit.reads_end = static_cast<std::uint32_t>(reads_.size());
  for (const std::uint32_t version : reads_of(visit)) {
    readers_[version].push_back(visit.transaction);
  }
  return visit;
}

void RegisterInference::note_read(const Use& use, std::uint32_t number) {
  Version& version = versions_[number];
  version.read = true;
  // A value that its writer replaced itself was never installed: nobody depends on it.
  if (counts(version)) out_.add(version.writer, use.transaction, wr);
}

/// Without an order: two that read one version and replaced it; or one that read two versions and
/// wrote a third. Whichever came first, a write is lost.
void RegisterInference::find_lost_updates() {
  std::vector<std::uint32_t> updater(versions_.size(), kNoPosition);
  for (const Visit& visit : visits_) {
    if (visit.written == kUnknown) continue;
    std::uint32_t installed = 0;
    std::uint32_t before = kNoPosition;
    for (const std::uint32_t version : reads_of(visit)) {
      if (version != 0 && versions_[version].writer != kNoPosition && !counts(versions_[version])) {
        continue;
      }
      ++installed;
      if (versions_[version].writer != kNoPosition) before = versions_[version].writer;
      std::uint32_t& first = updater[version];
      if (first == kNoPosition) {
        first = visit.transaction;
      } else {
        fact(lost_update, visit.transaction, first, kNoPosition, versions_[version].value);
        installed = 0;
        break;
      }
    }
    if (installed > 1 && before != kNoPosition) {
      fact(lost_update, visit.transaction, before, kNoPosition, Datum{});
      out_.facts.back().lost = LostUpdate::two_versions;
    }
  }
}

/// With the whole order: somebody else's version stands between one that was read and one's own.
void RegisterInference::find_lost_updates_in_order() {
  const std::vector<std::uint32_t> order = graph_.sorted(needed_);
  std::vector<std::uint32_t> place(versions_.size(), kNoPosition);
  place[0] = 0;
  std::vector<std::uint32_t> at = {0};
  for (const std::uint32_t version : order) {
    if (version == 0 || !needed_[version]) continue;
    place[version] = static_cast<std::uint32_t>(at.size());
    at.push_back(version);
  }
  for (const Visit& visit : visits_) {
    if (visit.written == kUnknown || place[visit.written] == kNoPosition) continue;
    std::uint32_t oldest = kNoPosition;
    for (const std::uint32_t version : reads_of(visit)) oldest = std::min(oldest, place[version]);
    if (oldest == kNoPosition || oldest + 1 >= place[visit.written]) continue;
    fact(lost_update, visit.transaction, versions_[at[oldest + 1]].writer, kNoPosition,
         versions_[at[oldest]].value);
    out_.facts.back().lost = LostUpdate::in_between;
  }
}

void RegisterInference::order_versions() {
  graph_.reset(static_cast<std::uint32_t>(versions_.size()));
  const bool asked = assumes(assumed_, Assumption::wfr_keys);
  // Of these, the wr edge from the writer of the first says as much as a ww edge would.
  try_source(replaced_versions(), asked, asked);
  if (assumes(assumed_, Assumption::sequential_keys)) try_source(sequential_versions(), true, true);
  too_many_ = false;
  if (assumes(assumed_, Assumption::linearizable_keys)) {
    const std::vector<VersionGraph::Edge> edges = real_time_versions();
    if (!too_many_) try_source(edges, true, true);
  }
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

/// Is it a version that others can come before or after? Not so what an aborted transaction left,
/// what its writer replaced itself, and, unless asked for, what nobody here wrote.
bool RegisterInference::has_place(std::uint32_t number) const {
  const Version& version = versions_[number];
  if (number == 0 || counts(version)) return true;
  return version.writer == kNoPosition && assumed_ != 0;
}

/// By transactions that read one and wrote another: were the other one earlier, its writer would
/// come before the one that it read from.
std::vector<VersionGraph::Edge> RegisterInference::replaced_versions() const {
  std::vector<VersionGraph::Edge> edges;
  for (const Visit& visit : visits_) {
    if (visit.written == kUnknown) continue;
    for (const std::uint32_t version : reads_of(visit)) {
      if (version != 0 && has_place(version)) edges.emplace_back(version, visit.written);
    }
  }
  return edges;
}

/// Within a process: had the earlier one ended? A process may run several at once.
bool RegisterInference::follows(std::uint32_t later, std::uint32_t earlier) const {
  const Transaction& self = transaction(later);
  return self.previous != kNoPosition ||
         (rank_[earlier] != kNoPosition && rank_[earlier] < self.began_after);
}

/// By the order in which each process met them.
std::vector<VersionGraph::Edge> RegisterInference::sequential_versions() const {
  std::vector<VersionGraph::Edge> edges;
  std::map<std::uint32_t, const Visit*> last;  // by process
  for (const Visit& visit : visits_) {
    if (!transaction(visit.transaction).reads_known) continue;
    const Visit*& before = last[transaction(visit.transaction).process];
    if (before != nullptr && follows(visit.transaction, before->transaction) &&
        before->last != visit.first) {
      edges.emplace_back(before->last, visit.first);
    }
    before = &visit;
  }
  return edges;
}

/// Edges of one key by real time, at most: what overlaps multiplies them.
constexpr std::size_t kEdgesMost = 4'000'000;

/// By real time: from the versions of the latest that had ended to those of each that began.
std::vector<VersionGraph::Edge> RegisterInference::real_time_versions() {
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
    if (rank == kNoPosition || visit.first == kUnknown) continue;
    while (!open.empty() && open.top().rank < transaction(visit.transaction).began_after) {
      for (const std::uint32_t replaced : open.top().replaces) frontier.erase(replaced);
      frontier.emplace(open.top().rank, open.top().last);
      open.pop();
    }
    Ended self{rank, visit.last, {}};
    for (const auto& [before, version] : frontier) {
      if (before >= transaction(visit.transaction).began_after)
        continue;  // a bare one began long ago
      if (version != visit.first) edges.emplace_back(version, visit.first);
      self.replaces.push_back(before);
    }
    if (edges.size() + open.size() > kEdgesMost) {
      too_many_ = true;
      return {};
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
  add_successors(0, graph_.minimal());
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
  if (!has_place(version)) return;
  std::vector<std::uint32_t> writers;
  for (const std::uint32_t successor : successors) {
    if (counts(versions_[successor])) writers.push_back(versions_[successor].writer);
  }
  std::ranges::sort(writers);
  writers.erase(std::unique(writers.begin(), writers.end()), writers.end());
  if (!writers.empty()) add_group_edges(readers_[version], writers, out_);
}

/// A version that nobody read of a transaction that perhaps never committed needs no place.
bool RegisterInference::is_order_complete() {
  needed_.assign(versions_.size(), false);
  std::size_t count = 0;
  for (std::uint32_t i = 1; i < versions_.size(); ++i) {
    if (!counts(versions_[i])) continue;
    const std::uint32_t writer = versions_[i].writer;
    needed_[i] = transaction(writer).fate == Fated::committed || observed_[writer];
    if (needed_[i]) ++count;
  }
  return !too_many_ && !rewritten_ && (count < 2 || graph_.is_total(needed_));
}

}  // namespace witness
