/// The dependency graph against definitions: every order of a few small transactions is
/// run for real, on registers and on sets whose rows are counted.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "tests/checker/fuzz_cases.hpp"
#include "tests/checker/history_text.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

enum class Kind { read, write, count, insert };

struct Step {
  Kind kind;
  int key;
  int value;  ///< 0 is the initial value; what a count saw
};

enum class Fate { committed, unresolved, aborted };

struct Tx {
  std::vector<Step> steps;
  std::int64_t start = 0;
  std::int64_t end = 0;
  int process = 0;
  Fate fate = Fate::committed;
};

using State = std::map<std::pair<int, bool>, int>;  // (key, is a set) -> value, or rows

/// Runs a transaction: false if something that it read is not there.
bool run(const Tx& tx, State& state) {
  for (const Step& step : tx.steps) {
    switch (step.kind) {
      case Kind::read:
        if (state[{step.key, false}] != step.value) return false;
        break;
      case Kind::write:
        state[{step.key, false}] = step.value;
        break;
      case Kind::count:
        if (state[{step.key, true}] != step.value) return false;
        break;
      case Kind::insert:
        ++state[{step.key, true}];
        break;
    }
  }
  return true;
}

/// Two that counted the same rows before adding theirs: a set without one order of
/// versions. (Then no serial order exists, but snapshots may.)
bool counted_alike(const std::vector<Tx>& txs) {
  std::map<std::pair<int, int>, int> seen;
  for (const Tx& tx : txs) {
    for (const Step& step : tx.steps) {
      const bool inserts = std::ranges::any_of(tx.steps, [&](const Step& other) {
        return other.kind == Kind::insert && other.key == step.key;
      });
      if (step.kind == Kind::count && inserts && ++seen[{step.key, step.value}] == 2) return true;
    }
  }
  return false;
}

enum class Time { none, process, real };

bool must_precede(const Tx& a, const Tx& b, Time time) {
  const bool known_end = a.fate == Fate::committed;
  if (time == Time::none || !known_end) return false;
  if (a.process == b.process && a.start < b.start) return true;
  return time == Time::real && a.end < b.start;
}

bool respects(const std::vector<const Tx*>& order, Time time) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t later = i + 1; later < order.size(); ++later) {
      if (must_precede(*order[later], *order[i], time)) return false;
    }
  }
  return true;
}

bool serial_order(const std::vector<const Tx*>& order, Time time) {
  if (!respects(order, time)) return false;
  State state;
  return std::ranges::all_of(order, [&](const Tx* tx) { return run(*tx, state); });
}

bool writes_same(const Tx& a, const Tx& b) {
  for (const Step& x : a.steps) {
    for (const Step& y : b.steps) {
      if (x.kind == Kind::write && y.kind == Kind::write && x.key == y.key) return true;
    }
  }
  return false;
}

/// A commit order in which each transaction finds a snapshot, taken before its commit,
/// that explains its reads and after which nobody wrote what it writes.
bool snapshot_order(const std::vector<const Tx*>& order, Time time) {
  if (!respects(order, time)) return false;
  for (std::size_t self = 0; self < order.size(); ++self) {
    bool found = false;
    for (std::size_t cut = 0; cut <= self && !found; ++cut) {
      found = true;
      State state;
      for (std::size_t i = 0; i < order.size() && found; ++i) {
        if (i < cut) {
          for (const Step& step : order[i]->steps) {
            if (step.kind == Kind::write) state[{step.key, false}] = step.value;
            if (step.kind == Kind::insert) ++state[{step.key, true}];
          }
        } else {
          if (i < self && writes_same(*order[i], *order[self])) found = false;
          if (i != self && must_precede(*order[i], *order[self], time)) found = false;
        }
      }
      found = found && run(*order[self], state);
    }
    if (!found) return false;
  }
  return true;
}

template <typename Explains>
bool some_order(const std::vector<Tx>& txs, Explains explains) {
  std::vector<const Tx*> certain;
  std::vector<const Tx*> maybe;
  for (const Tx& tx : txs) {
    if (tx.fate == Fate::committed) certain.push_back(&tx);
    if (tx.fate == Fate::unresolved) maybe.push_back(&tx);
  }
  for (unsigned choice = 0; choice < 1U << maybe.size(); ++choice) {
    std::vector<const Tx*> order = certain;
    for (std::size_t i = 0; i < maybe.size(); ++i) {
      if ((choice >> i & 1U) != 0) order.push_back(maybe[i]);
    }
    std::ranges::sort(order);
    do {
      if (explains(order)) return true;
    } while (std::ranges::next_permutation(order).found);
  }
  return false;
}

