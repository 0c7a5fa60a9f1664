/// The histories of Viper (https://github.com/Khoury-srg/Viper): a directory with a file for each
/// client, one transaction a line.
///
///   {"value":[["w",k,v],["r",k,v,dead]],"isInitial":false}
///
/// `i` and `d`, an insertion and a deletion that leaves a tombstone, write as w does; a read of a
/// tombstone (`dead`) reads its value. Only what committed is in the file.
#include "history/excerpt.hpp"
#include "history/formats.hpp"
#include "history/json_block.hpp"
#include "history/json_transactions.hpp"

namespace witness {
namespace {

class ViperOps : public JsonTransactions {
 public:
  void begin(std::string_view text, OpBlock& block) { JsonText::begin(text, block); }

  bool read(std::size_t& at) {
    return append(at, [&](RawOp& op) { return transaction(op); });
  }

 private:
  bool transaction(RawOp& op) {
    const char* const begin = at_;
    bool is_initial = false;
    const bool whole = object([&](std::string_view name) {
      if (name == "value") {
        if (op.has_value) return fail(at_, "the field \"value\" stands twice");
        op.has_value = true;
        return operations();
      }
      return name == "isInitial" ? boolean(name, is_initial) : skip();
    });
    op.is_first = is_initial;
    return whole && (op.has_value || fail(begin, "a transaction needs the field \"value\""));
  }

  bool operations() {
    if (*at_ != '[') return fail(at_, "\"value\" must be a list of [kind, key, value]");
    return list([&] { return operation(); });
  }

  bool operation() {
    if (*at_ != '[') return fail(at_, "an operation must be a list [kind, key, value]");
    const char* const begin = at_;
    RawMicroOp micro_op;
    micro_op.bits = Datum{}.bits();
    micro_op.offset = offset_of(begin);
    int parts = 0;
    const bool whole = list([&] {
      Datum value;
      switch (parts++) {
        case 0:
          return kind(micro_op.kind);
        case 1:
          return datum(micro_op.key);
        case 2:
          micro_op.offset = offset_of(at_);
          if (!datum(value)) return false;
          micro_op.bits = value.bits();
          return true;
        default:
          return skip();  // dead; what a write replaced
      }
    });
    if (!whole) return false;
    if (parts < 3) return fail(begin, "an operation must be a list [kind, key, value]");
    block_->micro_ops.push_back(micro_op);
    return true;
  }

  bool kind(TxnOpKind& kind) {
    const char* const at = at_;
    std::string_view text;
    if (*at_ != '"') return fail(at, "an operation begins with \"r\", \"w\", \"i\" or \"d\"");
    if (!string(text)) return malformed();
    text.remove_prefix(1);
    if (text == "range") {
      return fail(at, "reads of ranges cannot be judged: which keys they missed would be lost");
    }
    if (text != "r" && text != "w" && text != "i" && text != "d") {
      return fail(at, "unknown operation " + quoted(text) + "; it must be r, w, i or d");
    }
    kind = text == "r" ? TxnOpKind::read : TxnOpKind::write;
    return true;
  }
};

}  // namespace

/// Jepsen's operations have a type, and stand in one line, too.
bool looks_like_viper(std::string_view head) {
  while (!head.empty() && is_json_space(head.front())) head.remove_prefix(1);
  if (head.substr(0, 1) != "{") return false;
  const std::string_view line = head.substr(0, head.find('\n'));
  head = line.substr(1);
  while (!head.empty() && is_json_space(head.front())) head.remove_prefix(1);
  const bool begins = head.starts_with("\"value\"") || head.starts_with("\"isInitial\"");
  return begins && line.find("\"type\"") == std::string_view::npos;
}

std::unique_ptr<BlockParser> viper_block_parser() {
  return std::make_unique<JsonBlockParser<ViperOps>>();
}

}  // namespace witness
