/// What clients were told against what the database holds.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "checker/invariants/invariants.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

/// Anomalies of one kind and key become one, with all their operations.
class ByKey {
 public:
  ByKey(const Case& judged, AnomalyKind kind) : judged_(judged), kind_(kind) {}

  void add(StringId key, std::uint64_t operation, std::string name) {
    const auto [found, is_new] = positions_.try_emplace(key, groups_.size());
    if (is_new) groups_.push_back({key, {}, {}});
    groups_[found->second].operations.push_back(operation);
    groups_[found->second].names.push_back(std::move(name));
  }

  template <typename Explain>
  void report(Findings& findings, Explain explain) {
    for (auto& [key, operations, names] : groups_) {
      Anomaly anomaly{kind_, {judged_.key_text(key)}};
      anomaly.count = names.size();
      std::erase(operations, kNobody);
      anomaly.operations = std::move(operations);
      std::ranges::sort(anomaly.operations);
      anomaly.explanation = fmt::format("{} {}", explain(anomaly.keys[0], list(names)),
                                        operations_text(anomaly.operations));
      if (anomaly.explanation.back() == ' ') anomaly.explanation.pop_back();
      findings.add(std::move(anomaly), {ObjectClaim::reconciled});
    }
  }

  static constexpr std::uint64_t kNobody = ~std::uint64_t{0};

 private:
  struct Group {
    StringId key;
    std::vector<std::uint64_t> operations;
    std::vector<std::string> names;
  };
  const Case& judged_;
  AnomalyKind kind_;
  std::unordered_map<StringId, std::size_t> positions_;
  std::vector<Group> groups_;
};

bool acquired(const Fate& fate, Outcome outcome) {
  return fate.acquires && fate.outcome == outcome;
}

void judge_lost(const Case& judged, Findings& findings) {
  ByKey lost(judged, AnomalyKind::lost_acquisition);
  for (const Fate& fate : judged.resolution.fates) {
    if (!acquired(fate, Outcome::aborted) || fate.attempt == kNoPosition) continue;
    if (judged.history.attempts[fate.attempt].told != Completion::ok) continue;
    lost.add(fate.key, judged.index_of(fate), name_of(judged.history, fate));
  }
  lost.report(findings, [](const std::string& key, const std::string& names) {
    return fmt::format("clients were told that they hold {}, and the database does not have {}",
                       key, names);
  });
}

void judge_phantom(const Case& judged, Findings& findings) {
  ByKey phantom(judged, AnomalyKind::phantom_acquisition);
  for (const Fate& fate : judged.resolution.fates) {
    if (!acquired(fate, Outcome::committed)) continue;
    const Operation& operation = judged.history.operations[fate.operation];
    if (!operation.completed || operation.told != Completion::fail) continue;
    phantom.add(fate.key, operation.index, name_of(judged.history, fate));
  }
  phantom.report(findings, [](const std::string& key, const std::string& names) {
    return fmt::format("clients were told that they do not have {}, and the database holds {}", key,
                       names);
  });
}

void judge_double_apply(const Case& judged, Findings& findings) {
  std::unordered_map<std::uint32_t, std::vector<const Fate*>> by_operation;
  for (const Fate& fate : judged.resolution.fates) {
    if (acquired(fate, Outcome::committed)) by_operation[fate.operation].push_back(&fate);
  }
  std::vector<std::uint32_t> twice;
  for (const auto& [operation, fates] : by_operation) {
    if (fates.size() > 1) twice.push_back(operation);
  }
  std::ranges::sort(twice);
  for (const std::uint32_t operation : twice) {
    const auto& fates = by_operation[operation];
    std::vector<std::string> names;
    Anomaly anomaly{AnomalyKind::double_apply, {judged.key_text(fates[0]->key)}};
    for (const Fate* fate : fates) names.push_back(name_of(judged.history, *fate));
    anomaly.count = fates.size();
    anomaly.operations = {judged.history.operations[operation].index};
    anomaly.explanation =
        fmt::format("operation {} took {} {}: {} all committed", anomaly.operations[0],
                    anomaly.keys[0], plural(fates.size(), "time"), list(names));
    findings.add(std::move(anomaly), {ObjectClaim::reconciled});
  }
}

void judge_rows_of_nobody(const Case& judged, Findings& findings) {
  ByKey unknown(judged, AnomalyKind::unknown_holder);
  for (const KeyHoldings& holdings : judged.keys) {
    for (const Holder& holder : holdings.holders) {
      if (holder.fate != kNoPosition) continue;
      unknown.add(holdings.key, ByKey::kNobody, judged.key_text(holder.name));
    }
  }
  unknown.report(findings, [](const std::string& key, const std::string& names) {
    return fmt::format("the ledger holds {} for {}, whom no attempt of this history wrote", key,
                       names);
  });
}

/// An attempt that may have committed beside another one of its operation, or though its
/// client was told no.
void judge_unresolved(const Case& judged, Findings& findings) {
  std::unordered_map<std::uint32_t, std::uint32_t> taking;  // attempts, by operation
  for (const Fate& fate : judged.resolution.fates) {
    if (fate.acquires && fate.outcome != Outcome::aborted) ++taking[fate.operation];
  }
  for (const Fate& fate : judged.resolution.fates) {
    if (!acquired(fate, Outcome::unresolved)) continue;
    const Operation& operation = judged.history.operations[fate.operation];
    const bool told_no = operation.completed && operation.told == Completion::fail;
    if (!told_no && taking[fate.operation] < 2) continue;
    findings.undecided(
        ObjectClaim::reconciled,
        fmt::format("{}: nobody knows whether {} committed, beside what its client was told",
                    judged.key_text(fate.key), name_of(judged.history, fate)));
  }
}

}  // namespace

void judge_reconciliation(const Case& judged, Findings& findings) {
  judge_lost(judged, findings);
  judge_phantom(judged, findings);
  judge_double_apply(judged, findings);
  judge_rows_of_nobody(judged, findings);
  judge_unresolved(judged, findings);
  if (judged.history.ledger_state != LedgerState::complete) {
    findings.undecided(ObjectClaim::reconciled, judged.ledger_read
                                                    ? "the ledger was read only in part"
                                                    : "no ledger was read");
  }
}

}  // namespace witness
