#include "history/session_writer.hpp"

#include <algorithm>
#include <charconv>

namespace witness {

std::optional<std::string> SessionWriter::refusal(const History& history,
                                                  const std::vector<TxnEvent>& events) {
  const Transactions& all = *history.transactions;
  if (all.datatype != Datatype::rw_register) return "it has registers only, no lists";
  if (auto reason = history_refusal(history)) return reason;
  std::uint32_t process = kNoPosition;
  std::uint32_t last = kNoPosition;
  for (const TxnEvent& event : events) {
    for (std::uint32_t i = 0; i < event.attempts; ++i) {
      const std::uint32_t id = event.transaction + i;
      const Transaction& one = all.transactions[id];
      if (one.process != process) last = kNoPosition;
      process = one.process;
      if (auto reason = transaction_refusal(history, id)) return reason;
      if (one.fate != Fated::committed) continue;
      if (one.previous != last) {
        return "in its sessions each transaction follows the one before, unlike operation " +
               std::to_string(one.index);
      }
      last = id;
    }
  }
  return std::nullopt;
}

std::optional<std::string> SessionWriter::transaction_refusal(const History& history,
                                                              std::uint32_t id) const {
  const Transactions& all = *history.transactions;
  const Transaction& one = all.transactions[id];
  const std::string name = "operation " + std::to_string(one.index);
  if (one.fate == Fated::possible) return "it has no unknown fates, like that of " + name;
  if (one.fate == Fated::aborted && !has_aborted()) {
    return "it has only transactions that committed, unlike " + name;
  }
  if (one.fate == Fated::committed && !one.reads_known) {
    return "it has no unknown reads, like those of " + name;
  }
  for (const TxnOp& op : known_ops(all, id)) {
    if (auto reason = op_refusal(history, op, name)) return reason;
  }
  return std::nullopt;
}

void SessionWriter::event(const History& history, const TxnEvent& event, std::string& out) {
  const Transactions& all = *history.transactions;
  for (std::uint32_t i = 0; i < event.attempts; ++i) {
    const std::uint32_t id = event.transaction + i;
    const bool is_new = all.transactions[id].process != process_;
    process_ = all.transactions[id].process;
    transaction(history, id, is_new, out);
  }
}

std::vector<TxnOp> SessionWriter::known_ops(const Transactions& all, std::uint32_t id) {
  const auto ops = all.ops_of(id);
  std::vector<TxnOp> known(ops.begin(), ops.end());
  if (!all.transactions[id].reads_known) {
    known.erase(std::remove_if(known.begin(), known.end(),
                               [](const TxnOp& op) { return op.kind == TxnOpKind::read; }),
                known.end());
  }
  return known;
}

std::optional<std::string> SessionWriter::zero_refusal(const Transactions& all, const TxnOp& op,
                                                       const std::string& name) {
  if (!all.initial.is_nil() && all.initial != Datum::of(0)) {
    return "a register is 0 before its first write";
  }
  if (op.value() != Datum::of(0)) return std::nullopt;
  const std::string rule = "0 is what a register is before its first write, and " + name;
  if (op.kind != TxnOpKind::read) return rule + " writes it";
  if (all.initial.is_nil()) return rule + " reads it as something else";
  return std::nullopt;
}

std::optional<std::string> natural_text(Datum datum, const StringPool& strings) {
  if (datum.is_integer()) {
    if (datum.integer() < 0) return std::nullopt;
    return std::to_string(datum.integer());
  }
  if (!datum.is_text() || strings[datum.text()].front() != '#') return std::nullopt;
  const std::string_view digits = strings[datum.text()].substr(1);
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return std::string{digits};
}

std::optional<std::int64_t> wide_integer(Datum datum, const StringPool& strings) {
  if (datum.is_integer()) return datum.integer();
  if (!datum.is_text() || strings[datum.text()].front() != '#') return std::nullopt;
  const std::string_view digits = strings[datum.text()].substr(1);
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace witness
