#include "history/json_ops.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "history/excerpt.hpp"
#include "history/integer.hpp"

namespace witness {
namespace {

enum Bit : unsigned {
  kIndex = 1,
  kType = 2,
  kProcess = 4,
  kF = 8,
  kTime = 16,
  kValue = 32,
  kOrder = 64,
  kKey = 128,
  kSchema = 256
};

struct TypeName {
  std::string_view name;
  OpType type;
};
constexpr std::array kTypeNames = {TypeName{"invoke", OpType::invoke}, TypeName{"ok", OpType::ok},
                                   TypeName{"fail", OpType::fail}, TypeName{"info", OpType::info}};

}  // namespace

void JsonOps::begin(std::string_view text, Flavour flavour, OpBlock& block) {
  JsonText::begin(text, block);
  flavour_ = flavour;
  block.elements.reserve_for(text.size());
  functions_.clear();
  lists_.clear();
}

bool JsonOps::read(std::size_t& offset) {
  const std::size_t micro_ops = block_->micro_ops.size();
  const std::size_t elements = block_->elements.size();
  at_ = begin_ + offset;
  RawOp& raw = block_->ops.emplace_back();
  raw.offset = static_cast<std::uint32_t>(offset);
  raw.micro_ops = {static_cast<std::uint32_t>(micro_ops), static_cast<std::uint32_t>(micro_ops)};
  if (!op(raw) || !whole(raw)) {
    block_->ops.pop_back();
    drop(micro_ops, elements);
    return false;
  }
  if (raw.type == OpType::ignored) drop(micro_ops, elements);
  offset = static_cast<std::size_t>(at_ - begin_);
  return true;
}

void JsonOps::drop(std::size_t micro_ops, std::size_t elements) {
  block_->micro_ops.resize(micro_ops);
  block_->elements.resize(elements);
  lists_.clear();  // it may know what is no more
}

void JsonOps::unread(const RawOp& op) {
  drop(op.micro_ops.begin, block_->elements.size());
  block_->ops.pop_back();
}

bool JsonOps::read_micro_ops(std::size_t offset, RawRange& range) {
  at_ = begin_ + offset;
  return micro_ops(range);
}

/// The fields in the order in which we write them, up to the micro-operations. Gives the place
/// where those begin, or nullptr for anything else, having kept nothing.
const char* JsonOps::canonical_fields(RawOp& op) {
  const char* at = at_;
  std::uint64_t index = 0;
  std::uint64_t process = 0;
  std::uint64_t time = 0;
  StringId f = kNoString;
  if (!short_text(at, "{\"index\":") || !short_number(at, index) ||
      !short_text(at, ",\"type\":\"")) {
    return nullptr;
  }
  const OpType type = short_text(at, "invoke") ? OpType::invoke
                      : short_text(at, "ok")   ? OpType::ok
                      : short_text(at, "info") ? OpType::info
                      : short_text(at, "fail") ? OpType::fail
                                               : OpType::ignored;
  if (type == OpType::ignored || !short_text(at, "\",\"process\":") || !short_number(at, process) ||
      !canonical_function(at, f) || !short_text(at, ",\"time\":") || !short_number(at, time) ||
      !short_text(at, ",\"value\":")) {
    return nullptr;
  }
  op.index = index;
  op.has_index = true;
  op.type = type;
  op.process = static_cast<std::int64_t>(process);
  op.f = f;
  op.time_ns = static_cast<std::int64_t>(time);
  return at;
}

/// `,"f":"txn"`, or of objects any plain name.
bool JsonOps::canonical_function(const char*& at, StringId& f) {
  if (flavour_ != Flavour::objects) {
    if (!short_text(at, ",\"f\":\"txn\"")) return false;
    if (flavour_ == Flavour::native) f = named("txn");
    return true;
  }
  if (!short_text(at, ",\"f\":\"")) return false;
  const char* const begin = at;
  while (*at >= ' ' && *at != '"' && *at != '\\') ++at;  // no signs beyond ASCII either
  if (*at != '"') return false;
  f = named({begin, static_cast<std::size_t>(at - begin)});
  ++at;
  return true;
}

/// Most often it is one of the last ones.
StringId JsonOps::named(std::string_view function) {
  for (const Function& known : functions_) {
    if (known.name == function) return known.id;
  }
  constexpr std::size_t kKept = 4;
  if (functions_.size() == kKept) functions_.erase(functions_.begin());
  functions_.push_back({std::string{function}, block_->names.intern(function)});
  return functions_.back().id;
}

bool JsonOps::op(RawOp& op) {
  seen_ = 0;
  is_client_ = has_process_ = false;
  value_fault_.rule.clear();
  value_at_ = nullptr;
  if (const char* const at = canonical_fields(op)) {
    at_ = at;
    seen_ = kIndex | kType | kProcess | kF | kTime | kValue;
    is_client_ = has_process_ = true;
    if (!value(op)) return false;
    space();
    if (*at_ == '}') {
      ++at_;
      return true;
    }
    if (*at_ != ',') return malformed();
    ++at_;
    space();
    return fields(op);
  }
  if (*at_ != '{') return malformed();
  ++at_;
  space();
  if (*at_ == '}') {
    ++at_;
    return true;
  }
  return fields(op);
}

bool JsonOps::fields(RawOp& op) {
  for (;;) {
    std::string_view name;
    if (*at_ != '"' || !string(name)) return malformed();
    space();
    if (*at_ != ':') return malformed();
    ++at_;
    space();
    if (!field(name.substr(1), op)) return false;
    space();
    const char c = *at_++;
    if (c == '}') return true;
    if (c != ',') {
      --at_;
      return malformed();
    }
    space();
  }
}

bool JsonOps::field(std::string_view name, RawOp& op) {
  switch (name.size()) {
    case 3:
      if (name == "key" && flavour_ == Flavour::objects) return first_time(kKey, name) && key(op);
      break;
    case 6:
      if (name == "schema" && flavour_ == Flavour::objects) seen_ |= kSchema;
      break;
    case 1:
      if (name == "f") return first_time(kF, name) && function(op);
      break;
    case 4:
      if (name == "type") return first_time(kType, name) && type(op);
      if (name == "time") return first_time(kTime, name) && time(op);
      break;
    case 5:
      if (name == "value") return first_time(kValue, name) && value(op);
      if (name == "index") {
        if (flavour_ != Flavour::native && *at_ == 'n') return skip();
        std::int64_t index = 0;
        const char* const at = at_;
        if (!first_time(kIndex, name) || !number(name, index)) return false;
        if (index < 0) return fail(at, "\"index\" must be an integer that is not negative");
        op.index = static_cast<std::uint64_t>(index);
        op.has_index = true;
        return true;
      }
      break;
    case 7:
      if (name == "process") return first_time(kProcess, name) && process(op);
      break;
    default:
      break;
  }
  if (name == "order" && *at_ != 'n') return order(op);
  return flavour_ != Flavour::native ? skip() : malformed();
}

bool JsonOps::order(RawOp& op) {
  std::int64_t order = 0;
  const char* const at = at_;
  if (!first_time(kOrder, "order") || !number("order", order)) return false;
  if (order < 0) return fail(at, "\"order\" must be an integer that is not negative");
  op.order = static_cast<std::uint64_t>(order);
  return true;
}

bool JsonOps::first_time(unsigned bit, std::string_view name) {
  if ((seen_ & bit) != 0) return fail(at_, "the field " + quoted(name) + " stands twice");
  seen_ |= bit;
  return true;
}

bool JsonOps::type(RawOp& op) {
  const char* const at = at_;
  std::string_view name;
  if (*at_ != '"') return fail(at, "\"type\" must be \"invoke\", \"ok\", \"fail\" or \"info\"");
  if (!string(name)) return malformed();
  name.remove_prefix(1);
  for (const TypeName& known : kTypeNames) {
    if (known.name != name) continue;
    op.type = known.type;
    return true;
  }
  return fail(at, "unknown type " + quoted(name) + "; it must be invoke, ok, fail or info");
}

bool JsonOps::process(RawOp& op) {
  has_process_ = true;
  if (*at_ == '"' || *at_ == 'n') return flavour_ != Flavour::native ? skip() : malformed();
  is_client_ = true;
  return number("process", op.process);
}

bool JsonOps::time(RawOp& op) {
  const char* const at = at_;
  if (*at_ == 'n') return flavour_ != Flavour::native ? skip() : malformed();
  if (!number("time", op.time_ns)) return false;
  if (op.time_ns >= 0) return true;
  if (flavour_ == Flavour::native) return fail(at, {});
  op.time_ns = kNoTime;
  return true;
}

bool JsonOps::function(RawOp& op) {
  if (*at_ != '"') return flavour_ != Flavour::native ? skip() : malformed();
  std::string_view name;
  if (!string(name)) return malformed();
  // Most often it is "txn", whatever the operation.
  if (flavour_ != Flavour::jepsen) op.f = named(name.substr(1));
  return true;
}

bool JsonOps::value(RawOp& op) {
  value_at_ = at_;
  if (*at_ == 'n') {
    if (flavour_ == Flavour::native) return malformed();
    return short_text(at_, "null}") ? (--at_, true) : skip();
  }
  const std::size_t count = block_->elements.size();
  const bool whole = flavour_ == Flavour::objects ? cells(op.micro_ops) : micro_ops(op.micro_ops);
  if (whole) {
    op.has_value = true;
    return true;
  }
  if (flavour_ == Flavour::native) return false;
  // Fine for a nemesis, whose process may stand behind.
  value_fault_ = fault_;
  if (value_fault_.rule.empty()) value_fault_.rule = "this JSON cannot be read";
  drop(op.micro_ops.begin, count);
  op.micro_ops.end = op.micro_ops.begin;
  at_ = value_at_;
  return skip();
}

/// What the fields say together.
bool JsonOps::whole(RawOp& op) {
  if (flavour_ == Flavour::native) {
    constexpr unsigned kNeeded = kIndex | kType | kProcess;
    return (seen_ & kNeeded) == kNeeded || fail(begin_ + op.offset, {});
  }
  if ((seen_ & kSchema) != 0 && (seen_ & kType) == 0) {  // our own first or last line
    op.type = OpType::ignored;
    op.attempts = 1;
    return true;
  }
  if (has_process_ && !is_client_) {
    op.type = OpType::ignored;
    op.micro_ops.end = op.micro_ops.begin;
    return true;
  }
  if (!value_fault_.rule.empty()) {
    fault_ = value_fault_;
    return false;
  }
  if ((seen_ & kType) == 0) {
    return fail(begin_ + op.offset, "an operation needs the field \"type\"");
  }
  if (!has_process_) op.process = kNoProcess;
  return true;
}

}  // namespace witness
