/// From a history to a verdict: the parts are called in turn, and claims are decided by
/// what they found.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checker/accesses.hpp"
#include "checker/graph/dependency_graph.hpp"
#include "checker/graph/possible.hpp"
#include "checker/invariants/invariants.hpp"
#include "checker/linearizability/judge_objects.hpp"
#include "checker/models.hpp"
#include "checker/notes.hpp"
#include "checker/score.hpp"
#include "checker/words.hpp"
#include "witness/check.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

/// What the caller wants judged, with names looked up.
struct Claims {
  std::vector<std::size_t> models;
  std::vector<AnomalyKind> anomalies;
  bool only_anomalies = false;
  bool linearizable = false;
};

template <typename Table, typename Name>
std::string names_in(const Table& table, Name name) {
  std::string names;
  for (const auto& line : table)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name(line));
  return names;
}

Claims look_up(const CheckOptions& options, const WorkloadRules& rules) {
  Claims claims;
  for (const std::string& name : options.models) {
    const auto model = model_by_name(name);
    if (!model) {
      throw UsageError(fmt::format("no model is called \"{}\"; there are: {}", name,
                                   names_in(model_table(), [](const auto& m) { return m.name; })));
    }
    claims.models.push_back(*model);
  }
  for (const std::string& name : options.anomalies) {
    const auto kind = anomaly_by_label(name);
    if (!kind) {
      throw UsageError(
          fmt::format("no anomaly is called \"{}\"; there are: {}", name,
                      names_in(anomaly_table(), [](const auto& a) { return a.label; })));
    }
    claims.anomalies.push_back(*kind);
  }
  claims.only_anomalies = !claims.anomalies.empty();
  if (claims.models.empty() && !claims.only_anomalies) {
    claims.models.push_back(*model_by_name(rules.model));
  }
  claims.linearizable =
      !claims.only_anomalies && std::ranges::any_of(claims.models, [](std::size_t model) {
        return model_table()[model].real_time;
      });
  return claims;
}

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
           const Possible& possible)
      : judged_(judged), claims_(wanted), findings_(findings), possible_(possible) {
    if (!wanted.only_anomalies) decide_object();
    for (const std::size_t model : wanted.models) decide_model(model);
    for (const AnomalyKind kind : wanted.anomalies) decide_anomaly(kind);
  }

  std::vector<Claim> claims;
  bool broken = false;
  std::string undecided;  ///< why, of the first claim that is
  std::string word;       ///< if all hold

  /// True if the anomaly breaks one of the claims.
  bool counts(const Anomaly& anomaly) const { return (kind_bit(anomaly.kind) & breaking_) != 0; }

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
      add({std::string{name}, false, {}});
    } else if (const std::string& why = findings_.why_undecided(claim); !why.empty()) {
      add({std::string{name}, std::nullopt, why});
    } else {
      add({std::string{name}, true, {}});
    }
  }

  void decide_model(std::size_t model) {
    const KindSet forbidden = forbidden_by(model);
    breaking_ |= forbidden;
    const std::string name{model_table()[model].name};
    add(decided(name, forbidden));
    word = claims_.linearizable && model_table()[model].real_time ? "linearizable" : name;
  }

  void decide_anomaly(AnomalyKind kind) {
    for (const AnomalyInfo& info : anomaly_table()) {
      if ((implied_by(info.kind) & kind_bit(kind)) != 0) breaking_ |= kind_bit(info.kind);
    }
    const std::string name = fmt::format("no-{}", label(kind));
    add(decided(name, kind_bit(kind)));
    word = claims_.models.empty() && claims_.anomalies.size() == 1 ? name : "no-anomaly-asked-for";
  }

  /// That none of these kinds is there.
  Claim decided(const std::string& name, KindSet forbidden) const {
    if ((findings_.found() & forbidden) != 0) return {name, false, {}};
    if ((possible_.kinds & forbidden) != 0) return {name, std::nullopt, possible_.who};
    for (const AnomalyInfo& info : anomaly_table()) {
      if ((forbidden & kind_bit(info.kind)) == 0) continue;
      std::string why = why_undecided(info.kind, findings_);
      if (!why.empty()) return {name, std::nullopt, std::move(why)};
    }
    return {name, true, {}};
  }

  void add(Claim claim) {
    broken = broken || claim.holds == false;
    if (!claim.holds && undecided.empty()) undecided = fmt::format("{}: {}", claim.name, claim.why);
    claims.push_back(std::move(claim));
  }

  const Case& judged_;
  const Claims& claims_;
  const Findings& findings_;
  const Possible& possible_;
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

