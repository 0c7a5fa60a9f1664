/// What every transaction read and wrote, key by key, and where a read value can be from.
///
/// Only what crosses a transaction's border counts: reads before its own first write of
/// the key, and its last write. Values are kept as they stand in the file; only values
/// of a `count` are numbers.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "checker/resolve.hpp"

namespace witness {

/// `replaced_by` is what the same transaction wrote over it (kNoString where it did not
/// write, or its value is unknown: see `replaces`).
struct Read {
  std::uint32_t fate;
  StringId key;
  StringId value;
  StringId replaced_by = kNoString;
  bool replaces = false;  ///< the last read of the key before its own write
};

struct Write {
  std::uint32_t fate;
  StringId key;
  StringId value;
};

/// `inserts`: it counted `rows` and then added rows of the key itself.
struct Count {
  std::uint32_t fate;
  StringId key;
  std::int64_t rows;
  bool inserts = false;
};

/// `seen` rows were counted before, in the same transaction; -1 if it did not count.
struct Insert {
  std::uint32_t fate;
  StringId key;
  std::int64_t seen = -1;
  std::int64_t rows = 1;
};

/// Who can have written what a read saw, the reader itself left out. Numbers saturate
/// at two: nobody needs more.
struct Sources {
  bool initial = false;
  std::uint32_t committed = 0;  ///< observed ones included
  std::uint32_t unresolved = 0;
  std::uint32_t aborted = 0;
  std::uint32_t unknown_values = 0;  ///< writers of the key whose value nobody knows
  std::uint32_t a_committed = kNoPosition;
  std::uint32_t an_unresolved = kNoPosition;
  std::uint32_t an_aborted = kNoPosition;

  /// There is one version that the read must have seen.
  bool certain() const {
    return committed + (initial ? 1U : 0U) == 1 && unresolved == 0 && unknown_values == 0;
  }
  bool none() const { return !initial && committed == 0 && unresolved == 0 && unknown_values == 0; }
};

class Accesses {
 public:
  std::vector<Read> reads;      ///< of transactions that are not aborted, grouped by fate
  std::vector<Count> counts;    ///< same
  std::vector<Insert> inserts;  ///< same, one per fate and key

  std::span<const Read> reads_of(std::uint32_t fate) const {
    return std::span{reads}.subspan(reads_begin_[fate],
                                    reads_begin_[fate + 1] - reads_begin_[fate]);
  }

  /// O(log n).
  Sources sources_of(const Resolution& resolution, const Read& read) const;

  /// All that wrote this value, aborted ones last, and all whose value is unknown.
  std::span<const Write> writers_of(StringId key, StringId value) const;

  /// How many may have written to the key what nobody knows. (When they began is no
  /// help: a model that does not speak of time allows any order.)
  std::size_t unknown_writers(StringId key) const;

 private:
  friend Accesses collect_accesses(const History&, const WorkloadRules&, const Resolution&);

  void collect(const History& history, const Resolution& resolution, std::uint32_t fate);
  void collect_unknown(const WorkloadRules& rules, const History& history,
                       const Resolution& resolution);

  StringId initial_ = kNoString;
  StringId taken_ = kNoString;
  bool identity_ = false;
  std::vector<std::uint32_t> reads_begin_;
  std::vector<Write> writes_;  ///< by key, value, outcome
  std::vector<Write> unvalued_;
  std::unordered_map<StringId, std::size_t> unknown_writers_;  ///< by key
};

/// O(n log n).
Accesses collect_accesses(const History& history, const WorkloadRules& rules,
                          const Resolution& resolution);

}  // namespace witness
