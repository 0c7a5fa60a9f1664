#include "checker/transactions/check_transactions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

#include "checker/claims.hpp"
#include "checker/graph/cycles.hpp"
#include "checker/linearizability/budget.hpp"
#include "checker/registers/strong_levels.hpp"
#include "checker/registers/weak_levels.hpp"
#include "checker/transactions/infer.hpp"
#include "checker/transactions/story.hpp"
#include "checker/transactions/transaction_graph.hpp"
#include "checker/transactions/unseen_order.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

using enum AnomalyKind;

constexpr KindSet all_variants(KindSet plain) {
  return plain | plain << kProcessOffset | plain << kRealtimeOffset;
}

constexpr KindSet kStale =
    kinds(g_single_item, g_single, g_nonadjacent_item, g_nonadjacent, g2_item, g2);
/// What can only be excluded where the order of versions is known.
constexpr KindSet kNeedVersions = kinds(lost_update) | all_variants(kStale);
constexpr KindSet kNeedRealTime = (kStale | kinds(g0, g1c)) << kRealtimeOffset;
constexpr KindSet kNeedSessions = (kStale | kinds(g0, g1c)) << kProcessOffset | kSessionKinds |
                                  kinds(pram_conflict, non_monotonic_read_process,
                                        fractured_read_process, causal_conflict_process);

/// What could not be excluded, and why.
struct Undecided {
  struct Reason {
    KindSet kinds = 0;
    std::string why;
    bool for_order = false;  ///< an order of versions that explains the reads would exclude them
  };
  KindSet kinds = 0;
  std::vector<Reason> reasons;

  void add(KindSet more, std::string why, bool for_order = false) {
    kinds |= more;
    reasons.push_back({more, std::move(why), for_order});
  }
  KindSet for_order() const {
    KindSet all = 0;
    for (const Reason& reason : reasons) all |= reason.for_order ? reason.kinds : 0;
    return all;
  }
  /// Orders of versions were found that exclude these; why none was found for others.
  void settle(KindSet excluded, const std::string& why) {
    kinds = 0;
    for (Reason& reason : reasons) {
      if (reason.for_order) {
        reason.kinds &= ~excluded;
        if (!why.empty()) reason.why += "; " + why;
      }
      kinds |= reason.kinds;
    }
  }
  std::string why(KindSet forbidden) const {
    for (const Reason& reason : reasons) {
      if ((reason.kinds & kinds & forbidden) != 0) return reason.why;
    }
    return {};
  }
};

class Judgement {
 public:
  Judgement(const History& history, const CheckOptions& options)
      : history_(history),
        transactions_(*history.transactions),
        options_(options),
        story_(history),
        assumed_(assumptions_by_name(options.assume)),
        claims_(look_up(options, transactions_.has_real_time ? "strict-serializable"
                                                             : "strong-session-serializable")) {
    mean_sessions(options);
    for (const std::size_t model : claims_.models) asked_ |= forbidden_by(model);
    for (const AnomalyKind kind : claims_.anomalies) asked_ |= implying(kind_bit(kind));
  }

  Verdict judge() {
    const std::vector<std::uint32_t> rank = ranks_of(transactions_);
    std::vector<Inferred> inferred;
    if (is_registers()) sources_ = find_sources(transactions_, inferred);
    if (order_matters()) {
      judge_order(inferred, rank);
    } else {
      for (const Inferred& part : inferred) verdict_.counts.edges += part.dependencies;
      take_facts(inferred);
      find_undecided(inferred);
      undecided_.add(kNeedVersions | (all_variants(kinds(g0, g1c)) & ~asked_),
                     "it is more than the claim needs, and was not looked for");
      verdict_.not_checked.emplace_back("levels that the claim does not contain");
    }
    judge_weak();
    count(rank);
    decide();
    note();
    return std::move(verdict_);
  }

 private:
  /// Models as the tools mean them that know no time, if this is a file of theirs.
  void mean_sessions(const CheckOptions& options) {
    if (!options.sessions.value_or(!transactions_.has_real_time)) return;
    for (std::size_t& model : claims_.models) {
      const std::size_t meant = session_form(model);
      if (meant == model) continue;
      verdict_.notes.push_back(fmt::format("{} is judged with the order of sessions, as {}",
                                           model_table()[model].name, model_table()[meant].name));
      model = meant;
    }
  }

  bool is_registers() const { return transactions_.datatype == Datatype::rw_register; }

  /// Is an order of versions, or of real time, of any use for what is claimed? Not for levels that
  /// only forbid cycles of reads and sessions, and what follows from these under every order.
  bool order_matters() const {
    const auto undecidable = [](std::size_t model) { return !model_table()[model].decidable; };
    constexpr KindSet kOrder = kNeedVersions | kinds(g0_realtime, g1c_realtime);
    if (!is_registers() || transactions_.has_duplicates) return true;
    if (std::ranges::any_of(claims_.models, undecidable)) return true;
    return assumed_ != 0 || (asked_ & kOrder) != 0;
  }