/// Values are unique and every version is read by who replaces it: one version order.
bool determined(const std::vector<Tx>& txs, bool identity) {
  if (!identity) return false;
  for (const Tx& tx : txs) {
    if (tx.fate != Fate::committed) return false;
    for (std::size_t i = 0; i < tx.steps.size(); ++i) {
      const Step& step = tx.steps[i];
      if (step.kind != Kind::write && step.kind != Kind::insert) continue;
      const Kind needed = step.kind == Kind::write ? Kind::read : Kind::count;
      const bool read = std::any_of(tx.steps.begin(), tx.steps.begin() + i, [&](const Step& s) {
        return s.kind == needed && s.key == step.key;
      });
      if (!read) return false;
    }
  }
  return true;
}

std::string text_of(const std::vector<Tx>& txs, bool identity) {
  std::string text = identity ? "seat v0 9 none\n" : "drop 0 9 none\n";
  constexpr std::array kNames = {"r", "w", "count", "insert"};
  for (std::size_t i = 0; i < txs.size(); ++i) {
    const Tx& tx = txs[i];
    const bool info = tx.fate == Fate::unresolved;
    text +=
        fmt::format("op {} {}-{} {}: ", tx.process, tx.start, info ? "?" : std::to_string(tx.end),
                    tx.fate == Fate::committed ? "ok"
                    : info                     ? "info"
                                               : "fail");
    for (std::size_t s = 0; s < tx.steps.size(); ++s) {
      const Step& step = tx.steps[s];
      const bool set = step.kind == Kind::count || step.kind == Kind::insert;
      const bool number = !identity || step.kind == Kind::count;
      text += fmt::format("{}{} {}{} {}{}", s == 0 ? "" : ", ", kNames[static_cast<int>(step.kind)],
                          set ? "S" : "R", step.key,
                          number ? ""
                          : set  ? "i"
                                 : "v",
                          step.value);
    }
    text += "\n";
  }
  return text;
}

/// Random transactions; what they saw is made up, or comes from a run in which
/// everybody reads what is committed at the moment.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::vector<Tx> make(bool identity) {
    const int count = 2 + below(5);
    const int keys = 1 + below(2);
    const bool blind = below(3) == 0;
    const int what = below(3);  // registers, sets, both
    txs_.assign(count, {});
    for (int i = 0; i < count; ++i) {
      Tx& tx = txs_[i];
      tx.process = below(3);
      const int touched = 1 + below(keys);
      for (int t = 0; t < touched; ++t) {
        const int key = touched == 2 ? t : below(keys);
        const bool set = what == 1 || (what == 2 && below(2) == 0);
        const bool writes = below(3) != 0;
        if (!blind || !writes || below(2) == 0) {
          tx.steps.push_back({set ? Kind::count : Kind::read, key, 0});
        }
        const int value = identity ? i + 1 : below(3);
        if (writes) tx.steps.push_back({set ? Kind::insert : Kind::write, key, value});
      }
    }
    below(2) == 0 ? invent(identity) : play();
    if (below(3) == 0) forget();
    return txs_;
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  void invent(bool identity) {
    const int count = static_cast<int>(txs_.size());
    for (Tx& tx : txs_) {
      tx.start = below(20);
      tx.end = tx.start + below(12);
      for (Step& step : tx.steps) {
        if (step.kind == Kind::count) step.value = below(count);
        if (step.kind != Kind::read) continue;
        step.value = identity ? (below(2) == 0 ? 0 : writer_of(step.key)) : below(3);
      }
    }
    one_at_a_time();
  }

  /// A process runs one transaction at a time, in the order of their lines.
  void one_at_a_time() {
    std::map<int, std::int64_t> last;
    for (Tx& tx : txs_) {
      const std::int64_t from = last.contains(tx.process) ? last[tx.process] + 1 : tx.start;
      if (tx.start < from) {
        tx.end += from - tx.start;
        tx.start = from;
      }
      last[tx.process] = tx.end;
    }
  }

  int writer_of(int key) {
    std::vector<int> values = {0};
    for (const Tx& tx : txs_) {
      for (const Step& step : tx.steps) {
        if (step.kind == Kind::write && step.key == key) values.push_back(step.value);
      }
    }
    return values[below(static_cast<int>(values.size()))];
  }

  /// Read committed, or snapshots (then lost updates can still happen: no conflict check).
  void play() {
    const bool snapshots = below(2) == 0;
    State committed;
    std::vector<State> seen(txs_.size());
    std::vector<std::size_t> at(txs_.size(), 0);
    std::vector<bool> begun(txs_.size(), false);
    std::map<int, std::size_t> next;  // of each process: its first unfinished transaction
    std::int64_t now = 0;
    std::size_t left = txs_.size();
    std::vector<bool> done(txs_.size(), false);
    while (left > 0) {
      const std::size_t i = below(static_cast<int>(txs_.size()));
      bool first = !done[i];
      for (std::size_t j = 0; j < i; ++j)
        first = first && (done[j] || txs_[j].process != txs_[i].process);
      if (!first) continue;
      Tx& tx = txs_[i];
      if (!begun[i]) {
        begun[i] = true;
        tx.start = now++;
        seen[i] = committed;
      } else if (at[i] < tx.steps.size()) {
        Step& step = tx.steps[at[i]++];
        const State& view = snapshots ? seen[i] : committed;
        const auto value = view.find({step.key, step.kind == Kind::count});
        if (step.kind == Kind::read || step.kind == Kind::count) {
          step.value = value == view.end() ? 0 : value->second;
        }
      } else {
        for (const Step& step : tx.steps) {
          if (step.kind == Kind::write) committed[{step.key, false}] = step.value;
          if (step.kind == Kind::insert) ++committed[{step.key, true}];
        }
        tx.end = now++;
        done[i] = true;
        --left;
      }
    }
  }

  /// Some outcomes become unknown (their process never runs again), some failures.
  void forget() {
    int fresh = 100;
    for (Tx& tx : txs_) {
      if (below(3) != 0) continue;
      tx.fate = below(3) == 0 ? Fate::aborted : Fate::unresolved;
      tx.process = fresh++;
    }
  }

  std::mt19937_64 random_;
  std::vector<Tx> txs_;
};

