/// What the weak levels are judged from: reads-from, session order, and who wrote which keys.
///
/// An axiom of a weak level (Biswas and Enea 2019) speaks of three transactions: t3 read key x from
/// t1, and t2, another one, wrote x, too. Where t3 depends on t2 in the level's way, t2 must have
/// committed before t1. The history satisfies the level where reads-from, session order (in the
/// strong-session forms) and all edges inferred like that have no cycle. The initial value is a
/// version that comes before all others: then t3, which read it, comes before t2.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/graph/edge.hpp"
#include "checker/registers/sessions.hpp"
#include "checker/registers/sources.hpp"
#include "witness/huge_pages.hpp"

namespace witness {

/// The keys that each transaction wrote; none of an aborted one. Long lists are ascending; in short
/// ones a key may stand twice.
class WrittenKeys {
 public:
  static constexpr std::uint32_t kShort = 16;

  WrittenKeys() = default;
  explicit WrittenKeys(const Transactions& history);
  std::span<const std::uint32_t> of(std::uint32_t transaction) const {
    return {&keys_[entries_[transaction].begin], entries_[transaction].size};
  }
  bool empty(std::uint32_t transaction) const { return entries_[transaction].size == 0; }

  /// One of 64 bits; the bits of all keys that a transaction wrote.
  static std::uint64_t bit(std::uint32_t key) {
    constexpr std::uint32_t kGolden = 0x9e3779b9U;  // Knuth, vol. 3, 6.4
    return std::uint64_t{1} << ((key * kGolden) >> 26U);
  }
  std::uint64_t bits(std::uint32_t transaction) const { return entries_[transaction].bits; }

  /// Soon they will be looked at: first the bits, then the keys.
  void prefetch(std::uint32_t transaction) const { __builtin_prefetch(&entries_[transaction]); }
  void prefetch_keys(std::uint32_t transaction) const {
    __builtin_prefetch(&keys_[entries_[transaction].begin]);
  }

 private:
  struct Entry {
    std::uint64_t bits = 0;
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  Entry written_by(const Transactions& history, std::uint32_t transaction, std::uint32_t begin);

  std::vector<Entry> entries_;
  HugeArray<std::uint32_t> keys_;  ///< with gaps
};

/// `sessions` and `written` are empty where nobody needs them.
struct WeakInput {
  WeakInput(const Transactions& all, const ReadSources& column, bool needs_sessions = true,
            bool needs_written = true);

  std::uint32_t transactions() const {
    return static_cast<std::uint32_t>(history.transactions.size());
  }
  std::uint32_t vertices() const { return transactions() + history.joints; }

  const Transactions& history;
  const ReadSources& sources;
  Sessions sessions;
  WrittenKeys written;
};

/// An inferred edge, and the read that shows it (position in Transactions::ops): `from` is t2 and
/// `to` is t1; where the initial value was read, `from` is t3 and `to` is t2.
struct CommitEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t op = 0;
};
using CommitEdges = std::vector<CommitEdge>;

/// What several threads found.
CommitEdges joined(std::vector<CommitEdges> parts);

/// The edge for a read of this source, where `other` wrote the key, too, and the reader depends on
/// it.
inline CommitEdge commit_edge(std::uint32_t other, std::uint32_t source, std::uint32_t reader,
                              std::uint32_t op) {
  return source == ReadSources::initial ? CommitEdge{reader, other, op}
                                        : CommitEdge{other, source, op};
}

/// Who made this micro-operation.
std::uint32_t transaction_of(const Transactions& history, std::uint32_t op);

/// All vertices, each after what comes before it by reads-from, session order (if `sessions`) and
/// the inferred edges; nothing if that is a circle. O(vertices + edges), without recursion.
std::optional<std::vector<std::uint32_t>> commit_order(const WeakInput& input, bool sessions,
                                                       std::span<const CommitEdge> inferred);

/// Calls use(vertex, kind) for each direct predecessor by reads-from and session order.
template <typename Use>
void for_predecessors(const WeakInput& input, bool sessions, std::uint32_t vertex, Use use) {
  if (vertex < input.transactions()) {
    for (const std::uint32_t source : input.sources.of(input.history, vertex)) {
      if (ReadSources::is_transaction(source)) use(source, EdgeKind::wr);
    }
    const std::uint32_t previous = input.history.transactions[vertex].previous;
    if (sessions && previous != kNoPosition) use(previous, EdgeKind::process);
  }
  if (!sessions) return;
  for (const std::uint32_t earlier : input.sessions.also_before(vertex)) {
    use(earlier, EdgeKind::process);
  }
}

}  // namespace witness
