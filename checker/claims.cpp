#include "checker/claims.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "checker/words.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

template <typename Table, typename Name>
std::string names_in(const Table& table, Name name) {
  std::string names;
  for (const auto& line : table)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name(line));
  return names;
}

void look_up_anomaly(const std::string& name, Claims& claims) {
  const auto groups = anomaly_groups();
  const auto group = std::ranges::find(groups, name, &AnomalyGroup::label);
  if (group != groups.end()) {
    for (const AnomalyInfo& info : anomaly_table()) {
      if ((group->kinds & kind_bit(info.kind)) != 0) claims.anomalies.push_back(info.kind);
    }
    return;
  }
  const auto kind = anomaly_by_label(name);
  if (!kind) {
    throw UsageError(fmt::format("no anomaly is called \"{}\"; there are: {}, {}", name,
                                 names_in(groups, [](const auto& g) { return g.label; }),
                                 names_in(anomaly_table(), [](const auto& a) { return a.label; })));
  }
  claims.anomalies.push_back(*kind);
}

void sort_anomalies(std::vector<Anomaly>& anomalies) {
  std::ranges::stable_sort(anomalies, [](const Anomaly& a, const Anomaly& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    const std::string_view left = a.keys.empty() ? std::string_view{} : a.keys[0];
    const std::string_view right = b.keys.empty() ? std::string_view{} : b.keys[0];
    return natural_less(left, right);
  });
}

bool is_surplus(AnomalyKind kind) {
  return kind == AnomalyKind::double_acquisition || kind == AnomalyKind::oversell;
}

}  // namespace

Claims look_up(const CheckOptions& options, std::string_view otherwise) {
  Claims claims;
  for (const std::string& name : options.models) {
    const auto model = model_by_name(name);
    if (!model) {
      throw UsageError(fmt::format("no model is called \"{}\"; there are: {}", name,
                                   names_in(model_table(), [](const auto& m) { return m.name; })));
    }
    claims.models.push_back(*model);
  }
  for (const std::string& name : options.anomalies) look_up_anomaly(name, claims);
  claims.only_anomalies = !claims.anomalies.empty();
  if (claims.models.empty() && !claims.only_anomalies) {
    claims.models.push_back(*model_by_name(otherwise));
  }
  claims.linearizable =
      !claims.only_anomalies && std::ranges::any_of(claims.models, [](std::size_t model) {
        return model_table()[model].order == TimeOrder::real_time;
      });
  return claims;
}

KindSet implying(KindSet kinds) {
  KindSet all = 0;
  for (const AnomalyInfo& info : anomaly_table()) {
    if ((implied_by(info.kind) & kinds) != 0) all |= kind_bit(info.kind);
  }
  return all;
}

std::string why_undecidable(std::size_t model) {
  return fmt::format("nothing was found against {}, and not all that it forbids is searched for",
                     model_table()[model].name);
}

void take_anomalies(Findings& findings, KindSet breaking, Verdict& verdict) {
  sort_anomalies(findings.anomalies);
  std::vector<std::string> allowed;
  for (Anomaly& anomaly : findings.anomalies) {
    if ((kind_bit(anomaly.kind) & breaking) != 0) {
      verdict.keys.insert(verdict.keys.end(), anomaly.keys.begin(), anomaly.keys.end());
      verdict.anomalies.push_back(std::move(anomaly));
    } else if (allowed.empty() || allowed.back() != label(anomaly.kind)) {
      allowed.emplace_back(label(anomaly.kind));
    }
  }
  for (const AnomalyInfo& info : anomaly_table()) {
    if ((findings.unlisted_kinds & breaking & kind_bit(info.kind)) == 0) continue;
    verdict.anomaly_counts.push_back({info.kind, findings.count(info.kind)});
    const auto& keys = findings.unlisted_keys[static_cast<std::size_t>(info.kind)];
    verdict.keys.insert(verdict.keys.end(), keys.begin(), keys.end());
  }
  std::ranges::sort(verdict.keys, natural_less);
  verdict.keys.erase(std::unique(verdict.keys.begin(), verdict.keys.end()), verdict.keys.end());
  if (!allowed.empty()) {
    verdict.notes.push_back(
        fmt::format("also found, and not part of what was claimed: {}", list(allowed)));
  }
}

void take_models(const ModelVerdict& models, const Findings& findings, Verdict& verdict) {
  verdict.models_strongest = models.strongest;
  verdict.models_violated = models.violated;
  verdict.models_not = models.weakest_violated;
  verdict.models_also_not = models.also_violated;
  verdict.models_undecided = models.undecided;
  for (const std::string& name : models.weakest_violated) {
    const KindSet forbidden = forbidden_by(*model_by_name(name));
    ModelEvidence evidence{name, {}};
    for (const AnomalyInfo& info : anomaly_table()) {
      const bool counts = (kind_bit(info.kind) & forbidden) != 0 && findings.count(info.kind) > 0;
      if (counts) evidence.anomalies.emplace_back(info.label);
    }
    verdict.models_evidence.push_back(std::move(evidence));
  }
}

std::string why_violated(const Verdict& verdict) {
  const std::vector<Anomaly>& anomalies = verdict.anomalies;
  const std::uint64_t oversold = verdict.counts.oversold;
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

void conclude(const std::string& nothing_tested, std::string word, std::string why_valid,
              Verdict& verdict) {
  for (Claim& claim : verdict.claims) {
    const bool vacuous = claim.holds == true && !nothing_tested.empty();
    if (vacuous) claim = {claim.name, {}, nothing_tested};
  }
  const auto first = [&](std::optional<bool> holds) {
    return std::ranges::find(verdict.claims, holds, &Claim::holds);
  };
  if (first(false) != verdict.claims.end()) {
    verdict.validity = Validity::violated;
    verdict.word = "violated";
    verdict.reason = why_violated(verdict);
  } else if (const auto open = first(std::nullopt); open != verdict.claims.end()) {
    verdict.validity = Validity::unknown;
    verdict.word = "unknown";
    verdict.reason =
        nothing_tested.empty() ? fmt::format("{}: {}", open->name, open->why) : nothing_tested;
  } else {
    verdict.validity = Validity::valid;
    verdict.word = std::move(word);
    verdict.reason = std::move(why_valid);
  }
}

}  // namespace witness
