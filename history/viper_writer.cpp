/// The histories of Viper.
#include "history/datum_text.hpp"
#include "history/formats.hpp"
#include "history/session_writer.hpp"

namespace witness {
namespace {

class ViperWriter : public SessionWriter {
 public:
  Layout layout() const override { return Layout::files; }

 private:
  std::optional<std::string> history_refusal(const History& history) override {
    return json_refusal(history.strings);
  }

  std::optional<std::string> op_refusal(const History& history, const TxnOp& op,
                                        const std::string& name) const override {
    if (op.kind == TxnOpKind::read || !is_initial(*history.transactions, op)) return std::nullopt;
    return "it has no name for the value before the first write, which " + name + " writes";
  }

  void transaction(const History& history, std::uint32_t id, bool /*is_new_session*/,
                   std::string& out) override {
    const Transactions& all = *history.transactions;
    out += R"({"value":[)";
    bool first = true;
    for (const TxnOp& op : all.ops_of(id)) {
      const bool is_read = op.kind == TxnOpKind::read;
      if (!first) out += ',';
      first = false;
      out += is_read ? R"(["r",)" : R"(["w",)";
      append_json(out, all.keys[op.key], history.strings);
      out += ',';
      append_json(out, is_initial(all, op) ? Datum{} : op.value(), history.strings);
      out += is_read ? ",false]" : "]";
    }
    out += "]}\n";
  }
};

}  // namespace

std::unique_ptr<HistoryWriter> viper_writer() { return std::make_unique<ViperWriter>(); }

}  // namespace witness
