/// From a history to a verdict: the parts are called in turn, and claims are decided by
/// what they found.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "checker/accesses.hpp"
#include "checker/check_objects.hpp"
#include "checker/claims.hpp"
#include "checker/graph/dependency_graph.hpp"
#include "checker/graph/possible.hpp"
#include "checker/invariants/invariants.hpp"
#include "checker/linearizability/judge_objects.hpp"
#include "checker/models.hpp"
#include "checker/notes.hpp"
#include "checker/score.hpp"
#include "checker/transactions/check_transactions.hpp"
#include "checker/words.hpp"
#include "witness/check.hpp"

namespace witness {
namespace {

/// Why an anomaly about the object that was not found may be there all the same.
std::string why_undecided(AnomalyKind kind, const Findings& findings) {
  using enum AnomalyKind;
  switch (kind) {
    case double_acquisition:
      return findings.why_undecided(ObjectClaim::capacity);
    case oversell: {
      const std::string& why = findings.why_undecided(ObjectClaim::capacity);
      return why.empty() ? findings.why_undecided(ObjectClaim::conserved) : why;
    }
    case undersell:
    case negative_stock:
      return findings.why_undecided(ObjectClaim::conserved);
    case early_rejection:
      return findings.why_undecided(ObjectClaim::linearizable);
    case unknown_holder:
    case hidden_by_convergence:
    case lost_acquisition:
    case phantom_acquisition:
    case double_apply:
      return findings.why_undecided(ObjectClaim::reconciled);
    default:
      return {};
  }
}

/// Lists the claims, each decided, and gathers which anomalies break one of them.
class Decision {
 public:
  Decision(const Case& judged, const Claims& wanted, const Findings& findings,
           const Possible& possible, const ModelVerdict& models)
      : judged_(judged),
        claims_(wanted),
        findings_(findings),
        possible_(possible),
        models_(models) {
    if (!wanted.only_anomalies) decide_object();
    for (const std::size_t model : wanted.models) decide_model(model);
    for (const AnomalyKind kind : wanted.anomalies) decide_anomaly(kind);
  }

  std::vector<Claim> claims;
  std::string word;  ///< if all hold

  /// The kinds that break one of the claims.
  KindSet breaking() const { return breaking_; }

 private:
  void decide_object() {
    using enum AnomalyKind;
    decide(ObjectClaim::capacity, judged_.rules.capacity_claim);
    if (judged_.rules.values == ValueShape::amount) {
      const bool compared = why_no_stock_compared(judged_).empty();
      if (compared || findings_.broken(ObjectClaim::conserved)) {
        decide(ObjectClaim::conserved, "stock-conserved");
      }
      breaking_ |= kinds(undersell, negative_stock);
    }
    breaking_ |= kinds(double_acquisition, oversell, hidden_by_convergence);
    if (judged_.ledger_read) {
      decide(ObjectClaim::reconciled, "reconciled");
      breaking_ |=
          kinds(lost_acquisition, phantom_acquisition, double_apply, unknown_holder, undersell);
    }
    if (claims_.linearizable) {
      decide(ObjectClaim::linearizable, "linearizable");
      breaking_ |= kinds(early_rejection, undersell);
    }
    word = judged_.rules.capacity_claim;
  }

  void decide(ObjectClaim claim, std::string_view name) {
    if (findings_.broken(claim)) {
      claims.push_back({std::string{name}, false, {}});
    } else if (const std::string& why = findings_.why_undecided(claim); !why.empty()) {
      claims.push_back({std::string{name}, std::nullopt, why});
    } else {
      claims.push_back({std::string{name}, true, {}});
    }
  }

  void decide_model(std::size_t model) {
    const KindSet forbidden = forbidden_by(model);
    breaking_ |= forbidden;
    const std::string name{model_table()[model].name};
    claims.push_back(decided(name, forbidden, model));
    word = claims_.linearizable && model_table()[model].order == TimeOrder::real_time
               ? "linearizable"
               : name;
  }

  void decide_anomaly(AnomalyKind kind) {
    breaking_ |= implying(kind_bit(kind));
    const std::string name = fmt::format("no-{}", label(kind));
    claims.push_back(decided(name, kind_bit(kind)));
    word = claims_.models.empty() && claims_.anomalies.size() == 1 ? name : "no-anomaly-asked-for";
  }

