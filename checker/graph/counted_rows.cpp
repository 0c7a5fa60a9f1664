/// wr and rw between transactions that counted the rows of a key and added some.
///
/// Snapshots of one database are ordered: of two, one holds all rows of the other. So
/// who counted n rows did not see the row of anybody who counted n or more before adding
/// it (rw). Who counted n rows saw n of those that counted fewer than n; if there are no
/// more than n such rows, it saw all of them (wr); if there are fewer, nothing explains
/// what it saw.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "checker/graph/versions.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

/// A transaction in the graph that added rows; who did not count may have seen none.
struct Inserter {
  std::uint32_t vertex;
  std::int64_t seen;  ///< at least
  std::int64_t rows;
  bool counted;
};

struct Counter {
  std::uint32_t vertex;
  std::int64_t rows;
  bool reads_only;  ///< false: its own insert stands among the inserters
};

class CountedKey {
 public:
  CountedKey(const GraphInput& input, DependencyGraph& graph, Findings& findings, StringId key)
      : input_(input), graph_(graph), findings_(findings), key_(key) {}

  std::vector<Inserter> inserters;
  std::vector<Counter> counters;
  std::int64_t possible = 0;  ///< rows that may be there, beyond the inserters'
  bool rows_of_nobody = false;

  void infer() {
    std::ranges::stable_sort(inserters, {}, &Inserter::seen);
    rows_before_.assign(1, 0);
    for (const Inserter& inserter : inserters) {
      rows_before_.push_back(rows_before_.back() + inserter.rows);
    }
    add_relays();
    for (std::uint32_t i = 0; i < inserters.size(); ++i) add_inserter(i);
    for (const Counter& counter : counters) {
      if (counter.reads_only) add_stale(counter);
      add_seen(counter);
    }
  }

 private:
  /// later[i] reaches inserters i, i+1, …; same[i] reaches i and those before it that
  /// counted as many; earlier[i] is reached from i, i-1, …
  void add_relays() {
    const auto n = static_cast<std::uint32_t>(inserters.size());
    later_ = graph_.vertices;
    same_ = later_ + n;
    earlier_ = same_ + n;
    for (std::uint32_t i = 0; i < 3 * n; ++i) graph_.add_relay();
    for (std::uint32_t i = 0; i < n; ++i) {
      graph_.add(later_ + i, inserters[i].vertex, EdgeKind::rw_predicate, key_);
      graph_.add(same_ + i, inserters[i].vertex, EdgeKind::rw_predicate, key_);
      graph_.add(inserters[i].vertex, earlier_ + i, EdgeKind::wr, key_);
      if (i + 1 == n) continue;
      graph_.add(later_ + i, later_ + i + 1, EdgeKind::rw_predicate, key_);
      graph_.add(earlier_ + i, earlier_ + i + 1, EdgeKind::wr, key_);
      if (inserters[i].seen == inserters[i + 1].seen) {
        graph_.add(same_ + i + 1, same_ + i, EdgeKind::rw_predicate, key_);
      }
    }
  }

  void add_inserter(std::uint32_t i) {
    if (!inserters[i].counted) return;
    if (i + 1 < inserters.size()) {
      graph_.add(inserters[i].vertex, later_ + i + 1, EdgeKind::rw_predicate, key_);
    }
    if (i > 0 && inserters[i - 1].seen == inserters[i].seen) {
      graph_.add(inserters[i].vertex, same_ + i - 1, EdgeKind::rw_predicate, key_);
    }
    graph_.dependencies += inserters.size() - first_with(inserters[i].seen) - 1;
  }

  std::size_t first_with(std::int64_t seen) const {
    const auto found = std::ranges::lower_bound(inserters, seen, {}, &Inserter::seen);
    return static_cast<std::size_t>(found - inserters.begin());
  }

  void add_stale(const Counter& counter) {
    const std::size_t first = first_with(counter.rows);
    if (first == inserters.size()) return;
    graph_.add(counter.vertex, later_ + static_cast<std::uint32_t>(first), EdgeKind::rw_predicate,
               key_);
    graph_.dependencies += inserters.size() - first;
  }

  void add_seen(const Counter& counter) {
    const std::size_t before = first_with(counter.rows);
    const std::int64_t rows = rows_before_[before];
    if (rows + possible < counter.rows && !rows_of_nobody) {
      report_unexplained(counter, rows + possible);
    } else if (rows == counter.rows && possible == 0 && before > 0 && !rows_of_nobody) {
      graph_.add(earlier_ + static_cast<std::uint32_t>(before) - 1, counter.vertex, EdgeKind::wr,
                 key_);
      graph_.dependencies += before;
    }
  }

