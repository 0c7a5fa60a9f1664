#include "checker/accesses.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace witness {
namespace {

std::int64_t number_or(std::string_view text, std::int64_t fallback) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : fallback;
}

/// Committed writers first, aborted ones last: who asks for a source stops early.
int rank(const Fate& fate) {
  if (in_graph(fate)) return 0;
  return fate.outcome == Outcome::unresolved ? 1 : 2;
}

}  // namespace

void Accesses::collect(const History& history, const Resolution& resolution, std::uint32_t index) {
  const Fate& fate = resolution.fates[index];
  const std::span<const MicroOp> ops = micro_ops_of(history, fate);
  if (ops.empty() && fate.acquires) {  // known by its id only, or by its open statement
    (fate.id != kNoString && (identity_ || fate.attempt == kNoPosition) ? writes_ : unvalued_)
        .push_back({index, fate.key, fate.id});
    return;
  }
  const bool readable = fate.outcome != Outcome::aborted;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const MicroOp& op = ops[i];
    const auto before = [&](MicroOpKind kind) {
      return std::any_of(
          ops.begin(), ops.begin() + static_cast<std::ptrdiff_t>(i), [&](const MicroOp& other) {
            return other.kind == kind && other.key == op.key && changes(history, fate, other);
          });
    };
    const auto later = [&](MicroOpKind kind) {
      return std::find_if(
          ops.begin() + static_cast<std::ptrdiff_t>(i) + 1, ops.end(),
          [&](const MicroOp& other) { return other.kind == kind && other.key == op.key; });
    };
    switch (op.kind) {
      case MicroOpKind::read: {
        if (!readable || op.value == kNoString || op.value == taken_) break;
        if (before(MicroOpKind::write)) break;
        Read read{index, op.key, op.value};
        const auto write = later(MicroOpKind::write);
        if (write != ops.end() && changes(history, fate, *write)) {
          const auto again = later(MicroOpKind::read);
          read.replaces = again == ops.end() || again > write;
          if (read.replaces) read.replaced_by = write->value;
        }
        reads.push_back(read);
        break;
      }
      case MicroOpKind::write: {
        if (!changes(history, fate, op) || later(MicroOpKind::write) != ops.end()) break;
        // An attempt that writes its identity wrote that, whether or not its client saw it.
        const StringId value = op.value == kNoString && identity_ ? fate.id : op.value;
        (value == kNoString ? unvalued_ : writes_).push_back({index, op.key, value});
        break;
      }
      case MicroOpKind::count: {
        const std::int64_t rows = number_or(history.text(op.value), -1);
        if (!readable || op.value == kNoString || rows < 0) break;
        if (before(MicroOpKind::insert)) break;
        const auto insert = later(MicroOpKind::insert);
        counts.push_back(
            {index, op.key, rows, insert != ops.end() && changes(history, fate, *insert)});
        break;
      }
      case MicroOpKind::insert: {
        if (!readable || !changes(history, fate, op) || before(MicroOpKind::insert)) break;
        Insert insert{index, op.key};
        insert.rows = std::count_if(ops.begin(), ops.end(), [&](const MicroOp& other) {
          return other.kind == MicroOpKind::insert && other.key == op.key;
        });
        for (auto it = ops.begin(); it != ops.begin() + static_cast<std::ptrdiff_t>(i); ++it) {
          if (it->kind != MicroOpKind::count || it->key != op.key) continue;
          insert.seen = number_or(history.text(it->value), -1);
        }
        inserts.push_back(insert);
        break;
      }
    }
  }
}

void Accesses::collect_unknown(const WorkloadRules& rules, const History& history,
                               const Resolution& resolution) {
  if (rules.values != ValueShape::amount) return;
  for (const Write& write : unvalued_) {
    if (resolution.fates[write.fate].outcome != Outcome::aborted) ++unknown_writers_[write.key];
  }
  for (const Operation& operation : history.operations) {
    if (operation.completed || operation.attempts_begin != operation.attempts_end) continue;
    ++unknown_writers_[operation.key];
  }
}

std::size_t Accesses::unknown_writers(StringId key) const {
  const auto found = unknown_writers_.find(key);
  return found == unknown_writers_.end() ? 0 : found->second;
}

std::span<const Write> Accesses::writers_of(StringId key, StringId value) const {
  const auto what = [](const Write& w) { return std::pair{w.key, w.value}; };
  return {std::ranges::lower_bound(writes_, std::pair{key, value}, {}, what),
          std::ranges::upper_bound(writes_, std::pair{key, value}, {}, what)};
}

Sources Accesses::sources_of(const Resolution& resolution, const Read& read) const {
  Sources sources;
  sources.initial = read.value == initial_;
  sources.unknown_values =
      static_cast<std::uint32_t>(std::min<std::size_t>(unknown_writers(read.key), 2));
  for (const Write& write : writers_of(read.key, read.value)) {
    if (write.fate == read.fate) continue;
    const Fate& fate = resolution.fates[write.fate];
    if (in_graph(fate)) {
      sources.a_committed = write.fate;
      if (++sources.committed == 2) break;
    } else if (fate.outcome == Outcome::unresolved) {
      sources.an_unresolved = write.fate;
      if (++sources.unresolved == 2) break;
    } else {
      sources.an_aborted = write.fate;
      ++sources.aborted;
      break;
    }
  }
  return sources;
}

Accesses collect_accesses(const History& history, const WorkloadRules& rules,
                          const Resolution& resolution) {
  Accesses accesses;
  accesses.initial_ = initial_value(history, rules);
  accesses.identity_ = rules.values == ValueShape::identity;
  accesses.taken_ = history.strings.find(rules.taken);
  accesses.reads_begin_.reserve(resolution.fates.size() + 1);
  for (std::uint32_t i = 0; i < resolution.fates.size(); ++i) {
    accesses.reads_begin_.push_back(static_cast<std::uint32_t>(accesses.reads.size()));
    accesses.collect(history, resolution, i);
  }
  accesses.reads_begin_.push_back(static_cast<std::uint32_t>(accesses.reads.size()));
  std::ranges::sort(accesses.writes_, {}, [&](const Write& w) {
    return std::tuple{w.key, w.value, rank(resolution.fates[w.fate]), w.fate};
  });
  accesses.collect_unknown(rules, history, resolution);
  return accesses;
}

}  // namespace witness
