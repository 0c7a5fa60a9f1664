#include "checker/registers/weak_input.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "checker/transactions/key_parts.hpp"
#include "witness/huge_pages.hpp"

namespace witness {
namespace {

/// Inferred edges by their ends.
class ByEnd {
 public:
  ByEnd(std::uint32_t vertices, std::span<const CommitEdge> edges) {
    if (edges.empty()) return;
    begin_ = huge_column<std::uint32_t>(vertices + 2);
    for (const CommitEdge& edge : edges) ++begin_[edge.to + 2];
    for (std::size_t i = 2; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    from_ = huge_column<std::uint32_t>(edges.size());
    for (const CommitEdge& edge : edges) from_[begin_[edge.to + 1]++] = edge.from;
  }
  std::span<const std::uint32_t> to(std::uint32_t vertex) const {
    if (begin_.empty()) return {};
    return std::span{from_}.subspan(begin_[vertex], begin_[vertex + 1] - begin_[vertex]);
  }

 private:
  std::vector<std::uint32_t> begin_;  ///< edges are counted in 32 bits, as micro-operations are
  std::vector<std::uint32_t> from_;
};

/// Visits what comes before a vertex, then the vertex.
class DepthFirst {
 public:
  DepthFirst(const WeakInput& input, bool sessions, std::span<const CommitEdge> inferred)
      : input_(input),
        sessions_(sessions),
        inferred_(input.vertices(), inferred),
        state_(input.vertices(), State::unseen) {}

  std::optional<std::vector<std::uint32_t>> run() {
    order_.reserve(input_.vertices());
    for (std::uint32_t vertex = 0; vertex < input_.vertices(); ++vertex) {
      if (state_[vertex] == State::unseen && !visit(vertex)) return std::nullopt;
    }
    return std::move(order_);
  }

 private:
  enum class State : std::uint8_t { unseen, open, done };
  /// `pending` of the predecessors that were unseen are on the list still.
  struct Frame {
    std::uint32_t vertex;
    std::size_t pending;
  };

  /// Puts the predecessors that are not done on the list; false if one is open.
  bool open(std::uint32_t vertex) {
    state_[vertex] = State::open;
    frames_.push_back({vertex, pending_.size()});
    bool good = true;
    const auto add = [&](std::uint32_t before) {
      if (state_[before] == State::unseen) pending_.push_back(before);
      good = good && state_[before] != State::open;
    };
    for_predecessors(input_, sessions_, vertex,
                     [&](std::uint32_t before, EdgeKind) { add(before); });
    for (const std::uint32_t before : inferred_.to(vertex)) add(before);
    return good;
  }

  bool visit(std::uint32_t first) {
    if (!open(first)) return false;
    while (!frames_.empty()) {
      const Frame& top = frames_.back();
      if (pending_.size() == top.pending) {
        state_[top.vertex] = State::done;
        order_.push_back(top.vertex);
        frames_.pop_back();
        continue;
      }
      const std::uint32_t next = pending_.back();
      pending_.pop_back();
      if (state_[next] == State::open) return false;
      if (state_[next] == State::unseen && !open(next)) return false;
    }
    return true;
  }

  const WeakInput& input_;
  bool sessions_;
  ByEnd inferred_;
  std::vector<State> state_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> pending_;
  std::vector<std::uint32_t> order_;
};

}  // namespace

WrittenKeys::WrittenKeys(const Transactions& history)
    : entries_(huge_column<Entry>(history.transactions.size())),
      keys_(huge_array<std::uint32_t>(history.ops.size() + 1)) {
  for_transaction_parts(history, key_parts(history),
                        [&](std::size_t, std::uint32_t first, std::uint32_t end) {
                          if (first == end) return;
                          std::uint32_t begin = history.transactions[first].ops_begin;
                          for (std::uint32_t i = first; i < end; ++i) {
                            entries_[i] = written_by(history, i, begin);
                            begin += entries_[i].size;
                          }
                        });
}

WrittenKeys::Entry WrittenKeys::written_by(const Transactions& history, std::uint32_t transaction,
                                           std::uint32_t begin) {
  Entry entry{0, begin, 0};
  if (history.transactions[transaction].fate == Fated::aborted) return entry;
  if (is_initializer(history, transaction)) return entry;
  std::uint32_t* const keys = &keys_[begin];
  for (const TxnOp& op : history.ops_of(transaction)) {  // without branches that nobody foresees
    const bool writes = op.kind == TxnOpKind::write;
    keys[entry.size] = op.key;
    entry.size += writes ? 1 : 0;
    entry.bits |= writes ? bit(op.key) : 0;
  }
  if (entry.size > kShort) {
    std::sort(keys, keys + entry.size);
    entry.size = static_cast<std::uint32_t>(std::unique(keys, keys + entry.size) - keys);
  }
  return entry;
}

WeakInput::WeakInput(const Transactions& all, const ReadSources& column, bool needs_sessions,
                     bool needs_written)
    : history(all), sources(column) {
  const auto find_sessions = [&] {
    if (needs_sessions) sessions = Sessions(all);
  };
  const auto find_written = [&] {
    if (needs_written) written = WrittenKeys(all);
  };
  if (key_parts(all) > 1) {
    in_threads(2, [&](std::size_t i) { i == 0 ? find_sessions() : find_written(); });
  } else {
    find_sessions();
    find_written();
  }
}

std::uint32_t transaction_of(const Transactions& history, std::uint32_t op) {
  const auto after =
      std::ranges::upper_bound(history.transactions, op, {}, &Transaction::ops_begin);
  return static_cast<std::uint32_t>(after - history.transactions.begin() - 1);
}

CommitEdges joined(std::vector<CommitEdges> parts) {
  CommitEdges all = std::move(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    all.insert(all.end(), parts[i].begin(), parts[i].end());
    parts[i] = {};
  }
  return all;
}

std::optional<std::vector<std::uint32_t>> commit_order(const WeakInput& input, bool sessions,
                                                       std::span<const CommitEdge> inferred) {
  return DepthFirst{input, sessions, inferred}.run();
}

}  // namespace witness
