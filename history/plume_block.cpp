/// The text of Plume, PolySI and AWDIT: one operation a line, w(key,value,session,txn) or r(…).
#include <charconv>

#include "history/formats.hpp"
#include "history/json_fault.hpp"

namespace witness {
namespace {

constexpr const char* kForm = "a line must be w(key,value,session,txn) or r(key,value,session,txn)";

class PlumeBlockParser : public BlockParser {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    text_ = text;
    block_ = &block;
    std::uint32_t line = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t feed = text.find('\n', at);
      if (feed == std::string_view::npos && !final) return;
      const std::size_t stop = feed == std::string_view::npos ? text.size() : feed;
      if (!read_line(at, stop, line)) return;
      at = feed == std::string_view::npos ? stop : stop + 1;
      block.consumed = at;
      block.lines += feed == std::string_view::npos ? 0 : 1;
      ++line;
    }
  }

 private:
  bool read_line(std::size_t begin, std::size_t stop, std::uint32_t line) {
    while (stop > begin && is_json_space(text_[stop - 1])) --stop;
    while (begin < stop && is_json_space(text_[begin])) ++begin;
    if (begin == stop) return true;
    at_ = begin;
    stop_ = stop;
    const char kind = text_[at_];
    if (kind != 'w' && kind != 'r') return fail(begin, kForm);
    ++at_;
    RawMicroOp micro_op;
    micro_op.kind = kind == 'w' ? TxnOpKind::write : TxnOpKind::read;
    std::int64_t session = 0;
    std::int64_t transaction = 0;
    if (!expect('(') || !datum(micro_op.key) || !expect(',')) return false;
    micro_op.offset = static_cast<std::uint32_t>(at_);
    Datum value;
    if (!datum(value) || !expect(',') || !number(session) || !expect(',')) return false;
    micro_op.bits = value.bits();
    const std::size_t place = at_;
    if (!number(transaction) || !expect(')')) return false;
    if (at_ != stop_) return fail(at_, "nothing may follow the operation on its line");
    if (transaction < -1) return fail(place, "a transaction's number is -1 (aborted) or greater");
    add(micro_op, session, transaction, begin, line);
    return true;
  }

  /// A line goes on with the transaction of the line above, or begins another one.
  void add(const RawMicroOp& micro_op, std::int64_t session, std::int64_t transaction,
           std::size_t offset, std::uint32_t line) {
    const std::uint64_t order =
        transaction < 0 ? Transactions::kNoOrder : static_cast<std::uint64_t>(transaction);
    std::vector<RawOp>& ops = block_->ops;
    const bool goes_on = transaction >= 0 && !ops.empty() && ops.back().process == session &&
                         ops.back().order == order;
    if (!goes_on) {
      RawOp op;
      op.type = OpType::session;
      op.process = session;
      op.order = order;
      op.offset = static_cast<std::uint32_t>(offset);
      op.line = line;
      op.has_value = true;
      op.micro_ops.begin = static_cast<std::uint32_t>(block_->micro_ops.size());
      ops.push_back(op);
    }
    block_->micro_ops.push_back(micro_op);
    ops.back().micro_ops.end = static_cast<std::uint32_t>(block_->micro_ops.size());
  }

  bool expect(char c) {
    if (at_ >= stop_ || text_[at_] != c) return fail(at_, kForm);
    ++at_;
    return true;
  }

  bool number(std::int64_t& value) {
    const char* const begin = text_.data() + at_;
    const auto [stop, error] = std::from_chars(begin, text_.data() + stop_, value);
    if (error == std::errc::result_out_of_range) return fail(at_, "a number beyond 64 bits");
    if (error != std::errc{}) return fail(at_, "an integer should stand here");
    at_ += static_cast<std::size_t>(stop - begin);
    return true;
  }

  bool datum(Datum& datum) {
    const std::size_t place = at_;
    std::int64_t value = 0;
    if (!number(value)) return false;
    if (value < Datum::kIntegerMin || value > Datum::kIntegerMax) {
      return fail(place, "a number beyond 62 bits");
    }
    datum = Datum::of(value);
    return true;
  }

  bool fail(std::size_t at, std::string rule) {
    block_->fault = LineFault{at, std::move(rule), {}};
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t stop_ = 0;
  OpBlock* block_ = nullptr;
};

}  // namespace

bool looks_like_plume(std::string_view head) {
  while (!head.empty() && is_json_space(head.front())) head.remove_prefix(1);
  return head.substr(0, 2) == "w(" || head.substr(0, 2) == "r(";
}

std::unique_ptr<BlockParser> plume_block_parser() { return std::make_unique<PlumeBlockParser>(); }

}  // namespace witness
