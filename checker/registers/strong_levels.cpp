#include "checker/registers/strong_levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "checker/registers/refutation.hpp"
#include "checker/registers/serial_guess.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

using enum AnomalyKind;

/// A level, and how its violation is called. Weaker ones stand before stronger ones.
struct Level {
  Criterion criterion;
  TimeOrder order;
  AnomalyKind violation;
  std::string_view name;
};
constexpr std::array kLevels = {
    Level{Criterion::snapshot_isolation, TimeOrder::none, g_nonadjacent_item, "snapshot-isolation"},
    Level{Criterion::serializability, TimeOrder::none, g2_item, "serializable"},
    Level{Criterion::snapshot_isolation, TimeOrder::session, g_nonadjacent_item_process,
          "strong-session-snapshot-isolation"},
    Level{Criterion::serializability, TimeOrder::session, g2_item_process,
          "strong-session-serializable"},
    Level{Criterion::snapshot_isolation, TimeOrder::real_time, g_nonadjacent_item_realtime,
          "strong-snapshot-isolation"},
    Level{Criterion::serializability, TimeOrder::real_time, g2_item_realtime,
          "strict-serializable"},
};

/// Is every history of `strong` one of `weak`?
constexpr bool implies(const Level& strong, const Level& weak) {
  const bool criterion =
      strong.criterion == weak.criterion || strong.criterion == Criterion::serializability;
  return criterion && strong.order >= weak.order;
}

/// What a history of the level does not show, in some order of its versions.
constexpr KindSet excluded_by(const Level& level) {
  KindSet plain = kinds(g0, g1c, g_single_item, g_single, g_nonadjacent_item, g_nonadjacent);
  if (level.criterion == Criterion::serializability) plain |= kinds(g2_item, g2);
  KindSet all = plain | kinds(lost_update, g1a, g1b);
  if (level.order >= TimeOrder::session) all |= plain << kProcessOffset;
  if (level.order >= TimeOrder::real_time) all |= plain << kRealtimeOffset;
  return all;
}

