/// Decides, for a handful of transactions, which consistency models they satisfy: straight from
/// each model's definition, by trying everything. Slow on purpose, and simple on purpose.
///
/// What is enumerated:
///
///   serializable (Papadimitriou 1979)   which possible transactions happened; every order of those
///       that did; the history satisfies it if in one of them every known read is what a replay
///       gives. strong-session-: only orders that keep each process's own. strict-: only orders in
///       which who had ended stands before who had not begun.
///   snapshot-isolation (Berenson 1995, generalised: Elnikety 2005)   the same, and for each
///       transaction every earlier point of the commit order as its snapshot; reads are the
///       snapshot's and its own writes; nobody who committed in between wrote one of its keys.
///       strong-session-, strong-: the snapshot holds what its process, or everybody, had ended.
///   the levels of Adya 1999 below that   which possible transactions happened; every order of
///       versions of each key that agrees with what was read; the serialization graph of that
///       order, and in it the phenomena that the level forbids. The history satisfies the level if
///       one choice shows none.
///
/// Conventions, where definitions leave room (all of them Elle's, Kingsbury and Alvaro 2020):
/// a possible transaction whose write was read did happen; each append makes a version, so that
/// appends of two transactions that interleave are a G0; a value that nobody wrote, and an element
/// twice in a list, break every level; other dirty reads do not break read-uncommitted. Where two
/// reads of a list contradict each other there is no order that agrees with both: only
/// read-uncommitted and its stronger forms could still hold, and they are not judged.
#pragma once

#include <cmath>
#include <functional>

#include "tests/oracle/small_history.hpp"

