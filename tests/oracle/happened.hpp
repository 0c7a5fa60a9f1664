/// Which transactions happened, and which of them must stand before which.
#pragma once

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

inline bool contains(const std::vector<int>& all, int one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace witness::oracle
