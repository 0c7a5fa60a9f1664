/// Native histories of transactions (FORMAT.md), from others.
#include <fmt/format.h>

#include <iterator>
#include <unordered_map>

#include "history/datum_text.hpp"
#include "history/formats.hpp"
#include "history/history_writer.hpp"
#include "history/native_line.hpp"
#include "history/native_writer.hpp"

namespace witness {
namespace {

class NativeTransactionsWriter : public HistoryWriter {
 public:
  std::optional<std::string> refusal(const History& history,
                                     const std::vector<TxnEvent>& events) override {
    const Transactions& all = *history.transactions;
    if (!all.has_real_time) return "it needs the order of events, and this history has sessions";
    if (!all.commit_order.empty() && has_attempts(events)) {
      return "it has no commit order beside several attempts";
    }
    const std::vector<bool> nameless = nameless_processes(all);
    std::unordered_map<std::uint32_t, State> processes;
    int timed = -1;
    for (const TxnEvent& event : events) {
      const Transaction& one = all.transactions[event.transaction];
      const std::string name = "operation " + std::to_string(one.index);
      if (event.is_bare) return "it needs invocations, and " + name + " has none";
      if (nameless[one.process]) return "it needs processes, and " + name + " has none";
      const std::int64_t time = event.is_invocation ? one.invoke_ns : one.complete_ns;
      if (timed == -1) timed = time >= 0 ? 1 : 0;
      if ((time >= 0) != (timed == 1)) return "either all operations have a time, or none";
      if (!event.is_invocation && time < one.invoke_ns) return name + " ends before it begins";
      State& state = processes[one.process];
      const std::string process = "process " + std::to_string(all.processes[one.process]);
      if (event.is_invocation && state == State::open) {
        return process + " has several open operations";
      }
      if (event.is_invocation && state == State::retired) {
        return process + " goes on after an info";
      }
      state = event.is_invocation             ? State::open
              : told_of(all, event) == "info" ? State::retired
                                              : State::idle;
    }
    return json_refusal(history.strings);
  }

  void begin(const History& history, std::string& out) override {
    const Transactions& all = *history.transactions;
    if (!history.header.raw.empty()) {
      out += history.header.raw;
    } else {
      fmt::format_to(std::back_inserter(out), R"({{"schema":"{}","workload":"{}")", kNativeSchema,
                     history.header.workload);
      if (!all.initial.is_nil()) {
        out += ",\"initial\":";
        append_json_string(out, shown(all.initial, history.strings));
      }
      if (!all.unwritten_is_garbage) out += ",\"earlier_writes\":true";
      out += '}';
    }
    out += '\n';
  }

  void event(const History& history, const TxnEvent& event, std::string& out) override {
    const Transactions& all = *history.transactions;
    const Transaction& one = all.transactions[event.transaction];
    next_index_ = event.index + 1;
    const std::int64_t time = event.is_invocation ? one.invoke_ns : one.complete_ns;
    fmt::format_to(std::back_inserter(out), R"({{"index":{},"type":"{}","process":{},"f":"txn",)",
                   event.index,
                   event.is_invocation ? std::string_view{"invoke"} : told_of(all, event),
                   all.processes[one.process]);
    if (time >= 0) fmt::format_to(std::back_inserter(out), R"("time":{},)", time);
    if (event.is_invocation || event.attempts == 1) {
      if (event.is_invocation || one.told != Completion::ok || one.reads_known ||
          one.fate == Fated::aborted) {
        value(history, event.transaction, !event.is_invocation, out);
      } else {
        out.pop_back();  // nobody was told what it read
      }
    } else {
      attempts(history, event, out);
    }
    if (!event.is_invocation && !all.commit_order.empty() &&
        all.commit_order[event.transaction] != Transactions::kNoOrder) {
      fmt::format_to(std::back_inserter(out), ",\"order\":{}", all.commit_order[event.transaction]);
    }
    out += "}\n";
    if (event.is_invocation && one.complete_index == Transaction::kNoIndex) {
      open_attempts(history, event, out);
    }
  }

