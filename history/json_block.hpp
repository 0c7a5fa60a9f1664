/// Objects of JSON in blocks: in one array, or one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "history/count_lines.hpp"
#include "history/json_fault.hpp"
#include "history/op_block.hpp"

namespace witness {

/// Where a block begins or ends.
enum JsonState : int { kBeginning, kStream, kOpened, kAfterComma, kAfterValue, kClosed };

/// `Ops` reads the objects: begin(text, block), read(at) that appends one operation and moves `at`
/// from the object's brace to behind it, and fault() where it says false (JsonOps).
template <typename Ops>
class JsonBlockParser : public BlockParser {
 public:
  /// `native`: the last line may be unfinished.
  explicit JsonBlockParser(bool native = false) : native_(native) {}

  void parse(std::string_view text, bool final, OpBlock& block) override {
    text_ = text;
    final_ = final;
    block_ = &block;
    ops_.begin(text, block);
    line_ = 0;
    counted_ = 0;
    steps();
    block.lines = line_ + count_lines(text.substr(counted_, block.consumed - counted_));
  }

 private:
  void steps() {
    std::size_t at = 0;
    for (;;) {
      while (at < text_.size() && is_json_space(text_[at])) ++at;
      block_->consumed = at;
      if (at == text_.size()) break;
      if (!step(at)) return;
    }
    if (final_) expect_end();
  }

  /// One object or mark. `block.state` only changes when it is whole.
  bool step(std::size_t& at) {
    const char c = text_[at];
    int& state = block_->state;
    switch (state) {
      case kBeginning:
        if (c != '[') {
          state = kStream;
          return true;
        }
        return mark(at, kOpened);
      case kStream:
        return object(at, kStream);
      case kOpened:
        return c == ']' ? mark(at, kClosed) : object(at, kAfterValue);
      case kAfterComma:
        return object(at, kAfterValue);
      case kAfterValue:
        if (c == ',') return mark(at, kAfterComma);
        if (c == ']') return mark(at, kClosed);
        return fail(at, "a comma or ] should stand here");
      default:
        return fail(at, "nothing may follow the list of operations");
    }
  }

  bool mark(std::size_t& at, int state) {
    ++at;
    block_->state = state;
    return true;
  }

  bool object(std::size_t& at, int state) {
    const std::size_t begin = at;
    if (text_[at] != '{') return fail(at, "an operation must be a JSON object");
    if (ops_.read(at)) {
      block_->state = state;
      line_ += static_cast<std::uint32_t>(count_lines(text_.substr(counted_, begin - counted_)));
      counted_ = begin;
      block_->ops.back().line = line_;
      return true;
    }
    const bool open_line = native_ && text_.find('\n', begin) == std::string_view::npos;
    if (open_line && !final_) return false;
    const JsonExtent extent = json_extent(text_.substr(begin));
    if (extent.fault) {
      if (open_line) {
        block_->dropped = text_.size() - begin;
        block_->consumed = text_.size();
        return false;
      }
      // A text that is cut may only look ill-formed near its end.
      if (!final_ && begin + extent.fault->reach + 16 >= text_.size()) return false;
      return fail(begin + extent.fault->offset, extent.fault->rule);
    }
    const LineFault& fault = ops_.fault();
    return fail(fault.offset, fault.rule.empty() ? "this JSON cannot be read" : fault.rule);
  }

  void expect_end() {
    const int state = block_->state;
    if (state == kOpened || state == kAfterComma || state == kAfterValue) {
      fail(text_.size(), "the text ends inside its list of operations");
    }
  }

  bool fail(std::size_t at, std::string rule) {
    block_->fault = LineFault{at, std::move(rule), {}};
    return false;
  }

  bool native_;
  std::string_view text_;
  bool final_ = false;
  OpBlock* block_ = nullptr;
  Ops ops_;
  std::uint32_t line_ = 0;
  std::size_t counted_ = 0;  ///< line feeds before it are in line_
};

}  // namespace witness
