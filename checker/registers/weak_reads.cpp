#include <algorithm>
#include <utility>

#include "checker/registers/weak_edges.hpp"
#include "checker/transactions/key_parts.hpp"

namespace witness {
namespace {

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

  /// `first`: of the writers in question each one's first read, in the order of reads. `in_order`:
  /// only reads behind that count for its writer.
  void look(std::uint32_t reader, std::span<const Read> first, bool in_order) {
    const std::uint32_t begin = input_.history.transactions[reader].ops_begin;
    const auto sources = input_.sources.of(input_.history, reader);
    reads_.clear();
    std::size_t left = first.size();
    for (std::size_t i = sources.size(); i-- > 0;) {
      const bool asked = left > 0 && first[left - 1].op == i;
      if (in_order && asked) add_edges(first[--left].source, reader);
      const std::uint32_t op = begin + static_cast<std::uint32_t>(i);
      if (ReadSources::is_version(sources[i]))
        reads_.add_before(input_.history.ops[op].key, {sources[i], op});
    }
    if (in_order) return;
    for (const Read& read : first) add_edges(read.source, reader);
  }

 private:
  /// For keys that `writer` wrote and the reader read from others.
  void add_edges(std::uint32_t writer, std::uint32_t reader) {
    const auto written = input_.written.of(writer);
    if (written.size() <= std::max<std::size_t>(WrittenKeys::kShort, 2 * reads_.keys().size())) {
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
};

/// Reads of which something may be inferred: their writer seems to have written another key that
/// the reader read. Most of them do not pass.
class Candidates {
 public:
  Candidates(const WeakInput& input, bool in_order) : input_(input), in_order_(in_order) {}

  /// Calls use(reader, each such writer's first read, in the order of reads) for a batch.
  template <typename Use>
  void find(std::uint32_t begin, std::uint32_t end, Use use) {
    collect_reads(begin, end);
    found_.clear();
    for (std::size_t i = 0; i < reads_.size();) {
      std::size_t next = i + 1;
      while (next < reads_.size() && reads_[next].reader == reads_[i].reader) ++next;
      find_among(std::span{reads_}.subspan(i, next - i));
      i = next;
    }
    for (const OneRead& each : found_) input_.written.prefetch_keys(each.source);
    for (std::size_t i = 0; i < found_.size();) {
      const std::uint32_t reader = found_[i].reader;
      first_.clear();
      for (; i < found_.size() && found_[i].reader == reader; ++i) {
        first_.push_back({found_[i].source, found_[i].place});
      }
      keep_first();
      use(reader, std::span<const Read>{first_});
    }
  }

 private:
  struct OneRead {
    std::uint32_t reader;
    std::uint32_t place;  ///< in the transaction
    std::uint32_t source;
    std::uint64_t bit;  ///< of its key
  };

  /// All reads that count. Nobody foresees which they are: there are no branches.
  void collect_reads(std::uint32_t begin, std::uint32_t end) {
    const std::span first = input_.history.ops_of(begin);
    const std::span last = input_.history.ops_of(end - 1);
    reads_.resize(static_cast<std::size_t>(last.data() + last.size() - first.data()) + 1);
    OneRead* next = reads_.data();
    for (std::uint32_t reader = begin; reader < end; ++reader) {
      const auto ops = input_.history.ops_of(reader);
      const auto sources = input_.sources.of(input_.history, reader);
      for (std::uint32_t i = 0; i < ops.size(); ++i) {
        const bool is_transaction = ReadSources::is_transaction(sources[i]);
        input_.written.prefetch(is_transaction ? sources[i] : 0);
        *next = {reader, i, sources[i], WrittenKeys::bit(ops[i].key)};
        next += ReadSources::is_version(sources[i]) ? 1 : 0;
      }
    }
    reads_.resize(static_cast<std::size_t>(next - reads_.data()));
  }

  /// Of one transaction.
  void find_among(std::span<const OneRead> reads) {
    // The keys of all reads, and of those that share a bit. In order: of later reads.
    std::uint64_t once = 0;
    std::uint64_t shared = 0;
    const auto look = [&](const OneRead& read, std::uint64_t others) {
      if (!ReadSources::is_transaction(read.source)) return;
      if ((input_.written.bits(read.source) & others) != 0) found_.push_back(read);
    };
    for (std::size_t i = reads.size(); i-- > 0;) {
      if (in_order_) look(reads[i], once);
      shared |= once & reads[i].bit;
      once |= reads[i].bit;
    }
    if (in_order_) return;
    for (const OneRead& read : reads) look(read, (once & ~read.bit) | shared);
  }

  void keep_first() {
    if (first_.size() < 2) return;
    std::sort(first_.begin(), first_.end(), [](const Read& a, const Read& b) {
      return std::pair{a.source, a.op} < std::pair{b.source, b.op};
    });
    const auto same = [](const Read& a, const Read& b) { return a.source == b.source; };
    first_.erase(std::unique(first_.begin(), first_.end(), same), first_.end());
    std::ranges::sort(first_, {}, &Read::op);
  }

  const WeakInput& input_;
  bool in_order_;
  std::vector<OneRead> reads_;
  std::vector<OneRead> found_;
  std::vector<Read> first_;
};

CommitEdges read_edges(const WeakInput& input, bool in_order) {
  constexpr std::uint32_t kBatch = 64;
  std::vector<CommitEdges> edges(key_parts(input.history));
  for_transaction_parts(input.history, edges.size(),
                        [&](std::size_t part, std::uint32_t first, std::uint32_t end) {
                          ReadFrom from(input, edges[part]);
                          Candidates candidates(input, in_order);
                          for (std::uint32_t i = first; i < end; i += kBatch) {
                            candidates.find(i, std::min(end, i + kBatch),
                                            [&](std::uint32_t reader, std::span<const Read> reads) {
                                              from.look(reader, reads, in_order);
                                            });
                          }
                        });
  return joined(std::move(edges));
}

/// One key after the other: who of each chain wrote it last.
class LastWriters {
 public:
  LastWriters(const WeakInput& input, CommitEdges& edges)
      : input_(input), edges_(edges), last_(input.sessions.count()) {}

  void walk(std::uint32_t key) {
    const auto uses = input_.history.uses_of(key);
    const auto source = input_.sources.of_key(input_.history, key);
    Last* written = nullptr;  // by the transaction at hand, and not in force for itself
    std::uint32_t writer = kNoPosition;
    for (std::size_t i = 0; i < uses.size(); ++i) {
      if (i + kAhead < uses.size()) input_.sessions.prefetch(uses[i + kAhead].transaction);
      const std::uint32_t self = uses[i].transaction;
      if (written != nullptr && writer != self) {
        *written = {key, writer};
        written = nullptr;
      }
      Last& last = last_[input_.sessions.chain(self)];
      if (source[i] == ReadSources::written) {
        written = &last;
        writer = self;
      } else if (ReadSources::is_version(source[i])) {
        if (last.key != key || last.transaction == source[i]) continue;
        edges_.push_back(commit_edge(last.transaction, source[i], self, uses[i].op));
      }
    }
    if (written != nullptr) *written = {key, writer};
  }

 private:
  static constexpr std::size_t kAhead = 32;
  struct Last {
    std::uint32_t key = kNoPosition;
    std::uint32_t transaction = 0;
  };

  const WeakInput& input_;
  CommitEdges& edges_;
  std::vector<Last> last_;  ///< of each chain; of another key: none
};

}  // namespace

CommitEdges monotonic_edges(const WeakInput& input) { return read_edges(input, true); }

CommitEdges fractured_edges(const WeakInput& input) { return read_edges(input, false); }

CommitEdges session_edges(const WeakInput& input) {
  std::vector<CommitEdges> edges(key_parts(input.history));
  for_key_parts(input.history, edges.size(),
                [&](std::size_t i, std::uint32_t begin, std::uint32_t end) {
                  LastWriters last(input, edges[i]);
                  for (std::uint32_t key = begin; key < end; ++key) last.walk(key);
                });
  return joined(std::move(edges));
}

}  // namespace witness
