/// Units are neither made nor lost: what left the stock is what somebody holds, and
/// nobody is refused while units are left.
#include <fmt/format.h>

#include <algorithm>

#include "checker/invariants/invariants.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

/// The final stock against the ledger. Without both there is nothing to compare.
void judge_final_stock(const Case& judged, const KeyHoldings& holdings, Findings& findings) {
  const auto final_stock = as_number(judged.history.text(holdings.state));
  if (!holdings.writes_state || !final_stock) return;
  if (judged.history.ledger_state != LedgerState::complete) return;
  const std::string& named = judged.history.header.initial;
  const std::int64_t initial = as_number(named).value_or(judged.capacity);
  const std::int64_t left = initial - *final_stock;
  const std::string key = judged.key_text(holdings.key);

  if (holdings.units > left) {
    Anomaly anomaly{AnomalyKind::oversell, {key}};
    anomaly.count = static_cast<std::uint64_t>(holdings.units);
    anomaly.operations = holder_operations(judged, holdings);
    anomaly.explanation =
        fmt::format("{} units of {} are held, but only {} left the stock ({} at first, {} at last)",
                    holdings.units, key, left, initial, *final_stock);
    findings.add(std::move(anomaly), {ObjectClaim::conserved});
  } else if (holdings.units + holdings.possible() < left) {
    Anomaly anomaly{AnomalyKind::undersell, {key}};
    anomaly.count = static_cast<std::uint64_t>(left - holdings.units);
    anomaly.explanation =
        fmt::format("{} units left the stock of {} ({} at first, {} at last), and {} are held",
                    left, key, initial, *final_stock, holdings.units);
    findings.add(std::move(anomaly), {ObjectClaim::conserved});
  } else if (holdings.possible() != 0) {  // too few are held without them, or too many with them
    findings.undecided(ObjectClaim::conserved, unresolved_text(judged, holdings));
  }
}

void report_negative(const Case& judged, StringId key, std::int64_t lowest,
                     std::vector<std::uint64_t> operations, Findings& findings) {
  Anomaly anomaly{AnomalyKind::negative_stock, {judged.key_text(key)}};
  anomaly.operations = std::move(operations);
  anomaly.explanation = fmt::format("the stock of {} was {}", anomaly.keys[0], lowest);
  findings.add(std::move(anomaly), {ObjectClaim::conserved});
}

/// A stock below zero, in the table at the end or in anybody's read.
void judge_negative(const Case& judged, Findings& findings) {
  if (judged.rules.values != ValueShape::amount) return;
  struct Low {
    StringId key;
    std::uint64_t operation;
    std::int64_t value;
  };
  std::vector<Low> low;
  for (const Fate& fate : judged.resolution.fates) {
    for (const MicroOp& op : micro_ops_of(judged.history, fate)) {
      if (op.kind != MicroOpKind::read || op.value == kNoString) continue;
      if (!judged.history.text(op.value).starts_with('-')) continue;
      const auto value = as_number(judged.history.text(op.value));
      if (value && *value < 0) low.push_back({op.key, judged.index_of(fate), *value});
    }
  }
  std::ranges::stable_sort(low, {}, &Low::key);
  for (const KeyHoldings& holdings : judged.keys) {
    std::vector<std::uint64_t> operations;
    std::int64_t lowest =
        std::min<std::int64_t>(0, as_number(judged.history.text(holdings.state)).value_or(0));
    for (auto read = std::ranges::lower_bound(low, holdings.key, {}, &Low::key);
         read != low.end() && read->key == holdings.key; ++read) {
      operations.push_back(read->operation);
      lowest = std::min(lowest, read->value);
    }
    if (lowest < 0) report_negative(judged, holdings.key, lowest, std::move(operations), findings);
  }
}

/// Somebody was told that nothing is left, and something was.
void judge_refusals(const Case& judged, const KeyHoldings& holdings, Findings& findings) {
  if (holdings.rejections.empty()) return;
  const std::int64_t most = holdings.units + holdings.possible();
  if (most >= judged.capacity) return;
  Anomaly anomaly{AnomalyKind::undersell, {judged.key_text(holdings.key)}};
  anomaly.count = holdings.rejections.size();
  for (const std::uint32_t operation : holdings.rejections) {
    anomaly.operations.push_back(judged.history.operations[operation].index);
  }
  anomaly.explanation = fmt::format(
      "{} told that {} is all taken, and {} of {} {} held {}",
      anomaly.count == 1 ? "a client was" : fmt::format("{} clients were", anomaly.count),
      anomaly.keys[0], holdings.units, judged.capacity, judged.capacity == 1 ? "is" : "are",
      operations_text(anomaly.operations));
  findings.add(std::move(anomaly),
               {ObjectClaim::conserved, ObjectClaim::reconciled, ObjectClaim::linearizable});
}

/// The table says that a seat is gone, and nobody holds it.
void judge_orphan(const Case& judged, const KeyHoldings& holdings, Findings& findings) {
  if (judged.rules.values != ValueShape::identity || !holdings.holders.empty()) return;
  if (judged.history.ledger_state != LedgerState::complete || holdings.possible() != 0) return;
  if (holdings.state == kNoString ||
      holdings.state == initial_value(judged.history, judged.rules)) {
    return;
  }
  Anomaly anomaly{AnomalyKind::undersell, {judged.key_text(holdings.key)}};
  anomaly.explanation = fmt::format("the table shows {} = {}, and the ledger holds no acquisition",
                                    anomaly.keys[0], judged.history.text(holdings.state));
  findings.add(std::move(anomaly), {ObjectClaim::conserved, ObjectClaim::reconciled});
}

}  // namespace

std::string why_no_stock_compared(const Case& judged) {
  if (judged.history.ledger_state != LedgerState::complete) {
    return "the ledger was not read completely";
  }
  if (judged.rules.values != ValueShape::amount) return {};
  bool any = false;
  for (const KeyHoldings& holdings : judged.keys) {
    if (!holdings.writes_state) continue;
    any = true;
    if (!as_number(judged.history.text(holdings.state))) {
      return fmt::format("the final stock of {} was not read", judged.key_text(holdings.key));
    }
  }
  return any ? std::string{} : "no transaction of this history writes a stock";
}

void judge_stock(const Case& judged, Findings& findings) {
  // Kept first: it is the reason of whoever asks for an anomaly that only this can show.
  if (std::string why = why_no_stock_compared(judged); !why.empty()) {
    findings.undecided(ObjectClaim::conserved, std::move(why));
  }
  for (const KeyHoldings& holdings : judged.keys) {
    if (judged.rules.values == ValueShape::amount) judge_final_stock(judged, holdings, findings);
    judge_refusals(judged, holdings, findings);
    judge_orphan(judged, holdings, findings);
  }
  judge_negative(judged, findings);
}

}  // namespace witness
