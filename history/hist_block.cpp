/// dbcop's text: `[x:=1 y==2 z==?]` is a transaction, `[…]!` one that aborted; a line of dashes
/// stands between two sessions, a comment behind `//`.
#include <charconv>

#include "history/formats.hpp"
#include "history/line_text.hpp"
#include "history/part_block.hpp"

namespace witness {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class HistBlockParser : public BlockParser, LineText, PartBlock {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    begin_parts(block);
    const auto quick = [](const char*, std::uint32_t) -> const char* { return nullptr; };
    lines(text, final, block, quick,
          [this](std::size_t begin, std::size_t stop, std::uint32_t line) {
            return read(text_.substr(begin, stop - begin), line);
          });
  }

 private:
  bool read(std::string_view line_text, std::uint32_t line) {
    if (line_text.substr(0, 2) == "//") return true;
    if (line_text.find_first_not_of('-') == std::string_view::npos) {
      end_part(PartEnd::session, at_, line);
      return true;
    }
    while (at_ < stop_) {
      if (!transaction(line)) return false;
      space();
    }
    return true;
  }

  bool transaction(std::uint32_t line) {
    const std::size_t begin = at_;
    if (text_[at_] != '[') {
      return fail(at_, "a transaction must stand in brackets: [x:=1 y==2 z==?]");
    }
    ++at_;
    space();
    part(begin, line);
    while (at_ < stop_ && text_[at_] != ']') {
      if (!event()) return false;
      if (at_ < stop_ && text_[at_] != ']' && !space()) {
        return fail(at_, "a space or ] should stand here");
      }
    }
    if (!expect(']', "a transaction must end on its line")) return false;
    RawOp& op = end_part(PartEnd::transaction, begin, line);
    if (at_ < stop_ && text_[at_] == '!') {
      ++at_;
      op.told = Completion::fail;
    }
    return true;
  }

  bool event() {
    RawMicroOp micro_op;
    const std::size_t name = at_;
    while (at_ < stop_ && is_name(text_[at_])) ++at_;
    if (at_ == name) return fail(at_, "the name of a variable should stand here");
    micro_op.key = variable(text_.substr(name, at_ - name));
    const std::string_view sign = text_.substr(at_, std::min<std::size_t>(2, stop_ - at_));
    if (sign != ":=" && sign != "==") return fail(at_, "a write is x:=1, a read x==1 or x==?");
    micro_op.kind = sign == ":=" ? TxnOpKind::write : TxnOpKind::read;
    at_ += 2;
    micro_op.offset = static_cast<std::uint32_t>(at_);
    if (!version(micro_op)) return false;
    add(micro_op);
    return true;
  }

  bool version(RawMicroOp& micro_op) {
    if (micro_op.kind == TxnOpKind::read && at_ < stop_ && text_[at_] == '?') {
      ++at_;
      micro_op.bits = Datum::of(0).bits();
      return true;
    }
    std::uint64_t value = 0;
    const char* const begin = text_.data() + at_;
    const auto [stop, error] = std::from_chars(begin, text_.data() + stop_, value);
    if (error == std::errc::result_out_of_range) return fail(at_, "a version beyond 64 bits");
    if (error != std::errc{}) return fail(at_, "a version should stand here, an integer from 0");
    at_ += static_cast<std::size_t>(stop - begin);
    micro_op.bits = wide_datum(value, block_->strings).bits();
    return true;
  }

  /// A number is one, anything else a string.
  Datum variable(std::string_view name) {
    std::int64_t value = 0;
    const char* const end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data(), end, value);
    if (error == std::errc{} && stop == end && value <= Datum::kIntegerMax &&
        (name.front() != '0' || name.size() == 1)) {
      return Datum::of(value);
    }
    return Datum::text(block_->strings.intern('"' + std::string{name}));
  }

  bool space() {
    const std::size_t begin = at_;
    while (at_ < stop_ && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return at_ > begin;
  }
};

}  // namespace

bool looks_like_hist(std::string_view head) {
  for (;;) {
    while (!head.empty() && is_json_space(head.front())) head.remove_prefix(1);
    if (head.substr(0, 2) != "//") break;
    head.remove_prefix(std::min(head.find('\n'), head.size()));
  }
  if (head.substr(0, 1) != "[") return false;
  head.remove_prefix(1);
  std::size_t at = 0;
  while (at < head.size() && is_name(head[at])) ++at;
  const std::string_view sign = head.substr(at, 2);
  return at > 0 && (sign == ":=" || sign == "==");
}

std::unique_ptr<BlockParser> hist_block_parser() { return std::make_unique<HistBlockParser>(); }

}  // namespace witness