  void judge_order(std::vector<Inferred>& reads, const std::vector<std::uint32_t>& rank) {
    std::vector<Inferred> inferred;
    if (transactions_.has_duplicates) {
      inferred.push_back(certain_reads());
    } else {
      inferred = infer(transactions_, assumed_, rank);
    }
    for (const Inferred& part : inferred) verdict_.counts.edges += part.dependencies;
    const Suspects suspects = find_suspects(transactions_, inferred, rank);
    for (Inferred& part : inferred) part.arcs = {};  // what is of use stands in `suspects`
    for (Inferred& part : reads) part.arcs.clear();
    inferred.insert(inferred.end(), std::make_move_iterator(reads.begin()),
                    std::make_move_iterator(reads.end()));
    take_facts(inferred);
    find_undecided(inferred);
    report_cycles(suspects, {}, story_, findings_);
    judge_strong();
    if (const KindSet open = judge_unseen_orders(suspects, inferred, rank, story_, findings_)) {
      undecided_.add(open, "it depends on the order of writes that nobody read");
    }
  }

  /// Where a value may be of several writers: the reads that can be of one only.
  Inferred certain_reads() const {
    Inferred certain;
    for (std::uint32_t reader = 0; reader < transactions_.transactions.size(); ++reader) {
      for (const std::uint32_t source : sources_->of(transactions_, reader)) {
        if (ReadSources::is_transaction(source)) certain.add(source, reader, EdgeKind::wr);
      }
    }
    certain.keys_without_order = transactions_.keys.size();
    if (!transactions_.keys.empty()) certain.first_without_order = 0;
    return certain;
  }

  /// A search before may have used up all of the time: what is quick shall be told still.
  Deadline weak_deadline() const {
    if (!options_.timeout) return std::nullopt;
    return std::max(begin_ + *options_.timeout, std::chrono::steady_clock::now()) +
           *options_.timeout / 20;
  }

  /// Weak levels: what was asked for, or, beside a stronger claim, all that does not follow.
  void judge_weak() {
    if (!is_registers()) {
      undecided_.add(kWeakKinds, "it is looked for in registers only");
      return;
    }
    if (transactions_.has_duplicates) {
      undecided_.add(kWeakKinds & ~excluded_,
                     "a value is written more than once: nobody knows who was read");
      return;
    }
    const bool beside = order_matters();
    const KindSet reads = kinds(g0, g1c, g0_process, g1c_process);
    const KindSet unasked = beside ? 0 : kWeakKinds & ~asked_;
    undecided_.add(unasked, "it is more than the claim needs, and was not looked for");
    KindSet wanted = beside ? kWeakKinds : asked_ & (kWeakKinds | reads);
    wanted = still_possible(undecided_.kinds | wanted, findings_.found()) & wanted;
    wanted &= ~excluded_;
    if (wanted == 0) return;
    const WeakVerdict weak = judge_weak_levels(transactions_, *sources_, wanted,
                                               beside ? WeakEffort::beside : WeakEffort::claimed,
                                               weak_deadline(), story_, findings_);
    undecided_.add(weak.open, weak.why);
  }

  void take_facts(const std::vector<Inferred>& inferred) {
    std::vector<Fact> facts;
    for (const Inferred& part : inferred) {
      facts.insert(facts.end(), part.facts.begin(), part.facts.end());
    }
    std::ranges::stable_sort(facts, [](const Fact& a, const Fact& b) {
      return std::pair{a.kind, a.transaction} < std::pair{b.kind, b.transaction};
    });
    for (const Fact& fact : facts) {
      if (findings_.listed_enough(fact.kind)) {
        findings_.add_unlisted(fact.kind, {story_.key(fact.key)});
      } else {
        findings_.add(story_.anomaly(fact));
      }
    }
  }

