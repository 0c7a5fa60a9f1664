/// Jepsen's operations in EDN (https://github.com/edn-format/edn): maps one after another, or one
/// vector or list of them.
///
/// Fields may stand in any order; unknown ones are skipped.
#include <algorithm>
#include <array>
#include <cstring>

#include "history/count_lines.hpp"
#include "history/edn_cells.hpp"
#include "history/excerpt.hpp"
#include "history/formats.hpp"

namespace witness {
namespace {

enum State : int { kBeginning, kStream, kInVector, kInList, kClosed };
enum Bit : unsigned {
  kIndex = 1,
  kType = 2,
  kProcess = 4,
  kF = 8,
  kTime = 16,
  kValue = 32,
  kOrder = 64,
  kKey = 128
};

struct TypeName {
  std::string_view name;
  OpType type;
};
constexpr std::array kTypeNames = {TypeName{":invoke", OpType::invoke}, TypeName{":ok", OpType::ok},
                                   TypeName{":fail", OpType::fail},
                                   TypeName{":info", OpType::info}};

class EdnBlockParser : public BlockParser, EdnCells {
 public:
  /// `objects`: values may be anything, and functions and keys count.
  explicit EdnBlockParser(bool objects) : objects_(objects) {}

  void parse(std::string_view text, bool final, OpBlock& block) override {
    begin(text, final, block);
    forget_function();
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
      if (c == '#' && at_ + 1 == end_ && !final_) return false;  // it may be half of #_
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
        if (objects_ || !short_text(at, "f :txn")) return false;
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
    if (*at_ != ':' || edn::is_token(*at) || (seen_ & bit) != 0) return false;
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
    while (edn::is_token(*at_)) ++at_;
    const std::string_view name{name_at, static_cast<std::size_t>(at_ - name_at)};
    if (!space()) return false;
    if (*at_ == '}') return fail(at_, "a map needs a value for each key");
    switch (name.size()) {
      case 2:
        if (name == ":f") return first_time(kF, name) && (objects_ ? function_name(op.f) : skip());
        break;
      case 4:
        if (name == ":key" && objects_) return first_time(kKey, name) && key(op);
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
    while (edn::is_token(*at_)) ++at_;
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
    if (!edn::is_digit(first)) return skip();  // a nemesis
    is_client_ = true;
    return number(":process", op.process);
  }

  bool value(RawOp& op) {
    const char* const begin = at_;
    if (is_nil()) return skip();
    const std::size_t count = block_->elements.size();
    if (objects_ ? cells(op.micro_ops) : micro_ops(op.micro_ops)) {
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

  /// Of an object's call, beside the value: `extra` is one more than its place among the elements.
  bool key(RawOp& op) {
    Datum key;
    if (!datum(key)) return false;
    block_->elements.push_back(key);
    op.extra = static_cast<std::uint32_t>(block_->elements.size());
    return true;
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

  bool objects_;
  const char* counted_ = nullptr;  ///< line feeds before it are in line_
  std::uint32_t line_ = 0;
  unsigned seen_ = 0;  ///< fields of the operation, one bit each
  bool has_process_ = false;
  bool is_client_ = false;
  LineFault value_fault_;
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

std::unique_ptr<BlockParser> edn_block_parser() { return std::make_unique<EdnBlockParser>(false); }
std::unique_ptr<BlockParser> edn_object_parser() { return std::make_unique<EdnBlockParser>(true); }

}  // namespace witness
