#include "checker/transactions/transaction_graph.hpp"

#include <algorithm>

namespace witness {
namespace {

using enum EdgeKind;

/// Arcs by their beginnings: four bytes each.
class ArcTable {
 public:
  ArcTable(const Transactions& history, std::span<const Inferred> inferred,
           const std::vector<std::uint32_t>& rank)
      : transactions_(static_cast<std::uint32_t>(history.transactions.size())) {
    std::vector<std::uint32_t> offsets;  // of each part's relays
    std::uint32_t vertices = transactions_;
    for (const Inferred& part : inferred) {
      offsets.push_back(vertices);
      vertices += part.relays;
    }
    const std::uint32_t first_joint = vertices;
    vertices += history.joints;
    const auto session_vertex = [&](std::uint32_t number) {
      return number < transactions_ ? number : first_joint + (number - transactions_);
    };
    const auto each = [&](auto use) {
      for (std::size_t i = 0; i < inferred.size(); ++i) {
        for (const Arc& arc : inferred[i].arcs) {
          use(placed(arc.from(), offsets[i]), placed(arc.to(), offsets[i]), arc.kind());
        }
      }
      for (std::uint32_t vertex = 0; vertex < transactions_; ++vertex) {
        const Transaction& transaction = history.transactions[vertex];
        if (transaction.previous == kNoPosition) continue;
        const bool by_time = rank[transaction.previous] < transaction.began_after;
        if (!by_time) use(transaction.previous, vertex, process);
      }
      for (const Transactions::After& after : history.also_after) {
        use(session_vertex(after.earlier), session_vertex(after.later), process);
      }
    };
    begin_.assign(vertices + 2, 0);
    each([&](std::uint32_t from, std::uint32_t, EdgeKind) { ++begin_[from + 2]; });
    for (std::size_t i = 2; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    arcs_.resize(begin_.back());
    each([&](std::uint32_t from, std::uint32_t to, EdgeKind kind) {
      arcs_[begin_[from + 1]++] = to | static_cast<std::uint32_t>(kind) << Arc::kVertexBits;
    });
    begin_.pop_back();
  }

  std::uint32_t vertices() const { return static_cast<std::uint32_t>(begin_.size() - 1); }
  std::uint32_t transactions() const { return transactions_; }
  std::span<const std::uint32_t> from(std::uint32_t vertex) const {
    return std::span{arcs_}.subspan(begin_[vertex], begin_[vertex + 1] - begin_[vertex]);
  }
  static std::uint32_t target(std::uint32_t arc) { return arc & Arc::kVertexMax; }
  static EdgeKind kind(std::uint32_t arc) { return static_cast<EdgeKind>(arc >> Arc::kVertexBits); }

 private:
  static std::uint32_t placed(std::uint32_t vertex, std::uint32_t offset) {
    return (vertex & Inferred::kRelay) != 0 ? offset + (vertex & ~Inferred::kRelay) : vertex;
  }

  std::uint32_t transactions_;
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> arcs_;  ///< target, and the kind in the upper bits
};

/// Kahn's order over arcs and time, from the front and then from the back.
class Peeling {
 public:
  Peeling(const Transactions& history, const ArcTable& table,
          const std::vector<std::uint32_t>& rank)
      : history_(history), table_(table), rank_(rank), removed_(table.vertices(), false) {}

  /// Numbers of the vertices that are left, ascending.
  std::vector<std::uint32_t> run() {
    peel_from_front();
    std::vector<std::uint32_t> left = collect();
    if (left.empty()) return left;
    peel_from_back(left);
    return collect();
  }

 private:
  std::uint32_t transactions() const { return table_.transactions(); }

  std::vector<std::uint32_t> collect() const {
    std::vector<std::uint32_t> left;
    for (std::uint32_t vertex = 0; vertex < removed_.size(); ++vertex) {
      if (!removed_[vertex]) left.push_back(vertex);
    }
    return left;
  }

  /// A transaction is free once all that ended before it began are removed. These are a prefix of
  /// `ended`, and later transactions need longer ones: two pointers follow each other.
  void peel_from_front() {
    std::vector<std::uint32_t> before(table_.vertices());
    for (std::uint32_t vertex = 0; vertex < table_.vertices(); ++vertex) {
      for (const std::uint32_t arc : table_.from(vertex)) ++before[ArcTable::target(arc)];
    }
    std::vector<std::uint32_t> free;
    for (std::uint32_t vertex = transactions(); vertex < table_.vertices(); ++vertex) {
      if (before[vertex] == 0) free.push_back(vertex);
    }
    std::uint32_t ended = 0;
    std::uint32_t begun = 0;
    const auto follow = [&] {
      while (ended < history_.ended.size() && removed_[history_.ended[ended]]) ++ended;
      while (begun < transactions() && history_.transactions[begun].began_after <= ended) {
        if (before[begun] == 0) free.push_back(begun);
        ++begun;
      }
    };
    follow();
    while (!free.empty()) {
      const std::uint32_t vertex = free.back();
      free.pop_back();
      removed_[vertex] = true;
      for (const std::uint32_t arc : table_.from(vertex)) {
        const std::uint32_t target = ArcTable::target(arc);
        if (--before[target] == 0 && (target < begun || target >= transactions())) {
          free.push_back(target);
        }
      }
      if (free.empty() || (vertex < transactions() && rank_[vertex] == ended)) follow();
    }
  }