  void find_undecided(const std::vector<Inferred>& inferred) {
    std::uint64_t without_order = 0;
    std::uint64_t unwritten = 0;
    std::uint32_t first_without_order = kNoPosition;
    std::uint32_t first_unwritten = kNoPosition;
    std::uint64_t ambiguous = 0;
    std::uint32_t first_ambiguous = kNoPosition;
    for (const Inferred& part : inferred) {
      without_order += part.keys_without_order;
      unwritten += part.unwritten_reads;
      first_without_order = std::min(first_without_order, part.first_without_order);
      first_unwritten = std::min(first_unwritten, part.first_unwritten);
      ambiguous += part.ambiguous_reads;
      first_ambiguous = std::min(first_ambiguous, part.first_ambiguous);
    }
    // Each depends on one of several, whichever it is.
    if (transactions_.has_duplicates) verdict_.counts.edges += ambiguous;
    if (ambiguous > 0) {
      undecided_.add(kNeedVersions | kWeakKinds | kinds(g1a, g1b) | all_variants(kinds(g0, g1c)),
                     fmt::format("{} saw the initial value, which somebody wrote, too, of {} for "
                                 "one: nobody knows which of the two",
                                 plural(ambiguous, "read"), story_.key(first_ambiguous)),
                     true);
    }
    if (ambiguous > 0) undecided_.add(kWeakKinds, undecided_.reasons.back().why);
    if (without_order > 0) {
      undecided_.add(kNeedVersions,
                     fmt::format("the order of versions is not known of {}, of {} for one",
                                 plural(without_order, "key"), story_.key(first_without_order)),
                     true);
    }
    if (unwritten > 0) {
      undecided_.add(kNeedVersions | kWeakKinds | kinds(garbage_read, g1a),
                     fmt::format("{} saw a value that nobody in this history wrote, of {} for one: "
                                 "it may be from before (see --initial)",
                                 plural(unwritten, "read"), story_.key(first_unwritten)));
    }
    if (!transactions_.has_real_time) {
      undecided_.add(kNeedRealTime, "the file holds sessions, but no real time");
    }
    if (transactions_.order_is_hidden) {
      undecided_.add(kNeedRealTime | kNeedSessions,
                     "a process had several alike operations open at once: nobody knows which of "
                     "them ended first");
    }
    if ((findings_.found() & kinds(incompatible_order)) != 0) {
      undecided_.add(all_variants(kinds(g0)), "reads contradict each other's order of versions");
    }
  }

  /// Registers whose order of versions the history does not show, where that matters.
  void judge_strong() {
    if (!is_registers()) return;
    KindSet open = undecided_.for_order();
    if (options_.tell_order) open |= kNeedVersions & ~findings_.found();
    if (open == 0 || assumed_ != 0) return;
    std::vector<KindSet> claims;
    for (const std::size_t model : claims_.models) claims.push_back(forbidden_by(model));
    for (const AnomalyKind kind : claims_.anomalies) claims.push_back(kind_bit(kind));
    SearchLimits limits;
    limits.deadline = begin_ + options_.timeout.value_or(CheckOptions::kSearchTimeout);
    const std::uint64_t wanted = options_.memory_bytes.value_or(machine_bytes() / 2);
    limits.resident_most = wanted;
    limits.memory_bytes = wanted - std::min(wanted, resident_bytes());
    const StrongLevels levels =
        judge_strong_levels(history_, open, claims, limits, story_, findings_);
    excluded_ = implying(levels.excluded);
    undecided_.settle(excluded_, levels.undecided);
    if (!options_.tell_order) return;
    verdict_.order_model = levels.order_model;
    for (const std::uint32_t transaction : levels.order) {
      verdict_.order.push_back(transactions_.transactions[transaction].index);
    }
  }

