/// The text of AWDIT's tests: `w key value` or `r key value` a line; `-----` ends a transaction,
/// `=====` a session.
#include "history/formats.hpp"
#include "history/line_text.hpp"
#include "history/part_block.hpp"

namespace witness {
namespace {

constexpr const char* kForm = "a line must be w key value, r key value, ----- or =====";

/// The end that a line of marks means.
PartEnd end_of(std::string_view line) {
  const char mark = line.front();
  if (line.size() < 3 || line.find_first_not_of(mark) != std::string_view::npos) {
    return PartEnd::nothing;
  }
  return mark == '-' ? PartEnd::transaction : mark == '=' ? PartEnd::session : PartEnd::nothing;
}

class AwditBlockParser : public BlockParser, LineText, PartBlock {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    begin_parts(block);
    lines(
        text, final, block, [this](const char* at, std::uint32_t line) { return quick(at, line); },
        [this](std::size_t begin, std::size_t stop, std::uint32_t line) {
          return read(begin, stop, line);
        });
  }

 private:
  /// `w 7 12` and a line feed.
  const char* quick(const char* at, std::uint32_t line) {
    const char* const begin = at;
    RawMicroOp micro_op;
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    if ((*at != 'w' && *at != 'r') || at[1] != ' ') return nullptr;
    micro_op.kind = *at == 'w' ? TxnOpKind::write : TxnOpKind::read;
    at += 2;
    if (!short_number(at, key) || *at != ' ') return nullptr;
    ++at;
    micro_op.offset = static_cast<std::uint32_t>(at - text_.data());
    if (!short_number(at, value) || *at != '\n') return nullptr;
    micro_op.key = Datum::of(static_cast<std::int64_t>(key));
    micro_op.bits = Datum::of(static_cast<std::int64_t>(value)).bits();
    part(static_cast<std::size_t>(begin - text_.data()), line);
    add(micro_op);
    return at + 1;
  }

  bool read(std::size_t begin, std::size_t stop, std::uint32_t line) {
    const char kind = text_[begin];
    if (kind != 'w' && kind != 'r') {
      const PartEnd end = end_of(text_.substr(begin, stop - begin));
      if (end == PartEnd::nothing) return fail(begin, kForm);
      end_part(end, begin, line);
      return true;
    }
    RawMicroOp micro_op;
    micro_op.kind = kind == 'w' ? TxnOpKind::write : TxnOpKind::read;
    ++at_;
    if (!space() || !datum(micro_op.key) || !space()) return false;
    micro_op.offset = static_cast<std::uint32_t>(at_);
    Datum value;
    if (!datum(value)) return false;
    if (at_ != stop_) return fail(at_, "nothing may follow the operation on its line");
    micro_op.bits = value.bits();
    part(begin, line);
    add(micro_op);
    return true;
  }

  bool space() {
    const std::size_t begin = at_;
    while (at_ < stop_ && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return at_ > begin || fail(at_, kForm);
  }
};

}  // namespace

bool looks_like_awdit(std::string_view head) {
  while (!head.empty() && is_json_space(head.front())) head.remove_prefix(1);
  const std::string_view begin = head.substr(0, 2);
  return begin == "w " || begin == "r " || head.substr(0, 5) == "=====" ||
         head.substr(0, 5) == "-----";
}

std::unique_ptr<BlockParser> awdit_block_parser() { return std::make_unique<AwditBlockParser>(); }

}  // namespace witness
