/// Jepsen's operations, as EDN maps or as a JSON array.
#include <fmt/format.h>

#include <array>
#include <iterator>

#include "history/datum_text.hpp"
#include "history/formats.hpp"
#include "history/history_writer.hpp"

namespace witness {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"r", "w", "append"};

/// What differs between the two.
struct Syntax {
  std::string_view index, type, process, f, time, value, order, between, kind_end;
  void (*append)(std::string& out, Datum datum, const StringPool& strings);
  char separator;
};
constexpr Syntax kEdn = {":index ", ":type :", ":process ", ":f :txn",  ":time ", ":value [",
                         ":order ", ", ",      " ",         append_edn, ' '};
constexpr Syntax kJson = {
    "\"index\":", "\"type\":\"", "\"process\":", "\"f\":\"txn\"", "\"time\":", "\"value\":[",
    "\"order\":", ",",           "\",",          append_json,     ','};

class JepsenWriter : public HistoryWriter {
 public:
  explicit JepsenWriter(bool edn) : edn_(edn), syntax_(edn ? kEdn : kJson) {}

  std::optional<std::string> refusal(const History& history,
                                     const std::vector<TxnEvent>& events) override {
    const Transactions& all = *history.transactions;
    for (const TxnEvent& event : events) {
      const Transaction& one = all.transactions[event.transaction];
      if (event.attempts > 1) {
        return "it has no attempts, and operation " + std::to_string(one.index) + " has " +
               std::to_string(event.attempts);
      }
      const bool told = one.told == Completion::ok     ? one.fate == Fated::committed
                        : one.told == Completion::fail ? one.fate == Fated::aborted
                                                       : one.fate == Fated::possible;
      if (!told) {
        return "it has no outcomes, and the outcome of operation " + std::to_string(one.index) +
               " is not what its client was told";
      }
    }
    return edn_ ? edn_refusal(history.strings) : json_refusal(history.strings);
  }

  void begin(const History& history, std::string& out) override {
    nameless_ = nameless_processes(*history.transactions);
    if (!edn_) out += '[';
  }

  void event(const History& history, const TxnEvent& event, std::string& out) override {
    const Transactions& all = *history.transactions;
    const Transaction& one = all.transactions[event.transaction];
    if (!edn_ && !first_) out += ',';
    if (!first_) out += '\n';
    first_ = false;
    out += '{';
    const auto field = [&](std::string_view name, auto value) {
      out += name;
      fmt::format_to(std::back_inserter(out), "{}", value);
      out += syntax_.between;
    };
    if (all.has_real_time) field(syntax_.index, event.index);
    out += syntax_.type;
    out += event.is_invocation ? std::string_view{"invoke"}
                               : kCompletionNames[static_cast<std::size_t>(one.told)];
    out += edn_ ? ", " : "\",";
    if (!nameless_[one.process]) field(syntax_.process, all.processes[one.process]);
    out += syntax_.f;
    out += syntax_.between;
    const std::int64_t time = event.is_invocation ? one.invoke_ns : one.complete_ns;
    if (time >= 0) field(syntax_.time, time);
    if (!event.is_invocation && !all.commit_order.empty() &&
        all.commit_order[event.transaction] != Transactions::kNoOrder) {
      field(syntax_.order, all.commit_order[event.transaction]);
    }
    const bool reads = !event.is_invocation && one.reads_known;
    if (event.is_invocation || reads || one.told != Completion::ok) {
      value(history, event.transaction, reads, out);
    } else {
      out.resize(out.size() - syntax_.between.size());
    }
    out += '}';
  }

  void end(const History& /*history*/, std::string& out) override {
    if (!edn_) out += ']';
    if (!edn_ || !first_) out += '\n';
  }

 private:
  void value(const History& history, std::uint32_t transaction, bool reads,
             std::string& out) const {
    const Transactions& all = *history.transactions;
    out += syntax_.value;
    bool first = true;
    for (const TxnOp& op : all.ops_of(transaction)) {
      if (!first) out += syntax_.separator;
      first = false;
      out += edn_ ? "[:" : "[\"";
      out += kKinds[static_cast<std::size_t>(op.kind)];
      out += syntax_.kind_end;
      syntax_.append(out, all.keys[op.key], history.strings);
      out += syntax_.separator;
      if (op.kind != TxnOpKind::read || (reads && all.datatype == Datatype::rw_register)) {
        syntax_.append(out, op.value(), history.strings);
      } else {
        list(history, op, reads, out);
      }
      out += ']';
    }
    out += ']';
  }

  void list(const History& history, const TxnOp& op, bool reads, std::string& out) const {
    if (!reads) {
      syntax_.append(out, Datum{}, history.strings);
      return;
    }
    out += '[';
    bool first = true;
    for (const Datum element : history.transactions->elements(op.list())) {
      if (!first) out += syntax_.separator;
      first = false;
      syntax_.append(out, element, history.strings);
    }
    out += ']';
  }

  bool edn_;
  const Syntax& syntax_;
  bool first_ = true;
  std::vector<bool> nameless_;
};

}  // namespace

std::unique_ptr<HistoryWriter> edn_writer() { return std::make_unique<JepsenWriter>(true); }
std::unique_ptr<HistoryWriter> json_writer() { return std::make_unique<JepsenWriter>(false); }

}  // namespace witness
