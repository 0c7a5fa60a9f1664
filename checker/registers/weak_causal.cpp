#include <algorithm>
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
    if (Sources::is_transaction(sources[i]) || sources[i] == Sources::initial) {
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

/// How much of each chain of a range of columns comes before each vertex.
class Clocks {
 public:
  Clocks(const WeakInput& input, std::size_t width)
      : input_(input),
        width_((width + 3) / 4 * 4),
        rows_(std::make_unique_for_overwrite<std::int32_t[]>(input.vertices() * width_)) {}

  /// `columns`: of each chain, kNoPosition if it has none.
  void run(std::uint32_t first, std::uint32_t end, std::span<const std::uint32_t> order,
           const std::vector<std::uint32_t>& columns) {
    for (const std::uint32_t vertex : order) {
      std::int32_t* const row = &rows_[vertex * width_];
      std::fill_n(row, width_, 0);
      for_predecessors(input_, true, vertex, [&](std::uint32_t before, EdgeKind) {
        const std::int32_t* const other = &rows_[before * width_];
        for (std::size_t i = 0; i < width_; ++i) row[i] = std::max(row[i], other[i]);
        if (before >= input_.transactions()) return;
        const std::uint32_t column = columns[input_.sessions.chain(before)];
        if (column < first || column >= end) return;
        std::int32_t& self = row[column - first];
        self = std::max(self, static_cast<std::int32_t>(input_.sessions.place(before)) + 1);
      });
    }
  }
  /// So many of each chain come before the vertex.
  const std::int32_t* of(std::uint32_t vertex) const { return &rows_[vertex * width_]; }

 private:
  const WeakInput& input_;
  std::size_t width_;
  std::unique_ptr<std::int32_t[]> rows_;
};

/// The columns of one round: `clocks[i]` has those from `first + i * width` on.
struct Round {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
  std::uint32_t width = 0;
  std::vector<Clocks> clocks;
};

/// The edges whose `t2` stands in a round's chains, key by key.
class RoundEdges {
 public:
  RoundEdges(const WeakInput& input, const Round& round, const std::vector<std::uint32_t>& columns,
             CommitEdges& edges)
      : input_(input),
        round_(round),
        columns_(columns),
        edges_(edges),
        rows_(round.clocks.size()) {}

  void infer(std::uint32_t key) {
    collect_writers(key);
    if (writers_.empty()) return;
    collect_readers(input_, key, readers_);
    for_versions(readers_, [&](std::uint32_t source, std::span<const Reader> readers) {
      look(source, readers);
    });
  }

 private:
  /// The writers of one chain, in its order.
  struct Group {
    std::uint32_t range;   ///< of the round's clocks
    std::uint32_t column;  ///< in there
    std::uint32_t begin;
    std::uint32_t end;
    std::int32_t seen;  ///< so much of the chain comes before some reader of a version
  };

  void collect_writers(std::uint32_t key) {
    writers_.clear();
    groups_.clear();
    const auto uses = input_.history.uses_of(key);
    const auto sources = sources_of(input_, key);
    for (std::size_t i = 0; i < uses.size(); ++i) {
      if (sources[i] != Sources::written) continue;
      const std::uint32_t self = uses[i].transaction;
      const std::uint32_t column = columns_[input_.sessions.chain(self)];
      if (column < round_.first || column >= round_.end) continue;
      if (!writers_.empty() && writers_.back().transaction == self) continue;
      writers_.push_back({column - round_.first, input_.sessions.place(self), self});
    }
    std::sort(writers_.begin(), writers_.end(), [](const Writer& a, const Writer& b) {
      return std::pair{a.column, a.place} < std::pair{b.column, b.place};
    });
    for (std::uint32_t i = 0; i < writers_.size(); ++i) {
      const std::uint32_t column = writers_[i].column;
      if (i == 0 || column != writers_[i - 1].column) {
        groups_.push_back({column / round_.width, column % round_.width, i, i, 0});
      }
      groups_.back().end = i + 1;
    }
  }

  std::int32_t clock(std::uint32_t vertex, const Group& group) const {
    return round_.clocks[group.range].of(vertex)[group.column];
  }

  void look(std::uint32_t source, std::span<const Reader> readers) {
    for (Group& group : groups_) group.seen = 0;
    for (const Reader& reader : readers) {
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        rows_[i] = round_.clocks[i].of(reader.transaction);
      }
      for (Group& group : groups_) {
        group.seen = std::max(group.seen, rows_[group.range][group.column]);
      }
    }
    for (const Group& group : groups_) {
      if (group.seen == 0) continue;
      const auto begin = writers_.begin() + group.begin;
      const auto after =
          std::partition_point(begin, writers_.begin() + group.end, [&](const Writer& writer) {
            return static_cast<std::int32_t>(writer.place) < group.seen;
          });
      if (after != begin) add(*(after - 1), group, source, readers);
    }
  }

  void add(const Writer& last, const Group& group, std::uint32_t source,
           std::span<const Reader> readers) {
    if (last.transaction == source) return;
    const auto place = static_cast<std::int32_t>(last.place);
    if (source != Sources::initial && clock(source, group) > place) return;
    const auto reader = std::ranges::find_if(
        readers, [&](const Reader& each) { return clock(each.transaction, group) > place; });
    edges_.push_back(commit_edge(last.transaction, source, reader->transaction, reader->op));
  }

  const WeakInput& input_;
  const Round& round_;
  const std::vector<std::uint32_t>& columns_;
  CommitEdges& edges_;
  std::vector<Writer> writers_;
  std::vector<Group> groups_;
  std::vector<Reader> readers_;
  std::vector<const std::int32_t*> rows_;
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
std::uint32_t width_of(const WeakInput& input, std::uint32_t count, std::size_t threads) {
  const std::size_t one = sizeof(std::int32_t) * std::max<std::size_t>(input.vertices(), 1);
  const std::size_t most = std::clamp<std::size_t>(kClocksMost / (one * threads), 4, kColumnsMost);
  return static_cast<std::uint32_t>(
      std::clamp<std::size_t>((count + threads - 1) / threads, 1, most));
}

}  // namespace

std::optional<CommitEdges> causal_edges(const WeakInput& input,
                                        std::span<const std::uint32_t> order) {
  std::vector<std::uint32_t> columns;
  const std::uint32_t count = number_columns(input, columns);
  if (count == 0) return CommitEdges{};
  const std::size_t threads = key_parts(input.history);
  Round round;
  round.width = width_of(input, count, threads);
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
                    RoundEdges infer(input, round, columns, edges[i]);
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
          if (source != Sources::initial && bits.precedes(bit, source)) return;
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
