/// The binary histories of dbcop's first version, as Rust's bincode writes them: numbers in 64
/// bits, the low byte first; truths in one byte; lists and strings behind their length.
///
///   history     = id nodes variables transactions events info start end sessions
///   session     = list of transactions
///   transaction = list of events, success
///   event       = write variable value success
///
/// An event without success did not happen.
#include <algorithm>

#include "history/formats.hpp"
#include "history/part_block.hpp"

namespace witness {
namespace {

constexpr std::size_t kParameters = 5;

std::uint64_t number_at(std::string_view text, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8U | static_cast<unsigned char>(text[at + i]);
  return value;
}

class BincodeBlockParser : public BlockParser, PartBlock {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    if (!final) return;
    begin_parts(block);
    text_ = text;
    at_ = 0;
    block_ = &block;
    if (history()) block.consumed = text.size();
  }

 private:
  bool history() {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < kParameters; ++i) {
      if (!read(number)) return false;
    }
    for (int text = 0; text < 3; ++text) {
      if (!length(number, 1)) return false;
      at_ += static_cast<std::size_t>(number);
    }
    std::uint64_t sessions = 0;
    if (!length(sessions, 8)) return false;
    for (; sessions > 0; --sessions) {
      if (!session()) return false;
    }
    return at_ == text_.size() || fail(at_, "nothing may follow the history");
  }

  bool session() {
    std::uint64_t transactions = 0;
    if (!length(transactions, 9)) return false;
    for (; transactions > 0; --transactions) {
      if (!transaction()) return false;
    }
    end_part(PartEnd::session, at_, 0);
    return true;
  }

  bool transaction() {
    const std::size_t begin = at_;
    std::uint64_t events = 0;
    if (!length(events, 18)) return false;
    part(begin, 0);
    for (; events > 0; --events) {
      if (!event()) return false;
    }
    bool success = false;
    if (!read(success)) return false;
    end_part(PartEnd::transaction, begin, 0).told = success ? Completion::ok : Completion::fail;
    return true;
  }

  bool event() {
    RawMicroOp micro_op;
    micro_op.offset = static_cast<std::uint32_t>(at_);
    bool write = false;
    bool success = false;
    std::uint64_t variable = 0;
    std::uint64_t value = 0;
    if (!read(write) || !read(variable) || !read(value) || !read(success)) return false;
    if (!success) return true;
    micro_op.kind = write ? TxnOpKind::write : TxnOpKind::read;
    micro_op.key = wide_datum(variable, block_->strings);
    micro_op.bits = wide_datum(value, block_->strings).bits();
    add(micro_op);
    return true;
  }

  bool read(std::uint64_t& number) {
    if (text_.size() - at_ < 8) return fail(at_, "the file ends inside a number");
    number = number_at(text_, at_);
    at_ += 8;
    return true;
  }

  bool read(bool& truth) {
    if (at_ == text_.size()) return fail(at_, "the file ends before a truth");
    const char byte = text_[at_];
    if (byte != 0 && byte != 1) return fail(at_, "a truth must be 0 or 1");
    truth = byte == 1;
    ++at_;
    return true;
  }

  /// Of a list whose elements take so many bytes at least.
  bool length(std::uint64_t& number, std::size_t bytes) {
    const std::size_t at = at_;
    if (!read(number)) return false;
    if (number <= (text_.size() - at_) / bytes) return true;
    return fail(at, "a length of " + std::to_string(number) + " is more than the file holds");
  }

  bool fail(std::size_t at, std::string rule) {
    block_->fault = LineFault{at, std::move(rule), {}};
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  OpBlock* block_ = nullptr;
};

}  // namespace

/// Nothing marks such a file: small parameters, and then a short text and a time.
bool looks_like_bincode(std::string_view head) {
  constexpr std::uint64_t kSmall = std::uint64_t{1} << 40U;
  constexpr std::size_t kTexts = 8 * kParameters;
  if (head.size() < kTexts + 8) return false;
  for (std::size_t i = 0; i < kParameters; ++i) {
    if (number_at(head, 8 * i) >= kSmall) return false;
  }
  const std::uint64_t info = number_at(head, kTexts);
  const std::size_t rest = head.size() - kTexts - 8;
  if (info > rest || rest - info < 8) return false;
  return number_at(head, kTexts + 8 + static_cast<std::size_t>(info)) <= 64;
}

std::unique_ptr<BlockParser> bincode_block_parser() {
  return std::make_unique<BincodeBlockParser>();
}

}  // namespace witness
