/// The histories of dbcop: JSON, its text, and its old binary form.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "history/formats.hpp"
#include "history/session_writer.hpp"

namespace witness {
namespace {

/// Times that nobody recorded.
constexpr std::string_view kNoMoment = "1970-01-01T00:00:00Z";

/// What stands before the sessions.
struct Parameters {
  std::uint64_t sessions = 0;
  std::uint64_t variables = 0;
  std::uint64_t transactions = 0;  ///< of the longest session
  std::uint64_t events = 0;        ///< of the longest transaction
};

std::vector<std::uint64_t> session_sizes(const Transactions& all) {
  std::vector<std::uint64_t> sizes(all.processes.size());
  for (const Transaction& one : all.transactions) ++sizes[one.process];
  return sizes;
}

Parameters parameters_of(const Transactions& all) {
  Parameters parameters;
  parameters.variables = all.keys.size();
  for (const std::uint64_t size : session_sizes(all)) {
    parameters.sessions += size > 0 ? 1 : 0;
    parameters.transactions = std::max(parameters.transactions, size);
  }
  for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
    parameters.events = std::max<std::uint64_t>(parameters.events, all.ops_of(id).size());
  }
  return parameters;
}

class DbcopWriter : public SessionWriter {
 protected:
  bool has_aborted() const override { return true; }

  std::optional<std::string> op_refusal(const History& history, const TxnOp& op,
                                        const std::string& name) const override {
    const Transactions& all = *history.transactions;
    if (auto reason = zero_refusal(all, op, name)) return reason;
    if (!natural_text(all.keys[op.key], history.strings)) {
      return "it has only integers from 0 as variables, unlike " + name;
    }
    const bool initial = op.kind == TxnOpKind::read && is_initial(all, op);
    if (!initial && !natural_text(op.value(), history.strings)) {
      return "it has only integers from 0 as versions, unlike " + name;
    }
    return std::nullopt;
  }

  void begin(const History& history, std::string& out) override {
    const Parameters parameters = parameters_of(*history.transactions);
    fmt::format_to(std::back_inserter(out),
                   R"({{"params":{{"id":0,"n_node":{},"n_variable":{},"n_transaction":{},)"
                   R"("n_event":{}}},"info":"","start":"{}","end":"{}","data":[)",
                   parameters.sessions, parameters.variables, parameters.transactions,
                   parameters.events, kNoMoment, kNoMoment);
  }

  void transaction(const History& history, std::uint32_t id, bool is_new_session,
                   std::string& out) override {
    const Transactions& all = *history.transactions;
    if (is_new_session) {
      out += is_first_ ? "[" : "],\n[";
    } else {
      out += ",\n";
    }
    is_first_ = false;
    out += R"({"events":[)";
    bool first = true;
    for (const TxnOp& op : known_ops(all, id)) {
      if (!first) out += ',';
      first = false;
      const bool is_read = op.kind == TxnOpKind::read;
      fmt::format_to(
          std::back_inserter(out), R"({{"{}":{{"variable":{},"version":{}}}}})",
          is_read ? "Read" : "Write", *natural_text(all.keys[op.key], history.strings),
          is_read && is_initial(all, op) ? "null" : *natural_text(op.value(), history.strings));
    }
    const bool committed = all.transactions[id].fate == Fated::committed;
    fmt::format_to(std::back_inserter(out), R"(],"committed":{}}})", committed);
  }

  void end(const History& /*history*/, std::string& out) override {
    out += is_first_ ? "]}\n" : "]]}\n";
  }

  bool is_first_ = true;
};

class BincodeWriter : public DbcopWriter {
  void begin(const History& history, std::string& out) override {
    const Transactions& all = *history.transactions;
    sizes_ = session_sizes(all);
    const Parameters parameters = parameters_of(all);
    for (const std::uint64_t number : {std::uint64_t{0}, parameters.sessions, parameters.variables,
                                       parameters.transactions, parameters.events}) {
      append(out, number);
    }
    for (const std::string_view text : {std::string_view{}, kNoMoment, kNoMoment}) {
      append(out, text.size());
      out += text;
    }
    append(out, parameters.sessions);
  }

