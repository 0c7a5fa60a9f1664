/// The histories of dbcop (https://github.com/rnbguy/dbcop): one JSON object, whose `data` lists
/// sessions of transactions.
///
///   {"params":…,"info":…,"start":…,"end":…,"data":[[{"events":[…],"committed":true}]]}
///
/// An event is {"Write":{"variable":0,"version":1}}, {"Read":{"variable":0,"version":null}} or, in
/// short, ["w",0,1], ["r",0,null]. Version 0, and none, is what a variable is before its first
/// write.
#include "history/count_lines.hpp"
#include "history/excerpt.hpp"
#include "history/formats.hpp"
#include "history/json_fault.hpp"
#include "history/json_text.hpp"
#include "history/part_block.hpp"

namespace witness {
namespace {

constexpr const char* kEvent =
    "an event must be {\"Read\":…}, {\"Write\":…}, [\"r\", variable, version] or [\"w\", …]";

class DbcopBlockParser : public BlockParser, JsonText, PartBlock {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    if (!final) return;
    begin_parts(block);
    JsonText::begin(text, block);
    at_ = begin_;
    line_ = 0;
    counted_ = begin_;
    space();
    if (history()) {
      block.consumed = text.size();
      block.lines = count_lines(text);
    } else {
      block.fault = fault_.rule.empty() ? fault_in(text) : fault_;
    }
  }

 private:
  static LineFault fault_in(std::string_view text) {
    const std::optional<JsonFault> fault = find_json_fault(text);
    return fault ? LineFault{fault->offset, fault->rule, {}}
                 : LineFault{0, "this JSON cannot be read", {}};
  }

  bool history() {
    if (*at_ != '{') return fail(at_, "a history must be a JSON object");
    const char* const begin = at_;
    bool has_data = false;
    const bool whole = object([&](std::string_view name) {
      if (name != "data") return skip();
      if (has_data) return fail(at_, "the field \"data\" stands twice");
      has_data = true;
      return sessions();
    });
    if (!whole) return false;
    space();
    if (at_ != end_) return fail(at_, "nothing may follow the history");
    return has_data || fail(begin, "a history needs the field \"data\"");
  }

  bool sessions() {
    if (*at_ != '[') return fail(at_, "\"data\" must be a list of sessions");
    return list([&] {
      if (*at_ != '[') return fail(at_, "a session must be a list of transactions");
      if (!list([&] { return transaction(); })) return false;
      end_part(PartEnd::session, offset_of(at_), line_);
      return true;
    });
  }

  bool transaction() {
    const char* const begin = at_;
    if (*at_ != '{') return fail(at_, "a transaction must be a JSON object");
    line_ += static_cast<std::uint32_t>(
        count_lines({counted_, static_cast<std::size_t>(begin - counted_)}));
    counted_ = begin;
    part(offset_of(begin), line_);
    bool has_events = false;
    bool has_fate = false;
    bool committed = false;
    const bool whole = object([&](std::string_view name) {
      if (name == "events") {
        if (has_events) return fail(at_, "the field \"events\" stands twice");
        has_events = true;
        if (*at_ != '[') return fail(at_, "\"events\" must be a list");
        return list([&] { return event(); });
      }
      if (name != "committed") return skip();
      if (has_fate) return fail(at_, "the field \"committed\" stands twice");
      has_fate = true;
      return boolean(name, committed);
    });
    if (!whole) return false;
    if (!has_events || !has_fate) return fail(begin, "a transaction needs events and committed");
    end_part(PartEnd::transaction, offset_of(begin), line_).told =
        committed ? Completion::ok : Completion::fail;
    return true;
  }

  bool event() {
    const char* const begin = at_;
    RawMicroOp micro_op;
    micro_op.offset = offset_of(begin);
    micro_op.bits = Datum::of(0).bits();
    int fields = 0;
    const bool short_form = *at_ == '[';
    if (!short_form && *at_ != '{') return fail(at_, kEvent);
    const bool whole =
        short_form
            ? list([&] { return short_field(fields++, micro_op); })
            : object([&](std::string_view name) { return long_event(name, fields, micro_op); });
    if (!whole) return false;
    if (fields != 3) return fail(begin, kEvent);
    add(micro_op);
    return true;
  }

  bool short_field(int number, RawMicroOp& micro_op) {
    if (number == 1) return variable(micro_op);
    if (number == 2) return version(micro_op);
    const char* const at = at_;
    std::string_view name;
    if (number > 2 || *at_ != '"') return fail(at, kEvent);
    if (!string(name)) return malformed();
    return kind(at, name.substr(1), "w", "r", micro_op);
  }

  bool long_event(std::string_view name, int& fields, RawMicroOp& micro_op) {
    const char* const at = at_;
    if (++fields > 1 || !kind(at, name, "Write", "Read", micro_op)) return fail(at, kEvent);
    if (*at_ != '{') return fail(at_, "an event needs variable and version");
    bool has_variable = false;
    bool has_version = false;
    const bool whole = object([&](std::string_view field) {
      if (field == "variable") {
        has_variable = true;
        return variable(micro_op);
      }
      if (field != "version") return skip();
      has_version = true;
      return version(micro_op);
    });
    if (!whole) return false;
    // A write without a version is none; a read without one read nothing.
    if (!has_variable || (!has_version && micro_op.kind == TxnOpKind::write)) {
      return fail(at, "an event needs variable and version");
    }
    fields = 3;
    return true;
  }

  bool kind(const char* at, std::string_view name, std::string_view write, std::string_view read,
            RawMicroOp& micro_op) {
    micro_op.kind = name == write ? TxnOpKind::write : TxnOpKind::read;
    return name == write || name == read || fail(at, kEvent);
  }

  bool variable(RawMicroOp& micro_op) {
    if (*at_ == 'n') return fail(at_, "a variable must be a number or a string");
    return datum(micro_op.key);
  }

  bool version(RawMicroOp& micro_op) {
    micro_op.offset = offset_of(at_);
    Datum value;
    if (!datum(value)) return false;
    if (!value.is_nil()) micro_op.bits = value.bits();
    if (value.is_nil() && micro_op.kind == TxnOpKind::write) {
      return fail(begin_ + micro_op.offset, "a write needs a version");
    }
    return true;
  }

  std::uint32_t line_ = 0;
  const char* counted_ = nullptr;  ///< line feeds before it are in line_
};

}  // namespace

bool looks_like_dbcop(std::string_view head) {
  const auto space = [&] {
    while (!head.empty() && is_json_space(head.front())) head.remove_prefix(1);
  };
  space();
  if (head.substr(0, 1) != "{") return false;
  head.remove_prefix(1);
  space();
  return head.starts_with("\"params\"") || head.starts_with("\"data\"");
}

std::unique_ptr<BlockParser> dbcop_block_parser() { return std::make_unique<DbcopBlockParser>(); }

}  // namespace witness
