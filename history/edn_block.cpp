/// Jepsen's operations in EDN (https://github.com/edn-format/edn): maps one after another, or one
/// vector or list of them.
///
/// One pass, written by hand; what it does not need is skipped by a loop with a stack of brackets.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "history/count_lines.hpp"
#include "history/excerpt.hpp"
#include "history/formats.hpp"
#include "history/integer.hpp"
#include "history/list_cache.hpp"
#include "history/utf8.hpp"

namespace witness {
namespace {

/// Brackets inside each other, at most.
constexpr std::size_t kEdnDepthMax = 512;

enum State : int { kBeginning, kStream, kInVector, kInList, kClosed };
enum Bit : unsigned {
  kIndex = 1,
  kType = 2,
  kProcess = 4,
  kF = 8,
  kTime = 16,
  kValue = 32,
  kOrder = 64
};

enum CharClass : std::uint8_t { kToken, kSpace, kBreak };

constexpr std::array<CharClass, 256> char_classes() {
  std::array<CharClass, 256> classes{};
  for (unsigned c = 0; c <= ' '; ++c) classes[c] = kBreak;
  for (const char c : {' ', '\t', '\n', '\r', '\f', ','}) {
    classes[static_cast<unsigned char>(c)] = kSpace;
  }
  for (const char c : {'(', ')', '[', ']', '{', '}', '"', ';'}) {
    classes[static_cast<unsigned char>(c)] = kBreak;
  }
  return classes;
}
constexpr auto kClasses = char_classes();

CharClass class_of(char c) { return kClasses[static_cast<unsigned char>(c)]; }
bool is_space(char c) { return class_of(c) == kSpace; }
bool is_token(char c) { return class_of(c) == kToken; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct TypeName {
  std::string_view name;
  OpType type;
};
constexpr std::array kTypeNames = {TypeName{":invoke", OpType::invoke}, TypeName{":ok", OpType::ok},
                                   TypeName{":fail", OpType::fail},
                                   TypeName{":info", OpType::info}};

constexpr const char* kNotOurs =
    "must be a list of [kind key value]: this is no list-append or rw-register operation";

class EdnBlockParser : public BlockParser {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    begin_ = at_ = text.data();
    end_ = begin_ + text.size();
    final_ = final;
    block_ = &block;
    block.elements.reserve_for(text.size());
    lists_.clear();
    line_ = 0;
    counted_ = begin_;
    while (between_forms() && at_ < end_ && form()) {
    }
    const auto done = static_cast<std::size_t>(counted_ - begin_);
    block.lines = line_ + count_lines(text.substr(done, block.consumed - done));
  }

 private:
  // --- what stands at the top ---------------------------------------------------------------

  /// Skips space, comments and discarded forms. False: cut, or a fault.
  bool between_forms() {
    block_->consumed = static_cast<std::size_t>(at_ - begin_);
    if (!space()) return stop();
    block_->consumed = static_cast<std::size_t>(at_ - begin_);
    const bool inside = block_->state == kInVector || block_->state == kInList;
    if (at_ == end_ && final_ && inside) {
      refuse(at_, "the text ends inside its list of operations");
      return false;
    }
    return true;
  }

  bool form() {
    int& state = block_->state;
    if (state == kBeginning) {
      const char c = *at_;
      state = c == '[' ? kInVector : c == '(' ? kInList : kStream;
      if (state != kStream) ++at_;
      return true;
    }
    if (state == kClosed) {
      fail(at_, "nothing may follow the list of operations");
      return stop();
    }
    if ((state == kInVector && *at_ == ']') || (state == kInList && *at_ == ')')) {
      ++at_;
      state = kClosed;
      return true;
    }
    return operation();
  }

  bool operation() {
    const std::size_t micro_ops = block_->micro_ops.size();
    const std::size_t elements = block_->elements.size();
    RawOp raw;
    raw.offset = offset_of(at_);
    raw.micro_ops = {static_cast<std::uint32_t>(micro_ops), static_cast<std::uint32_t>(micro_ops)};
    if (op(raw)) {
      const char* const begin = begin_ + raw.offset;
      line_ += static_cast<std::uint32_t>(
          count_lines({counted_, static_cast<std::size_t>(begin - counted_)}));
      counted_ = begin;
      raw.line = line_;
      if (raw.type == OpType::ignored) drop(micro_ops, elements);
      block_->ops.push_back(raw);
      return true;
    }
    drop(micro_ops, elements);
    return stop();
  }

  void drop(std::size_t micro_ops, std::size_t elements) {
    block_->micro_ops.resize(micro_ops);
    block_->elements.resize(elements);
    lists_.clear();  // it may know what is no more
  }

  /// After a failure: is it a fault, or only the end of the text?
  bool stop() {
    const bool near_end = at_ + 16 >= end_ || unfinished_;
    if (final_ || !near_end) block_->fault = fault_;
    unfinished_ = false;
    return false;
  }

  // --- an operation -------------------------------------------------------------------------

  bool op(RawOp& op) {
    seen_ = 0;
    has_process_ = is_client_ = false;
    value_fault_ = {};
    const char* const begin = at_;
    if (!tags()) return false;
    if (*at_ != '{') return fail(at_, "an operation must be a map");
    ++at_;
    for (;;) {
      if (!space()) return false;
      if (*at_ == '}') break;
      if (!canonical_field(op) && !field(op)) return false;
    }
    ++at_;
    return whole(op, begin);
  }

  /// Moves behind `:index 7` and the like. False, having read nothing, for anything else: also for
  /// what is wrong.
  bool canonical_field(RawOp& op) {
    const char* at = at_ + 1;
    std::uint64_t value = 0;
    unsigned bit = 0;
    switch (*at) {
      case 'i':
        if (!short_text(at, "index ") || !short_number(at, value)) return false;
        bit = kIndex;
        break;
      case 'p':
        if (!short_text(at, "process ") || !short_number(at, value)) return false;
        bit = kProcess;
        break;
      case 'f':
        if (!short_text(at, "f :txn")) return false;
        bit = kF;
        break;
      case 't':
        if (short_text(at, "time ")) {
          if (!short_number(at, value)) return false;
          bit = kTime;
        } else if (!short_text(at, "type ") || !canonical_type(at, op.type)) {
          return false;
        } else {
          bit = kType;
        }
        break;
      default:
        return false;
    }
    if (*at_ != ':' || is_token(*at) || (seen_ & bit) != 0) return false;
    seen_ |= bit;
    at_ = at;
    if (bit == kIndex) {
      op.index = value;
      op.has_index = true;
    } else if (bit == kProcess) {
      op.process = static_cast<std::int64_t>(value);
      has_process_ = is_client_ = true;
    } else if (bit == kTime) {
      op.time_ns = static_cast<std::int64_t>(value);
    }
    return true;
  }

  static bool canonical_type(const char*& at, OpType& type) {
    for (const TypeName& known : kTypeNames) {
      if (std::memcmp(at, known.name.data(), known.name.size()) != 0) continue;
      at += known.name.size();
      type = known.type;
      return true;
    }
    return false;
  }

  bool field(RawOp& op) {
    const char* const name_at = at_;
    if (*at_ != ':') {  // some other key
      if (!skip() || !space()) return false;
      return *at_ == '}' ? fail(at_, "a map needs a value for each key") : skip();
    }
    while (is_token(*at_)) ++at_;
    const std::string_view name{name_at, static_cast<std::size_t>(at_ - name_at)};
    if (!space()) return false;
    if (*at_ == '}') return fail(at_, "a map needs a value for each key");
    switch (name.size()) {
      case 2:
        if (name == ":f") return first_time(kF, name) && skip();
        break;
      case 5:
        if (name == ":type") return first_time(kType, name) && type(op);
        if (name == ":time") return first_time(kTime, name) && time(op);
        break;
      case 6:
        if (name == ":value") return first_time(kValue, name) && value(op);
        if (name == ":index") return first_time(kIndex, name) && index(op);
        if (name == ":order") return first_time(kOrder, name) && order(op);
        break;
      case 8:
        if (name == ":process") return first_time(kProcess, name) && process(op);
        break;
      default:
        break;
    }
    return skip();
  }

  bool first_time(unsigned bit, std::string_view name) {
    if ((seen_ & bit) != 0) return fail(at_, "the key " + quoted(name) + " stands twice");
    seen_ |= bit;
    return true;
  }

  bool is_nil() const { return std::string_view{at_, 3} == "nil" && !is_token(at_[3]); }

  bool number(std::string_view name, std::int64_t& value) {
    const char* const begin = at_;
    Datum number;
    if (!datum(number)) return false;
    if (number.is_integer()) {
      value = number.integer();
      return true;
    }
    return fail(begin, std::string{name} + " must be an integer");
  }

  bool natural(std::string_view name, std::uint64_t& value) {
    const char* const begin = at_;
    std::int64_t integer = 0;
    if (!number(name, integer)) return false;
    if (integer < 0) return fail(begin, std::string{name} + " must not be negative");
    value = static_cast<std::uint64_t>(integer);
    return true;
  }

  bool index(RawOp& op) {
    if (is_nil()) return skip();
    op.has_index = true;
    return natural(":index", op.index);
  }

  bool order(RawOp& op) { return is_nil() ? skip() : natural(":order", op.order); }

  bool time(RawOp& op) {
    if (is_nil()) return skip();
    if (!number(":time", op.time_ns)) return false;
    if (op.time_ns < 0) op.time_ns = kNoTime;
    return true;
  }

  bool type(RawOp& op) {
    const char* const begin = at_;
    while (is_token(*at_)) ++at_;
    const std::string_view name{begin, static_cast<std::size_t>(at_ - begin)};
    for (const TypeName& known : kTypeNames) {
      if (known.name != name) continue;
      op.type = known.type;
      return true;
    }
    return fail(begin, ":type must be :invoke, :ok, :fail or :info");
  }

  bool process(RawOp& op) {
    has_process_ = true;
    const char first = *at_ == '-' || *at_ == '+' ? at_[1] : *at_;
    if (!is_digit(first)) return skip();  // a nemesis
    is_client_ = true;
    return number(":process", op.process);
  }

  bool value(RawOp& op) {
    const char* const begin = at_;
    if (is_nil()) return skip();
    const std::size_t count = block_->elements.size();
    if (micro_ops(op.micro_ops)) {
      op.has_value = true;
      return true;
    }
    // Fine for a nemesis, whose process may stand behind; skip() fails where the text is cut.
    value_fault_ = fault_;
    drop(op.micro_ops.begin, count);
    op.micro_ops.end = op.micro_ops.begin;
    at_ = begin;
    return skip();
  }

  /// What the fields say together.
  bool whole(RawOp& op, const char* begin) {
    if (has_process_ && !is_client_) {
      op.type = OpType::ignored;
      op.micro_ops.end = op.micro_ops.begin;
      return true;
    }
    if (!value_fault_.rule.empty()) return refuse(begin_ + value_fault_.offset, value_fault_.rule);
    if ((seen_ & kType) == 0) return refuse(begin, "an operation needs the key :type");
    if (!has_process_) op.process = kNoProcess;
    return true;
  }

  /// A fault that no further text can mend.
  bool refuse(const char* at, std::string rule) {
    fault_ = {static_cast<std::size_t>(at - begin_), std::move(rule), {}};
    block_->fault = fault_;
    return false;
  }

  // --- micro-operations ---------------------------------------------------------------------

  static char closing(char open) { return open == '[' ? ']' : open == '(' ? ')' : '}'; }
  bool at_sequence() const { return *at_ == '[' || *at_ == '('; }

  bool micro_ops(RawRange& range) {
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

  /// `[:r 7 [1 2]]`, `[:append 7 3]` and the like. Gives the place behind it, or nullptr for
  /// anything else, having kept nothing.
  const char* canonical_micro_op(const char* at) {
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

  bool micro_op() {
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
        if (!datum(value)) return false;
        micro_op.bits = value.bits();
      }
      if (!space()) return false;
    }
    if (*at_ != close) return fail(at_, "a micro-operation has three parts: [kind key value]");
    ++at_;
    block_->micro_ops.push_back(micro_op);
    return true;
  }

  bool kind(TxnOpKind& kind) {
    const char* const begin = at_;
    while (is_token(*at_)) ++at_;
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

  /// A list of what is mostly small integers, from behind its opening bracket. Gives the place
  /// behind its end, or nullptr; at_ is then where it failed.
  const char* elements(const char* at, char close, RawMicroOp& read) {
    ElementBuffer& elements = block_->elements;
    const std::size_t begin = elements.size();
    const char* const text = at;
    read.is_list = true;
    read.bits = std::uint64_t{begin} << 32U;
    ListCache::Entry& entry = lists_.of(read.key);
    ListCache::Shared shared;
    bool closed = *at == close;
    if (!closed && ListCache::share(entry, read.key, at, close, is_space, shared)) {
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
          (is_space(c) || c == close)) {
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

  // --- data ---------------------------------------------------------------------------------

  bool datum(Datum& datum) {
    const Digits digits = leading_digits(at_);
    if (digits.count - 1U < 7U && (*at_ != '0' || digits.count == 1)) {
      if (!is_token(at_[digits.count])) {
        datum = Datum::of(static_cast<std::int64_t>(digits.value));
        at_ += digits.count;
        return true;
      }
    }
    return other_datum(datum);
  }

  bool other_datum(Datum& datum) {
    if (!tags()) return false;
    const char c = *at_;
    if (c == '"') return string_datum(datum);
    if (!is_token(c) || c == '#' || c == '\\') return form_datum(datum);
    const char* const begin = at_;
    if (!token()) return false;
    const std::string_view text{begin, static_cast<std::size_t>(at_ - begin)};
    if (c == ':') {
      datum = Datum::text(block_->strings.intern(text));
    } else if (is_digit(c) || ((c == '-' || c == '+') && text.size() > 1 && is_digit(text[1]))) {
      return number_datum(text, datum);
    } else {
      datum = text == "nil" ? Datum{} : other(text);
    }
    return true;
  }

  Datum other(std::string_view text) {
    scratch_ = '#';
    scratch_ += text;
    return Datum::text(block_->strings.intern(scratch_));
  }

  bool number_datum(std::string_view text, Datum& datum) {
    std::string_view digits = text;
    if (digits.front() == '+') digits.remove_prefix(1);
    if (digits.back() == 'N') digits.remove_suffix(1);
    std::int64_t value = 0;
    const char* const stop = digits.data() + digits.size();
    const auto [parsed, error] = std::from_chars(digits.data(), stop, value);
    if (error == std::errc{} && parsed == stop && value >= Datum::kIntegerMin &&
        value <= Datum::kIntegerMax) {
      datum = Datum::of(value);
    } else {
      datum = other(parsed == stop ? digits : text);
    }
    return true;
  }

  bool string_datum(Datum& datum) {
    const char* const begin = at_;
    bool has_escapes = false;
    if (!string(has_escapes)) return false;
    const std::string_view body{begin, static_cast<std::size_t>(at_ - 1 - begin)};
    if (!has_escapes) {
      datum = Datum::text(block_->strings.intern(body));
      return true;
    }
    scratch_ = '"';
    for (const char* at = begin + 1; at < at_ - 1; ++at) {
      if (*at != '\\') {
        scratch_ += *at;
      } else if (!append_escape(at)) {
        return false;
      }
    }
    datum = Datum::text(block_->strings.intern(scratch_));
    return true;
  }

  /// `at` stands at the backslash, and then at the escape's last character.
  bool append_escape(const char*& at) {
    const char* const begin = at;
    constexpr std::string_view kNames = "\"\\ntrbf";
    constexpr std::string_view kMeanings = "\"\\\n\t\r\b\f";
    const std::size_t name = kNames.find(*++at);
    if (name != std::string_view::npos) {
      scratch_ += kMeanings[name];
      return true;
    }
    unsigned code = 0;
    if (*at != 'u' || at_ - at < 6 || std::from_chars(at + 1, at + 5, code, 16).ptr != at + 5) {
      return fail(begin, "EDN has no such escape");
    }
    if (code >= 0xD800 && code <= 0xDFFF) {
      return fail(begin, "half of a surrogate pair is no character");
    }
    at += 4;
    utf8::append(scratch_, static_cast<char32_t>(code));
    return true;
  }

  /// A vector, map, set, character or so, as its compact text.
  bool form_datum(Datum& datum) {
    const char* const begin = at_;
    if (!skip()) return false;
    scratch_ = '#';
    compact(begin, at_);
    datum = Datum::text(block_->strings.intern(scratch_));
    return true;
  }

  /// Appends the tokens of a text that skip() has passed, with spaces only where they must be.
  void compact(const char* from, const char* to) {
    const char* const back = at_;
    at_ = from;
    while (space() && at_ < to) {
      const char* const token_at = at_;
      const bool solid = is_token(*at_) || *at_ == '"';
      skip_token();
      const char last = scratch_.back();
      const bool opens = last == '[' || last == '{' || last == '(' || scratch_.size() == 1;
      if (!opens && (solid || *token_at == '[' || *token_at == '{' || *token_at == '(')) {
        scratch_ += ' ';
      }
      scratch_.append(token_at, at_);
    }
    at_ = back;
  }

  // --- tokens -------------------------------------------------------------------------------

  /// White space, commas, comments, discarded forms.
  bool space() {
    while (is_space(*at_)) ++at_;
    return (*at_ != ';' && *at_ != '#') || other_space();
  }

  bool other_space() {
    for (;;) {
      while (is_space(*at_)) ++at_;
      if (*at_ == ';') {
        const void* const feed = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
        if (feed == nullptr && !final_) return cut(kInside);
        at_ = feed == nullptr ? end_ : static_cast<const char*>(feed);
        continue;
      }
      if (*at_ != '#' || at_[1] != '_') return true;
      if (!discard()) return false;
    }
  }

  /// `#_` discards the form behind it; `#_ #_ a b` discards both, which skip() knows.
  bool discard() {
    at_ += 2;
    return skip();
  }

  bool plain_space() {
    for (;;) {
      while (is_space(*at_)) ++at_;
      if (*at_ != ';') return true;
      const void* const feed = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
      if (feed == nullptr && !final_) return cut(kInside);
      at_ = feed == nullptr ? end_ : static_cast<const char*>(feed);
    }
  }

  /// Passes `#tag`s: the form behind them is what counts.
  bool tags() {
    while (*at_ == '#' && at_[1] != '{' && at_[1] != '_' && at_[1] != '#') {
      ++at_;
      if (!is_token(*at_)) return at_ >= end_ ? cut(kInside) : fail(at_, "a tag needs a name");
      while (is_token(*at_)) ++at_;
      if (!space()) return false;
    }
    return true;
  }

  bool token() {
    const char* const begin = at_;
    bool ascii = true;
    for (; is_token(*at_); ++at_) ascii = ascii && static_cast<unsigned char>(*at_) < 0x80;
    if (at_ == end_ && !final_) return cut(kInside);
    const std::string_view text{begin, static_cast<std::size_t>(at_ - begin)};
    if (ascii) return true;
    const std::size_t invalid = utf8::find_invalid(text);
    return invalid == std::string_view::npos || fail(begin + invalid, "this is not UTF-8");
  }

  bool string(bool& has_escapes) {
    const char* const begin = at_++;
    bool ascii = true;
    while (*at_ != '"') {
      if (at_ >= end_) {
        at_ = begin;
        return cut("this string has no end");
      }
      if (*at_ == '\\') {
        has_escapes = true;
        ++at_;
        if (at_ >= end_) continue;
      }
      ascii = ascii && static_cast<unsigned char>(*at_) < 0x80;
      ++at_;
    }
    const std::string_view text{begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    if (ascii) return true;
    const std::size_t invalid = utf8::find_invalid(text);
    return invalid == std::string_view::npos || fail(begin + invalid, "this is not UTF-8");
  }

  /// One bracket, string, token, character: anything but space. Checks nothing but strings.
  bool skip_token() {
    const char c = *at_;
    if (c == '"') {
      bool has_escapes = false;
      return string(has_escapes);
    }
    if (c == '\\') {
      // A character: one code point, or a name.
      const std::size_t left = static_cast<std::size_t>(end_ - at_ - 1);
      if (left == 0) return cut(kInside);
      const utf8::Character character = utf8::decode({at_ + 1, left});
      if (!character.valid) return fail(at_ + 1, "this is not UTF-8");
      at_ += 1 + character.size;
      return !is_token(*at_) || token();
    }
    if (c == '#' && at_[1] == '{') {
      at_ += 2;
      return true;
    }
    if (is_token(c)) return token();
    ++at_;
    return true;
  }

  /// Any form, with its tags and what is discarded before it, without recursion.
  bool skip() {
    depth_ = 0;
    for (std::size_t forms = 1; depth_ > 0 || forms > 0;) {
      if (!plain_space()) return false;
      if (at_ >= end_) return cut(kInside);
      if (*at_ == '#' && at_[1] == '_') {
        at_ += 2;
        if (depth_ == 0) ++forms;
      } else if (*at_ == '#' && at_[1] != '{' && at_[1] != '#') {
        ++at_;  // a tag: its form follows
        if (!is_token(*at_)) return at_ >= end_ ? cut(kInside) : fail(at_, "a tag needs a name");
        if (!token()) return false;
      } else {
        if (!skip_bracket_or_token()) return false;
        if (depth_ == 0) --forms;
      }
    }
    return true;
  }

  bool skip_bracket_or_token() {
    const char c = *at_;
    if (c == ']' || c == ')' || c == '}') {
      if (depth_ == 0) return fail(at_, "a form should stand here");
      if (open_[depth_ - 1] != c) {
        return fail(at_, std::string{open_[depth_ - 1]} + " should stand here");
      }
      --depth_;
      ++at_;
      return true;
    }
    if (static_cast<unsigned char>(c) < ' ') return fail(at_, "a control character");
    const char open = c == '#' && at_[1] == '{' ? '{' : c;
    if (open == '[' || open == '(' || open == '{') {
      if (depth_ == kEdnDepthMax) {
        return fail(at_, "nested deeper than " + std::to_string(kEdnDepthMax) + " levels");
      }
      open_[depth_++] = closing(open);
    }
    return skip_token();
  }

  /// Something that only the end of the text has cut.
  bool cut(const char* rule) {
    unfinished_ = true;
    return fail(at_, rule);
  }

  bool fail(const char* at, std::string rule) {
    if (at >= end_) rule = kInside;
    fault_ = {static_cast<std::size_t>(at - begin_), std::move(rule), {}};
    return false;
  }

  std::uint32_t offset_of(const char* at) const { return static_cast<std::uint32_t>(at - begin_); }

  static constexpr const char* kInside = "the text ends inside an operation";

  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  const char* at_ = nullptr;
  const char* counted_ = nullptr;  ///< line feeds before it are in line_
  std::uint32_t line_ = 0;
  bool final_ = false;
  bool unfinished_ = false;
  OpBlock* block_ = nullptr;
  unsigned seen_ = 0;
  bool has_process_ = false;
  bool is_client_ = false;
  LineFault fault_;
  LineFault value_fault_;
  std::array<char, kEdnDepthMax> open_{};  ///< the brackets that must close
  std::size_t depth_ = 0;
  std::string scratch_;
  ListCache lists_;
};

}  // namespace

bool looks_like_edn(std::string_view head) {
  constexpr std::string_view kSpace = " \t\r\n,";
  const auto next = [&] {
    head.remove_prefix(std::min(head.find_first_not_of(kSpace), head.size()));
    return head.empty() ? '\0' : head.front();
  };
  const char first = next();
  if (first == ';' || first == '#' || first == '(') return true;
  if (first == '[') {
    head.remove_prefix(1);
    const char second = next();
    if (second == ']' || second == '\0' || second == '#' || second == ';') return true;
  }
  if (next() != '{') return false;
  head.remove_prefix(1);
  const char in_map = next();
  return in_map == ':' || in_map == '#' || in_map == ';' || in_map == '}';
}

std::unique_ptr<BlockParser> edn_block_parser() { return std::make_unique<EdnBlockParser>(); }

}  // namespace witness