struct Tally {
  std::uint64_t explained = 0;
  std::uint64_t refuted = 0;
};

void compare(const Verdict& verdict, std::string_view model, bool explainable,
             bool one_version_order, const std::string& text, Tally& tally) {
  const bool violated =
      std::ranges::find(verdict.models_violated, model) != verdict.models_violated.end();
  ++(explainable ? tally.explained : tally.refuted);
  if (explainable) {
    ASSERT_FALSE(violated) << model << " has an order:\n" << text;
  } else if (one_version_order) {
    ASSERT_TRUE(violated) << model << " has no order:\n" << text;
  }
}

void fuzz(bool identity, std::uint64_t cases) {
  std::map<std::string_view, Tally> tallies;
  for (std::uint64_t seed = 0; seed < cases; ++seed) {
    const std::vector<Tx> txs = Generator{seed}.make(identity);
    const std::string text = fmt::format("seed {}\n{}", seed, text_of(txs, identity));
    const Verdict verdict = check(testing::history_of(text_of(txs, identity)));
    const auto serial = [&](std::string_view model, Time time) {
      const bool order = some_order(txs, [&](const auto& o) { return serial_order(o, time); });
      compare(verdict, model, order, determined(txs, identity), text, tallies[model]);
    };
    const auto snapshot = [&](std::string_view model, Time time) {
      const bool order = some_order(txs, [&](const auto& o) { return snapshot_order(o, time); });
      compare(verdict, model, order, determined(txs, identity) && !counted_alike(txs), text,
              tallies[model]);
    };
    serial("serializable", Time::none);
    serial("strong-session-serializable", Time::process);
    serial("strict-serializable", Time::real);
    snapshot("snapshot-isolation", Time::none);
    snapshot("strong-session-snapshot-isolation", Time::process);
    snapshot("strong-snapshot-isolation", Time::real);
    if (::testing::Test::HasFatalFailure()) return;
  }
  for (const auto& [model, tally] : tallies) {
    EXPECT_GT(tally.explained, cases / 50) << model;
    EXPECT_GT(tally.refuted, cases / 50) << model;
  }
}

TEST(DependencyOracle, UniqueValuesAreJudgedAsEveryOrderIs) {
  fuzz(true, testing::fuzz_cases(6'000));
}

TEST(DependencyOracle, RepeatedValuesAreNeverJudgedViolatedWhenAnOrderExists) {
  fuzz(false, testing::fuzz_cases(6'000));
}

}  // namespace
}  // namespace witness