  void count(const std::vector<std::uint32_t>& rank) {
    Counts& counts = verdict_.counts;
    const auto& all = transactions_.transactions;
    counts.operations = transactions_.operations;
    counts.attempts = all.size();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i + 1 == all.size() || all[i + 1].index != all[i].index) {
        counts.ok += all[i].told == Completion::ok;
        counts.fail += all[i].told == Completion::fail;
        counts.info += all[i].told == Completion::info;
      }
      counts.committed += all[i].fate == Fated::committed;
      counts.aborted += all[i].fate == Fated::aborted;
      counts.unresolved += all[i].fate == Fated::possible;
      // Whoever had not ended when the next one began met it.
      const bool met_next = i + 1 < all.size() && rank[i] >= all[i + 1].began_after;
      const bool met_last = i > 0 && rank[i - 1] >= all[i].began_after;
      counts.overlaps += met_next || met_last;
    }
  }

  /// What clients were told, against outcome lines: a claim of its own where they disagree.
  KindSet reconcile() {
    const auto& all = transactions_.transactions;
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      const bool lost = all[i].told == Completion::ok && all[i].fate == Fated::aborted;
      const bool phantom = all[i].told == Completion::fail && all[i].fate == Fated::committed;
      if (lost || phantom) findings_.add(story_.told_otherwise(i));
    }
    constexpr KindSet kTold = kinds(lost_acquisition, phantom_acquisition);
    if (claims_.only_anomalies || (findings_.found() & kTold) == 0) return 0;
    verdict_.claims.push_back({"reconciled", false, {}});
    return kTold;
  }

  std::string vacuous() const {
    if (verdict_.counts.operations == 0) return "the history holds no operation";
    if (verdict_.counts.committed == 0) {
      return "no operation succeeded, so nothing was put to the test";
    }
    if (verdict_.counts.edges == 0) {
      return "no two transactions depend on each other, so nothing was put to the test";
    }
    const bool recorded = !history_.header.raw.empty();
    if (recorded && transactions_.has_real_time && verdict_.counts.overlaps == 0) {
      return "no two transactions overlapped in time, so nothing was put to the test";
    }
    return {};
  }

  /// The claim that none of the kinds is there; `holds` is nothing where that would not be enough.
  Claim decided(std::string name, KindSet forbidden, std::optional<bool> holds,
                const std::string& otherwise) const {
    if ((findings_.found() & forbidden) != 0) return {std::move(name), false, {}};
    const std::string why = undecided_.why(forbidden);
    if (!why.empty()) return {std::move(name), std::nullopt, why};
    if (!holds) return {std::move(name), std::nullopt, otherwise};
    return {std::move(name), true, {}};
  }

  /// Does it follow from the search that a kind that was not found is not there? Beside other
  /// cycles of their component, these are not searched for.
  std::optional<bool> excluded(AnomalyKind kind) const {
    constexpr KindSet kCovered =
        all_variants(kinds(g_single_item, g_single, g_nonadjacent_item, g_nonadjacent));
    constexpr KindSet kCycles = all_variants(kStale | kinds(g0, g1c));
    if ((kind_bit(kind) & kCovered) != 0 && (findings_.found() & kCycles) != 0) return std::nullopt;
    return true;
  }

  void decide() {
    undecided_.kinds = still_possible(undecided_.kinds, findings_.found());
    const ModelVerdict models = judge_models(findings_.found(), undecided_.kinds);
    take_models(models, findings_, verdict_);
    KindSet breaking = 0;
    std::string word;
    for (const std::size_t model : claims_.models) {
      breaking |= forbidden_by(model);
      const std::string name{model_table()[model].name};
      verdict_.claims.push_back(
          decided(name, forbidden_by(model), holds(models, model), why_undecidable(model)));
      word = name == "strict-serializable" ? "linearizable" : name;
    }
    breaking |= reconcile();
    for (const AnomalyKind kind : claims_.anomalies) {
      breaking |= implying(kind_bit(kind));
      const std::string name = fmt::format("no-{}", label(kind));
      const bool alone = claims_.models.empty() && claims_.anomalies.size() == 1;
      word = alone ? name : "no-anomaly-asked-for";
      verdict_.claims.push_back(decided(
          name, kind_bit(kind), excluded(kind),
          "cycles of other kinds were found, and this kind was not searched for beside them"));
    }
    take_anomalies(findings_, breaking, verdict_);
    conclude(vacuous(), std::move(word), why_valid(), verdict_);
  }

  std::string why_valid() const {
    const Counts& counts = verdict_.counts;
    return fmt::format(
        "every claim holds: {} on {}, with {} between them; {} met another one in time",
        plural(counts.committed, "committed transaction"), plural(transactions_.keys.size(), "key"),
        counts.edges == 1 ? "1 dependency" : fmt::format("{} dependencies", counts.edges),
        counts.overlaps);
  }

  void note() {
    if (history_.damage.cut && !history_.header.raw.empty()) {
      verdict_.notes.push_back(fmt::format("the file is cut: {} dropped at its end",
                                           plural(history_.damage.dropped_bytes, "byte")));
    }
    for (const AssumptionInfo& info : kAssumptions) {
      if (assumes(assumed_, info.assumption)) {
        verdict_.notes.push_back(fmt::format("assumed ({}): {}", info.name, info.about));
      }
    }
    if (verdict_.counts.unresolved > 0) {
      verdict_.notes.push_back(fmt::format(
          "nobody knows of {} whether they committed: they count where somebody read their writes",
          plural(verdict_.counts.unresolved, "transaction")));
    }
    if (options_.tell_order && verdict_.order.empty()) {
      verdict_.notes.emplace_back(
          "no order is shown: one is looked for in registers, where snapshot isolation or more is "
          "claimed and holds");
    }
    verdict_.not_checked.emplace_back(
        "predicates: the history holds reads and writes of single keys");
    verdict_.history = history_.name;
  }

  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  const History& history_;
  const Transactions& transactions_;
  const CheckOptions& options_;
  Story story_;
  AssumptionSet assumed_;
  Claims claims_;
  KindSet asked_ = 0;  ///< all that the claims forbid
  std::optional<ReadSources> sources_;
  Findings findings_;
  Undecided undecided_;
  KindSet excluded_ = 0;  ///< by an order of versions that was found
  Verdict verdict_;
};

}  // namespace

Verdict check_transactions(const History& history, const CheckOptions& options) {
  return Judgement{history, options}.judge();
}

}  // namespace witness
