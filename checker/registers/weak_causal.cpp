#include <algorithm>
#include <limits>
#include <utility>

#include "checker/registers/causal_clocks.hpp"
#include "checker/registers/weak_edges.hpp"
#include "checker/transactions/key_parts.hpp"

namespace witness {
namespace {

/// Columns that a vertex has at a time: a few cache lines.
constexpr std::size_t kColumnsMost = 64;
/// All clocks at a time, in bytes, as long as that leaves some columns.
constexpr std::size_t kClocksMost = std::size_t{1} << 29;
constexpr std::size_t kEdgesMost = 30'000'000;

/// The columns of one round: `clocks[i]` has those from `first + i * width` on.
template <typename Number>
struct Round {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
  std::uint32_t width = 0;
  std::vector<Clocks<Number>> clocks;
};

/// The edges whose `t2` stands in a round's chains, key by key.
///
/// Writers and readers of a key are looked at in commit order. A writer mostly knows the one before
/// it, and so all that that one knew; whoever reads from the last one, which knew all before it,
/// shows no edge. Only for other readers all chains are looked through.
template <typename Number>
class RoundEdges {
 public:
  /// `positions`: of each vertex, in a commit order.
  RoundEdges(const WeakInput& input, const Round<Number>& round,
             const std::vector<std::uint32_t>& columns, std::span<const std::uint32_t> positions,
             CommitEdges& edges)
      : input_(input),
        round_(round),
        columns_(columns),
        positions_(positions),
        edges_(edges),
        run_of_(round.width * round.clocks.size(), kNoPosition) {}

  void infer(std::uint32_t key) {
    collect(key);
    if (writers_ == 0) return;
    find_suspects();
    if (suspects_.empty()) return;
    collect_runs();
    for (std::size_t i = 0; i < suspects_.size(); ++i) {
      if (i + kNear < suspects_.size()) prefetch(*suspects_[i + kNear]);
      look(*suspects_[i]);
    }
  }

 private:
  static constexpr std::size_t kFar = 32;
  static constexpr std::size_t kNear = 8;

  /// A transaction that writes the key, or reads it (`source`).
  struct Step {
    std::uint32_t position;
    std::uint32_t transaction;
    std::uint32_t source;
    std::uint32_t op;
    std::uint32_t column;  ///< of a writer's chain in the round, or kNoPosition
    Number place;          ///< in that chain
    bool writes() const { return source == ReadSources::written; }
  };
  /// A writer of the key: where it stands in its chain.
  struct Writer {
    Number place;
    std::uint32_t transaction;
  };
  /// The writers of one column.
  struct Run {
    std::uint32_t column;
    std::uint32_t size = 0;
    Writer* begin = nullptr;                  ///< by place
    std::uint32_t told_writer = kNoPosition;  ///< the last edge
    std::uint32_t told_source = kNoPosition;
    const Writer& last() const { return begin[size - 1]; }
  };

  const Number& clock(std::uint32_t vertex, std::uint32_t column) const {
    return round_.clocks[column / round_.width].of(vertex)[column % round_.width];
  }
  std::uint32_t column_of(std::uint32_t transaction) const {
    const std::uint32_t column = columns_[input_.sessions.chain(transaction)];
    return column < round_.first || column >= round_.end ? kNoPosition : column - round_.first;
  }

  void collect(std::uint32_t key) {
    steps_.clear();
    writers_ = 0;
    const auto uses = input_.history.uses_of(key);
    const auto sources = input_.sources.of_key(input_.history, key);
    for (std::size_t i = 0; i < uses.size(); ++i) {
      if (i + kFar < uses.size()) {
        __builtin_prefetch(&positions_[uses[i + kFar].transaction]);
        input_.sessions.prefetch(uses[i + kFar].transaction);
      }
      const std::uint32_t self = uses[i].transaction;
      Step step{positions_[self], self, sources[i], uses[i].op, kNoPosition, 0};
      if (step.writes()) {
        step.column = column_of(self);
        step.place = static_cast<Number>(input_.sessions.place(self));
        writers_ += step.column != kNoPosition ? 1 : 0;
      } else if (!ReadSources::is_version(step.source)) {
        continue;
      }
      steps_.push_back(step);
    }
    sort_nearly_sorted();
  }

