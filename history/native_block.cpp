/// Native list-append and rw-register histories (FORMAT.md): canonical lines by a fast reader, all
/// others by the one that every native history is read with.
#include <cstring>

#include "history/formats.hpp"
#include "history/json_fault.hpp"
#include "history/json_ops.hpp"
#include "history/native_line.hpp"

namespace witness {
namespace {

enum State : int { kHeader, kLines };

bool is_blank(std::string_view text) {
  for (const char c : text) {
    if (!is_json_space(c)) return false;
  }
  return true;
}

/// An unfinished last line counts if all that it lacks is its line feed.
bool is_whole(std::string_view line) {
  while (!line.empty() && is_json_space(line.front())) line.remove_prefix(1);
  return line.substr(0, 1) == "{" && !find_json_fault(line);
}

OpType type_of(Completion told) {
  return told == Completion::ok     ? OpType::ok
         : told == Completion::fail ? OpType::fail
                                    : OpType::info;
}

class NativeBlockParser : public BlockParser {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    text_ = text;
    block_ = &block;
    ops_.begin(text, JsonOps::Flavour::native, block);
    std::uint32_t line = 0;
    for (std::size_t at = 0; at < text.size(); ++line) {
      const auto* const feed =
          static_cast<const char*>(std::memchr(text.data() + at, '\n', text.size() - at));
      if (feed == nullptr && !final) return;
      const std::size_t stop =
          feed == nullptr ? text.size() : static_cast<std::size_t>(feed - text.data());
      const bool is_header = block.state == kHeader;
      block.state = kLines;
      if (!is_header && !read_line(at, stop, line, feed != nullptr)) return;
      at = feed == nullptr ? stop : stop + 1;
      block.consumed = at;
      block.lines += feed == nullptr ? 0 : 1;
    }
  }

 private:
  bool read_line(std::size_t begin, std::size_t stop, std::uint32_t line, bool terminated) {
    const std::string_view text = text_.substr(begin, stop - begin);
    if (!terminated && !is_whole(text)) {
      block_->dropped = text.size();
      return true;
    }
    if (fast(begin, stop)) {
      block_->ops.back().line = line;
      return true;
    }
    if (is_blank(text)) return true;
    try {
      slow(begin, text, line);
      return true;
    } catch (const LineFault& fault) {
      block_->fault = LineFault{begin + fault.offset, fault.rule, fault.note};
      return false;
    }
  }

  bool fast(std::size_t begin, std::size_t stop) {
    std::size_t at = begin;
    if (!ops_.read(at)) return false;
    while (at < stop && is_json_space(text_[at])) ++at;
    if (at == stop) return true;
    // Not one object on one line: the other reader says what is wrong.
    ops_.unread(block_->ops.back());
    return false;
  }

  void slow(std::size_t begin, std::string_view text, std::uint32_t line) {
    const Event& event = lines_.event(text, block_->names, true);
    if (event.kind == EventKind::ignored) return;
    RawOp op;
    op.offset = static_cast<std::uint32_t>(begin);
    op.line = line;
    op.has_index = event.index.present;
    op.index = event.index.value;
    switch (event.kind) {
      case EventKind::invoke:
      case EventKind::completion:
        operation(event, begin, op);
        break;
      case EventKind::attempt:
        op.type = OpType::retry;
        op.extra = static_cast<std::uint32_t>(block_->retries.size());
        op.micro_ops = micro_ops(event.value, begin);
        block_->retries.push_back({event.of.value, event.attempt.value});
        break;
      case EventKind::outcome:
        op.type = OpType::outcome;
        op.extra = static_cast<std::uint32_t>(block_->outcomes.size());
        block_->outcomes.push_back(
            {event.of.value, event.attempt.value, event.outcome.value, event.evidence.value});
        break;
      case EventKind::end:
        op.type = OpType::end;
        op.extra = static_cast<std::uint32_t>(block_->ends.size());
        block_->ends.emplace_back();
        if (event.operations.present) block_->ends.back().operations = event.operations.value;
        if (event.ledger.present) block_->ends.back().ledger = event.ledger.value;
        break;
      case EventKind::ledger:
      case EventKind::state:
      case EventKind::ignored:
        break;
    }
    block_->ops.push_back(op);
  }

  void operation(const Event& event, std::size_t begin, RawOp& op) {
    op.type = event.kind == EventKind::invoke ? OpType::invoke : type_of(event.told);
    op.process = event.process.value;
    if (event.time_ns.present) op.time_ns = event.time_ns.value;
    if (event.f.present) op.f = event.f.value;
    op.has_value = event.value.present;
    op.micro_ops = micro_ops(event.value, begin);
    if (event.kind == EventKind::invoke) {
      op.attempts = event.scheduled_ns.present ? 1 : 0;
      op.extra = static_cast<std::uint32_t>(block_->scheduled_ns.size());
      if (op.attempts > 0) block_->scheduled_ns.push_back(event.scheduled_ns.value);
      return;
    }
    op.extra = static_cast<std::uint32_t>(block_->attempts.size());
    op.attempts = static_cast<std::uint32_t>(event.attempts.size());
    for (std::size_t i = 0; i < event.attempts.size(); ++i) {
      const AttemptEvent& told = event.attempts[i];
      if (told.number.value != i + 1) {
        throw LineFault{told.number.offset, "attempts count from 1, in order",
                        "this should be " + std::to_string(i + 1)};
      }
      if (told.start_ns.present && told.end_ns.present && told.end_ns.value < told.start_ns.value) {
        throw LineFault{told.end_ns.offset, "an attempt cannot end before it began", {}};
      }
      RawAttempt attempt;
      attempt.told = told.told.value;
      attempt.has_value = told.value.present;
      attempt.micro_ops = micro_ops(told.value, begin);
      block_->attempts.push_back(attempt);
    }
  }

  RawRange micro_ops(const Field<MicroOpRange>& value, std::size_t begin) {
    const auto next = static_cast<std::uint32_t>(block_->micro_ops.size());
    RawRange range{next, next};
    if (!value.present || ops_.read_micro_ops(begin + value.offset, range)) return range;
    const LineFault& fault = ops_.fault();
    throw LineFault{
        fault.offset - begin, fault.rule.empty() ? "this JSON cannot be read" : fault.rule, {}};
  }

  std::string_view text_;
  OpBlock* block_ = nullptr;
  JsonOps ops_;
  NativeLineParser lines_;
};

}  // namespace

/// Is this how a header begins, cut anywhere, or a first line that names our schema?
bool looks_like_native(std::string_view head) {
  constexpr std::string_view kStart = R"({"schema":")";
  const std::size_t size = head.find_last_not_of('\0') + 1;  // what a power cut leaves is nothing
  std::size_t matched = 0;
  for (const char c : head.substr(0, size)) {
    if (matched == kStart.size()) break;
    const bool in_string = matched > 1 && matched < 8;
    if (!in_string && is_json_space(c)) continue;
    if (c != kStart[matched]) {
      const std::string_view line = head.substr(0, head.find('\n'));
      return line.find("\"witness.history/") != std::string_view::npos;
    }
    ++matched;
  }
  return true;
}

std::unique_ptr<BlockParser> native_block_parser() { return std::make_unique<NativeBlockParser>(); }

}  // namespace witness
