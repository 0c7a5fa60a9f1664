#include "checker/linearizability/judge_objects.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/linearizability/exclusive_object.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

/// Winners are named by their fates, behind them open operations, behind them rows of
/// nobody (which began at no known time: they make no rejection early).
ExclusiveObject object_of(const Case& judged, const KeyHoldings& holdings) {
  const auto& fates = judged.resolution.fates;
  const auto& operations = judged.history.operations;
  ExclusiveObject object;
  object.capacity = judged.capacity;
  for (const Holder& holder : holdings.holders) {
    const bool known = holder.fate != kNoPosition;
    if (holder.units == 0) continue;
    object.winners.push_back(
        {known ? fates[holder.fate].start_ns : 0, known ? holder.fate : 0, holder.units});
  }
  for (const std::uint32_t fate : holdings.unresolved) {
    object.possible.push_back({fates[fate].start_ns, fate});
  }
  for (const std::uint32_t operation : holdings.open) {
    object.possible.push_back(
        {operations[operation].invoke_ns, static_cast<std::uint32_t>(fates.size()) + operation});
  }
  for (const std::uint32_t operation : holdings.rejections) {
    object.rejections.push_back({operations[operation].complete_ns, operation});
  }
  return object;
}

void report_early(const Case& judged, const KeyHoldings& holdings, const ExclusiveVerdict& verdict,
                  Findings& findings) {
  const auto& fates = judged.resolution.fates;
  const auto& operations = judged.history.operations;
  const Operation& rejected = operations[verdict.rejection];
  const bool open = verdict.winner >= fates.size();
  const Operation& won =
      operations[open ? verdict.winner - fates.size() : fates[verdict.winner].operation];
  const std::int64_t start = open ? won.invoke_ns : fates[verdict.winner].start_ns;
  const std::string winner = open ? fmt::format("operation {}", won.index)
                                  : name_of(judged.history, fates[verdict.winner]);

  Anomaly anomaly{AnomalyKind::early_rejection, {judged.key_text(holdings.key)}};
  anomaly.count = verdict.early.size();
  for (const std::uint32_t operation : verdict.early) {
    anomaly.operations.push_back(operations[operation].index);
  }
  anomaly.operations.push_back(won.index);
  std::ranges::sort(anomaly.operations);
  anomaly.explanation = fmt::format(
      "operation {} was told that {} is all taken {} before {}, who took {} (operation {}), began",
      rejected.index, anomaly.keys[0], duration(start - rejected.complete_ns), winner,
      judged.capacity == 1 ? "it" : "a unit", won.index);
  findings.add(std::move(anomaly), {ObjectClaim::linearizable});
}

}  // namespace

void judge_objects(const Case& judged, Findings& findings) {
  for (const KeyHoldings& holdings : judged.keys) {
    if (holdings.rejections.empty()) continue;
    const ExclusiveVerdict verdict = judge_exclusive_object(object_of(judged, holdings));
    if (verdict.result == ExclusiveResult::early_rejection) {
      report_early(judged, holdings, verdict, findings);
    }
  }
}

}  // namespace witness
