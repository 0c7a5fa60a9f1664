/// JsonOps: micro-operations and the lists that were read.
#include <cstring>

#include "history/excerpt.hpp"
#include "history/integer.hpp"
#include "history/json_ops.hpp"

namespace witness {

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
      const bool is_list = micro_op.kind == TxnOpKind::write && *at_ == '[';
      if (!(is_list ? list_datum(value) : datum(value))) return false;
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

}  // namespace witness
