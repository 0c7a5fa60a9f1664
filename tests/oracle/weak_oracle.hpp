/// Decides the weak levels of a handful of register transactions straight from their axioms.
///
///   monotonic atomic view, read atomic, causal (Biswas and Enea 2019), with session order or
///       without   there is an order of the transactions that agrees with reads-from (and session
///       order) so that, where t3 read x from t1 and depends on t2, another writer of x, t2 comes
///       before t1. All orders are tried. Nothing comes before the initial value.
///   session guarantees (Terry et al. 1994)   there is an order of the values of all keys, initial
///       ones first, that has all pairs that the guarantee asks for: they have no cycle.
///
/// Conventions: a possible transaction takes part if its write was read. Every read of another
/// one's write counts, wherever in its transaction it stands. Values of aborted transactions and of
/// nobody are values to the session guarantees, and break all levels above.
#pragma once

#include "tests/oracle/transaction_oracle.hpp"

namespace witness::oracle {

class WeakOracle {
 public:
  explicit WeakOracle(const SmallHistory& history) : history_(history) {
    const int count = static_cast<int>(history.txs.size());
    for_each_read(history, [&](int reader, std::size_t place, const Step& step) {
      reads_.push_back({reader, place, step.key, step.seen.empty() ? 0 : step.seen.back()});
    });
    for (int t = 0; t < count; ++t) {
      const Fate fate = tx(t).fate;
      const bool was_read = std::ranges::any_of(reads_, [&](const Read& read) {
        return read.value != 0 && writer_of(history, read.key, read.value) == t;
      });
      if (fate == Fate::committed || (fate == Fate::possible && was_read)) here_.push_back(t);
    }
  }

  static const Models& known() {
    static const Models kKnown = {"monotonic-atomic-view",
                                  "read-atomic",
                                  "causal-cerone",
                                  "strong-session-monotonic-atomic-view",
                                  "strong-session-read-atomic",
                                  "causal",
                                  "monotonic-reads",
                                  "monotonic-writes",
                                  "read-your-writes",
                                  "writes-follow-reads",
                                  "PRAM"};
    return kKnown;
  }

  Models satisfied() const {
    Models models;
    const auto add = [&](const char* model, bool holds) {
      if (holds) models.insert(model);
    };
    const Phenomena found = phenomena(history_);
    const bool dirty =
        found.aborted_read || found.intermediate_read || found.future_read || found.garbage_read;
    for (const bool sessions : {false, true}) {
      const auto level = [&](const char* plain, const char* strong, auto depends) {
        add(sessions ? strong : plain, has_order(sessions, depends));
      };
      if (dirty) break;
      level("monotonic-atomic-view", "strong-session-monotonic-atomic-view",
            [&](int t2, const Read& read) { return read_from(read.reader, t2, read.place); });
      if (found.internal) continue;
      level("read-atomic", "strong-session-read-atomic", [&](int t2, const Read& read) {
        return read_from(read.reader, t2, SIZE_MAX) || (sessions && follows(read.reader, t2));
      });
      level("causal-cerone", "causal", [&](int t2, const Read& read) {
        return reached(sessions).contains({t2, read.reader});
      });
    }
    add("monotonic-reads", has_value_order(monotonic_reads()));
    add("monotonic-writes", has_value_order(monotonic_writes()));
    add("read-your-writes", has_value_order(read_your_writes()));
    add("writes-follow-reads", has_value_order(writes_follow_reads()));
    add("PRAM", has_value_order(pram()));
    return models;
  }

 private:
  struct Read {
    int reader;
    std::size_t place;
    int key;
    int value;  ///< 0: the initial one
  };
  using Value = std::pair<int, int>;  ///< key, value
  using Pairs = std::set<std::pair<Value, Value>>;

  const Tx& tx(int t) const { return history_.txs[static_cast<std::size_t>(t)]; }
  bool follows(int later, int earlier) const {
    return must_precede(history_, earlier, later, Order::session);
  }
  int source(const Read& read) const {
    return read.value == 0 ? -1 : writer_of(history_, read.key, read.value);
  }
  bool writes(int t, int key) const {
    return std::ranges::any_of(tx(t).steps,
                               [&](const Step& step) { return step.writes && step.key == key; });
  }
  bool read_from(int reader, int writer, std::size_t before) const {
    return std::ranges::any_of(reads_, [&](const Read& read) {
      return read.reader == reader && read.place < before && source(read) == writer;
    });
  }

  // --- levels of transactions

  std::set<std::pair<int, int>> reached(bool sessions) const {
    std::set<std::pair<int, int>> pairs;
    for (const int a : here_) {
      for (const int b : here_) {
        if (a != b && (read_from(b, a, SIZE_MAX) || (sessions && follows(b, a))))
          pairs.insert({a, b});
      }
    }
    for (const int middle : here_) {
      for (const int a : here_) {
        for (const int b : here_) {
          if (pairs.contains({a, middle}) && pairs.contains({middle, b})) pairs.insert({a, b});
        }
      }
    }
    return pairs;
  }