namespace witness::oracle {

enum class Order { none, session, real_time };

/// Must `a` come before `b`? Only who was told ok is known to have ended.
inline bool must_precede(const SmallHistory& history, int a, int b, Order order) {
  const Tx& first = history.txs[static_cast<std::size_t>(a)];
  const Tx& second = history.txs[static_cast<std::size_t>(b)];
  if (order == Order::none || first.fate != Fate::committed) return false;
  if (first.completed >= second.invoked) return false;
  return order == Order::real_time || first.process == second.process;
}

/// The possible transactions that a choice says happened, and all committed ones.
using Happened = std::vector<int>;

inline std::vector<Happened> choices(const SmallHistory& history,
                                     const std::function<bool(int)>& surely) {
  std::vector<Happened> all = {{}};
  for (int t = 0; t < static_cast<int>(history.txs.size()); ++t) {
    const Fate fate = history.txs[static_cast<std::size_t>(t)].fate;
    if (fate == Fate::aborted) continue;
    const std::size_t before = all.size();
    const bool sure = fate == Fate::committed || surely(t);
    for (std::size_t i = 0; i < before; ++i) {
      if (!sure) all.push_back(all[i]);
      all[i].push_back(t);
    }
  }
  return all;
}

// --- replay -------------------------------------------------------------------------------------

using State = std::map<int, std::vector<int>>;  ///< of each key: its list; a register's one value

/// Runs a transaction. False: a read of it is not what it saw.
inline bool replay(const SmallHistory& history, const Tx& tx, State& state) {
  for (const Step& step : tx.steps) {
    std::vector<int>& value = state[step.key];
    if (!step.writes) {
      if (tx.fate == Fate::committed && value != step.seen) return false;
    } else {
      if (!history.lists) value.clear();
      value.push_back(step.value);
    }
  }
  return true;
}

inline bool contains(const std::vector<int>& all, int one) {
  return std::ranges::find(all, one) != all.end();
}

/// Could `next` follow those that stand in `order`?
inline bool may_follow(const SmallHistory& history, const Happened& happened,
                       const std::vector<int>& order, int next, Order kept) {
  if (contains(order, next)) return false;
  return std::ranges::all_of(happened, [&](int other) {
    return !must_precede(history, other, next, kept) || contains(order, other);
  });
}

inline bool serializable_after(const SmallHistory& history, const Happened& happened,
                               std::vector<int>& order, const State& state, Order kept) {
  if (order.size() == happened.size()) return true;
  for (const int next : happened) {
    if (!may_follow(history, happened, order, next, kept)) continue;
    State after = state;
    if (!replay(history, history.txs[static_cast<std::size_t>(next)], after)) continue;
    order.push_back(next);
    if (serializable_after(history, happened, order, after, kept)) return true;
    order.pop_back();
  }
  return false;
}

inline bool serializable(const SmallHistory& history, Order kept) {
  return std::ranges::any_of(choices(history, [](int) { return false; }), [&](auto& happened) {
    std::vector<int> order;
    return serializable_after(history, happened, order, {}, kept);
  });
}

inline bool write_alike(const Tx& a, const Tx& b) {
  for (const Step& mine : a.steps) {
    for (const Step& other : b.steps) {
      if (mine.writes && other.writes && mine.key == other.key) return true;
    }
  }
  return false;
}

/// Is there a snapshot for `next`, if it commits after those in `order`? `states[i]` is what the
/// first i commits left.
inline bool has_snapshot(const SmallHistory& history, const std::vector<int>& order,
                         const std::vector<State>& states, int next, Order kept) {
  const Tx& tx = history.txs[static_cast<std::size_t>(next)];
  for (std::size_t snapshot = order.size() + 1; snapshot-- > 0;) {
    State state = states[snapshot];
    if (replay(history, tx, state)) return true;
    // One commit further back: it must be nobody whom `next` must see, or who wrote its keys.
    if (snapshot == 0) return false;
    const int missed = order[snapshot - 1];
    if (must_precede(history, missed, next, kept)) return false;
    if (write_alike(tx, history.txs[static_cast<std::size_t>(missed)])) return false;
  }
  return false;
}

inline bool snapshot_after(const SmallHistory& history, const Happened& happened,
                           std::vector<int>& order, std::vector<State>& states, Order kept) {
  if (order.size() == happened.size()) return true;
  for (const int next : happened) {
    if (!may_follow(history, happened, order, next, kept)) continue;
    if (!has_snapshot(history, order, states, next, kept)) continue;
    State after = states.back();
    Tx writes = history.txs[static_cast<std::size_t>(next)];
    std::erase_if(writes.steps, [](const Step& step) { return !step.writes; });
    replay(history, writes, after);
    order.push_back(next);
    states.push_back(after);
    if (snapshot_after(history, happened, order, states, kept)) return true;
    order.pop_back();
    states.pop_back();
  }
  return false;
}

inline bool snapshot_isolated(const SmallHistory& history, Order kept) {
  return std::ranges::any_of(choices(history, [](int) { return false; }), [&](auto& happened) {
    std::vector<int> order;
    std::vector<State> states = {{}};
    return snapshot_after(history, happened, order, states, kept);
  });
}

// --- phenomena that single reads show -----------------------------------------------------------

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

// --- Adya's serialization graphs ----------------------------------------------------------------

using VersionOrder = std::map<int, std::vector<int>>;  ///< of each key, all its values in order

/// The versions of one key: those whose order was read, and those that may stand in any order
/// behind. Of registers only last writes are versions, and none has a known place.
struct KeyVersions {
  std::vector<int> first;
  std::vector<int> rest;
};

inline KeyVersions versions_of(const SmallHistory& history, const Happened& happened, int key,
                               const std::vector<int>& longest) {
  KeyVersions versions;
  for (const int value : longest) {
    if (history.lists && contains(happened, writer_of(history, key, value))) {
      versions.first.push_back(value);
    }
  }
  for (const int t : happened) {
    const Tx& tx = history.txs[static_cast<std::size_t>(t)];
    for (const Step& step : tx.steps) {
      if (!step.writes || step.key != key || contains(versions.first, step.value)) continue;
      if (!history.lists && overwritten_by_itself(tx, key, step.value)) continue;
      versions.rest.push_back(step.value);
    }
  }
  std::ranges::sort(versions.rest);
  return versions;
}

/// Every order of versions of all keys that agrees with what was read.
inline std::vector<VersionOrder> version_orders(const SmallHistory& history,
                                                const Happened& happened) {
  std::vector<VersionOrder> orders = {{}};
  auto longest = longest_reads(history);
  for (const int key : keys_of(history)) {
    auto [first, rest] = versions_of(history, happened, key, longest[key]);
    std::vector<VersionOrder> longer;
    do {
      for (VersionOrder order : orders) {
        order[key] = first;
        order[key].insert(order[key].end(), rest.begin(), rest.end());
        longer.push_back(std::move(order));
      }
    } while (std::ranges::next_permutation(rest).found);
    orders = std::move(longer);
  }
  return orders;
}

/// Are there few enough orders to try them all?
inline bool enumerable(const SmallHistory& history) {
  constexpr double kMost = 2000;
  double orders = 1;
  Happened everybody;
  for (int t = 0; t < static_cast<int>(history.txs.size()); ++t) {
    const Fate fate = history.txs[static_cast<std::size_t>(t)].fate;
    if (fate != Fate::aborted) everybody.push_back(t);
    if (fate == Fate::possible) orders *= 2;
  }
  auto longest = longest_reads(history);
  for (const int key : keys_of(history)) {
    orders *= std::tgamma(
        static_cast<double>(versions_of(history, everybody, key, longest[key]).rest.size() + 1));
  }
  return orders <= kMost;
}

enum class Dependency { ww, wr, rw, order };
struct Edge {
  int from;
  int to;
  Dependency dependency;
  int key;
};

inline std::vector<Edge> dependencies(const SmallHistory& history, const VersionOrder& versions) {
  std::vector<Edge> edges;
  const auto add = [&](int from, int to, Dependency dependency, int key) {
    if (from != to && from != -1 && to != -1) edges.push_back({from, to, dependency, key});
  };
  for (const auto& [key, values] : versions) {
    for (std::size_t i = 1; i < values.size(); ++i) {
      add(writer_of(history, key, values[i - 1]), writer_of(history, key, values[i]),
          Dependency::ww, key);
    }
  }
  for_each_read(history, [&](int reader, std::size_t, const Step& read) {
    const std::vector<int>& values = versions.at(read.key);
    std::size_t next = 0;  // of the version after the one that was read
    if (!read.seen.empty()) {
      const auto found = std::ranges::find(values, read.seen.back());
      if (found == values.end()) return;  // a dirty read; said elsewhere
      add(writer_of(history, read.key, *found), reader, Dependency::wr, read.key);
      next = static_cast<std::size_t>(found - values.begin()) + 1;
    }
    if (next < values.size()) {
      add(reader, writer_of(history, read.key, values[next]), Dependency::rw, read.key);
    }
  });
  return edges;
}

using Wanted = std::function<bool(const Edge&)>;

inline bool reaches(const std::vector<Edge>& edges, int from, int to, const Wanted& wanted) {
  std::set<int> seen = {from};
  std::vector<int> todo = {from};
  while (!todo.empty()) {
    const int at = todo.back();
    todo.pop_back();
    if (at == to) return true;
    for (const Edge& edge : edges) {
      if (edge.from == at && wanted(edge) && seen.insert(edge.to).second) todo.push_back(edge.to);
    }
  }
  return false;
}

/// A cycle with one edge of `first` and otherwise edges of `rest`.
inline bool has_cycle(const std::vector<Edge>& edges, const Wanted& first, const Wanted& rest) {
  return std::ranges::any_of(edges, [&](const Edge& edge) {
    return first(edge) && reaches(edges, edge.to, edge.from, rest);
  });
}

// --- the models ---------------------------------------------------------------------------------

using Models = std::set<std::string>;

/// Those of Adya's levels that one choice of what happened and of version orders satisfies.
inline Models levels_of(const SmallHistory& history, const Phenomena& found,
                        const Happened& happened, const VersionOrder& versions) {
  const std::vector<Edge> edges = dependencies(history, versions);
  const auto with = [&](Order order) {
    std::vector<Edge> more = edges;
    for (const int a : happened) {
      for (const int b : happened) {
        if (must_precede(history, a, b, order)) more.push_back({a, b, Dependency::order, -1});
      }
    }
    return more;
  };
  const Wanted ww = [](auto& e) { return e.dependency == Dependency::ww; };
  const Wanted rw = [](auto& e) { return e.dependency == Dependency::rw; };
  const Wanted any = [](auto&) { return true; };
  const Wanted writes = [](auto& e) {
    return e.dependency == Dependency::ww || e.dependency == Dependency::order;
  };
  const Wanted no_rw = [](auto& e) { return e.dependency != Dependency::rw; };
  const std::vector<Edge> session = with(Order::session);
  const std::vector<Edge> real_time = with(Order::real_time);

  Models models;
  if (has_cycle(edges, ww, ww)) return models;
  if (!found.incompatible_order) {
    models.insert("read-uncommitted");
    if (!has_cycle(session, writes, writes)) models.insert("strong-session-read-uncommitted");
    if (!has_cycle(real_time, writes, writes)) models.insert("strong-read-uncommitted");
  }
  if (found.aborted_read || found.intermediate_read || found.future_read ||
      found.incompatible_order || has_cycle(edges, no_rw, no_rw)) {
    return models;
  }
  models.insert("read-committed");
  if (!has_cycle(session, no_rw, no_rw)) models.insert("strong-session-read-committed");
  if (!has_cycle(real_time, no_rw, no_rw)) models.insert("strong-read-committed");
  const bool lost = std::ranges::any_of(edges, [&](const Edge& edge) {
    return rw(edge) &&
           reaches(edges, edge.to, edge.from, [&](auto& e) { return ww(e) && e.key == edge.key; });
  });
  if (lost) return models;
  models.insert("cursor-stability");
  if (has_cycle(edges, rw, no_rw)) return models;
  models.insert("consistent-view");
  if (!found.internal) models.insert("parallel-snapshot-isolation");
  if (!has_cycle(edges, any, any)) models.insert("repeatable-read");
  return models;
}

/// Every model that the oracle knows.
inline const Models& known_models() {
  static const Models kKnown = {"read-uncommitted",
                                "read-committed",
                                "cursor-stability",
                                "consistent-view",
                                "parallel-snapshot-isolation",
                                "repeatable-read",
                                "snapshot-isolation",
                                "serializable",
                                "strong-session-read-uncommitted",
                                "strong-read-uncommitted",
                                "strong-session-read-committed",
                                "strong-read-committed",
                                "strong-session-snapshot-isolation",
                                "strong-snapshot-isolation",
                                "strong-session-serializable",
                                "strict-serializable"};
  return kKnown;
}

/// The models that the history satisfies.
inline Models satisfied(const SmallHistory& history) {
  Models models;
  const auto add = [&](const char* model, bool holds) {
    if (holds) models.insert(model);
  };
  add("serializable", serializable(history, Order::none));
  add("strong-session-serializable", serializable(history, Order::session));
  add("strict-serializable", serializable(history, Order::real_time));
  add("snapshot-isolation", snapshot_isolated(history, Order::none));
  add("strong-session-snapshot-isolation", snapshot_isolated(history, Order::session));
  add("strong-snapshot-isolation", snapshot_isolated(history, Order::real_time));

  const Phenomena found = phenomena(history);
  if (found.garbage_read || found.duplicate_elements) return models;
  const auto was_read = [&](int t) {
    bool read = false;
    for_each_read(history, [&](int, std::size_t, const Step& step) {
      for (const int value : step.seen) read |= writer_of(history, step.key, value) == t;
    });
    return read;
  };
  for (const Happened& happened : choices(history, was_read)) {
    for (const VersionOrder& versions : version_orders(history, happened)) {
      models.merge(levels_of(history, found, happened, versions));
    }
  }
  return models;
}

/// Models that the oracle does not judge for this history (see the conventions above).
inline Models not_judged(const SmallHistory& history) {
  if (!phenomena(history).incompatible_order) return {};
  return {"read-uncommitted", "strong-session-read-uncommitted", "strong-read-uncommitted"};
}

}  // namespace witness::oracle