  void end(const History& history, std::string& out) override {
    const Transactions& all = *history.transactions;
    std::uint32_t attempt = 0;
    for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
      const Transaction& one = all.transactions[id];
      attempt = id > 0 && all.transactions[id - 1].index == one.index ? attempt + 1 : 1;
      const bool told = one.told == Completion::ok     ? one.fate == Fated::committed
                        : one.told == Completion::fail ? one.fate == Fated::aborted
                                                       : one.fate == Fated::possible;
      if (told) continue;
      fmt::format_to(
          std::back_inserter(out),
          R"({{"index":{},"type":"outcome","of":{},"attempt":{},"outcome":"{}","evidence":"{}"}})"
          "\n",
          next_index_++, one.index, attempt, one.fate == Fated::committed ? "committed" : "aborted",
          "xact-status");
    }
    if (history.damage.cut) return;
    fmt::format_to(std::back_inserter(out),
                   R"({{"schema":"{}","end":true,"operations":{}}})"
                   "\n",
                   kNativeSchema, all.operations);
  }

 private:
  enum class State : std::uint8_t { idle, open, retired };

  static bool has_attempts(const std::vector<TxnEvent>& events) {
    for (const TxnEvent& event : events) {
      if (event.attempts > 1) return true;
    }
    return false;
  }

  /// What the client was told in the end: of its last attempt.
  static std::string_view told_of(const Transactions& all, const TxnEvent& event) {
    const Transaction& last = all.transactions[event.transaction + event.attempts - 1];
    return kCompletionNames[static_cast<std::size_t>(last.told)];
  }

  void attempts(const History& history, const TxnEvent& event, std::string& out) const {
    const Transactions& all = *history.transactions;
    out += "\"attempts\":[";
    for (std::uint32_t i = 0; i < event.attempts; ++i) {
      const Transaction& one = all.transactions[event.transaction + i];
      if (i > 0) out += ',';
      fmt::format_to(std::back_inserter(out), R"({{"attempt":{},"type":"{}",)", i + 1,
                     kCompletionNames[static_cast<std::size_t>(one.told)]);
      value(history, event.transaction + i, true, out);
      out += '}';
    }
    out += ']';
  }

  /// Those after the first, of what never completed.
  static void open_attempts(const History& history, const TxnEvent& event, std::string& out) {
    for (std::uint32_t i = 1; i < event.attempts; ++i) {
      fmt::format_to(std::back_inserter(out), R"({{"type":"attempt","of":{},"attempt":{},)",
                     event.index, i + 1);
      value(history, event.transaction + i, false, out);
      out += "}\n";
    }
  }

  static void value(const History& history, std::uint32_t id, bool told, std::string& out) {
    const Transactions& all = *history.transactions;
    const bool reads = told && all.transactions[id].told == Completion::ok;
    out += "\"value\":[";
    bool first = true;
    for (const TxnOp& op : all.ops_of(id)) {
      out += first ? "[\"" : ",[\"";
      first = false;
      out += kTxnOpNames[static_cast<std::size_t>(op.kind)];
      out += "\",";
      append_json(out, all.keys[op.key], history.strings);
      out += ',';
      if (op.kind != TxnOpKind::read || (reads && all.datatype == Datatype::rw_register)) {
        append_json(out, op.value(), history.strings);
      } else if (!reads) {
        out += "null";
      } else {
        out += '[';
        for (const Datum element : all.elements(op.list())) {
          append_json(out, element, history.strings);
          out += ',';
        }
        if (out.back() == ',') out.pop_back();
        out += ']';
      }
      out += ']';
    }
    out += ']';
  }

  std::uint64_t next_index_ = 0;
};

}  // namespace

std::unique_ptr<HistoryWriter> native_writer() {
  return std::make_unique<NativeTransactionsWriter>();
}

}  // namespace witness
