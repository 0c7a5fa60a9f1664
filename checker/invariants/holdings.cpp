#include "checker/invariants/holdings.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "checker/words.hpp"

namespace witness {
namespace {

/// Amounts come from a file: keep sums of them far from overflow.
std::int64_t bounded(std::int64_t amount) {
  return std::clamp<std::int64_t>(amount, 0, 1'000'000'000);
}

class Collector {
 public:
  Collector(const History& history, const Resolution& resolution)
      : history_(history), resolution_(resolution) {}

  std::vector<KeyHoldings> collect() {
    for (const Operation& operation : history_.operations) of(operation.key);
    collect_fates();
    collect_rows_of_nobody();
    for (const std::uint32_t operation : resolution_.open_acquisitions) {
      of(history_.operations[operation].key).open.push_back(operation);
    }
    for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
      const Operation& operation = history_.operations[i];
      if (operation.rejected) of(operation.key).rejections.push_back(i);
    }
    for (const KeyState& state : history_.states) of(state.key).state = state.value;
    std::erase_if(keys_, [](const KeyHoldings& holdings) { return holdings.key == kNoString; });
    std::ranges::sort(keys_, [&](const KeyHoldings& a, const KeyHoldings& b) {
      return natural_less(history_.text(a.key), history_.text(b.key));
    });
    return std::move(keys_);
  }

 private:
  KeyHoldings& of(StringId key) {
    const auto [found, is_new] = positions_.try_emplace(key, keys_.size());
    if (is_new) keys_.emplace_back().key = key;
    return keys_[found->second];
  }

  /// Units by fate, as the ledger's rows say; a row of an id that is known by now is its.
  void collect_fates() {
    std::unordered_map<StringId, std::uint32_t> by_id;
    for (std::uint32_t i = 0; i < resolution_.fates.size(); ++i) {
      if (resolution_.fates[i].id != kNoString) by_id.emplace(resolution_.fates[i].id, i);
    }
    std::vector<std::int64_t> units(resolution_.fates.size());
    for (const LedgerRow& row : history_.ledger) {
      std::uint32_t fate = row.attempt;
      if (const auto known = by_id.find(row.holder); fate == kNoPosition && known != by_id.end()) {
        fate = known->second;
      }
      if (fate == kNoPosition) {
        rows_of_nobody_.push_back(row);
      } else {
        units[fate] += bounded(row.amount);
      }
    }
    for (std::uint32_t i = 0; i < resolution_.fates.size(); ++i) collect_fate(i, units[i]);
  }

  void collect_fate(std::uint32_t index, std::int64_t units) {
    const Fate& fate = resolution_.fates[index];
    if (!fate.acquires) return;
    KeyHoldings& holdings = of(fate.key);
    for (const MicroOp& op : micro_ops_of(history_, fate)) {
      holdings.writes_state = holdings.writes_state || op.kind == MicroOpKind::write;
    }
    if (fate.outcome == Outcome::committed) {
      holdings.holders.push_back({index, fate.id, units == 0 ? 1 : units});
      holdings.units += holdings.holders.back().units;
    } else if (fate.outcome == Outcome::unresolved) {
      holdings.unresolved.push_back(index);
    }
  }

  void collect_rows_of_nobody() {
    for (const LedgerRow& row : rows_of_nobody_) {
      KeyHoldings& holdings = of(row.key);
      holdings.holders.push_back({kNoPosition, row.holder, bounded(row.amount)});
      holdings.units += holdings.holders.back().units;
    }
  }

  const History& history_;
  const Resolution& resolution_;
  std::vector<KeyHoldings> keys_;
  std::unordered_map<StringId, std::size_t> positions_;
  std::vector<LedgerRow> rows_of_nobody_;
};

}  // namespace

std::vector<KeyHoldings> collect_holdings(const History& history, const Resolution& resolution) {
  return Collector{history, resolution}.collect();
}

std::optional<std::int64_t> as_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  constexpr std::int64_t kFar = 1'000'000'000'000'000;  // differences of two never overflow
  return std::clamp(number, -kFar, kFar);
}

}  // namespace witness
