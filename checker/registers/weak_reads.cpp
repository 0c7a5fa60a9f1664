#include <algorithm>
#include <thread>

#include "checker/registers/weak_edges.hpp"
#include "checker/transactions/key_parts.hpp"

namespace witness {
namespace {

/// Fewer transactions are not worth a thread.
constexpr std::size_t kTransactionsLeast = 20'000;

/// Calls work(edges, first, end) for parts of so many things, and joins their edges.
template <typename Work>
CommitEdges in_parts(std::size_t things, std::size_t least, Work work) {
  const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t parts = std::clamp<std::size_t>(things / least, 1, most);
  std::vector<CommitEdges> edges(parts);
  in_threads(parts, [&](std::size_t i) {
    work(edges[i], static_cast<std::uint32_t>(things * i / parts),
         static_cast<std::uint32_t>(things * (i + 1) / parts));
  });
  CommitEdges all = std::move(edges.front());
  for (std::size_t i = 1; i < parts; ++i) all.insert(all.end(), edges[i].begin(), edges[i].end());
  return all;
}

struct Read {
  std::uint32_t source = ReadSources::none;
  std::uint32_t op = 0;
};
/// Of one key: the first read, and the first of another writer's version.
struct FirstReads {
  Read first;
  Read second;
};

/// One transaction's reads by key, as far as they have been added. Used again for the next one.
class ReadsByKey {
 public:
  explicit ReadsByKey(std::size_t keys) : slot_(keys, kNoPosition) {}

  void clear() {
    for (const std::uint32_t key : keys_) slot_[key] = kNoPosition;
    keys_.clear();
    reads_.clear();
  }
  /// A read that comes before all of its key that were added.
  void add_before(std::uint32_t key, Read read) {
    FirstReads& reads = at(key);
    if (reads.first.source != read.source) reads.second = reads.first;
    reads.first = read;
  }
  const std::vector<std::uint32_t>& keys() const { return keys_; }

  /// Of the key's versions, the first that is not `writer`'s.
  Read other_than(std::uint32_t writer, std::uint32_t key) const {
    if (slot_[key] == kNoPosition) return {};
    const FirstReads& reads = reads_[slot_[key]];
    return reads.first.source != writer ? reads.first : reads.second;
  }

 private:
  FirstReads& at(std::uint32_t key) {
    if (slot_[key] == kNoPosition) {
      slot_[key] = static_cast<std::uint32_t>(keys_.size());
      keys_.push_back(key);
      reads_.emplace_back();
    }
    return reads_[slot_[key]];
  }

  std::vector<std::uint32_t> slot_;  ///< of each key, in `reads_`
  std::vector<std::uint32_t> keys_;
  std::vector<FirstReads> reads_;
};

/// The transactions that one depends on by its reads, against its reads of their keys.
class ReadFrom {
 public:
  ReadFrom(const WeakInput& input, CommitEdges& edges)
      : input_(input), edges_(edges), reads_(input.history.keys.size()) {}

  /// Whoever will be looked at soon read from transactions all over the history.
  void prefetch(std::uint32_t reader, std::uint32_t end) const {
    constexpr std::uint32_t kFar = 8;
    constexpr std::uint32_t kNear = 4;
    if (end - reader <= kFar) return;
    for (const std::uint32_t source : input_.sources.of(input_.history, reader + kFar)) {
      if (ReadSources::is_transaction(source)) input_.written.prefetch(source);
    }
    for (const std::uint32_t source : input_.sources.of(input_.history, reader + kNear)) {
      if (ReadSources::is_transaction(source)) input_.written.prefetch_keys(source);
    }
  }

  /// `in_order`: only reads behind the first one of a writer count for that writer.
  void look(std::uint32_t reader, bool in_order) {
    const std::uint32_t begin = input_.history.transactions[reader].ops_begin;
    const auto sources = input_.sources.of(input_.history, reader);
    find_first(sources);
    if (first_.empty()) return;
    reads_.clear();
    std::size_t left = first_.size();
    for (std::size_t i = sources.size(); i-- > 0;) {
      const bool first = left > 0 && first_[left - 1].op == i;
      if (in_order && first) add_edges(first_[--left].source, reader);
      const std::uint32_t op = begin + static_cast<std::uint32_t>(i);
      const bool counts =
          ReadSources::is_transaction(sources[i]) || sources[i] == ReadSources::initial;
      if (counts) reads_.add_before(input_.history.ops[op].key, {sources[i], op});
    }
    if (in_order) return;
    for (const Read& read : first_) add_edges(read.source, reader);
  }