  void transaction(const History& history, std::uint32_t id, bool is_new_session,
                   std::string& out) override {
    const Transactions& all = *history.transactions;
    if (is_new_session) append(out, sizes_[all.transactions[id].process]);
    const std::vector<TxnOp> ops = known_ops(all, id);
    append(out, ops.size());
    for (const TxnOp& op : ops) {
      const bool is_read = op.kind == TxnOpKind::read;
      out += is_read ? '\0' : '\1';
      append(out, number(all.keys[op.key], history.strings));
      append(out, is_read && is_initial(all, op) ? 0 : number(op.value(), history.strings));
      out += '\1';
    }
    out += all.transactions[id].fate == Fated::committed ? '\1' : '\0';
  }

  void end(const History& /*history*/, std::string& /*out*/) override {}

  static std::uint64_t number(Datum datum, const StringPool& strings) {
    const std::string digits = *natural_text(datum, strings);
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }

  /// The low byte first.
  static void append(std::string& out, std::uint64_t number) {
    for (int i = 0; i < 8; ++i) {
      out += static_cast<char>(number & 0xffU);
      number >>= 8U;
    }
  }

  std::vector<std::uint64_t> sizes_;
};

class HistWriter : public SessionWriter {
  bool has_aborted() const override { return true; }

  std::optional<std::string> op_refusal(const History& history, const TxnOp& op,
                                        const std::string& name) const override {
    const Transactions& all = *history.transactions;
    if (auto reason = zero_refusal(all, op, name)) return reason;
    if (variable(all.keys[op.key], history.strings).empty()) {
      return "its variables are integers from 0, or words of letters, digits and _, unlike " + name;
    }
    const bool initial = op.kind == TxnOpKind::read && is_initial(all, op);
    if (!initial && !natural_text(op.value(), history.strings)) {
      return "it has only integers from 0 as versions, unlike " + name;
    }
    return std::nullopt;
  }

  /// Empty where it cannot be written so that it is read again as it was.
  static std::string variable(Datum key, const StringPool& strings) {
    if (key.is_integer()) return key.integer() < 0 ? "" : std::to_string(key.integer());
    if (!key.is_text() || strings[key.text()].front() != '"') return {};
    const std::string_view text = strings[key.text()].substr(1);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_word = [&](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    const bool plain = std::all_of(text.begin(), text.end(), is_word) &&
                       !std::all_of(text.begin(), text.end(), is_digit);
    return plain ? std::string{text} : std::string{};
  }

  void transaction(const History& history, std::uint32_t id, bool is_new_session,
                   std::string& out) override {
    const Transactions& all = *history.transactions;
    if (is_new_session && !is_first_) out += "---\n";
    is_first_ = false;
    const std::vector<TxnOp> ops = known_ops(all, id);
    if (ops.empty()) return;  // nothing that can be said
    out += '[';
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const TxnOp& op = ops[i];
      const bool is_read = op.kind == TxnOpKind::read;
      if (i > 0) out += ' ';
      out += variable(all.keys[op.key], history.strings);
      out += is_read ? "==" : ":=";
      out += is_read && is_initial(all, op) ? "?" : *natural_text(op.value(), history.strings);
    }
    out += all.transactions[id].fate == Fated::committed ? "]\n" : "]!\n";
  }

  bool is_first_ = true;
};

}  // namespace

std::unique_ptr<HistoryWriter> dbcop_writer() { return std::make_unique<DbcopWriter>(); }
std::unique_ptr<HistoryWriter> bincode_writer() { return std::make_unique<BincodeWriter>(); }
std::unique_ptr<HistoryWriter> hist_writer() { return std::make_unique<HistWriter>(); }

}  // namespace witness