  /// The same the other way: a transaction is free once all that began after its end are removed.
  void peel_from_back(const std::vector<std::uint32_t>& left) {
    std::vector<std::uint32_t> place(table_.vertices(), kNoPosition);
    for (std::uint32_t i = 0; i < left.size(); ++i) place[left[i]] = i;
    std::vector<std::uint32_t> after(left.size());
    std::vector<std::uint32_t> begin(left.size() + 2);
    const auto each = [&](auto use) {
      for (std::uint32_t i = 0; i < left.size(); ++i) {
        for (const std::uint32_t arc : table_.from(left[i])) {
          if (place[ArcTable::target(arc)] != kNoPosition) use(i, place[ArcTable::target(arc)]);
        }
      }
    };
    each([&](std::uint32_t from, std::uint32_t to) {
      ++after[from];
      ++begin[to + 2];
    });
    for (std::size_t i = 2; i < begin.size(); ++i) begin[i] += begin[i - 1];
    std::vector<std::uint32_t> sources(begin.back());
    each([&](std::uint32_t from, std::uint32_t to) { sources[begin[to + 1]++] = from; });

    // The longest prefix of `ended` that anybody up to here needs.
    std::vector<std::uint32_t> needed(left.size());
    std::uint32_t most = 0;
    for (std::uint32_t i = 0; i < left.size() && left[i] < transactions(); ++i) {
      most = std::max(most, history_.transactions[left[i]].began_after);
      needed[i] = most;
    }
    std::vector<std::uint32_t> by_rank;
    for (std::uint32_t i = 0; i < left.size() && left[i] < transactions(); ++i) {
      if (rank_[left[i]] != kNoPosition) by_rank.push_back(i);
    }
    std::ranges::sort(by_rank, {}, [&](std::uint32_t i) { return rank_[left[i]]; });

    std::size_t last = 0;  // so many of `left` may still be there
    while (last < left.size() && left[last] < transactions()) ++last;
    std::uint32_t limit = last == 0 ? 0 : needed[last - 1];
    std::vector<std::uint32_t> free;
    const auto is_free = [&](std::uint32_t i) {
      if (after[i] != 0) return false;
      return left[i] >= transactions() || rank_[left[i]] == kNoPosition || rank_[left[i]] >= limit;
    };
    for (std::uint32_t i = 0; i < left.size(); ++i) {
      const bool timed = left[i] < transactions() && rank_[left[i]] != kNoPosition;
      if (!timed && is_free(i)) free.push_back(i);
    }
    const auto follow = [&] {
      while (last > 0 && removed_[left[last - 1]]) --last;
      limit = last == 0 ? 0 : needed[last - 1];
      while (!by_rank.empty() && rank_[left[by_rank.back()]] >= limit) {
        if (after[by_rank.back()] == 0) free.push_back(by_rank.back());
        by_rank.pop_back();
      }
    };
    follow();
    while (!free.empty()) {
      const std::uint32_t i = free.back();
      free.pop_back();
      removed_[left[i]] = true;
      for (std::uint32_t j = begin[i]; j < begin[i + 1]; ++j) {
        if (--after[sources[j]] == 0 && is_free(sources[j])) free.push_back(sources[j]);
      }
      if (free.empty() || i + 1 == last) follow();
    }
  }

  const Transactions& history_;
  const ArcTable& table_;
  const std::vector<std::uint32_t>& rank_;
  std::vector<bool> removed_;
};

/// Gives the vertices that are left their edges: arcs, sessions, and the chain of moments.
class Residue {
 public:
  Residue(const Transactions& history, const ArcTable& table,
          const std::vector<std::uint32_t>& rank, std::vector<std::uint32_t> left)
      : history_(history), table_(table), rank_(rank), names_(std::move(left)) {
    place_.assign(table.vertices(), kNoPosition);
    for (std::uint32_t i = 0; i < names_.size(); ++i) place_[names_[i]] = i;
    transactions_ = static_cast<std::uint32_t>(
        std::ranges::lower_bound(names_, table.transactions()) - names_.begin());
  }

  Suspects suspects() && {
    link_sessions();
    place_moments();
    edges_.reserve(count_edges());
    const auto vertices = static_cast<std::uint32_t>(names_.size());
    for (std::uint32_t i = 0; i < vertices; ++i) add_edges_from(i);
    for (std::uint32_t i = 0; i < ended_.size(); ++i) add_edges_from_moment(i);
    place_ = {};
    return find_suspects(std::move(names_), transactions_, std::move(edges_), Order::peeled);
  }

 private:
  void add(std::uint32_t from, std::uint32_t to, EdgeKind kind) {
    edges_.push_back({from, to, kNoString, kind, from >= transactions_});
  }

