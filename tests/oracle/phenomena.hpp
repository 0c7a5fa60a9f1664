/// The phenomena that single reads show, whatever the order of versions.
#pragma once

#include <functional>

#include "tests/oracle/happened.hpp"

namespace witness::oracle {

struct Phenomena {
  bool aborted_read = false;       ///< G1a
  bool intermediate_read = false;  ///< G1b
  bool internal = false;
  bool future_read = false;
  bool duplicate_elements = false;
  bool incompatible_order = false;
  bool dirty_update = false;
  bool garbage_read = false;
};

inline bool is_prefix(const std::vector<int>& shorter, const std::vector<int>& longer) {
  return shorter.size() <= longer.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

/// Calls `see(transaction, its step's place, the step)` for each read whose result is known.
inline void for_each_read(const SmallHistory& history,
                          const std::function<void(int, std::size_t, const Step&)>& see) {
  for (std::size_t t = 0; t < history.txs.size(); ++t) {
    const Tx& tx = history.txs[t];
    for (std::size_t i = 0; i < tx.steps.size(); ++i) {
      if (tx.fate == Fate::committed && !tx.steps[i].writes) {
        see(static_cast<int>(t), i, tx.steps[i]);
      }
    }
  }
}

/// Does the transaction write the key again after it wrote the value?
inline bool overwritten_by_itself(const Tx& tx, int key, int value) {
  bool after = false;
  for (const Step& step : tx.steps) {
    if (!step.writes || step.key != key) continue;
    if (after) return true;
    after = step.value == value;
  }
  return false;
}

/// What a transaction knows of a key from its own steps before `place`: the whole value, or only
/// how it ends (appends to a list that it has not read).
inline bool contradicts_itself(const SmallHistory& history, const Tx& tx, std::size_t place) {
  const Step& read = tx.steps[place];
  bool whole = false;
  std::vector<int> known;
  for (std::size_t i = 0; i < place; ++i) {
    const Step& step = tx.steps[i];
    if (step.key != read.key) continue;
    if (!step.writes) {
      whole = true;
      known = step.seen;
    } else if (history.lists) {
      known.push_back(step.value);
    } else {
      whole = true;
      known = {step.value};
    }
  }
  if (whole) return read.seen != known;
  return known.size() > read.seen.size() ||
         !std::equal(known.rbegin(), known.rend(), read.seen.rbegin());
}

/// Of each key, the longest list that was read.
inline std::map<int, std::vector<int>> longest_reads(const SmallHistory& history) {
  std::map<int, std::vector<int>> longest;
  for_each_read(history, [&](int, std::size_t, const Step& read) {
    std::vector<int>& known = longest[read.key];
    if (read.seen.size() > known.size()) known = read.seen;
  });
  return longest;
}

/// Does the list show values of one transaction in another order than it appended them, or a later
/// one without those before it? (A register shows one value only.)
inline bool out_of_own_order(const SmallHistory& history, int key, const std::vector<int>& list) {
  for (const Tx& tx : history.txs) {
    if (tx.fate == Fate::aborted) continue;
    auto from = list.begin();
    bool missing = false;
    for (const Step& step : tx.steps) {
      if (!step.writes || step.key != key) continue;
      if (!contains(list, step.value)) {
        missing = history.lists;
        continue;
      }
      from = std::find(from, list.end(), step.value);
      if (missing || from == list.end()) return true;
    }
  }
  return false;
}

inline Phenomena phenomena(const SmallHistory& history) {
  Phenomena found;
  const auto longest = longest_reads(history);
  for_each_read(history, [&](int t, std::size_t place, const Step& read) {
    const Tx& reader = history.txs[static_cast<std::size_t>(t)];
    found.internal |= contradicts_itself(history, reader, place);
    for (std::size_t i = 0; i < read.seen.size(); ++i) {
      const int value = read.seen[i];
      const int writer = writer_of(history, read.key, value);
      found.garbage_read |= writer == -1;
      found.duplicate_elements |= std::ranges::count(read.seen, value) > 1;
      if (writer == -1) continue;
      const Tx& wrote = history.txs[static_cast<std::size_t>(writer)];
      found.aborted_read |= wrote.fate == Fate::aborted;
      if (writer == t) {
        found.future_read |= std::ranges::any_of(
            reader.steps.begin() + static_cast<std::ptrdiff_t>(place), reader.steps.end(),
            [&](auto& s) { return s.writes && s.key == read.key && s.value == value; });
      } else if (i + 1 == read.seen.size() && wrote.fate != Fate::aborted) {
        found.intermediate_read |= overwritten_by_itself(wrote, read.key, value);
      }
    }
    found.incompatible_order |= history.lists && !is_prefix(read.seen, longest.at(read.key));
  });
  for (const auto& [key, list] : longest) {
    found.internal |= out_of_own_order(history, key, list);
    bool dirty = false;
    for (const int value : list) {
      const int writer = writer_of(history, key, value);
      if (writer == -1) continue;
      const Fate fate = history.txs[static_cast<std::size_t>(writer)].fate;
      found.dirty_update |= history.lists && dirty && fate == Fate::committed;
      dirty |= fate == Fate::aborted;
    }
  }
  return found;
}

}  // namespace witness::oracle
