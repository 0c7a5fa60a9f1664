/// The text of AWDIT's tests.
#include <fmt/format.h>

#include <iterator>

#include "history/formats.hpp"
#include "history/session_writer.hpp"

namespace witness {
namespace {

class AwditWriter : public SessionWriter {
  std::optional<std::string> op_refusal(const History& history, const TxnOp& op,
                                        const std::string& name) const override {
    const Transactions& all = *history.transactions;
    if (is_initial(all, op)) {
      return "it has no value before the first write, unlike " + name;
    }
    const Datum key = all.keys[op.key];
    if (!key.is_integer() || key.integer() < 0) {
      return "it has only integers from 0 as keys, unlike " + name;
    }
    if (!op.value().is_integer() || op.value().integer() < 0) {
      return "it has only integers from 0 as values, unlike " + name;
    }
    return std::nullopt;
  }

  void transaction(const History& history, std::uint32_t id, bool is_new_session,
                   std::string& out) override {
    const Transactions& all = *history.transactions;
    if (!is_first_) out += is_new_session ? "=====\n" : "-----\n";
    is_first_ = false;
    for (const TxnOp& op : all.ops_of(id)) {
      fmt::format_to(std::back_inserter(out), "{} {} {}\n", op.kind == TxnOpKind::read ? 'r' : 'w',
                     all.keys[op.key].integer(), op.value().integer());
    }
  }

  bool is_first_ = true;
};

}  // namespace

std::unique_ptr<HistoryWriter> awdit_writer() { return std::make_unique<AwditWriter>(); }

}  // namespace witness