class StrongJudge {
 public:
  StrongJudge(const History& history, const SearchLimits& limits, const Story& story,
              Findings& findings)
      : history_(*history.transactions),
        limits_(limits),
        story_(story),
        findings_(findings),
        happened_(happened(history_)),
        chains_(find_chains(history_, happened_)) {
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
      if (is_found(i)) outcome_[i] = SearchOutcome::violated;
    }
  }

  StrongLevels judge(KindSet open, const std::vector<KindSet>& claims) {
    for (const KindSet claim : claims) {
      const auto level = level_for(open & claim);
      if (!level) continue;
      if (!outcome_[*level]) decide(*level);
      if (outcome_[*level] == SearchOutcome::violated) look_below(*level);
      if (outcome_[*level] == SearchOutcome::unknown && result_.undecided.empty()) {
        result_.undecided = unknown_[*level];
      }
    }
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
      if (outcome_[i] == SearchOutcome::valid) result_.excluded |= excluded_by(kLevels[i]);
      // What refutes a weaker level refutes this one, too.
      if (refutation_[i] && !is_found(i)) findings_.add(std::move(*refutation_[i]));
    }
    return std::move(result_);
  }

 private:
  bool exists(std::size_t level) const {
    return kLevels[level].order != TimeOrder::real_time || history_.has_real_time;
  }
  bool is_found(std::size_t level) const {
    constexpr KindSet kBadReads = kinds(internal, future_read, garbage_read);
    return (findings_.found() & (excluded_by(kLevels[level]) | kBadReads)) != 0;
  }

  /// The weakest level that excludes all of this, or as much of it as any.
  std::optional<std::size_t> level_for(KindSet open) const {
    std::optional<std::size_t> best;
    KindSet covered = 0;
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
      const KindSet covers = open & excluded_by(kLevels[i]);
      if (!exists(i) || (covers | covered) == covered) continue;
      covered |= covers;
      best = i;
    }
    return best;
  }

  /// What a stronger level shows easily need not be searched for: more order leaves less to choose.
  void decide(std::size_t level) {
    if (try_likely_order(level)) return;
    const SearchLimits little = a_little();
    for (std::size_t i = kLevels.size(); i-- > level + 1;) {
      if (!implies(kLevels[i], kLevels[level]) || !exists(i)) continue;
      if (!outcome_[i]) search(i, little);
      if (outcome_[i] == SearchOutcome::valid) return;
    }
    search(level, limits_);
  }

  /// For a search that nobody asked for.
  SearchLimits a_little() const {
    SearchLimits little = limits_;
    little.rounds = 20;
    little.only_pruned = true;
    little.memory_bytes = std::min(limits_.memory_bytes, std::uint64_t{512} << 20U);
    return little;
  }

  /// Where does the boundary lie?
  void look_below(std::size_t violated) {
    const SearchLimits little = a_little();
    for (std::size_t i = violated; i-- > 0;) {
      const bool below = implies(kLevels[violated], kLevels[i]);
      if (below && !outcome_[i] && !try_likely_order(i)) search(i, little);
    }
  }

  bool try_likely_order(std::size_t level) {
    const Polygraph& graph = graph_of(level);
    std::vector<std::uint32_t> order;
    if (!follows_order(graph, likely(kLevels[level].order), order)) return false;
    note_valid(level, order);
    return true;
  }

  void search(std::size_t level, const SearchLimits& limits) {
    const Polygraph& graph = graph_of(level);
    Guess guess;
    if (graph.criterion == Criterion::serializability) {
      guess = [this](const Polygraph& decided) { return guess_places(decided); };
    }
    SearchResult found = search_orientation(graph, likely(kLevels[level].order), limits, guess);
    outcome_[level] = found.outcome;
    if (found.outcome == SearchOutcome::valid) {
      note_valid(level, found.order);
    } else if (found.outcome == SearchOutcome::violated) {
      for (std::size_t i = level; i < kLevels.size(); ++i) {
        if (implies(kLevels[i], kLevels[level])) outcome_[i] = SearchOutcome::violated;
      }
      refutation_[level] =
          tell_refutation(history_, graph, chains_, found, kLevels[level].violation, story_);
    } else {
      unknown_[level] = fmt::format(
          "the search for an order of versions was given up ({} left undecided, in {})",
          plural(found.choices_undecided, "pair"), plural(found.components_undecided, "component"));
    }
  }

  /// It holds, and all below it.
  void note_valid(std::size_t level, const std::vector<std::uint32_t>& nodes) {
    for (std::size_t i = 0; i <= level; ++i) {
      if (implies(kLevels[level], kLevels[i])) outcome_[i] = SearchOutcome::valid;
    }
    const Polygraph& graph = graph_of(level);
    result_.order.clear();
    result_.order_model = kLevels[level].name;
    for (const std::uint32_t node : nodes) {
      const std::uint32_t transaction = graph.transaction(node);
      if (transaction != kNoPosition && node == graph.commit(transaction) &&
          happened_[transaction]) {
        result_.order.push_back(transaction);
      }
    }
  }

  /// Only the last one is kept: graphs are large, and quickly made.
  const Polygraph& graph_of(std::size_t level) {
    if (graph_level_ != level) {
      graph_ = make_polygraph(history_, chains_, happened_, kLevels[level].criterion,
                              kLevels[level].order);
      graph_level_ = level;
    }
    return graph_;
  }

  /// Of each transaction its place in a likely order that follows sessions, or time.
  const std::vector<std::uint32_t>& likely(TimeOrder order) {
    std::vector<std::uint32_t>& places = likely_[static_cast<std::size_t>(order)];
    if (!places.empty()) return places;
    const Polygraph serial =
        make_polygraph(history_, chains_, happened_, Criterion::serializability, order);
    return places = guess_places(serial);
  }

  std::vector<std::uint32_t> guess_places(const Polygraph& serial) const {
    const SerialGuess guess = guess_serial_order(history_, chains_, serial);
    std::vector<std::uint32_t> places(history_.transactions.size());
    for (std::uint32_t i = 0; i < guess.order.size(); ++i) places[guess.order[i]] = i;
    return places;
  }

  const Transactions& history_;
  const SearchLimits& limits_;
  const Story& story_;
  Findings& findings_;
  std::vector<bool> happened_;
  RegisterChains chains_;
  std::array<std::vector<std::uint32_t>, 3> likely_;
  Polygraph graph_;
  std::size_t graph_level_ = kLevels.size();
  std::array<std::optional<SearchOutcome>, kLevels.size()> outcome_{};
  std::array<std::optional<Anomaly>, kLevels.size()> refutation_;
  std::array<std::string, kLevels.size()> unknown_;
  StrongLevels result_;
};

}  // namespace

StrongLevels judge_strong_levels(const History& history, KindSet open,
                                 const std::vector<KindSet>& claims, const SearchLimits& limits,
                                 const Story& story, Findings& findings) {
  return StrongJudge{history, limits, story, findings}.judge(open, claims);
}

}  // namespace witness
