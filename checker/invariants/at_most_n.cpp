/// At most N units of a key are held. The violation is a count: more committed
/// acquisitions than units, however the unresolved ones turn out.
#include <fmt/format.h>

#include <algorithm>

#include "checker/invariants/invariants.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

std::string who_says(const Case& judged, const KeyHoldings& holdings) {
  const bool by_ledger = std::ranges::any_of(holdings.holders, [&](const Holder& holder) {
    return holder.fate == kNoPosition ||
           judged.resolution.fates[holder.fate].evidence != Evidence::acknowledged;
  });
  return by_ledger ? "the committed ledger holds" : "clients were told that it belongs to";
}

void report_too_many(const Case& judged, const KeyHoldings& holdings, Findings& findings) {
  Anomaly anomaly{judged.rules.too_many, {judged.key_text(holdings.key)}};
  anomaly.count = static_cast<std::uint64_t>(holdings.units);
  anomaly.operations = holder_operations(judged, holdings);
  const std::string units = plural(static_cast<std::uint64_t>(holdings.units), "time");
  anomaly.explanation =
      fmt::format("{} was sold {}{}: {} {} {}", anomaly.keys[0], units,
                  judged.capacity == 1 ? "" : fmt::format(", and there were {}", judged.capacity),
                  who_says(judged, holdings), list(holder_names(judged, holdings)),
                  operations_text(anomaly.operations));
  findings.add(std::move(anomaly), {ObjectClaim::capacity, ObjectClaim::linearizable});
}

/// The table names one owner; the ledger holds others, or more.
void judge_table(const Case& judged, const KeyHoldings& holdings, Findings& findings) {
  if (judged.rules.values != ValueShape::identity || holdings.state == kNoString) return;
  if (!judged.ledger_read || holdings.holders.empty()) return;
  const bool shown = std::ranges::any_of(
      holdings.holders, [&](const Holder& holder) { return holder.name == holdings.state; });
  if (holdings.units <= judged.capacity && (shown || !holdings.writes_state)) return;
  Anomaly anomaly{AnomalyKind::hidden_by_convergence, {judged.key_text(holdings.key)}};
  anomaly.count = static_cast<std::uint64_t>(holdings.units);
  anomaly.operations = holder_operations(judged, holdings);
  anomaly.explanation =
      fmt::format("the table shows {} = {} and nothing else; the ledger holds {}", anomaly.keys[0],
                  judged.history.text(holdings.state), list(holder_names(judged, holdings)));
  findings.add(std::move(anomaly), {ObjectClaim::capacity});
}

}  // namespace

Case open_case(const History& history, const WorkloadRules& rules, const Resolution& resolution) {
  Case judged{history, rules, resolution, collect_holdings(history, resolution)};
  judged.capacity = static_cast<std::int64_t>(
      std::min<std::uint64_t>(history.header.capacity, 1'000'000'000'000'000));
  judged.ledger_read = history.ledger_state != LedgerState::none || !history.ledger.empty() ||
                       std::ranges::any_of(history.attempts, [](const Attempt& attempt) {
                         return attempt.evidence == Evidence::ledger ||
                                attempt.evidence == Evidence::ledger_absent ||
                                attempt.evidence == Evidence::xact_status;
                       });
  return judged;
}

std::vector<std::string> holder_names(const Case& judged, const KeyHoldings& holdings) {
  std::vector<std::string> names;
  for (const Holder& holder : holdings.holders) {
    names.push_back(holder.fate == kNoPosition
                        ? judged.key_text(holder.name)
                        : name_of(judged.history, judged.resolution.fates[holder.fate]));
  }
  return names;
}

std::vector<std::uint64_t> holder_operations(const Case& judged, const KeyHoldings& holdings) {
  std::vector<std::uint64_t> operations;
  for (const Holder& holder : holdings.holders) {
    if (holder.fate == kNoPosition) continue;
    operations.push_back(judged.index_of(judged.resolution.fates[holder.fate]));
  }
  std::ranges::sort(operations);
  operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
  return operations;
}

std::string operations_text(const std::vector<std::uint64_t>& operations) {
  if (operations.empty()) return {};
  std::vector<std::string> texts;
  for (const std::uint64_t index : operations) texts.push_back(std::to_string(index));
  return fmt::format("(operation{} {})", texts.size() == 1 ? "" : "s", list(texts));
}

std::string unresolved_text(const Case& judged, const KeyHoldings& holdings) {
  std::vector<std::string> names;
  for (const std::uint32_t fate : holdings.unresolved) {
    names.push_back(name_of(judged.history, judged.resolution.fates[fate]));
  }
  for (const std::uint32_t operation : holdings.open) {
    names.push_back(fmt::format("operation {}", judged.history.operations[operation].index));
  }
  return fmt::format("{}: nobody knows whether {} committed", judged.key_text(holdings.key),
                     list(names));
}

void judge_capacity(const Case& judged, Findings& findings) {
  for (const KeyHoldings& holdings : judged.keys) {
    if (holdings.units > judged.capacity) {
      report_too_many(judged, holdings, findings);
    } else if (holdings.units + holdings.possible() > judged.capacity) {
      const std::string why = unresolved_text(judged, holdings);
      findings.undecided(ObjectClaim::capacity, why);
      findings.undecided(ObjectClaim::linearizable, why);
    }
    judge_table(judged, holdings, findings);
  }
}

}  // namespace witness
