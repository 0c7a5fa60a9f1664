/// What was judged, and on what grounds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace witness {

/// The three outcomes. Unknown is never a pass.
enum class Validity : std::uint8_t { valid, violated, unknown };
inline constexpr std::array<std::string_view, 3> kValidityNames = {"valid", "violated", "unknown"};

/// Why one transaction must come before another.
///   ww        it wrote the version that the other replaced
///   wr        the other read what it wrote
///   rw        it read a version that the other replaced
///   process   the same client ran it first
///   realtime  it ended before the other began
enum class Dependency : std::uint8_t { ww, wr, rw, process, realtime };
inline constexpr std::array<std::string_view, 5> kDependencyNames = {"ww", "wr", "rw", "process",
                                                                     "realtime"};

/// Named violations. Labels (the literature's), what each means and where it is
/// from stand in one table: checker/anomalies.hpp.
enum class AnomalyKind : std::uint8_t {
  // of the ledger
  double_acquisition,
  oversell,
  undersell,
  negative_stock,
  unknown_holder,
  hidden_by_convergence,
  // of what clients were told, against the ledger
  lost_acquisition,
  phantom_acquisition,
  double_apply,
  // of the object in real time
  early_rejection,
  // of objects
  nonlinearizable,
  stale_token,
  lost_element,
  unexpected_element,
  repeated_element,
  stale_element,
  counter_out_of_bounds,
  wrong_total,
  negative_balance,
  unexpected_account,
  duplicate_id,
  long_fork,
  causal_reverse,
  nonsequential_read,
  never_succeeded,
  // of transactions
  g1a,
  g1b,
  garbage_read,
  internal,
  future_read,
  duplicate_elements,
  incompatible_order,
  cyclic_versions,
  dirty_update,
  lost_update,
  // of sessions, operation by operation, under every order of writes
  n_mr,
  n_mw,
  myr,
  mrwd,
  pram_conflict,
  // of transactions, under every order of commits; then with the order of each process
  non_monotonic_read,
  fractured_read,
  causal_conflict,
  non_monotonic_read_process,
  fractured_read_process,
  causal_conflict_process,
  // cycles of transactions, weakest first; then with process, then with realtime edges
  g0,
  g1c,
  g_single_item,
  g_single,
  g_nonadjacent_item,
  g_nonadjacent,
  g2_item,
  g2,
  g0_process,
  g1c_process,
  g_single_item_process,
  g_single_process,
  g_nonadjacent_item_process,
  g_nonadjacent_process,
  g2_item_process,
  g2_process,
  g0_realtime,
  g1c_realtime,
  g_single_item_realtime,
  g_single_realtime,
  g_nonadjacent_item_realtime,
  g_nonadjacent_realtime,
  g2_item_realtime,
  g2_realtime,
};

/// One edge of a cycle. `from` and `to` are indices that stand in the file.
struct Step {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  Dependency dependency = Dependency::ww;
  std::string key;  ///< empty for process and realtime
  std::string why;  ///< one sentence
};

/// An operation of a violation, as it stands in the file.
struct Participant {
  std::uint64_t operation = 0;  ///< its index
  std::string text;             ///< "process 3: append x 7, r y [1 2]"
};

/// A cycle that stands where all of `given` does; sentences.
struct Contradiction {
  std::vector<std::string> given;
  std::vector<Step> steps;
};

/// One violation with its evidence. Explanations may quote text from the
/// history: escape them where they are shown.
struct Anomaly {
  AnomalyKind kind = AnomalyKind::double_acquisition;
  std::vector<std::string> keys{};
  std::uint64_t count = 1;                  ///< how many times (holders, units, operations)
  std::vector<std::uint64_t> operations{};  ///< invocation indices in the file
  std::vector<Step> steps{};                ///< the cycle, for dependency anomalies
  std::string explanation{};                ///< one sentence
  std::vector<Participant> participants{};  ///< of transactional histories: who takes part
  std::string meaning{};                    ///< one plain sentence: what it does to a user
  /// Instead of `steps`: whatever is assumed of what nobody recorded, one of these stands.
  std::vector<Contradiction> contradictions{};
};

