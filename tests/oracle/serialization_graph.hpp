/// Adya's serialization graphs (1999): of every order of versions that agrees with what was read.
#pragma once

#include <cmath>
#include <functional>

#include "tests/oracle/phenomena.hpp"

namespace witness::oracle {

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

}  // namespace witness::oracle