bool is_surplus(AnomalyKind kind) {
  return kind == AnomalyKind::double_acquisition || kind == AnomalyKind::oversell;
}

/// "double-acquisition on A1, C7 (2 acquisitions too many); lost-update on the same".
std::string why_violated(const std::vector<Anomaly>& anomalies, std::uint64_t oversold) {
  std::string reason;
  std::vector<std::string> before;
  std::size_t kinds_named = 0;
  for (std::size_t i = 0; i < anomalies.size();) {
    std::vector<std::string> keys;
    std::set<std::string_view> named;
    const AnomalyKind kind = anomalies[i].kind;
    for (; i < anomalies.size() && anomalies[i].kind == kind; ++i) {
      for (const std::string& key : anomalies[i].keys) {
        if (named.insert(key).second) keys.push_back(key);
      }
    }
    if (kinds_named++ == 3) break;
    reason += fmt::format("{}{}", reason.empty() ? "" : "; ", label(kind));
    if (!keys.empty()) {
      reason += keys == before ? " on the same" : fmt::format(" on {}", list(keys));
      before = keys;
    }
    if (kinds_named == 1 && is_surplus(kind) && oversold > 0) {
      reason += fmt::format(" ({} too many)", plural(oversold, "acquisition"));
    }
  }
  return reason;
}

std::string why_valid(const Case& judged, const Counts& counts) {
  std::int64_t units = 0;
  for (const KeyHoldings& holdings : judged.keys) units += holdings.units;
  return fmt::format("every claim holds: {} on {} in {}; {} met another one in time",
                     plural(static_cast<std::uint64_t>(units), "acquisition"),
                     plural(judged.keys.size(), "key"), plural(counts.operations, "operation"),
                     plural(counts.overlaps, "transaction"));
}

void sort_anomalies(std::vector<Anomaly>& anomalies) {
  std::ranges::stable_sort(anomalies, [](const Anomaly& a, const Anomaly& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    const std::string_view left = a.keys.empty() ? std::string_view{} : a.keys[0];
    const std::string_view right = b.keys.empty() ? std::string_view{} : b.keys[0];
    return natural_less(left, right);
  });
}

/// Keeps what breaks a claim; says of the rest that it is there.
void take_anomalies(std::vector<Anomaly> all, const Decision& decision, Verdict& verdict) {
  sort_anomalies(all);
  std::vector<std::string> allowed;
  for (Anomaly& anomaly : all) {
    if (decision.counts(anomaly)) {
      verdict.keys.insert(verdict.keys.end(), anomaly.keys.begin(), anomaly.keys.end());
      verdict.anomalies.push_back(std::move(anomaly));
    } else if (allowed.empty() || allowed.back() != label(anomaly.kind)) {
      allowed.emplace_back(label(anomaly.kind));
    }
  }
  std::ranges::sort(verdict.keys, natural_less);
  verdict.keys.erase(std::unique(verdict.keys.begin(), verdict.keys.end()), verdict.keys.end());
  if (!allowed.empty()) {
    verdict.notes.push_back(
        fmt::format("also found, and not part of what was claimed: {}", list(allowed)));
  }
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
  const WorkloadRules& rules = rules_for(history.header.workload);
  const Claims claims = look_up(options, rules);
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
  ModelVerdict models = judge_models(findings.found());
  verdict.models_strongest = std::move(models.strongest);
  verdict.models_violated = std::move(models.violated);

  const Possible possible = possible_anomalies(input);
  const Decision decision(judged, claims, findings, possible);
  const std::string nothing_tested = vacuous(judged, verdict.counts);
  verdict.claims = decision.claims;
  for (Claim& claim : verdict.claims) {
    if (claim.holds == true && !nothing_tested.empty()) claim = {claim.name, {}, nothing_tested};
  }
  take_anomalies(std::move(findings.anomalies), decision, verdict);
  if (decision.broken) {
    verdict.validity = Validity::violated;
    verdict.word = "violated";
    verdict.reason = why_violated(verdict.anomalies, verdict.counts.oversold);
  } else if (!nothing_tested.empty() || !decision.undecided.empty()) {
    verdict.validity = Validity::unknown;
    verdict.word = "unknown";
    verdict.reason = nothing_tested.empty() ? decision.undecided : nothing_tested;
  } else {
    verdict.validity = Validity::valid;
    verdict.word = decision.word;
    verdict.reason = why_valid(judged, verdict.counts);
  }
  return verdict;
}

}  // namespace witness
