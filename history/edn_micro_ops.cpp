#include "history/edn_micro_ops.hpp"

#include <cstring>

#include "history/datum_text.hpp"
#include "history/excerpt.hpp"

namespace witness {

namespace {

constexpr const char* kNotOurs =
    "must be a list of [kind key value]: this is no list-append or rw-register operation";

}  // namespace

void EdnMicroOps::begin(std::string_view text, bool final, OpBlock& block) {
  EdnText::begin(text, final, block.strings);
  block_ = &block;
  block.elements.reserve_for(text.size());
  lists_.clear();
}

bool EdnMicroOps::micro_ops(RawRange& range) {
  range.begin = static_cast<std::uint32_t>(block_->micro_ops.size());
  if (!tags()) return false;
  if (!at_sequence()) return fail(at_, std::string{":value "} + kNotOurs);
  const char close = closing(*at_++);
  for (;;) {
    if (!space()) return false;
    if (*at_ == close) break;
    if (const char* const at = canonical_micro_op(at_)) {
      at_ = at;
    } else if (!micro_op()) {
      return false;
    }
  }
  ++at_;
  range.end = static_cast<std::uint32_t>(block_->micro_ops.size());
  return true;
}

const char* EdnMicroOps::canonical_micro_op(const char* at) {
  RawMicroOp micro_op;
  const auto is = [&](std::string_view word) {
    return std::memcmp(at, word.data(), word.size()) == 0;
  };
  if (is("[:r ")) {
    at += 4;
  } else if (is("[:append ")) {
    micro_op.kind = TxnOpKind::append;
    at += 9;
  } else if (is("[:w ")) {
    micro_op.kind = TxnOpKind::write;
    at += 4;
  } else {
    return nullptr;
  }
  const Digits key = leading_digits(at);
  if (key.count - 1U >= 7U || (*at == '0' && key.count > 1) || at[key.count] != ' ') {
    return nullptr;
  }
  micro_op.key = Datum::of(static_cast<std::int64_t>(key.value));
  at += key.count + 1;
  micro_op.offset = offset_of(at);
  if (micro_op.kind == TxnOpKind::read && *at == '[') {
    const std::size_t count = block_->elements.size();
    at = elements(at + 1, ']', micro_op);
    if (at == nullptr || *at != ']') {
      block_->elements.resize(count);
      lists_.clear();
      return nullptr;
    }
  } else if (is("nil]")) {
    micro_op.bits = Datum{}.bits();
    at += 3;
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

bool EdnMicroOps::micro_op() {
  if (!tags()) return false;
  if (!at_sequence()) return fail(at_, std::string{"a micro-operation "} + kNotOurs);
  RawMicroOp micro_op;
  micro_op.offset = offset_of(at_);
  micro_op.bits = Datum{}.bits();
  const char close = closing(*at_++);
  if (!space() || !kind(micro_op.kind) || !space()) return false;
  if (*at_ == close) return fail(at_, "a micro-operation needs a key");
  if (!datum(micro_op.key) || !space()) return false;
  if (*at_ != close) {
    if (!tags()) return false;
    micro_op.offset = offset_of(at_);
    if (micro_op.kind == TxnOpKind::read && at_sequence()) {
      const char* const end = elements(at_ + 1, closing(*at_), micro_op);
      if (end == nullptr) return false;
      at_ = end;
    } else {
      Datum value;
      const bool is_list = micro_op.kind == TxnOpKind::write && at_sequence();
      if (!(is_list ? list_datum(value) : datum(value))) return false;
      micro_op.bits = value.bits();
    }
    if (!space()) return false;
  }
  if (*at_ != close) return fail(at_, "a micro-operation has three parts: [kind key value]");
  ++at_;
  block_->micro_ops.push_back(micro_op);
  return true;
}

bool EdnMicroOps::list_datum(Datum& list) {
  const char close = closing(*at_++);
  list_.clear();
  for (;;) {
    if (!space()) return false;
    if (*at_ == close) break;
    if (!datum(list_.emplace_back())) return false;
  }
  ++at_;
  list = Datum::text(strings_->intern(list_text(list_, *strings_, true)));
  return true;
}

bool EdnMicroOps::kind(TxnOpKind& kind) {
  const char* const begin = at_;
  while (edn::is_token(*at_)) ++at_;
  const std::string_view name{begin, static_cast<std::size_t>(at_ - begin)};
  if (name == ":r") {
    kind = TxnOpKind::read;
  } else if (name == ":append") {
    kind = TxnOpKind::append;
  } else if (name == ":w") {
    kind = TxnOpKind::write;
  } else {
    return fail(begin, name.empty() ? "a micro-operation begins with :r, :w or :append"
                                    : "unknown micro-operation " + quoted(name) +
                                          "; it must be :r, :w or :append");
  }
  return true;
}

const char* EdnMicroOps::elements(const char* at, char close, RawMicroOp& read) {
  ElementBuffer& elements = block_->elements;
  const std::size_t begin = elements.size();
  const char* const text = at;
  read.is_list = true;
  read.bits = std::uint64_t{begin} << 32U;
  ListCache::Entry& entry = lists_.of(read.key);
  ListCache::Shared shared;
  bool closed = *at == close;
  if (!closed && ListCache::share(entry, read.key, at, close, edn::is_space, shared)) {
    read.base = shared.micro_op;
    read.shared = shared.count;
    at = shared.at;
    closed = *at == close;
    if (!closed) ++at;
  }
  Datum* out = elements.end();
  bool plain = true;  // integers, one space between two of them
  while (!closed) {
    const unsigned first = static_cast<unsigned char>(*at) - unsigned{'0'};
    const unsigned second = static_cast<unsigned char>(at[1]) - unsigned{'0'};
    if (first <= 9 && at[1] == ' ') {
      *out++ = Datum::of(first);
      at += 2;
      continue;
    }
    if (first - 1U < 9 && second <= 9 && at[2] == ' ') {
      *out++ = Datum::of(first * 10 + second);
      at += 3;
      continue;
    }
    const Digits digits = leading_digits(at);
    const char c = at[digits.count];
    if (digits.count - 1U < 7U && (first != 0 || digits.count == 1) &&
        (edn::is_space(c) || c == close)) {
      *out++ = Datum::of(static_cast<std::int64_t>(digits.value));
      at += digits.count;
      closed = c == close;
      if (!closed) ++at;
      continue;
    }
    plain = false;
    at_ = at;
    if (!space()) return nullptr;
    if (*at_ != close) {
      if (!datum(*out++) || !space()) return nullptr;
    }
    at = at_;
    closed = *at_ == close;
  }
  elements.resize(static_cast<std::size_t>(out - elements.begin()));
  const std::size_t own = elements.size() - begin;
  read.set_list(begin, own);
  const std::size_t count = read.shared + own;
  if (plain && count > 0 && (own > 0 || read.shared == 0)) {
    ListCache::keep(entry, read.key, {text, static_cast<std::size_t>(at - text)},
                    block_->micro_ops.size(), count);
  }
  return at + 1;
}

}  // namespace witness
