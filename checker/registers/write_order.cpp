#include "checker/registers/write_order.hpp"

#include <algorithm>
#include <utility>

#include "checker/transactions/key_parts.hpp"
#include "checker/transactions/value_table.hpp"

namespace witness {
namespace {

/// The initial values' nodes are counted from the top until the relays are known: key k is the
/// number kInitialNodes - k.
constexpr std::uint32_t kInitialNodes = kNoPosition - 1;

/// Edges while they are made.
class Maker {
 public:
  Maker(const WeakInput& input, const std::vector<std::uint32_t>& versions)
      : input_(input), versions_(versions) {}

  const TxnOp& op(std::uint32_t place) const { return input_.history.ops[place]; }

  void add(std::uint32_t from, std::uint32_t to, std::uint32_t shown_by) {
    if (from != to) made_.edges.push_back({from, to, shown_by});
  }
  /// The version comes before what the read saw; if that is the initial value, it cannot.
  void add_seen(std::uint32_t version, std::uint32_t read) {
    const std::uint32_t seen = versions_[read];
    if (seen != ReadSources::initial) {
      add(version, seen, read);
      return;
    }
    const std::uint32_t initial = kInitialNodes - op(read).key;
    add(version, initial, read);
    add(initial, version, kNoPosition);
  }
  std::uint32_t relay() {
    return static_cast<std::uint32_t>(input_.history.ops.size()) + made_.relays++;
  }
  WriteEdges take() {
    const auto first = static_cast<std::uint32_t>(input_.history.ops.size()) + made_.relays;
    const auto keys = static_cast<std::uint32_t>(input_.history.keys.size());
    const auto placed = [&](std::uint32_t node) {
      return node > kInitialNodes - keys ? first + (kInitialNodes - node) : node;
    };
    for (WriteEdge& edge : made_.edges) edge = {placed(edge.from), placed(edge.to), edge.op};
    return std::move(made_);
  }
  std::size_t size() const { return made_.edges.size(); }

  /// Calls use(position) for each write that counts and read whose version is known, in order.
  template <typename Use>
  void for_ops_of(std::uint32_t transaction, Use use) const {
    const std::uint32_t begin = input_.history.transactions[transaction].ops_begin;
    const auto ops = input_.history.ops_of(transaction);
    for (std::uint32_t i = 0; i < ops.size(); ++i) {
      const bool counts = ops[i].kind == TxnOpKind::write
                              ? !input_.written.empty(transaction)
                              : versions_[begin + i] != ReadSources::none;
      if (counts) use(begin + i);
    }
  }
  template <typename Use>
  void for_ops(std::uint32_t chain, Use use) const {
    for (const std::uint32_t transaction : input_.sessions.members(chain)) {
      for_ops_of(transaction, use);
    }
  }
  bool writes(std::uint32_t place) const { return op(place).kind == TxnOpKind::write; }

 private:
  const WeakInput& input_;
  const std::vector<std::uint32_t>& versions_;
  WriteEdges made_;
};

/// What a session wrote to one key. `before` gathers what came before `pending`: the newest of
/// these, as a read of the session showed. `gathered` gathers that and the first so many pending.
struct OwnWrites {
  std::uint32_t chain = kNoPosition;
  std::uint32_t before = kNoPosition;
  std::uint32_t gathered = kNoPosition;
  std::size_t count = 0;
  std::vector<std::uint32_t> pending;
};

/// Of each key, where each chain's writes stand, by chain and then in order.
class WritesByChain {
 public:
  struct Write {
    std::uint32_t chain;
    std::uint32_t op;
    friend auto operator<=>(const Write&, const Write&) = default;
  };

  explicit WritesByChain(const WeakInput& input) {
    begin_.reserve(input.history.keys.size() + 1);
    begin_.push_back(0);
    for (std::uint32_t key = 0; key < input.history.keys.size(); ++key) {
      for (const Transactions::Use& use : input.history.uses_of(key)) {
        const bool counts = input.history.ops[use.op].kind == TxnOpKind::write &&
                            !input.written.empty(use.transaction);
        if (counts) writes_.push_back({input.sessions.chain(use.transaction), use.op});
      }
      std::sort(writes_.begin() + static_cast<std::ptrdiff_t>(begin_.back()), writes_.end());
      begin_.push_back(writes_.size());
    }
  }
  std::span<const Write> of(std::uint32_t key) const {
    return std::span{writes_}.subspan(begin_[key], begin_[key + 1] - begin_[key]);
  }

 private:
  std::vector<std::size_t> begin_;
  std::vector<Write> writes_;
};

/// How much of each chain a session has seen, up to which micro-operation.
class Seen {
 public:
  explicit Seen(const WeakInput& input) : input_(input), seen_(input.sessions.count(), 0) {}