  /// Transactions mostly stand in commit order already.
  void sort_nearly_sorted() {
    constexpr std::ptrdiff_t kFarthest = 64;
    const auto earlier = [](const Step& a, const Step& b) { return a.position < b.position; };
    for (auto at = steps_.begin(); at != steps_.end(); ++at) {
      if (at == steps_.begin() || !earlier(*at, at[-1])) continue;
      const auto least = at - std::min(kFarthest, at - steps_.begin());
      if (least != steps_.begin() && earlier(*at, *least)) {
        return std::stable_sort(steps_.begin(), steps_.end(), earlier);
      }
      std::rotate(std::upper_bound(least, at, *at, earlier), at, at + 1);
    }
  }

  /// Readers that may depend on a writer that the version that they read does not.
  void find_suspects() {
    suspects_.clear();
    latest_.clear();
    const Step* last = nullptr;    // the last writer
    const Step* anchor = nullptr;  // the last one in the round
    bool last_knows_all = false;   // of those in the round before it
    bool anchor_knows_all = false;
    std::uint32_t ahead_column = kNoPosition;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (i + kFar < steps_.size() && steps_[i + kFar].writes()) {
        const Step& later = steps_[i + kFar];
        if (ahead_column != kNoPosition)
          __builtin_prefetch(&clock(later.transaction, ahead_column));
        if (later.column != kNoPosition) ahead_column = later.column;
      }
      const Step& step = steps_[i];
      if (!step.writes()) {
        const bool clear = last != nullptr && step.source == last->transaction && last_knows_all;
        if (!clear && anchor != nullptr) suspects_.push_back(&step);
        continue;
      }
      if (last != nullptr && last->transaction == step.transaction) continue;
      last_knows_all =
          anchor == nullptr || (anchor_knows_all && knows(step, *anchor)) || knows_all(step);
      last = &step;
      if (step.column == kNoPosition) continue;
      anchor = &step;
      anchor_knows_all = last_knows_all;
      note_latest(step);
    }
    for (const Step* each : latest_) run_of_[each->column] = kNoPosition;
  }

  bool knows(const Step& step, const Step& earlier) const {
    return clock(step.transaction, earlier.column) > earlier.place;
  }
  bool knows_all(const Step& step) const {
    return std::ranges::all_of(latest_, [&](const Step* each) { return knows(step, *each); });
  }
  void note_latest(const Step& step) {
    std::uint32_t& at = run_of_[step.column];
    if (at == kNoPosition) {
      at = static_cast<std::uint32_t>(latest_.size());
      latest_.push_back(&step);
    } else {
      latest_[at] = &step;
    }
  }

  void collect_runs() {
    runs_.clear();
    for (const Step& step : steps_) {
      if (step.column == kNoPosition) continue;
      std::uint32_t& run = run_of_[step.column];
      if (run == kNoPosition) {
        run = static_cast<std::uint32_t>(runs_.size());
        runs_.push_back({step.column});
      }
      ++runs_[run].size;
    }
    places_.resize(writers_);
    Writer* begin = places_.data();
    for (Run& run : runs_) {
      run.begin = begin;
      begin += std::exchange(run.size, 0);
    }
    for (const Step& step : steps_) {
      if (step.column == kNoPosition) continue;
      Run& run = runs_[run_of_[step.column]];
      run.begin[run.size++] = {step.place, step.transaction};
    }
    for (const Run& run : runs_) run_of_[run.column] = kNoPosition;
  }

  void prefetch(const Step& reader) const {
    for (const Clocks<Number>& clocks : round_.clocks) {
      clocks.prefetch(reader.transaction);
      if (reader.source != ReadSources::initial) clocks.prefetch(reader.source);
    }
  }

  /// Writers that the reader depends on, and the version that it read does not: few. Of each chain
  /// one that all the others come before, or behind the initial value, after.
  void look(const Step& reader) {
    const std::uint32_t own = column_of(reader.transaction);
    const bool initial = reader.source == ReadSources::initial;
    for (Run& run : runs_) {
      const Number least = initial ? Number{0} : clock(reader.source, run.column);
      if (run.last().place < least) continue;
      const Number seen = clock(reader.transaction, run.column);
      // Before itself, in its own chain.
      const Writer* const last =
          last_before(run, run.column == own ? static_cast<Number>(seen - 1) : seen);
      if (last != nullptr && last->place >= least) add(run, initial ? *run.begin : *last, reader);
    }
  }