 private:
  /// Each writer's first read, in the order of reads.
  void find_first(std::span<const std::uint32_t> sources) {
    first_.clear();
    for (std::uint32_t i = 0; i < sources.size(); ++i) {
      if (ReadSources::is_transaction(sources[i])) first_.push_back({sources[i], i});
    }
    if (first_.size() < 2) return;
    const auto by_source = [](const Read& a, const Read& b) {
      return std::pair{a.source, a.op} < std::pair{b.source, b.op};
    };
    std::sort(first_.begin(), first_.end(), by_source);
    const auto same = [](const Read& a, const Read& b) { return a.source == b.source; };
    first_.erase(std::unique(first_.begin(), first_.end(), same), first_.end());
    std::ranges::sort(first_, {}, &Read::op);
  }

  /// For keys that `writer` wrote and the reader read from others.
  void add_edges(std::uint32_t writer, std::uint32_t reader) {
    const auto written = input_.written.of(writer);
    if (written.size() <= 2 * reads_.keys().size()) {
      for (const std::uint32_t key : written) add_edge(writer, key, reader);
      return;
    }
    for (const std::uint32_t key : reads_.keys()) {
      if (std::ranges::binary_search(written, key)) add_edge(writer, key, reader);
    }
  }
  void add_edge(std::uint32_t writer, std::uint32_t key, std::uint32_t reader) {
    const Read read = reads_.other_than(writer, key);
    if (read.source == ReadSources::none) return;
    edges_.push_back(commit_edge(writer, read.source, reader, read.op));
  }

  const WeakInput& input_;
  CommitEdges& edges_;
  ReadsByKey reads_;
  std::vector<Read> first_;
};

CommitEdges read_edges(const WeakInput& input, bool in_order) {
  return in_parts(input.transactions(), kTransactionsLeast,
                  [&](CommitEdges& edges, std::uint32_t begin, std::uint32_t end) {
                    ReadFrom look(input, edges);
                    for (std::uint32_t i = begin; i < end; ++i) {
                      look.prefetch(i, end);
                      look.look(i, in_order);
                    }
                  });
}

/// One chain after the other: who wrote each key last.
class LastWriters {
 public:
  LastWriters(const WeakInput& input, CommitEdges& edges)
      : input_(input), edges_(edges), last_(input.history.keys.size()) {}

  void walk(std::uint32_t chain) {
    for (const std::uint32_t transaction : input_.sessions.members(chain)) {
      look(chain, transaction);
      for (const std::uint32_t key : input_.written.of(transaction)) {
        last_[key] = {chain, transaction};
      }
    }
  }

 private:
  struct Last {
    std::uint32_t chain = kNoPosition;
    std::uint32_t transaction = 0;
  };

  void look(std::uint32_t chain, std::uint32_t reader) {
    const std::uint32_t begin = input_.history.transactions[reader].ops_begin;
    const auto sources = input_.sources.of(input_.history, reader);
    for (std::uint32_t i = 0; i < sources.size(); ++i) {
      const std::uint32_t source = sources[i];
      if (!ReadSources::is_transaction(source) && source != ReadSources::initial) continue;
      const Last& last = last_[input_.history.ops[begin + i].key];
      if (last.chain != chain || source == last.transaction) continue;
      const bool known = source != ReadSources::initial && input_.sessions.chain(source) == chain &&
                         input_.sessions.place(source) > input_.sessions.place(last.transaction);
      if (!known) edges_.push_back(commit_edge(last.transaction, source, reader, begin + i));
    }
  }

  const WeakInput& input_;
  CommitEdges& edges_;
  std::vector<Last> last_;  ///< of each key; of another chain: none
};

}  // namespace

CommitEdges monotonic_edges(const WeakInput& input) { return read_edges(input, true); }

CommitEdges fractured_edges(const WeakInput& input) { return read_edges(input, false); }

CommitEdges session_edges(const WeakInput& input) {
  constexpr std::size_t kChainsLeast = 2;
  return in_parts(input.sessions.count(), kChainsLeast,
                  [&](CommitEdges& edges, std::uint32_t begin, std::uint32_t end) {
                    LastWriters last(input, edges);
                    for (std::uint32_t chain = begin; chain < end; ++chain) last.walk(chain);
                  });
}

}  // namespace witness
