/// Decides, for a handful of transactions, which consistency models they satisfy: straight from
/// each model's definition, by trying everything. Slow on purpose, and simple on purpose.
///
/// What is enumerated:
///
///   serializable, snapshot-isolation and their stronger forms   orders of transactions: replay.hpp
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

#include "tests/oracle/phenomena.hpp"
#include "tests/oracle/replay.hpp"
#include "tests/oracle/serialization_graph.hpp"

namespace witness::oracle {

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