  bool has_order(bool sessions, const std::function<bool(int, const Read&)>& depends) const {
    std::vector<int> order = here_;
    do {
      const auto place = [&](int t) { return std::ranges::find(order, t) - order.begin(); };
      const auto agrees = [&](const Read& read) {
        const int t1 = source(read);
        if (t1 == read.reader) return true;
        if (t1 != -1 && place(t1) > place(read.reader)) return false;
        return std::ranges::all_of(here_, [&](int t2) {
          if (t2 == t1 || t2 == read.reader || !writes(t2, read.key)) return true;
          if (!depends(t2, read)) return true;
          return t1 != -1 && place(t2) < place(t1);
        });
      };
      const auto in_session = [&](int a) {
        return std::ranges::all_of(here_,
                                   [&](int b) { return !follows(b, a) || place(a) < place(b); });
      };
      if (sessions && !std::ranges::all_of(here_, in_session)) continue;
      if (std::ranges::all_of(reads_, agrees)) return true;
    } while (std::ranges::next_permutation(order).found);
    return false;
  }

  // --- session guarantees

  /// Is the step before the other one in its session?
  bool earlier(int a, std::size_t i, int b, std::size_t j) const {
    return a == b ? i < j : follows(b, a);
  }
  void for_each_write(const std::function<void(int, std::size_t, Value)>& use) const {
    for (int t = 0; t < static_cast<int>(history_.txs.size()); ++t) {
      if (tx(t).fate == Fate::aborted) continue;
      for (std::size_t i = 0; i < tx(t).steps.size(); ++i) {
        const Step& step = tx(t).steps[i];
        if (step.writes) use(t, i, {step.key, step.value});
      }
    }
  }

  Pairs monotonic_reads() const {
    Pairs pairs;
    for (const Read& first : reads_) {
      for (const Read& second : reads_) {
        if (first.key == second.key &&
            earlier(first.reader, first.place, second.reader, second.place)) {
          pairs.insert({{first.key, first.value}, {second.key, second.value}});
        }
      }
    }
    return pairs;
  }
  Pairs monotonic_writes() const {
    Pairs pairs;
    for_each_write([&](int a, std::size_t i, Value first) {
      for_each_write([&](int b, std::size_t j, Value second) {
        if (earlier(a, i, b, j)) pairs.insert({first, second});
      });
    });
    return pairs;
  }
  Pairs read_your_writes() const {
    Pairs pairs;
    for (const Read& read : reads_) {
      for_each_write([&](int a, std::size_t i, Value written) {
        if (written.first == read.key && earlier(a, i, read.reader, read.place)) {
          pairs.insert({written, {read.key, read.value}});
        }
      });
    }
    return pairs;
  }
  Pairs writes_follow_reads() const {
    Pairs pairs;
    for (const Read& read : reads_) {
      if (read.value == 0) continue;
      for_each_write([&](int b, std::size_t j, Value written) {
        if (!earlier(read.reader, read.place, b, j)) return;
        pairs.insert({{read.key, read.value}, written});
        // What is read was written before, so never later.
        if (Value{read.key, read.value} == written) pairs.insert({written, {read.key, 0}});
      });
    }
    return pairs;
  }
  Pairs pram() const {
    Pairs pairs = monotonic_writes();
    pairs.merge(monotonic_reads());
    pairs.merge(read_your_writes());
    for (const Read& read : reads_) {
      for (const Read& before : reads_) {
        const bool same = &before == &read;
        if (!same && !earlier(before.reader, before.place, read.reader, read.place)) continue;
        for_each_write([&](int a, std::size_t i, Value seen) {
          if (seen != Value{before.key, before.value}) return;
          for_each_write([&](int b, std::size_t j, Value written) {
            if (written.first == read.key && earlier(b, j, a, i)) {
              pairs.insert({written, {read.key, read.value}});
            }
          });
        });
      }
    }
    return pairs;
  }

  static bool has_value_order(Pairs pairs) {
    std::erase_if(pairs, [](const auto& pair) { return pair.first == pair.second; });
    std::set<Value> values;
    for (const auto& [a, b] : pairs) {
      values.insert(a);
      values.insert(b);
    }
    for (const Value& a : values) {
      for (const Value& b : values) {
        if (a.first == b.first && a.second == 0 && b.second != 0) pairs.insert({a, b});
      }
    }
    for (const Value& middle : values) {
      for (const Value& a : values) {
        for (const Value& b : values) {
          if (pairs.contains({a, middle}) && pairs.contains({middle, b})) pairs.insert({a, b});
        }
      }
    }
    return std::ranges::none_of(values, [&](const Value& a) { return pairs.contains({a, a}); });
  }

  const SmallHistory& history_;
  std::vector<Read> reads_;
  std::vector<int> here_;
};

}  // namespace witness::oracle