  /// Lists of those that follow each in its session.
  void link_sessions() {
    first_follower_.assign(transactions_, kNoPosition);
    next_follower_.assign(transactions_, kNoPosition);
    for (std::uint32_t i = transactions_; i-- > 0;) {
      const std::uint32_t previous = history_.transactions[names_[i]].previous;
      if (previous == kNoPosition || place_[previous] == kNoPosition) continue;
      next_follower_[i] = first_follower_[place_[previous]];
      first_follower_[place_[previous]] = i;
    }
  }

  void place_moments() {
    for (std::uint32_t i = 0; i < transactions_; ++i) {
      if (rank_[names_[i]] != kNoPosition) ended_.push_back(rank_[names_[i]]);
    }
    std::ranges::sort(ended_);
    moment_.assign(transactions_, kNoPosition);
    for (std::uint32_t i = 0; i < ended_.size(); ++i) {
      moment_[place_[history_.ended[ended_[i]]]] = i;
    }
    // Later transactions begin after more moments, but for those whose beginning is unknown.
    begin_after_.assign(ended_.size() + 1, {});
    for (std::uint32_t i = 0; i < transactions_; ++i) {
      const auto moments = static_cast<std::uint32_t>(
          std::ranges::lower_bound(ended_, history_.transactions[names_[i]].began_after) -
          ended_.begin());
      if (moments > 0) ++begin_after_[moments];
    }
    for (std::size_t i = 1; i < begin_after_.size(); ++i) begin_after_[i] += begin_after_[i - 1];
    followers_.resize(begin_after_.back());
    std::vector<std::uint32_t> next = begin_after_;
    for (std::uint32_t i = 0; i < transactions_; ++i) {
      const auto moments = static_cast<std::uint32_t>(
          std::ranges::lower_bound(ended_, history_.transactions[names_[i]].began_after) -
          ended_.begin());
      if (moments > 0) followers_[next[moments - 1]++] = i;
    }
    first_moment_ = static_cast<std::uint32_t>(names_.size());
  }

  /// At most so many: memory is not to be copied while it grows.
  std::size_t count_edges() const {
    std::size_t count = std::size_t{4} * transactions_;  // sessions, and time
    for (const std::uint32_t vertex : names_) {
      for (const std::uint32_t arc : table_.from(vertex)) {
        count += place_[ArcTable::target(arc)] != kNoPosition ? 1 : 0;
      }
    }
    return count;
  }

  void add_edges_from(std::uint32_t i) {
    for (const std::uint32_t arc : table_.from(names_[i])) {
      const std::uint32_t target = place_[ArcTable::target(arc)];
      // Sessions are linked below, but for those that go over joints.
      const bool linked = i < transactions_ && target < transactions_;
      if (target != kNoPosition && (ArcTable::kind(arc) != process || !linked)) {
        add(i, target, ArcTable::kind(arc));
      }
    }
    if (i >= transactions_) return;
    for (std::uint32_t next = first_follower_[i]; next != kNoPosition;
         next = next_follower_[next]) {
      add(i, next, process);
    }
    if (moment_[i] != kNoPosition) add(i, first_moment_ + moment_[i], realtime);
  }

  void add_edges_from_moment(std::uint32_t i) {
    names_.push_back(table_.vertices() + i);
    if (i + 1 < ended_.size()) add(first_moment_ + i, first_moment_ + i + 1, realtime);
    for (std::uint32_t j = begin_after_[i]; j < begin_after_[i + 1]; ++j) {
      add(first_moment_ + i, followers_[j], realtime);
    }
  }

  const Transactions& history_;
  const ArcTable& table_;
  const std::vector<std::uint32_t>& rank_;
  std::vector<std::uint32_t> names_;
  std::uint32_t transactions_ = 0;
  std::vector<std::uint32_t> place_;
  std::vector<std::uint32_t> first_follower_;  ///< in its session, of each transaction
  std::vector<std::uint32_t> next_follower_;   ///< the next one of the same transaction
  std::vector<std::uint32_t> ended_;           ///< moments, as places in Transactions::ended
  std::vector<std::uint32_t> moment_;          ///< of each transaction: when it ended
  std::vector<std::uint32_t> begin_after_;     ///< of each moment: its `followers_` begin here
  std::vector<std::uint32_t> followers_;       ///< who began after it and before the next one
  std::uint32_t first_moment_ = 0;
  std::vector<Edge> edges_;
};

}  // namespace

std::vector<std::uint32_t> ranks_of(const Transactions& history) {
  std::vector<std::uint32_t> rank(history.transactions.size(), kNoPosition);
  for (std::uint32_t i = 0; i < history.ended.size(); ++i) rank[history.ended[i]] = i;
  return rank;
}

Suspects find_suspects(const Transactions& history, std::span<const Inferred> inferred,
                       const std::vector<std::uint32_t>& rank) {
  const ArcTable table(history, inferred, rank);
  std::vector<std::uint32_t> left = Peeling{history, table, rank}.run();
  if (left.empty()) return {};
  return Residue{history, table, rank, std::move(left)}.suspects();
}

}  // namespace witness