/// Something that was claimed and checked. `holds` is nullopt where it could not
/// be decided; `why` then says what is missing.
struct Claim {
  std::string name;
  std::optional<bool> holds;
  std::string why;
};

/// How many violations of a kind there are, where not all of them are listed.
struct KindCount {
  AnomalyKind kind = AnomalyKind::double_acquisition;
  std::uint64_t count = 0;
};

/// What rules a model out: labels of anomalies that were found.
struct ModelEvidence {
  std::string model;
  std::vector<std::string> anomalies;
};

struct Counts {
  std::uint64_t operations = 0;
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;  ///< rejections included
  std::uint64_t rejected = 0;
  std::uint64_t info = 0;
  std::uint64_t attempts = 0;
  std::uint64_t committed = 0;  ///< attempts
  std::uint64_t aborted = 0;
  std::uint64_t unresolved = 0;
  std::uint64_t oversold = 0;  ///< committed acquisitions beyond capacity, all keys
  std::uint64_t overlaps = 0;  ///< transactions that met another one in time on the same key
  std::uint64_t edges = 0;     ///< ww, wr and rw dependencies found
};

/// One line of the scoreboard: a rung of the ladder, or the whole run.
struct ScoreLine {
  std::uint64_t clients = 0;
  std::uint64_t confirmed = 0;  ///< acquisitions in the committed ledger
  std::uint64_t told_ok = 0;
  std::uint64_t rejected = 0;
  std::uint64_t errors = 0;   ///< fail that is no rejection (retries used up, …)
  std::uint64_t unknown = 0;  ///< info
  std::uint64_t oversold = 0;
  std::uint64_t retries_max = 0;  ///< of one operation
  std::optional<std::uint64_t> retries_budget;
  std::optional<std::int64_t> final_stock;  ///< of all its keys, where there is a stock
};

struct Verdict {
  std::string history;  ///< path
  Validity validity = Validity::unknown;
  /// The word to show: "linearizable", "violated", "unknown", "serializable",
  /// "at-most-one-acquisition", … It names what was proven and never more.
  std::string word;
  /// One sentence: why, naming keys.
  std::string reason;
  std::vector<Claim> claims;
  std::vector<std::string> models_strongest;   ///< not ruled out by this history
  std::vector<std::string> models_violated;    ///< all of them, weakest first
  std::vector<std::string> models_not;         ///< the weakest of these (Elle's :not)
  std::vector<std::string> models_also_not;    ///< the others (Elle's :also-not)
  std::vector<ModelEvidence> models_evidence;  ///< of each of `models_not`
  std::vector<std::string> models_undecided;   ///< neither ruled out nor known to hold
  /// An order in which the transactions could have taken effect one after the other (or, under
  /// snapshot isolation, have committed), as indices in the file, of `order_model`; if it was asked
  /// for.
  std::vector<std::uint64_t> order;
  std::string order_model;
  std::vector<std::string> keys;  ///< offending keys, each once, sorted naturally
  std::vector<Anomaly> anomalies;
  std::vector<KindCount> anomaly_counts;  ///< of the kinds of which only the first are listed
  Counts counts;
  std::vector<ScoreLine> score;
  bool ledger_read = false;              ///< counts of `confirmed` come from the database
  std::vector<std::string> notes;        ///< what a reader must know: cut file, isolation, …
  std::vector<std::string> not_checked;  ///< what this verdict does not cover
  std::string next;  ///< the command to type next; empty: `witness check` on `history`
};

/// The worst of several: violated, then unknown, then valid.
constexpr Validity worst(Validity a, Validity b) {
  if (a == Validity::violated || b == Validity::violated) return Validity::violated;
  if (a == Validity::unknown || b == Validity::unknown) return Validity::unknown;
  return Validity::valid;
}

/// Exit code of a judged history: 0, 1, 2 (as in Jepsen).
constexpr int exit_code(Validity validity) { return static_cast<int>(validity); }

}  // namespace witness
