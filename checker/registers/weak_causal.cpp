#include <algorithm>
#include <limits>
#include <memory>

#include "checker/registers/weak_edges.hpp"
#include "checker/transactions/key_parts.hpp"

namespace witness {
namespace {

/// Columns that a vertex has at a time: a few cache lines.
constexpr std::size_t kColumnsMost = 64;
/// All clocks at a time, in bytes, as long as that leaves some columns.
constexpr std::size_t kClocksMost = std::size_t{1} << 29;
constexpr std::size_t kEdgesMost = 30'000'000;

/// A writer of one key, or a reader of a version of it.
struct Writer {
  std::uint32_t column;
  std::uint32_t place;
  std::uint32_t transaction;
};
struct Reader {
  std::uint32_t source;
  std::uint32_t transaction;
  std::uint32_t op;
};

std::span<const std::uint32_t> sources_of(const WeakInput& input, std::uint32_t key) {
  const auto begin = input.history.key_begin[key];
  return std::span{input.sources.by_use}.subspan(begin, input.history.key_begin[key + 1] - begin);
}

/// Reads of the key whose versions count, by version; of others nothing is inferred.
void collect_readers(const WeakInput& input, std::uint32_t key, std::vector<Reader>& readers) {
  readers.clear();
  const auto uses = input.history.uses_of(key);
  const auto sources = sources_of(input, key);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (ReadSources::is_transaction(sources[i]) || sources[i] == ReadSources::initial) {
      readers.push_back({sources[i], uses[i].transaction, uses[i].op});
    }
  }
  std::ranges::sort(readers, {}, &Reader::source);
}

/// Calls use(source, its readers) for each version that was read.
template <typename Use>
void for_versions(std::span<const Reader> readers, Use use) {
  for (std::size_t i = 0; i < readers.size();) {
    std::size_t end = i + 1;
    while (end < readers.size() && readers[end].source == readers[i].source) ++end;
    use(readers[i].source, readers.subspan(i, end - i));
    i = end;
  }
}

/// How much of each chain of a range of columns comes before each vertex. `Number` has room for the
/// longest chain: most of the time goes into moving clocks.
template <typename Number>
class Clocks {
 public:
  Clocks(const WeakInput& input, std::size_t width)
      : input_(input),
        width_((width + kAligned - 1) / kAligned * kAligned),
        rows_(std::make_unique_for_overwrite<Number[]>(input.vertices() * width_)) {}

  /// `columns`: of each chain, kNoPosition if it has none.
  void run(std::uint32_t first, std::uint32_t end, std::span<const std::uint32_t> order,
           const std::vector<std::uint32_t>& columns) {
    constexpr std::size_t kAhead = 6;
    for (std::size_t at = 0; at < order.size(); ++at) {
      if (at + kAhead < order.size()) {
        for_predecessors(input_, true, order[at + kAhead],
                         [&](std::uint32_t before, EdgeKind) { prefetch(before); });
      }
      const std::uint32_t vertex = order[at];
      Number* const row = &rows_[vertex * width_];
      std::fill_n(row, width_, 0);
      for_predecessors(input_, true, vertex, [&](std::uint32_t before, EdgeKind) {
        const Number* const other = &rows_[before * width_];
        for (std::size_t i = 0; i < width_; ++i) row[i] = std::max(row[i], other[i]);
        if (before >= input_.transactions()) return;
        const std::uint32_t column = columns[input_.sessions.chain(before)];
        if (column < first || column >= end) return;
        Number& self = row[column - first];
        self = std::max(self, static_cast<Number>(input_.sessions.place(before) + 1));
      });
    }
  }
  /// Soon it will be looked at: clocks stand all over the memory.
  void prefetch(std::uint32_t vertex) const {
    constexpr std::size_t kLine = 64 / sizeof(Number);
    for (std::size_t i = 0; i < width_; i += kLine) {
      __builtin_prefetch(&rows_[vertex * width_ + i]);
    }
  }

  /// So many of each chain come before the vertex.
  const Number* of(std::uint32_t vertex) const { return &rows_[vertex * width_]; }

 private:
  static constexpr std::size_t kAligned = 16 / sizeof(Number);

  const WeakInput& input_;
  std::size_t width_;
  std::unique_ptr<Number[]> rows_;
};

/// The columns of one round: `clocks[i]` has those from `first + i * width` on.
template <typename Number>
struct Round {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
  std::uint32_t width = 0;
  std::vector<Clocks<Number>> clocks;
};

/// The edges whose `t2` stands in a round's chains, key by key.
template <typename Number>
class RoundEdges {
 public:
  RoundEdges(const WeakInput& input, const Round<Number>& round,
             const std::vector<std::uint32_t>& columns, CommitEdges& edges)
      : input_(input),
        round_(round),
        columns_(columns),
        edges_(edges),
        range_begin_(round.clocks.size() + 1),
        nothing_(round.width, 0),
        merged_(round.width, 0) {}

