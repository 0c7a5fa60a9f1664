/// The binary logs of Cobra.
#include <unordered_map>

#include "history/formats.hpp"
#include "history/session_writer.hpp"

namespace witness {
namespace {

constexpr std::uint64_t kInitial = 0xbebeebee;

class CobraWriter : public SessionWriter {
 public:
  Layout layout() const override { return Layout::files; }

 private:
  /// Finds who wrote what: reads name the transaction.
  std::optional<std::string> history_refusal(const History& history) override {
    const Transactions& all = *history.transactions;
    writers_.clear();
    for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
      for (const TxnOp& op : all.ops_of(id)) {
        if (op.kind == TxnOpKind::read) continue;
        const auto number = wide_integer(op.value(), history.strings);
        const std::string name = "operation " + std::to_string(all.transactions[id].index);
        if (!number) return "it has only integers of 64 bits as values, unlike " + name;
        if (!writers_.try_emplace(*number, Writer{id, op.key}).second) {
          return "its writes have numbers of their own, but " + std::to_string(*number) +
                 " is written twice, in the end by " + name;
        }
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> op_refusal(const History& history, const TxnOp& op,
                                        const std::string& name) const override {
    const Transactions& all = *history.transactions;
    if (!wide_integer(all.keys[op.key], history.strings)) {
      return "it has only integers of 64 bits as keys, unlike " + name;
    }
    if (is_initial(all, op)) {
      if (op.kind == TxnOpKind::read) return std::nullopt;
      return "it has another number for the value before the first write, which " + name +
             " writes";
    }
    const auto number = wide_integer(op.value(), history.strings);
    if (op.kind == TxnOpKind::read) {
      const auto writer = number ? writers_.find(*number) : writers_.end();
      if (writer == writers_.end() || writer->second.key != op.key) {
        return "its reads name the transaction that wrote, and nobody wrote what " + name +
               " reads";
      }
    }
    for (const std::int64_t special : {0xbebeebeeLL, 0xdeadbeefLL}) {
      if (number == special) return "this number has a meaning of its own, and " + name + " has it";
    }
    return std::nullopt;
  }

  void transaction(const History& history, std::uint32_t id, bool /*is_new_session*/,
                   std::string& out) override {
    const Transactions& all = *history.transactions;
    out += 'S';
    append(out, all.transactions[id].index);
    for (const TxnOp& op : all.ops_of(id)) {
      const bool is_read = op.kind == TxnOpKind::read;
      const bool initial = is_initial(all, op);
      const auto value =
          initial ? kInitial
                  : static_cast<std::uint64_t>(*wide_integer(op.value(), history.strings));
      out += is_read ? 'R' : 'W';
      if (is_read) append(out, initial ? kInitial : writer_of(all, value));
      append(out, value);
      append(out, static_cast<std::uint64_t>(*wide_integer(all.keys[op.key], history.strings)));
      append(out, initial ? 0 : value);
    }
    out += 'C';
    append(out, all.transactions[id].index);
  }

  std::uint64_t writer_of(const Transactions& all, std::uint64_t value) const {
    const auto writer = writers_.find(static_cast<std::int64_t>(value));
    return all.transactions[writer->second.transaction].index;
  }

  /// The high byte first.
  static void append(std::string& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      out += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
    }
  }

  struct Writer {
    std::uint32_t transaction;
    std::uint32_t key;
  };
  std::unordered_map<std::int64_t, Writer> writers_;  ///< by what they wrote
};

}  // namespace

std::unique_ptr<HistoryWriter> cobra_writer() { return std::make_unique<CobraWriter>(); }

}  // namespace witness
