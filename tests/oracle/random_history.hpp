/// Small random histories for the oracle: some as a store of some level could have made them,
/// some of those with one thing spoilt, some made up; none too large for the oracle.
#pragma once

#include <random>

#include "tests/oracle/transaction_oracle.hpp"

namespace witness::oracle {

class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : random_(seed) {}

  SmallHistory next(bool lists) {
    do {
      make(lists);
    } while (!enumerable(history_));
    return history_;
  }

 private:
  using State = std::map<int, std::vector<int>>;

  int below(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }

  void make(bool lists) {
    history_ = {lists, {}};
    next_value_.clear();
    keys_ = 1 + below(3);
    processes_ = 1 + below(4);
    const int size = 2 + below(below(3) == 0 ? 5 : 3);
    for (int t = 0; t < size; ++t) add_transaction();
    place_in_time();
    switch (below(6)) {
      case 0:
        read_in_one_order(in_time());
        break;
      case 1:
        read_in_one_order(shuffled());
        break;
      case 2:
        read_snapshots(in_time());
        break;
      case 3:
        read_snapshots(shuffled());
        break;
      default:
        read_anything();
    }
    if (below(3) == 0) spoil();
  }

  void add_transaction() {
    Tx& tx = history_.txs.emplace_back();
    const int fate = below(10);
    tx.fate = fate == 0 ? Fate::aborted : fate == 1 ? Fate::possible : Fate::committed;
    const int steps = 1 + below(3);
    for (int i = 0; i < steps; ++i) {
      const int key = below(keys_);
      if (below(2) == 0) {
        tx.steps.push_back({true, key, ++next_value_[key], {}});
      } else {
        tx.steps.push_back({false, key, 0, {}});
      }
    }
  }

  /// Each process runs its transactions one after the other; who gave no answer is not asked again.
  void place_in_time() {
    std::vector<int> open(static_cast<std::size_t>(processes_), -1);
    int numbers = processes_;
    std::vector<int> number(open.size());
    for (std::size_t p = 0; p < open.size(); ++p) number[p] = static_cast<int>(p);
    std::size_t next = 0;
    int time = 0;
    int running = 0;
    while (next < history_.txs.size() || running > 0) {
      const auto p = static_cast<std::size_t>(below(processes_));
      if (open[p] == -1) {
        if (next == history_.txs.size()) continue;
        Tx& tx = history_.txs[next];
        tx.process = number[p];
        tx.invoked = time++;
        open[p] = static_cast<int>(next++);
        ++running;
        continue;
      }
      Tx& tx = history_.txs[static_cast<std::size_t>(open[p])];
      const bool silent = tx.fate == Fate::possible && below(2) == 0;
      if (!silent) tx.completed = time++;
      if (tx.fate == Fate::possible) number[p] = numbers++;
      open[p] = -1;
      --running;
    }
  }

  std::vector<int> shuffled() {
    std::vector<int> order(history_.txs.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = static_cast<int>(i);
      std::swap(order[i], order[static_cast<std::size_t>(below(static_cast<int>(i) + 1))]);
    }
    return order;
  }
  /// By a moment between invocation and completion.
  std::vector<int> in_time() {
    std::vector<std::pair<int, int>> moments;
    for (std::size_t t = 0; t < history_.txs.size(); ++t) {
      const Tx& tx = history_.txs[t];
      const int end = tx.completed == INT_MAX ? tx.invoked + 5 : tx.completed;
      moments.push_back({2 * tx.invoked + below(2 * (end - tx.invoked)) + 1, static_cast<int>(t)});
    }
    std::ranges::sort(moments);
    std::vector<int> order;
    order.reserve(moments.size());
    for (const auto& [moment, t] : moments) order.push_back(t);
    return order;
  }

  void run(Tx& tx, State& state) const {
    for (Step& step : tx.steps) {
      std::vector<int>& value = state[step.key];
      if (!step.writes) {
        step.seen = value;
        continue;
      }
      if (!history_.lists) value.clear();
      value.push_back(step.value);
    }
  }
  bool happens(const Tx& tx) {
    return tx.fate == Fate::committed || (tx.fate == Fate::possible && below(2) == 0);
  }

  void read_in_one_order(const std::vector<int>& order) {
    State state;
    for (const int t : order) {
      Tx& tx = history_.txs[static_cast<std::size_t>(t)];
      if (happens(tx)) run(tx, state);
    }
  }

  /// Commits in this order; each reads some earlier state. Nobody is refused, so that updates may
  /// be lost.
  void read_snapshots(const std::vector<int>& order) {
    std::vector<State> states = {{}};
    for (const int t : order) {
      Tx& tx = history_.txs[static_cast<std::size_t>(t)];
      if (!happens(tx)) continue;
      const int back = below(2) == 0 ? 0 : below(static_cast<int>(states.size()));
      State snapshot = states[states.size() - 1 - static_cast<std::size_t>(back)];
      Tx whole = tx;
      State next = states.back();
      run(whole, next);
      run(tx, snapshot);
      states.push_back(next);
    }
  }

  /// One order of each key's values; reads take any of its beginnings, or any value.
  void read_anything() {
    State all;
    for (const int t : shuffled()) {
      const Tx& tx = history_.txs[static_cast<std::size_t>(t)];
      if (tx.fate == Fate::aborted && below(3) != 0) continue;
      for (const Step& step : tx.steps) {
        if (step.writes) all[step.key].push_back(step.value);
      }
    }
    for (Tx& tx : history_.txs) {
      for (Step& step : tx.steps) {
        if (step.writes) continue;
        const std::vector<int>& values = all[step.key];
        const auto length = static_cast<std::ptrdiff_t>(below(static_cast<int>(values.size()) + 1));
        step.seen = {values.begin(), values.begin() + length};
        if (!history_.lists && length > 1) step.seen = {step.seen.back()};
      }
    }
  }

  void spoil() {
    std::vector<Step*> reads;
    for (Tx& tx : history_.txs) {
      for (Step& step : tx.steps) {
        if (!step.writes) reads.push_back(&step);
      }
    }
    if (reads.empty()) return;
    Step& read = *reads[static_cast<std::size_t>(below(static_cast<int>(reads.size())))];
    const int value = 1 + below(next_value_[read.key] + (below(4) == 0 ? 1 : 0) + 1);
    if (!history_.lists) {
      read.seen.clear();
      if (below(3) != 0) read.seen = {std::min(value, next_value_[read.key] + below(2))};
      if (read.seen == std::vector<int>{0}) read.seen.clear();
      return;
    }
    switch (below(4)) {
      case 0:
        if (!read.seen.empty()) read.seen.pop_back();
        break;
      case 1:
        read.seen.push_back(value);
        break;
      case 2:
        if (read.seen.size() > 1) std::swap(read.seen[0], read.seen[1]);
        break;
      default:
        if (!read.seen.empty()) read.seen.erase(read.seen.begin());
    }
  }

  std::mt19937_64 random_;
  SmallHistory history_;
  std::map<int, int> next_value_;
  int keys_ = 1;
  int processes_ = 1;
};

}  // namespace witness::oracle