  void infer(std::uint32_t key) {
    collect_writers(key);
    if (writers_.empty()) return;
    collect_readers(input_, key, readers_);
    for_versions(readers_, [&](std::uint32_t source, std::span<const Reader> readers) {
      // The readers of this version and the next ones stand behind each other.
      const Reader* const ahead = readers.data() + readers.size() + kAhead;
      if (ahead < readers_.data() + readers_.size()) prefetch(*ahead);
      for (std::size_t range = 0; range < round_.clocks.size(); ++range) {
        look(range, source, readers);
      }
    });
  }

 private:
  static constexpr std::size_t kAhead = 4;

  /// By range and column, then by place. Columns are counted within their range.
  void collect_writers(std::uint32_t key) {
    writers_.clear();
    const auto uses = input_.history.uses_of(key);
    const auto sources = sources_of(input_, key);
    for (std::size_t i = 0; i < uses.size(); ++i) {
      if (sources[i] != ReadSources::written) continue;
      const std::uint32_t self = uses[i].transaction;
      const std::uint32_t column = columns_[input_.sessions.chain(self)];
      if (column < round_.first || column >= round_.end) continue;
      if (!writers_.empty() && writers_.back().transaction == self) continue;
      writers_.push_back({column - round_.first, input_.sessions.place(self), self});
    }
    std::sort(writers_.begin(), writers_.end(), [](const Writer& a, const Writer& b) {
      return std::pair{a.column, a.place} < std::pair{b.column, b.place};
    });
    std::size_t next = 0;
    for (std::size_t range = 0; range < round_.clocks.size(); ++range) {
      range_begin_[range] = next;
      const auto first = static_cast<std::uint32_t>(range) * round_.width;
      for (; next < writers_.size() && writers_[next].column < first + round_.width; ++next) {
        writers_[next].column -= first;
      }
    }
    range_begin_.back() = next;
  }

  void prefetch(const Reader& reader) const {
    for (const Clocks<Number>& clocks : round_.clocks) {
      clocks.prefetch(reader.transaction);
      if (reader.source != ReadSources::initial) clocks.prefetch(reader.source);
    }
  }

  /// So much of each chain comes before some reader.
  const Number* seen_by(const Clocks<Number>& clocks, std::span<const Reader> readers) {
    if (readers.size() == 1) return clocks.of(readers.front().transaction);
    std::copy_n(clocks.of(readers.front().transaction), merged_.size(), merged_.begin());
    for (const Reader& reader : readers.subspan(1)) {
      const Number* const clock = clocks.of(reader.transaction);
      for (std::size_t i = 0; i < merged_.size(); ++i) merged_[i] = std::max(merged_[i], clock[i]);
    }
    return merged_.data();
  }

  /// Writers that a reader depends on, and the version that it read does not: few.
  void look(std::size_t range, std::uint32_t source, std::span<const Reader> readers) {
    const std::size_t end = range_begin_[range + 1];
    if (range_begin_[range] == end) return;
    const Clocks<Number>& clocks = round_.clocks[range];
    const Number* const seen = seen_by(clocks, readers);
    const Number* const known =
        source == ReadSources::initial ? nothing_.data() : clocks.of(source);
    const auto counts = [&](const Writer& writer) {
      const auto place = static_cast<std::int64_t>(writer.place);
      return (seen[writer.column] > place) & (known[writer.column] <= place);
    };
    for (std::size_t i = range_begin_[range]; i < end; ++i) {
      const Writer& writer = writers_[i];
      if (!counts(writer) || writer.transaction == source) continue;
      // Of one chain, the last.
      const bool last =
          i + 1 == end || writers_[i + 1].column != writer.column || !counts(writers_[i + 1]);
      if (last) add(writer, clocks, source, readers);
    }
  }

  void add(const Writer& writer, const Clocks<Number>& clocks, std::uint32_t source,
           std::span<const Reader> readers) {
    const auto reader = std::ranges::find_if(readers, [&](const Reader& each) {
      return clocks.of(each.transaction)[writer.column] > static_cast<std::int64_t>(writer.place);
    });
    edges_.push_back(commit_edge(writer.transaction, source, reader->transaction, reader->op));
  }

  const WeakInput& input_;
  const Round<Number>& round_;
  const std::vector<std::uint32_t>& columns_;
  CommitEdges& edges_;
  std::vector<Writer> writers_;
  std::vector<std::size_t> range_begin_;  ///< in `writers_`
  std::vector<Reader> readers_;
  std::vector<Number> nothing_;
  std::vector<Number> merged_;
};

/// Which of the transactions of a set of 64 come before a vertex.
class Bits {
 public:
  Bits(const WeakInput& input, std::span<const std::uint32_t> order)
      : input_(input), order_(order), before_(input.vertices()), own_(input.vertices()) {}

  void run(std::span<const std::uint32_t> some) {
    std::ranges::fill(own_, 0);
    for (std::size_t i = 0; i < some.size(); ++i) own_[some[i]] = std::uint64_t{1} << i;
    for (const std::uint32_t vertex : order_) {
      std::uint64_t bits = 0;
      for_predecessors(input_, false, vertex, [&](std::uint32_t before, EdgeKind) {
        bits |= before_[before] | own_[before];
      });
      before_[vertex] = bits;
    }
  }
  bool precedes(std::size_t i, std::uint32_t vertex) const {
    return (before_[vertex] >> i & 1U) != 0;
  }