  void report_unexplained(const Counter& counter, std::int64_t most) {
    const Fate& fate = input_.resolution.fates[graph_.fates[counter.vertex]];
    Anomaly anomaly{AnomalyKind::g_nonadjacent, {std::string{input_.history.text(key_)}}};
    anomaly.operations = {input_.history.operations[fate.operation].index};
    anomaly.explanation =
        fmt::format("{} counted {} rows of {}, and no order of the inserts shows it more than {}",
                    name_of(input_.history, fate), counter.rows, anomaly.keys[0], most);
    graph_.reported[counter.vertex] |= kind_bit(AnomalyKind::g_nonadjacent);
    findings_.add(std::move(anomaly));
  }

  const GraphInput& input_;
  DependencyGraph& graph_;
  Findings& findings_;
  StringId key_;
  std::vector<std::int64_t> rows_before_;
  std::uint32_t later_ = 0;
  std::uint32_t same_ = 0;
  std::uint32_t earlier_ = 0;
};

/// All that happened to counted keys, as (key, what) sorted by key.
class Collector {
 public:
  Collector(const GraphInput& input, const std::vector<std::uint32_t>& vertex_of)
      : input_(input), vertex_of_(vertex_of) {}

  void run(DependencyGraph& graph, Findings& findings) {
    std::vector<StringId> keys;
    for (const Count& count : input_.accesses.counts) keys.push_back(count.key);
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    for (const StringId key : keys) keyed_.emplace_back(input_, graph, findings, key);
    keys_ = std::move(keys);
    if (keys_.empty()) return;
    collect_inserters();
    collect_counters();
    collect_possible();
    for (CountedKey& key : keyed_) key.infer();
  }

 private:
  CountedKey* of(StringId key) {
    const auto found = std::ranges::lower_bound(keys_, key);
    if (found == keys_.end() || *found != key) return nullptr;
    return &keyed_[static_cast<std::size_t>(found - keys_.begin())];
  }

  void collect_inserters() {
    for (const Insert& insert : input_.accesses.inserts) {
      CountedKey* key = of(insert.key);
      if (key == nullptr) continue;
      const std::uint32_t vertex = vertex_of_[insert.fate];
      if (vertex != kNoPosition) {
        key->inserters.push_back(
            {vertex, std::max<std::int64_t>(insert.seen, 0), insert.rows, insert.seen >= 0});
      } else {
        key->possible += insert.rows;
      }
    }
  }

  void collect_counters() {
    for (const Count& count : input_.accesses.counts) {
      const std::uint32_t vertex = vertex_of_[count.fate];
      if (vertex == kNoPosition || (count.inserts && seen_by(count) != count.rows)) continue;
      of(count.key)->counters.push_back({vertex, count.rows, !count.inserts});
    }
  }

  /// What a transaction that added rows had counted last.
  std::int64_t seen_by(const Count& count) const {
    const auto& inserts = input_.accesses.inserts;
    for (auto insert = std::ranges::lower_bound(inserts, count.fate, {}, &Insert::fate);
         insert != inserts.end() && insert->fate == count.fate; ++insert) {
      if (insert->key == count.key) return insert->seen;
    }
    return -1;
  }

  /// Rows that may be there though no transaction in the graph is known to have added them.
  void collect_possible() {
    for (const Fate& fate : input_.resolution.fates) {
      if (fate.attempt != kNoPosition) continue;
      if (CountedKey* key = of(fate.key)) ++key->possible;
    }
    for (const std::uint32_t operation : input_.resolution.open_acquisitions) {
      if (CountedKey* key = of(input_.history.operations[operation].key)) ++key->possible;
    }
    for (const LedgerRow& row : input_.history.ledger) {
      if (row.attempt != kNoPosition) continue;
      if (CountedKey* key = of(row.key)) key->rows_of_nobody = true;
    }
  }

  const GraphInput& input_;
  const std::vector<std::uint32_t>& vertex_of_;
  std::vector<StringId> keys_;
  std::vector<CountedKey> keyed_;
};

}  // namespace

void infer_counted_rows(const GraphInput& input, const std::vector<std::uint32_t>& vertex_of,
                        DependencyGraph& graph, Findings& findings) {
  Collector{input, vertex_of}.run(graph, findings);
}

}  // namespace witness
