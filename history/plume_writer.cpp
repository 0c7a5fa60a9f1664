/// The text of Plume, PolySI and AWDIT.
#include <fmt/format.h>

#include <iterator>

#include "history/formats.hpp"
#include "history/history_writer.hpp"

namespace witness {
namespace {

class PlumeWriter : public HistoryWriter {
 public:
  std::optional<std::string> refusal(const History& history,
                                     const std::vector<TxnEvent>& events) override {
    const Transactions& all = *history.transactions;
    if (all.datatype != Datatype::rw_register) return "it has registers only, no lists";
    if (!all.initial.is_nil() && all.initial != Datum::of(0)) {
      return "a register is 0 before its first write";
    }
    for (const TxnEvent& event : events) {
      if (auto reason = refusal_of(history, event)) return reason;
    }
    return std::nullopt;
  }

  void event(const History& history, const TxnEvent& event, std::string& out) override {
    if (event.is_invocation) return;
    const Transactions& all = *history.transactions;
    for (std::uint32_t i = 0; i < event.attempts; ++i) {
      const std::uint32_t id = event.transaction + i;
      const Transaction& one = all.transactions[id];
      const bool aborted = one.fate == Fated::aborted;
      const std::int64_t number = aborted ? -1 : static_cast<std::int64_t>(one.index);
      for (const TxnOp& op : all.ops_of(id)) {
        const bool is_read = op.kind == TxnOpKind::read;
        if (is_read && aborted) continue;
        fmt::format_to(std::back_inserter(out), "{}({},{},{},{})\n", is_read ? 'r' : 'w',
                       all.keys[op.key].integer(), op.value().is_nil() ? 0 : op.value().integer(),
                       all.processes[one.process], number);
      }
    }
  }

 private:
  static std::optional<std::string> refusal_of(const History& history, const TxnEvent& event) {
    const Transactions& all = *history.transactions;
    for (std::uint32_t i = 0; i < event.attempts; ++i) {
      const std::uint32_t id = event.transaction + i;
      const Transaction& one = all.transactions[id];
      const std::string name = "operation " + std::to_string(one.index);
      if (one.fate == Fated::possible) return "it has no unknown fates, like that of " + name;
      if (one.fate == Fated::committed && !one.reads_known) {
        return "it has no unknown reads, like those of " + name;
      }
      for (const TxnOp& op : all.ops_of(id)) {
        const bool is_read = op.kind == TxnOpKind::read;
        if (!all.keys[op.key].is_integer()) return "it has only integer keys, unlike " + name;
        if (!op.value().is_integer() && !(is_read && op.value().is_nil())) {
          return "it has only integer values, unlike " + name;
        }
        if (!is_read && op.value() == Datum::of(0)) {
          return "0 is what a register is before its first write, and " + name + " writes it";
        }
      }
    }
    return std::nullopt;
  }
};

}  // namespace

std::unique_ptr<HistoryWriter> plume_writer() { return std::make_unique<PlumeWriter>(); }

}  // namespace witness
