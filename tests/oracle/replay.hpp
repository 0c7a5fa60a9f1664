/// Does a history satisfy a model that is told by orders of transactions? By trying every order.
///
///   serializable (Papadimitriou 1979)   which possible transactions happened; every order of those
///       that did; the history satisfies it if in one of them every known read is what a replay
///       gives. strong-session-: only orders that keep each process's own. strict-: only orders in
///       which who had ended stands before who had not begun.
///   snapshot-isolation (Berenson 1995, generalised: Elnikety 2005)   the same, and for each
///       transaction every earlier point of the commit order as its snapshot; reads are the
///       snapshot's and its own writes; nobody who committed in between wrote one of its keys.
///       strong-session-, strong-: the snapshot holds what its process, or everybody, had ended.
#pragma once

#include "tests/oracle/happened.hpp"

namespace witness::oracle {

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

}  // namespace witness::oracle
