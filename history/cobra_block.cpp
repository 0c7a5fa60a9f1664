/// The binary logs of Cobra (https://github.com/DBCobra/CobraVerifier): one file for each session,
/// in which records follow each other, all numbers in 64 bits, the high byte first.
///
///   S transaction [time]            begins
///   C transaction [time]            committed; those that aborted are not in the log
///   W write key value
///   R transaction write key value   read what that write of that transaction wrote
///
/// A write is known by its number, which is unique where values need not be: it is the value.
/// Times stand in all records of a log or in none.
#include <array>

#include "history/formats.hpp"
#include "history/part_block.hpp"

namespace witness {
namespace {

constexpr std::uint64_t kInitial = 0xbebeebee;  ///< of transactions and of writes
constexpr std::uint64_t kNull = 0xdeadbeef;
/// What the keys of Cobra's garbage collection hold in the beginning.
constexpr std::uint64_t kCollected = 0x23332333;
constexpr std::uint64_t kNotCollected = 0x66666666;

/// What is known of a log where a block begins.
enum State : int { kInside = 1, kDecided = 2, kTimed = 4 };

bool is_tag(char c) { return c == 'S' || c == 'C' || c == 'W' || c == 'R'; }

std::uint64_t number_at(std::string_view text, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    value = value << 8U | static_cast<unsigned char>(text[at + i]);
  }
  return value;
}

bool is_initial(std::uint64_t transaction, std::uint64_t write) {
  return write == kInitial || write == kNull ||
         (transaction == kInitial && (write == kCollected || write == kNotCollected));
}

class CobraBlockParser : public BlockParser, PartBlock {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    begin_parts(block);
    text_ = text;
    final_ = final;
    block_ = &block;
    std::size_t at = 0;
    while (at < text.size() && record(at)) block.consumed = at;
  }

 private:
  bool record(std::size_t& at) {
    const char tag = text_[at];
    if (!is_tag(tag)) return fail(at, "a record must begin with S, C, W or R");
    if (tag == 'S' && !decided(at)) return false;
    const std::size_t numbers = tag == 'W' ? 3 : tag == 'R' ? 4 : timed() ? 2 : 1;
    const std::size_t end = at + 1 + 8 * numbers;
    if (end > text_.size()) return final_ ? fail(at, "the log ends inside a record") : false;
    const bool inside = (block_->state & kInside) != 0;
    if (tag == 'S' && inside) return fail(at, "a transaction begins inside another one");
    if (tag != 'S' && !inside) return fail(at, "this record stands outside a transaction");
    if (!(tag == 'S' ? begin(at) : tag == 'C' ? commit(at) : operation(at, tag))) {
      return false;
    }
    at = end;
    return true;
  }

  bool timed() const { return (block_->state & kTimed) != 0; }

  /// Whether times follow the numbers of transactions shows behind the first of them: no time that
  /// was ever measured begins with the byte of a tag.
  bool decided(std::size_t at) {
    if ((block_->state & kDecided) != 0) return true;
    const std::size_t behind = at + 9;
    if (behind >= text_.size() && !final_) return false;
    block_->state |= kDecided;
    if (behind < text_.size() && !is_tag(text_[behind])) block_->state |= kTimed;
    return true;
  }

  bool begin(std::size_t at) {
    RawOp& op = part(at, 0);
    op.index = number_at(text_, at + 1);
    if (op.index == Transaction::kNoIndex) return fail(at, "no transaction has this number");
    op.has_index = true;
    op.told = Completion::info;  // until it commits
    block_->state |= kInside;
    return true;
  }

  bool commit(std::size_t at) {
    const std::uint64_t index = number_at(text_, at + 1);
    if (has_part() && block_->ops.back().has_index && block_->ops.back().index != index) {
      return fail(at, "transaction " + std::to_string(index) + " ends here, but transaction " +
                          std::to_string(block_->ops.back().index) + " is open");
    }
    RawOp& op = end_part(PartEnd::transaction, at, 0);
    if (!op.has_index) op.offset = static_cast<std::uint32_t>(at);  // where it may be the wrong one
    op.index = index;
    op.has_index = true;
    op.told = Completion::ok;
    block_->state &= ~kInside;
    return true;
  }

  bool operation(std::size_t at, char tag) {
    const bool is_read = tag == 'R';
    const std::size_t write_at = is_read ? at + 9 : at + 1;
    const std::uint64_t write = number_at(text_, write_at);
    const bool initial = is_initial(is_read ? number_at(text_, at + 1) : 0, write);
    if (initial && !is_read) return fail(at, "a write has the number of the initial value");
    RawMicroOp micro_op;
    micro_op.kind = is_read ? TxnOpKind::read : TxnOpKind::write;
    micro_op.key = datum(number_at(text_, write_at + 8));
    micro_op.bits = (initial ? Datum{} : datum(write)).bits();
    micro_op.offset = static_cast<std::uint32_t>(at);
    if (!has_part()) part(at, 0).told = Completion::info;
    add(micro_op);
    return true;
  }

  Datum datum(std::uint64_t number) {
    return wide_datum(static_cast<std::int64_t>(number), block_->strings);
  }

  bool fail(std::size_t at, std::string rule) {
    block_->fault = LineFault{at, std::move(rule), {}};
    return false;
  }

  std::string_view text_;
  bool final_ = false;
  OpBlock* block_ = nullptr;
};

}  // namespace

bool looks_like_cobra(std::string_view head) {
  if (head.size() < 9 || head.front() != 'S') return false;
  if (head.substr(1, 8).find('\0') == std::string_view::npos) return false;  // a text
  return head.size() == 9 || is_tag(head[9]) || (head.size() > 17 && is_tag(head[17]));
}

std::unique_ptr<BlockParser> cobra_block_parser() { return std::make_unique<CobraBlockParser>(); }

}  // namespace witness