  void clear() {
    for (const std::uint32_t chain : touched_) seen_[chain] = 0;
    touched_.clear();
  }
  void see(std::uint32_t transaction, std::uint32_t op) {
    for (;;) {
      const std::uint32_t chain = input_.sessions.chain(transaction);
      if (seen_[chain] == 0) touched_.push_back(chain);
      seen_[chain] = std::max(seen_[chain], op + 1);
      // Who never ended has a chain of its own, which goes on from another one.
      const std::uint32_t first = input_.sessions.members(chain).front();
      const std::uint32_t previous = input_.history.transactions[first].previous;
      if (previous == kNoPosition) return;
      transaction = previous;
      const auto ops = input_.history.ops_of(previous).size();
      if (ops == 0) return;
      op = input_.history.transactions[previous].ops_begin + static_cast<std::uint32_t>(ops) - 1;
    }
  }
  std::uint32_t of(std::uint32_t chain) const { return seen_[chain]; }

 private:
  const WeakInput& input_;
  std::vector<std::uint32_t> seen_;
  std::vector<std::uint32_t> touched_;
};

/// Writes of one session in their order.
void add_session_order(const WeakInput& input, Maker& maker) {
  for (std::uint32_t chain = 0; chain < input.sessions.count(); ++chain) {
    std::uint32_t before = kNoPosition;
    const std::uint32_t first = input.sessions.members(chain).front();
    std::uint32_t at = input.history.transactions[first].previous;
    while (at != kNoPosition && before == kNoPosition) {
      if (!input.written.empty(at)) {
        const auto ops = input.history.ops_of(at);
        for (std::uint32_t i = 0; i < ops.size(); ++i) {
          if (ops[i].kind == TxnOpKind::write)
            before = input.history.transactions[at].ops_begin + i;
        }
      }
      at = input.history.transactions[at].previous;
    }
    maker.for_ops(chain, [&](std::uint32_t op) {
      if (!maker.writes(op)) return;
      if (before != kNoPosition) maker.add(before, op, kNoPosition);
      before = op;
    });
  }
}

void add_monotonic_reads(const WeakInput& input, const std::vector<std::uint32_t>& versions,
                         Maker& maker) {
  struct Last {
    std::uint32_t chain = kNoPosition;
    std::uint32_t version = ReadSources::initial;
  };
  std::vector<Last> last(input.history.keys.size());
  for (std::uint32_t chain = 0; chain < input.sessions.count(); ++chain) {
    maker.for_ops(chain, [&](std::uint32_t op) {
      if (maker.writes(op)) return;
      Last& before = last[maker.op(op).key];
      const bool same = before.chain != chain || before.version == versions[op];
      if (!same && before.version != ReadSources::initial) maker.add_seen(before.version, op);
      before = {chain, versions[op]};
    });
  }
}

}  // namespace

std::vector<std::uint32_t> find_versions(const Transactions& history) {
  std::vector<std::uint32_t> versions(history.ops.size(), ReadSources::none);
  for_key_parts(history, key_parts(history),
                [&](std::size_t, std::uint32_t begin, std::uint32_t end) {
                  ValueTable writes;
                  for (std::uint32_t key = begin; key < end; ++key) {
                    bool rewritten = false;
                    writes.reset(history.uses_of(key).size());
                    for (const Transactions::Use& use : history.uses_of(key)) {
                      const TxnOp& op = history.ops[use.op];
                      if (op.kind != TxnOpKind::write) continue;
                      if (op.value() != history.initial) {
                        writes.insert(op.value(), use.op);
                      } else if (!is_initializer(history, use.transaction)) {
                        rewritten = true;
                      }
                    }
                    for (const Transactions::Use& use : history.uses_of(key)) {
                      const TxnOp& op = history.ops[use.op];
                      const bool known = history.transactions[use.transaction].reads_known;
                      if (op.kind != TxnOpKind::read || !known) continue;
                      if (op.value() != history.initial) {
                        versions[use.op] = writes.insert(op.value(), use.op);
                      } else if (!rewritten) {
                        versions[use.op] = ReadSources::initial;
                      }
                    }
                  }
                });
  return versions;
}

WriteEdges monotonic_reads(const WeakInput& input, const std::vector<std::uint32_t>& versions) {
  Maker maker(input, versions);
  add_monotonic_reads(input, versions, maker);
  return maker.take();
}

/// A read shows that the session's earlier writes to the key are older than what it saw, but for
/// that itself. Foreign versions get one edge from a relay that gathers the writes. An own version
/// is from then on the newest of all before it, and stands for them.
WriteEdges read_your_writes(const WeakInput& input, const std::vector<std::uint32_t>& versions) {
  Maker maker(input, versions);
  std::vector<OwnWrites> own(input.history.keys.size());
  for (std::uint32_t chain = 0; chain < input.sessions.count(); ++chain) {
    maker.for_ops(chain, [&](std::uint32_t op) {
      OwnWrites& mine = own[maker.op(op).key];
      if (mine.chain != chain) {
        mine.pending.clear();
        mine = {chain, kNoPosition, kNoPosition, 0, std::move(mine.pending)};
      }
      if (maker.writes(op)) {
        mine.pending.push_back(op);
        return;
      }
      if (mine.before == kNoPosition && mine.pending.empty()) return;
      const std::uint32_t seen = versions[op];
      const bool is_own = seen != ReadSources::initial && maker.writes(seen) && seen < op &&
                          input.sessions.chain(transaction_of(input.history, seen)) == chain;
      if (seen == ReadSources::initial) {
        maker.add_seen(mine.pending.empty() ? mine.before : mine.pending.back(), op);
      } else if (is_own) {
        if (mine.before != kNoPosition) maker.add(mine.before, seen, op);
        for (const std::uint32_t each : mine.pending) maker.add(each, seen, op);
        mine.pending.clear();
        mine.before = mine.gathered = seen;
        mine.count = 0;
      } else {
        if (mine.count < mine.pending.size()) {
          const std::uint32_t relay = maker.relay();
          if (mine.gathered != kNoPosition) maker.add(mine.gathered, relay, op);
          for (; mine.count < mine.pending.size(); ++mine.count) {
            maker.add(mine.pending[mine.count], relay, op);
          }
          mine.gathered = relay;
        }
        maker.add(mine.gathered, seen, op);
      }
    });
  }
  return maker.take();
}

/// Reads are gathered in a relay that the next write comes after, and the next relay.
WriteEdges writes_follow_reads(const WeakInput& input, const std::vector<std::uint32_t>& versions) {
  const Transactions& history = input.history;
  Maker maker(input, versions);
  // Who never ended has a chain of its own, which goes on from another one: of each transaction
  // from which one does, the relay of all reads so far.
  std::vector<std::uint32_t> gathered_at(history.transactions.size(), kNoPosition);
  std::vector<bool> branches(history.transactions.size(), false);
  for (std::uint32_t chain = 0; chain < input.sessions.count(); ++chain) {
    const std::uint32_t first = input.sessions.members(chain).front();
    const std::uint32_t previous = history.transactions[first].previous;
    if (previous != kNoPosition) branches[previous] = true;
  }
  std::vector<std::uint32_t> reads;
  for (std::uint32_t chain = 0; chain < input.sessions.count(); ++chain) {
    const std::uint32_t first = input.sessions.members(chain).front();
    const std::uint32_t previous = history.transactions[first].previous;
    std::uint32_t gathered = previous == kNoPosition ? kNoPosition : gathered_at[previous];
    reads.clear();
    const auto gather = [&] {
      if (reads.empty()) return;
      const std::uint32_t relay = maker.relay();
      if (gathered != kNoPosition) maker.add(gathered, relay, kNoPosition);
      for (const std::uint32_t read : reads) maker.add(versions[read], relay, read);
      reads.clear();
      gathered = relay;
    };
    for (const std::uint32_t transaction : input.sessions.members(chain)) {
      maker.for_ops_of(transaction, [&](std::uint32_t op) {
        if (!maker.writes(op)) {
          if (versions[op] != ReadSources::initial) reads.push_back(op);
          return;
        }
        gather();
        if (gathered != kNoPosition) maker.add(gathered, op, kNoPosition);
      });
      if (!branches[transaction]) continue;
      gather();
      gathered_at[transaction] = gathered;
    }
  }
  return maker.take();
}

std::optional<WriteEdges> pram(const WeakInput& input, const std::vector<std::uint32_t>& versions) {
  constexpr std::size_t kEdgesMost = 20'000'000;
  Maker maker(input, versions);
  add_session_order(input, maker);
  add_monotonic_reads(input, versions, maker);
  const WritesByChain writes(input);
  Seen seen(input);
  for (std::uint32_t chain = 0; chain < input.sessions.count(); ++chain) {
    seen.clear();
    maker.for_ops(chain, [&](std::uint32_t op) {
      if (maker.writes(op) || maker.size() > kEdgesMost) return;
      const std::uint32_t version = versions[op];
      seen.see(transaction_of(input.history, op), op);
      if (version != ReadSources::initial && maker.writes(version)) {
        const std::uint32_t writer = transaction_of(input.history, version);
        if (!input.written.empty(writer)) seen.see(writer, version);
      }
      const auto all = writes.of(maker.op(op).key);
      for (auto from = all.begin(); from != all.end();) {
        const std::uint32_t group = from->chain;
        const auto end = std::partition_point(
            from, all.end(), [&](const auto& write) { return write.chain == group; });
        const auto after = std::partition_point(
            from, end, [&](const auto& write) { return write.op < seen.of(group); });
        if (after != from && (after - 1)->op != version) maker.add_seen((after - 1)->op, op);
        from = end;
      }
    });
  }
  if (maker.size() > kEdgesMost) return std::nullopt;
  return maker.take();
}

}  // namespace witness
