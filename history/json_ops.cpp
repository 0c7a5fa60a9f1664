#include "history/json_ops.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "history/excerpt.hpp"
#include "history/integer.hpp"
#include "history/json_fault.hpp"
#include "history/utf8.hpp"

namespace witness {
namespace {

enum Bit : unsigned {
  kIndex = 1,
  kType = 2,
  kProcess = 4,
  kF = 8,
  kTime = 16,
  kValue = 32,
  kOrder = 64
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct TypeName {
  std::string_view name;
  OpType type;
};
constexpr std::array kTypeNames = {TypeName{"invoke", OpType::invoke}, TypeName{"ok", OpType::ok},
                                   TypeName{"fail", OpType::fail}, TypeName{"info", OpType::info}};

}  // namespace

void JsonOps::begin(std::string_view text, Flavour flavour, OpBlock& block) {
  begin_ = text.data();
  end_ = begin_ + text.size();
  flavour_ = flavour;
  block_ = &block;
  block.elements.reserve_for(text.size());
  txn_ = kNoString;
  lists_.clear();
}

bool JsonOps::fail(const char* at, std::string rule) {
  fault_ = {static_cast<std::size_t>(at - begin_), std::move(rule), {}};
  return false;
}

bool JsonOps::read(std::size_t& offset) {
  const std::size_t micro_ops = block_->micro_ops.size();
  const std::size_t elements = block_->elements.size();
  at_ = begin_ + offset;
  RawOp raw;
  raw.offset = static_cast<std::uint32_t>(offset);
  raw.micro_ops = {static_cast<std::uint32_t>(micro_ops), static_cast<std::uint32_t>(micro_ops)};
  if (!op(raw) || !whole(raw)) {
    drop(micro_ops, elements);
    return false;
  }
  if (raw.type == OpType::ignored) drop(micro_ops, elements);
  block_->ops.push_back(raw);
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
  std::uint64_t process = 0;
  std::uint64_t time = 0;
  RawOp read = op;
  if (!short_text(at, "{\"index\":") || !short_number(at, read.index) ||
      !short_text(at, ",\"type\":\"")) {
    return nullptr;
  }
  read.type = short_text(at, "invoke") ? OpType::invoke
              : short_text(at, "ok")   ? OpType::ok
              : short_text(at, "info") ? OpType::info
              : short_text(at, "fail") ? OpType::fail
                                       : OpType::ignored;
  if (read.type == OpType::ignored || !short_text(at, "\",\"process\":") ||
      !short_number(at, process) || !short_text(at, ",\"f\":\"txn\",\"time\":") ||
      !short_number(at, time) || !short_text(at, ",\"value\":")) {
    return nullptr;
  }
  read.has_index = true;
  read.process = static_cast<std::int64_t>(process);
  read.time_ns = static_cast<std::int64_t>(time);
  if (flavour_ == Flavour::native) {
    if (txn_ == kNoString) txn_ = block_->names.intern("txn");
    read.f = txn_;
  }
  op = read;
  return at;
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
        if (flavour_ == Flavour::jepsen && *at_ == 'n') return skip();
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
  return flavour_ == Flavour::jepsen ? skip() : malformed();
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

bool JsonOps::number(std::string_view name, std::int64_t& value) {
  const char* const begin = at_;
  const bool negative = *at_ == '-';
  const char* digits = at_ + (negative ? 1 : 0);
  const Digits first = leading_digits(digits);
  if (first.count > 0 && first.count < 8 && (digits[0] != '0' || first.count == 1)) {
    at_ = digits + first.count;
    value = static_cast<std::int64_t>(first.value);
    if (negative) value = -value;
  } else {
    const char* stop = digits;
    while (is_digit(*stop)) ++stop;
    if (stop == digits || (digits[0] == '0' && stop - digits > 1)) {
      if (is_digit(*begin) || *begin == '-' || begin >= end_) return malformed();
      return fail(begin, quoted(name) + " must be an integer");
    }
    const auto [parsed, error] = std::from_chars(begin, stop, value);
    if (error != std::errc{} || parsed != stop) {
      return fail(begin, quoted(name) + " must be an integer, in 64 bits");
    }
    at_ = stop;
  }
  if (*at_ == '.' || *at_ == 'e' || *at_ == 'E') {
    return fail(begin, quoted(name) + " must be an integer, not a fraction");
  }
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
  if (*at_ == '"' || *at_ == 'n') return flavour_ == Flavour::jepsen ? skip() : malformed();
  is_client_ = true;
  return number("process", op.process);
}

bool JsonOps::time(RawOp& op) {
  const char* const at = at_;
  if (*at_ == 'n') return flavour_ == Flavour::jepsen ? skip() : malformed();
  if (!number("time", op.time_ns)) return false;
  if (op.time_ns >= 0) return true;
  if (flavour_ == Flavour::native) return fail(at, {});
  op.time_ns = kNoTime;
  return true;
}

bool JsonOps::function(RawOp& op) {
  if (*at_ != '"') return flavour_ == Flavour::jepsen ? skip() : malformed();
  std::string_view name;
  if (!string(name)) return malformed();
  // Most often it is "txn", whatever the operation.
  if (flavour_ == Flavour::native) op.f = block_->names.intern(name.substr(1));
  return true;
}

bool JsonOps::value(RawOp& op) {
  value_at_ = at_;
  if (*at_ == 'n') return flavour_ == Flavour::jepsen ? skip() : malformed();
  const std::size_t count = block_->elements.size();
  if (micro_ops(op.micro_ops)) {
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

bool JsonOps::micro_ops(RawRange& range) {
  range.begin = static_cast<std::uint32_t>(block_->micro_ops.size());
  if (*at_ != '[') {
    return fail(at_,
                "\"value\" must be a list of [kind, key, value]: this is no list-append or "
                "rw-register operation");
  }
  ++at_;
  space();
  if (*at_ == ']') {
    ++at_;
    range.end = range.begin;
    return true;
  }
  for (;;) {
    if (const char* const at = canonical_micro_op(at_)) {
      at_ = at;
    } else if (!micro_op()) {
      return false;
    }
    space();
    const char c = *at_++;
    if (c == ']') break;
    if (c != ',') {
      --at_;
      return malformed();
    }
    space();
  }
  range.end = static_cast<std::uint32_t>(block_->micro_ops.size());
  return true;
}

/// `["r",7,[1,2]]`, `["append",7,3]` and the like, without white space. Gives the place behind it,
/// or nullptr for anything else, having kept nothing.
const char* JsonOps::canonical_micro_op(const char* at) {
  RawMicroOp micro_op;
  const auto is = [&](std::string_view word) {
    return std::memcmp(at, word.data(), word.size()) == 0;
  };
  if (is("[\"r\",")) {
    at += 5;
  } else if (is("[\"append\",")) {
    micro_op.kind = TxnOpKind::append;
    at += 10;
  } else if (is("[\"w\",")) {
    micro_op.kind = TxnOpKind::write;
    at += 5;
  } else {
    return nullptr;
  }
  const Digits key = leading_digits(at);
  if (key.count - 1U >= 7U || (*at == '0' && key.count > 1) || at[key.count] != ',') return nullptr;
  micro_op.key = Datum::of(static_cast<std::int64_t>(key.value));
  at += key.count + 1;
  micro_op.offset = offset_of(at);
  if (micro_op.kind == TxnOpKind::read && *at == '[') {
    const std::size_t count = block_->elements.size();
    at = elements(at + 1, micro_op.key, micro_op);
    if (at == nullptr || *at != ']') {
      block_->elements.resize(count);
      lists_.clear();
      return nullptr;
    }
  } else if (is("null]")) {
    micro_op.bits = Datum{}.bits();
    at += 4;
  } else {
    const Digits value = leading_digits(at);
    if (value.count - 1U >= 7U || (*at == '0' && value.count > 1) || at[value.count] != ']') {
      return nullptr;
    }
    micro_op.bits = Datum::of(static_cast<std::int64_t>(value.value)).bits();
    at += value.count;
  }
  block_->micro_ops.push_back(micro_op);
  return at + 1;
}

bool JsonOps::micro_op() {
  if (*at_ != '[') {
    return fail(at_,
                "a micro-operation must be a list of [kind, key, value]: this is no "
                "list-append or rw-register operation");
  }
  RawMicroOp micro_op;
  micro_op.offset = offset_of(at_);
  ++at_;
  space();
  if (!kind(micro_op.kind)) return false;
  space();
  if (*at_ != ',') return *at_ == ']' ? fail(at_, "a micro-operation needs a key") : malformed();
  ++at_;
  space();
  if (!datum(micro_op.key)) return false;
  space();
  micro_op.bits = Datum{}.bits();
  if (*at_ == ',') {
    ++at_;
    space();
    micro_op.offset = offset_of(at_);
    if (*at_ == '[' && micro_op.kind == TxnOpKind::read) {
      const char* const end = elements(at_ + 1, micro_op.key, micro_op);
      if (end == nullptr) return false;
      at_ = end;
    } else {
      Datum value;
      if (!datum(value)) return false;
      micro_op.bits = value.bits();
    }
    space();
  }
  if (*at_ != ']') {
    return *at_ == ',' ? fail(at_, "a micro-operation has three parts: [kind, key, value]")
                       : malformed();
  }
  ++at_;
  block_->micro_ops.push_back(micro_op);
  return true;
}

bool JsonOps::kind(TxnOpKind& kind) {
  if (at_[0] == '"' && at_[1] == 'r' && at_[2] == '"') {
    kind = TxnOpKind::read;
    at_ += 3;
    return true;
  }
  if (at_[0] == '"' && at_[1] == 'w' && at_[2] == '"') {
    kind = TxnOpKind::write;
    at_ += 3;
    return true;
  }
  constexpr std::string_view kAppend = "\"append\"";
  if (std::string_view{at_, kAppend.size()} == kAppend) {
    kind = TxnOpKind::append;
    at_ += kAppend.size();
    return true;
  }
  const char* const at = at_;
  std::string_view name;
  if (*at_ != '"') return fail(at, "a micro-operation begins with \"r\", \"w\" or \"append\"");
  if (!string(name)) return malformed();
  return fail(at,
              "unknown micro-operation " + quoted(name.substr(1)) + "; it must be r, w or append");
}

/// A list of what is mostly small integers, from behind its opening bracket. Gives the place behind
/// its end, or nullptr; at_ is then where it failed.
const char* JsonOps::elements(const char* at, Datum key, RawMicroOp& read) {
  ElementBuffer& elements = block_->elements;
  const std::size_t begin = elements.size();
  const char* const text = at;
  read.is_list = true;
  read.bits = std::uint64_t{begin} << 32U;
  ListCache::Entry& entry = lists_.of(key);
  ListCache::Shared shared;
  const auto is_comma = [](char c) { return c == ','; };
  bool closed = *at == ']';
  if (!closed && ListCache::share(entry, key, at, ']', is_comma, shared)) {
    read.base = shared.micro_op;
    read.shared = shared.count;
    at = shared.at;
    closed = *at == ']';
    if (!closed) ++at;
  }
  Datum* out = elements.end();
  bool plain = true;  // integers, one comma between two of them
  while (!closed) {
    const unsigned first = static_cast<unsigned char>(*at) - unsigned{'0'};
    const unsigned second = static_cast<unsigned char>(at[1]) - unsigned{'0'};
    if (first <= 9 && at[1] == ',') {
      *out++ = Datum::of(first);
      at += 2;
      continue;
    }
    if (first - 1U < 9 && second <= 9 && at[2] == ',') {
      *out++ = Datum::of(first * 10 + second);
      at += 3;
      continue;
    }
    const Digits digits = leading_digits(at);
    const char c = at[digits.count];
    if (digits.count - 1U < 7U && (first != 0 || digits.count == 1) && (c == ',' || c == ']')) {
      *out++ = Datum::of(static_cast<std::int64_t>(digits.value));
      at += digits.count + 1;
      closed = c == ']';
      if (closed) --at;
      continue;
    }
    plain = false;
    at_ = at;
    space();
    if (at_ != at && *at_ == ']' && at == text) {
      at = at_;
      break;
    }
    if (!datum(*out++)) return nullptr;
    space();
    closed = *at_ == ']';
    if (!closed && *at_ != ',') {
      malformed();
      return nullptr;
    }
    at = closed ? at_ : at_ + 1;
  }
  elements.resize(static_cast<std::size_t>(out - elements.begin()));
  const std::size_t own = elements.size() - begin;
  read.set_list(begin, own);
  const std::size_t count = read.shared + own;
  if (plain && count > 0 && (own > 0 || read.shared == 0)) {
    ListCache::keep(entry, key, {text, static_cast<std::size_t>(at - text)},
                    block_->micro_ops.size(), count);
  }
  return at + 1;
}

bool JsonOps::datum(Datum& datum) {
  const Digits digits = leading_digits(at_);
  if (digits.count - 1U < 7U && (*at_ != '0' || digits.count == 1)) {
    const char c = at_[digits.count];
    if (c == ',' || c == ']') {
      datum = Datum::of(static_cast<std::int64_t>(digits.value));
      at_ += digits.count;
      return true;
    }
  }
  return other_datum(datum);
}

bool JsonOps::other_datum(Datum& datum) {
  if (*at_ == '"') return string_datum(datum);
  if (*at_ == '-' || is_digit(*at_)) return number_datum(datum);
  if (std::string_view{at_, 4} == "null") {
    datum = Datum{};
    at_ += 4;
    return true;
  }
  const char* const begin = at_;
  if (!skip()) return false;
  scratch_ = '#' + compact_json({begin, static_cast<std::size_t>(at_ - begin)});
  datum = Datum::text(block_->strings.intern(scratch_));
  return true;
}

bool JsonOps::number_datum(Datum& datum) {
  const char* const begin = at_;
  if (!skip()) return false;
  std::string_view token{begin, static_cast<std::size_t>(at_ - begin)};
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(begin, at_, value);
  if (error == std::errc{} && stop == at_ && value >= Datum::kIntegerMin &&
      value <= Datum::kIntegerMax) {
    datum = Datum::of(value);
    return true;
  }
  scratch_ = '#';
  scratch_ += token;
  datum = Datum::text(block_->strings.intern(scratch_));
  return true;
}

bool JsonOps::string_datum(Datum& datum) {
  std::string_view quoted;
  if (!string(quoted)) return malformed();
  datum = Datum::text(block_->strings.intern(quoted));
  return true;
}

/// A string with its opening quote and without its closing one; unescaped.
bool JsonOps::string(std::string_view& quoted) {
  const char* const begin = at_;
  const char* at = at_ + 1;
  bool ascii = true;
  while (*at != '"') {
    const auto c = static_cast<unsigned char>(*at);
    if (c < 0x20) return false;  // the text's end, too
    if (c == '\\') return escaped_string(begin, quoted);
    ascii = ascii && c < 0x80;
    ++at;
  }
  quoted = {begin, static_cast<std::size_t>(at - begin)};
  if (!ascii && utf8::find_invalid(quoted) != std::string_view::npos) return false;
  at_ = at + 1;
  return true;
}

bool JsonOps::escaped_string(const char* begin, std::string_view& quoted) {
  at_ = begin;
  if (!skip()) return false;  // from here on it is valid
  scratch_ = '"';
  const auto hex = [](const char* at) {
    unsigned code = 0;
    std::from_chars(at, at + 4, code, 16);
    return code;
  };
  for (const char* at = begin + 1; at < at_ - 1; ++at) {
    if (*at != '\\') {
      scratch_ += *at;
      continue;
    }
    switch (*++at) {
      case 'b':
        scratch_ += '\b';
        break;
      case 'f':
        scratch_ += '\f';
        break;
      case 'n':
        scratch_ += '\n';
        break;
      case 'r':
        scratch_ += '\r';
        break;
      case 't':
        scratch_ += '\t';
        break;
      case 'u': {
        unsigned code = hex(at + 1);
        at += 4;
        if (code >= 0xD800 && code <= 0xDFFF) {
          code = 0x10000 + ((code - 0xD800) << 10U) + (hex(at + 3) - 0xDC00);
          at += 6;
        }
        utf8::append(scratch_, static_cast<char32_t>(code));
        break;
      }
      default:
        scratch_ += *at;
    }
  }
  quoted = scratch_;
  return true;
}

/// Moves behind any value; strict.
bool JsonOps::skip() {
  const JsonExtent extent = json_extent({at_, static_cast<std::size_t>(end_ - at_)});
  if (extent.fault) return fail(at_ + extent.fault->offset, {});
  at_ += extent.end;
  return true;
}

}  // namespace witness