 private:
  const WeakInput& input_;
  std::span<const std::uint32_t> order_;
  std::vector<std::uint64_t> before_;
  std::vector<std::uint64_t> own_;
};

/// A column for each chain in which somebody writes. Gives their number.
std::uint32_t number_columns(const WeakInput& input, std::vector<std::uint32_t>& columns) {
  columns.assign(input.sessions.count(), kNoPosition);
  std::uint32_t count = 0;
  for (std::uint32_t chain = 0; chain < columns.size(); ++chain) {
    const bool writes = std::ranges::any_of(input.sessions.members(chain), [&](std::uint32_t each) {
      return !input.written.empty(each);
    });
    if (writes) columns[chain] = count++;
  }
  return count;
}

/// Columns a thread has at a time: a few cache lines, as long as all clocks fit.
std::uint32_t width_of(const WeakInput& input, std::uint32_t count, std::size_t threads,
                       std::size_t size) {
  const std::size_t one = size * std::max<std::size_t>(input.vertices(), 1);
  const std::size_t most = std::clamp<std::size_t>(kClocksMost / (one * threads), 4, kColumnsMost);
  return static_cast<std::uint32_t>(
      std::clamp<std::size_t>((count + threads - 1) / threads, 1, most));
}

template <typename Number>
std::optional<CommitEdges> edges_of(const WeakInput& input, std::span<const std::uint32_t> order,
                                    const std::vector<std::uint32_t>& columns,
                                    std::uint32_t count) {
  const std::size_t threads = key_parts(input.history);
  Round<Number> round;
  round.width = width_of(input, count, threads, sizeof(Number));
  const std::size_t ranges =
      std::min<std::size_t>(threads, (count + round.width - 1) / round.width);
  for (std::size_t i = 0; i < ranges; ++i) round.clocks.emplace_back(input, round.width);
  std::vector<CommitEdges> edges(threads);
  while (round.end < count) {
    round.first = round.end;
    round.end = std::min(count, round.first + static_cast<std::uint32_t>(ranges) * round.width);
    in_threads(ranges, [&](std::size_t i) {
      const std::uint32_t first = round.first + static_cast<std::uint32_t>(i) * round.width;
      round.clocks[i].run(first, std::min(first + round.width, count), order, columns);
    });
    for_key_parts(input.history, threads,
                  [&](std::size_t i, std::uint32_t begin, std::uint32_t end) {
                    RoundEdges<Number> infer(input, round, columns, edges[i]);
                    for (std::uint32_t key = begin; key < end; ++key) {
                      if (edges[i].size() * threads < kEdgesMost) infer.infer(key);
                    }
                  });
    for (const CommitEdges& each : edges) {
      if (each.size() * threads >= kEdgesMost) return std::nullopt;
    }
  }
  CommitEdges all = std::move(edges.front());
  for (std::size_t i = 1; i < edges.size(); ++i) {
    all.insert(all.end(), edges[i].begin(), edges[i].end());
    edges[i] = {};
  }
  return all;
}

}  // namespace

std::optional<CommitEdges> causal_edges(const WeakInput& input,
                                        std::span<const std::uint32_t> order) {
  std::vector<std::uint32_t> columns;
  const std::uint32_t count = number_columns(input, columns);
  if (count == 0) return CommitEdges{};
  std::size_t longest = 0;
  for (std::uint32_t chain = 0; chain < input.sessions.count(); ++chain) {
    longest = std::max(longest, input.sessions.members(chain).size());
  }
  if (longest <= std::numeric_limits<std::int16_t>::max()) {
    return edges_of<std::int16_t>(input, order, columns, count);
  }
  return edges_of<std::int32_t>(input, order, columns, count);
}

CommitEdges causal_edges_without_sessions(const WeakInput& input,
                                          std::span<const std::uint32_t> order,
                                          std::span<const std::uint32_t> writers) {
  constexpr std::size_t kBits = 64;
  CommitEdges edges;
  Bits bits(input, order);
  std::vector<Reader> readers;
  for (std::size_t i = 0; i < writers.size(); i += kBits) {
    const auto some = writers.subspan(i, std::min(kBits, writers.size() - i));
    bits.run(some);
    for (std::size_t bit = 0; bit < some.size(); ++bit) {
      for (const std::uint32_t key : input.written.of(some[bit])) {
        collect_readers(input, key, readers);
        for_versions(readers, [&](std::uint32_t source, std::span<const Reader> all) {
          if (source == some[bit]) return;
          if (source != ReadSources::initial && bits.precedes(bit, source)) return;
          const auto reader = std::ranges::find_if(
              all, [&](const Reader& each) { return bits.precedes(bit, each.transaction); });
          if (reader == all.end()) return;
          edges.push_back(commit_edge(some[bit], source, reader->transaction, reader->op));
        });
      }
    }
  }
  return edges;
}

}  // namespace witness
