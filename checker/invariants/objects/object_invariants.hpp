/// What Jepsen's checkers look for in histories of objects, each in its own file.
///
/// They are not linearizability: what they find is a violation of it or of something simpler, and
/// where they find nothing, only their own claim holds. All are linear in the history, beside
/// sorting, unless they say otherwise.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checker/findings.hpp"
#include "checker/linearizability/calls.hpp"

namespace witness {

/// A history of objects, opened for judging.
struct ObjectCase {
  const History& history;
  const Objects& objects;
  const ObjectWords& words;
  const KeyGroups& groups;

  /// "x", or nothing where there is only one object.
  std::vector<std::string> key_text(std::size_t key) const {
    if (groups.keys[key].is_nil()) return {};
    return {words.value(groups.keys[key])};
  }
};

/// Holds, is broken (the anomalies say how), or nobody knows and why.
struct InvariantResult {
  std::optional<bool> holds = true;
  std::string why{};
};

/// Adds what it finds.
using ObjectInvariant = InvariantResult (*)(const ObjectCase& judged, Findings& findings);

InvariantResult judge_set_elements(const ObjectCase& judged, Findings& findings);
InvariantResult judge_set_full(const ObjectCase& judged, Findings& findings);
InvariantResult judge_counter_bounds(const ObjectCase& judged, Findings& findings);
InvariantResult judge_queue_elements(const ObjectCase& judged, Findings& findings);
InvariantResult judge_total_queue(const ObjectCase& judged, Findings& findings);
InvariantResult judge_unique_ids(const ObjectCase& judged, Findings& findings);
InvariantResult judge_bank(const ObjectCase& judged, Findings& findings);
InvariantResult judge_long_fork(const ObjectCase& judged, Findings& findings);
InvariantResult judge_comments(const ObjectCase& judged, Findings& findings);
InvariantResult judge_sequential(const ObjectCase& judged, Findings& findings);
InvariantResult judge_stats(const ObjectCase& judged, Findings& findings);

/// What is claimed of a kind where nobody claims anything: one line each.
struct ObjectRules {
  ObjectKind kind;
  std::string_view claim;  ///< of the invariant; empty: there is none
  ObjectInvariant judge;
  KindSet kinds;             ///< what the invariant looks for
  bool claims_linearizable;  ///< beside it, or alone
};
const ObjectRules& object_rules(ObjectKind kind);

}  // namespace witness