  /// That none of these kinds is there; of a model, that they are all that it forbids.
  Claim decided(const std::string& name, KindSet forbidden,
                std::optional<std::size_t> model = {}) const {
    if ((findings_.found() & forbidden) != 0) return {name, false, {}};
    if ((possible_.kinds & forbidden) != 0) return {name, std::nullopt, possible_.who};
    for (const AnomalyInfo& info : anomaly_table()) {
      if ((forbidden & kind_bit(info.kind)) == 0) continue;
      std::string why = why_undecided(info.kind, findings_);
      if (!why.empty()) return {name, std::nullopt, std::move(why)};
    }
    if (model && !holds(models_, *model)) return {name, std::nullopt, why_undecidable(*model)};
    return {name, true, {}};
  }

  const Case& judged_;
  const Claims& claims_;
  const Findings& findings_;
  const Possible& possible_;
  const ModelVerdict& models_;
  KindSet breaking_ = 0;
};

/// Why a run proves nothing, or nothing.
std::string vacuous(const Case& judged, const Counts& counts) {
  const bool acquired = std::ranges::any_of(
      judged.keys, [](const KeyHoldings& holdings) { return !holdings.holders.empty(); });
  if (counts.operations == 0) return "the history holds no operation";
  if (!acquired) return "no operation acquired anything, so nothing was put to the test";
  if (counts.overlaps == 0) {
    return "no two transactions overlapped in time on the same key, so nothing was put to the test";
  }
  return {};
}

std::string why_valid(const Case& judged, const Counts& counts) {
  std::int64_t units = 0;
  for (const KeyHoldings& holdings : judged.keys) units += holdings.units;
  return fmt::format("every claim holds: {} on {} in {}; {} met another one in time",
                     plural(static_cast<std::uint64_t>(units), "acquisition"),
                     plural(judged.keys.size(), "key"), plural(counts.operations, "operation"),
                     plural(counts.overlaps, "transaction"));
}

/// The recorder was killed before its header was whole.
Verdict nothing_recorded(const History& history) {
  Verdict verdict;
  verdict.history = history.name;
  verdict.word = "unknown";
  verdict.reason = "the file was cut before anything was recorded";
  return verdict;
}

}  // namespace

Verdict check(const History& history, const CheckOptions& options) {
  if (history.damage.cut && history.header.raw.empty()) return nothing_recorded(history);
  if (history.objects) return check_objects(history, options);
  if (history.transactions) return check_transactions(history, options);
  const WorkloadRules& rules = rules_for(history.header.workload);
  const Claims claims = look_up(options, rules.model);
  const Resolution resolution = resolve(history, rules);
  const Case judged = open_case(history, rules, resolution);

  Findings findings;
  judge_capacity(judged, findings);
  judge_stock(judged, findings);
  judge_reconciliation(judged, findings);
  judge_objects(judged, findings);
  const Accesses accesses = collect_accesses(history, rules, resolution);
  const GraphInput input{history, rules, resolution, accesses};
  const DependencyGraph graph = infer_dependencies(input, findings);
  report_cycles(input, graph, findings);

  Verdict verdict;
  verdict.history = history.name;
  verdict.ledger_read = judged.ledger_read;
  verdict.counts = count_outcomes(judged);
  verdict.counts.edges = graph.dependencies;
  verdict.score = score(judged);
  verdict.notes = notes_on(judged, verdict.counts);
  verdict.not_checked = not_checked_in(judged, accesses);
  Possible possible = possible_anomalies(input);
  possible.kinds = still_possible(possible.kinds | kWeakKinds, findings.found());
  if (possible.who.empty()) possible.who = "that is looked for in registers only";
  const ModelVerdict models = judge_models(findings.found(), possible.kinds);
  take_models(models, findings, verdict);
  Decision decision(judged, claims, findings, possible, models);
  verdict.claims = std::move(decision.claims);
  take_anomalies(findings, decision.breaking(), verdict);
  conclude(vacuous(judged, verdict.counts), std::move(decision.word),
           why_valid(judged, verdict.counts), verdict);
  return verdict;
}

}  // namespace witness