  static const Writer* last_before(const Run& run, Number place) {
    const Writer* const end =
        std::lower_bound(run.begin, run.begin + run.size, place,
                         [](const Writer& writer, Number before) { return writer.place < before; });
    return end == run.begin ? nullptr : end - 1;
  }

  /// Others that read the same version show the same.
  void add(Run& run, const Writer& writer, const Step& reader) {
    if (run.told_writer == writer.transaction && run.told_source == reader.source &&
        reader.source != ReadSources::initial) {
      return;
    }
    run.told_writer = writer.transaction;
    run.told_source = reader.source;
    edges_.push_back(commit_edge(writer.transaction, reader.source, reader.transaction, reader.op));
  }

  const WeakInput& input_;
  const Round<Number>& round_;
  const std::vector<std::uint32_t>& columns_;
  std::span<const std::uint32_t> positions_;
  CommitEdges& edges_;
  std::vector<Step> steps_;  ///< of one key, in commit order
  std::size_t writers_ = 0;  ///< steps that write, in the round's chains; a place for each
  std::vector<Writer> places_;
  std::vector<Run> runs_;
  std::vector<const Step*> suspects_;
  std::vector<const Step*> latest_;    ///< of each column that has a writer so far
  std::vector<std::uint32_t> run_of_;  ///< of each column, in `runs_` or `latest_`; else none
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
  const std::size_t most =
      std::clamp<std::size_t>(kClocksMost / (one * threads), kCacheLine / size, kColumnsMost);
  return static_cast<std::uint32_t>(
      std::clamp<std::size_t>((count + threads - 1) / threads, kCacheLine / size, most));
}

template <typename Number>
std::optional<CommitEdges> edges_of(const WeakInput& input, std::span<const std::uint32_t> order,
                                    const std::vector<std::uint32_t>& columns, std::uint32_t count,
                                    const Deadline& deadline) {
  constexpr std::uint32_t kKeysAtATime = 256;
  const std::size_t threads = key_parts(input.history);
  Round<Number> round;
  round.width = width_of(input, count, threads, sizeof(Number));
  const std::size_t ranges =
      std::min<std::size_t>(threads, (count + round.width - 1) / round.width);
  for (std::size_t i = 0; i < ranges; ++i) round.clocks.emplace_back(input, round.width);
  std::vector<CommitEdges> edges(threads);
  std::vector<std::uint32_t> positions = huge_column<std::uint32_t>(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) positions[order[i]] = i;
  while (round.end < count) {
    round.first = round.end;
    round.end = std::min(count, round.first + static_cast<std::uint32_t>(ranges) * round.width);
    in_threads(ranges, [&](std::size_t i) {
      const std::uint32_t first = round.first + static_cast<std::uint32_t>(i) * round.width;
      round.clocks[i].run(first, std::min(first + round.width, count), order, columns);
    });
    for_key_parts(input.history, threads,
                  [&](std::size_t i, std::uint32_t begin, std::uint32_t end) {
                    RoundEdges<Number> infer(input, round, columns, positions, edges[i]);
                    for (std::uint32_t key = begin; key < end; ++key) {
                      if (key % kKeysAtATime == 0 && expired(deadline)) return;
                      if (edges[i].size() * threads < kEdgesMost) infer.infer(key);
                    }
                  });
    if (expired(deadline)) return std::nullopt;
    for (const CommitEdges& each : edges) {
      if (each.size() * threads >= kEdgesMost) return std::nullopt;
    }
  }
  return joined(std::move(edges));
}

}  // namespace

std::optional<CommitEdges> causal_edges(const WeakInput& input,
                                        std::span<const std::uint32_t> order,
                                        const Deadline& deadline) {
  std::vector<std::uint32_t> columns;
  const std::uint32_t count = number_columns(input, columns);
  if (count == 0) return CommitEdges{};
  std::size_t longest = 0;
  for (std::uint32_t chain = 0; chain < input.sessions.count(); ++chain) {
    longest = std::max(longest, input.sessions.members(chain).size());
  }
  if (longest < std::numeric_limits<std::int16_t>::max()) {
    return edges_of<std::int16_t>(input, order, columns, count, deadline);
  }
  return edges_of<std::int32_t>(input, order, columns, count, deadline);
}

}  // namespace witness
