/// A handful of transactions, small enough that everything about them can be enumerated.
/// Shares nothing with the checker: its own structures, its own words.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace witness::oracle {

/// What clients know: told ok, told fail, or nothing.
enum class Fate { committed, aborted, possible };

/// A read, or an append (lists), or a write (registers). Values count from 1.
struct Step {
  bool writes = false;
  int key = 0;
  int value = 0;          ///< written
  std::vector<int> seen;  ///< read: the list; of a register its value, or nothing
};

/// `invoked` and `completed` are places in the order of events; INT_MAX: never completed.
struct Tx {
  std::vector<Step> steps;
  Fate fate = Fate::committed;
  int process = 0;
  int invoked = 0;
  int completed = INT_MAX;
};

struct SmallHistory {
  bool lists = true;
  std::vector<Tx> txs;
};

/// Every value is written once to its key.
inline int writer_of(const SmallHistory& history, int key, int value) {
  for (std::size_t t = 0; t < history.txs.size(); ++t) {
    for (const Step& step : history.txs[t].steps) {
      if (step.writes && step.key == key && step.value == value) return static_cast<int>(t);
    }
  }
  return -1;
}

inline std::set<int> keys_of(const SmallHistory& history) {
  std::set<int> keys;
  for (const Tx& tx : history.txs) {
    for (const Step& step : tx.steps) keys.insert(step.key);
  }
  return keys;
}

/// The events in order: (place, transaction, whether it is the completion).
inline std::vector<std::pair<int, bool>> events_of(const SmallHistory& history) {
  std::vector<std::pair<int, std::pair<int, bool>>> places;
  for (std::size_t t = 0; t < history.txs.size(); ++t) {
    const Tx& tx = history.txs[t];
    places.push_back({tx.invoked, {static_cast<int>(t), false}});
    if (tx.completed != INT_MAX) places.push_back({tx.completed, {static_cast<int>(t), true}});
  }
  std::ranges::sort(places);
  std::vector<std::pair<int, bool>> events;
  events.reserve(places.size());
  for (const auto& [place, event] : places) events.push_back(event);
  return events;
}

/// How a history is written: EDN for people, native for the checker.
struct Notation {
  std::string_view read, append, write, nil, separator, open, close;
};
inline constexpr Notation kEdn = {":r", ":append", ":w", "nil", " ", "[", "]"};
inline constexpr Notation kNative = {"\"r\"", "\"append\"", "\"w\"", "null", ",", "[", "]"};

inline std::string steps_text(const SmallHistory& history, const Tx& tx, bool known,
                              const Notation& n) {
  std::string text;
  for (const Step& step : tx.steps) {
    std::string value{n.nil};
    if (step.writes) {
      value = std::to_string(step.value);
    } else if (known && history.lists) {
      value = fmt::format("[{}]", fmt::join(step.seen, n.separator));
    } else if (known && !step.seen.empty()) {
      value = std::to_string(step.seen.front());
    }
    const std::string_view kind = !step.writes ? n.read : history.lists ? n.append : n.write;
    text += fmt::format("{}[{}{}{}{}{}]", text.empty() ? "" : n.separator, kind, n.separator,
                        step.key, n.separator, value);
  }
  return "[" + text + "]";
}

inline std::string_view told(const Tx& tx, bool completion) {
  if (!completion) return "invoke";
  return tx.fate == Fate::committed ? "ok" : tx.fate == Fate::aborted ? "fail" : "info";
}

inline std::string edn(const SmallHistory& history) {
  std::string text;
  int index = 0;
  for (const auto& [t, completion] : events_of(history)) {
    const Tx& tx = history.txs[static_cast<std::size_t>(t)];
    const bool known = completion && tx.fate == Fate::committed;
    text += fmt::format("{{:index {}, :type :{}, :process {}, :f :txn, :value {}}}\n", index++,
                        told(tx, completion), tx.process, steps_text(history, tx, known, kEdn));
  }
  return text;
}

inline std::string native(const SmallHistory& history) {
  std::string text = fmt::format("{{\"schema\":\"witness.history/1\",\"workload\":\"{}\"}}\n",
                                 history.lists ? "list-append" : "rw-register");
  int index = 0;
  for (const auto& [t, completion] : events_of(history)) {
    const Tx& tx = history.txs[static_cast<std::size_t>(t)];
    const bool known = completion && tx.fate == Fate::committed;
    text += fmt::format(
        "{{\"index\":{},\"type\":\"{}\",\"process\":{},\"f\":\"txn\",\"value\":{}}}\n", index++,
        told(tx, completion), tx.process, steps_text(history, tx, known, kNative));
  }
  return text + fmt::format("{{\"schema\":\"witness.history/1\",\"end\":true,\"operations\":{}}}\n",
                            history.txs.size());
}

}  // namespace witness::oracle
