/// The text of Plume, PolySI and AWDIT: one operation a line, w(key,value,session,txn) or r(…).
#include <algorithm>
#include <array>
#include <cstring>

#include "history/formats.hpp"
#include "history/line_text.hpp"

namespace witness {
namespace {

constexpr const char* kForm = "a line must be w(key,value,session,txn) or r(key,value,session,txn)";

/// How a line ends, if in at most 16 bytes. Whoever is asked needs 16 readable bytes.
class Tail {
 public:
  Tail() = default;
  void set(const char* begin, const char* end) {
    size_ = static_cast<std::size_t>(end - begin);
    if (size_ > sizeof bytes_) size_ = 0;
    std::memcpy(bytes_.data(), begin, sizeof bytes_);
    for (std::size_t i = 0; i < 2; ++i) {
      const std::size_t bits = 8 * std::clamp<std::size_t>(size_, 8 * i, 8 * i + 8) - 64 * i;
      masks_[i] = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
    }
  }
  std::size_t size() const { return size_; }
  bool stands_at(const char* at) const {
    std::array<std::uint64_t, 2> bytes{};
    std::memcpy(bytes.data(), at, sizeof bytes);
    return size_ > 0 &&
           (((bytes[0] ^ bytes_[0]) & masks_[0]) | ((bytes[1] ^ bytes_[1]) & masks_[1])) == 0;
  }

 private:
  std::size_t size_ = 0;
  std::array<std::uint64_t, 2> bytes_{};
  std::array<std::uint64_t, 2> masks_{};
};

class PlumeBlockParser : public BlockParser, LineText {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    tail_ = {};
    lines(
        text, final, block, [this](const char* at, std::uint32_t line) { return quick(at, line); },
        [this](std::size_t begin, std::size_t, std::uint32_t line) { return read(begin, line); });
  }

 private:
  /// `w(7,12,0,3)` and a line feed.
  const char* quick(const char* at, std::uint32_t line) {
    const char* const begin = at;
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    if ((*at != 'w' && *at != 'r') || at[1] != '(') return nullptr;
    at += 2;
    if (!short_number(at, key) || *at++ != ',') return nullptr;
    const char* const value_at = at;
    if (!short_number(at, value)) return nullptr;
    const char* behind = at + tail_.size();
    RawMicroOp* micro_op = nullptr;
    if (tail_.stands_at(at)) {
      micro_op = &next();
    } else {
      behind = at;
      std::uint64_t session = 0;
      std::uint64_t transaction = 0;
      if (*behind++ != ',' || !short_number(behind, session) || *behind++ != ',' ||
          !short_number(behind, transaction) || *behind++ != ')' || *behind++ != '\n') {
        return nullptr;
      }
      micro_op = &add(static_cast<std::int64_t>(session), static_cast<std::int64_t>(transaction),
                      static_cast<std::size_t>(begin - text_.data()), line);
      tail_.set(at, behind);
    }
    micro_op->kind = *begin == 'w' ? TxnOpKind::write : TxnOpKind::read;
    micro_op->key = Datum::of(static_cast<std::int64_t>(key));
    micro_op->bits = Datum::of(static_cast<std::int64_t>(value)).bits();
    micro_op->offset = static_cast<std::uint32_t>(value_at - text_.data());
    return behind;
  }

  bool read(std::size_t begin, std::uint32_t line) {
    const char kind = text_[at_];
    if (kind != 'w' && kind != 'r') return fail(begin, kForm);
    ++at_;
    RawMicroOp micro_op;
    micro_op.kind = kind == 'w' ? TxnOpKind::write : TxnOpKind::read;
    std::int64_t session = 0;
    std::int64_t transaction = 0;
    if (!expect('(', kForm) || !datum(micro_op.key) || !expect(',', kForm)) return false;
    micro_op.offset = static_cast<std::uint32_t>(at_);
    Datum value;
    if (!datum(value) || !expect(',', kForm) || !number(session) || !expect(',', kForm)) {
      return false;
    }
    micro_op.bits = value.bits();
    const std::size_t place = at_;
    if (!number(transaction) || !expect(')', kForm)) return false;
    if (at_ != stop_) return fail(at_, "nothing may follow the operation on its line");
    if (transaction < -1) return fail(place, "a transaction's number is -1 (aborted) or greater");
    add(session, transaction, begin, line) = micro_op;
    return true;
  }

  /// A line goes on with the transaction of the line above, or begins another one. Gives the place
  /// of its micro-operation.
  RawMicroOp& add(std::int64_t session, std::int64_t transaction, std::size_t offset,
                  std::uint32_t line) {
    const std::uint64_t order =
        transaction < 0 ? Transactions::kNoOrder : static_cast<std::uint64_t>(transaction);
    std::vector<RawOp>& ops = block_->ops;
    tail_ = {};
    const bool goes_on = transaction >= 0 && !ops.empty() && ops.back().process == session &&
                         ops.back().order == order;
    if (!goes_on) {
      RawOp op;
      op.type = OpType::run;
      op.process = session;
      op.order = order;
      op.offset = static_cast<std::uint32_t>(offset);
      op.line = line;
      op.has_value = true;
      op.micro_ops.begin = static_cast<std::uint32_t>(block_->micro_ops.size());
      ops.push_back(op);
    }
    return next();
  }

  /// One more of the transaction at hand.
  RawMicroOp& next() {
    RawMicroOp& micro_op = block_->micro_ops.emplace_back();
    block_->ops.back().micro_ops.end = static_cast<std::uint32_t>(block_->micro_ops.size());
    return micro_op;
  }

  Tail tail_;  ///< of the line above, if it was read quickly: session and transaction
};

}  // namespace

bool looks_like_plume(std::string_view head) {
  while (!head.empty() && is_json_space(head.front())) head.remove_prefix(1);
  return head.substr(0, 2) == "w(" || head.substr(0, 2) == "r(";
}

std::unique_ptr<BlockParser> plume_block_parser() { return std::make_unique<PlumeBlockParser>(); }

}  // namespace witness
