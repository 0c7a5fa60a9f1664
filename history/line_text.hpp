/// Texts of short lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "history/integer.hpp"
#include "history/json_fault.hpp"
#include "history/op_block.hpp"

namespace witness {

/// A cursor in a line of a text with kBlockPadding behind it. What returns bool moves on, or says
/// false and leaves the block's fault.
class LineText {
 protected:
  /// Calls read(begin, stop, line) for each whole line with something in it, without the white
  /// space around it, until one says false. Before that, quick(at, line) may read a line of the
  /// most common form without looking for its end: it gives the place behind it, or nullptr, having
  /// kept nothing.
  template <typename Quick, typename Read>
  void lines(std::string_view text, bool final, OpBlock& block, const Quick& quick,
             const Read& read);

  bool expect(char c, const char* rule) {
    if (at_ >= stop_ || text_[at_] != c) return fail(at_, rule);
    ++at_;
    return true;
  }

  bool number(std::int64_t& value);
  /// An integer of at most 62 bits.
  bool datum(Datum& datum);

  bool fail(std::size_t at, std::string rule) {
    block_->fault = LineFault{at, std::move(rule), {}};
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t stop_ = 0;
  OpBlock* block_ = nullptr;
};

template <typename Quick, typename Read>
void LineText::lines(std::string_view text, bool final, OpBlock& block, const Quick& quick,
                     const Read& read) {
  text_ = text;
  block_ = &block;
  std::uint32_t line = 0;
  for (std::size_t at = 0; at < text.size(); ++line) {
    if (const char* const behind = quick(text.data() + at, line)) {
      at = static_cast<std::size_t>(behind - text.data());
      block.consumed = at;
      ++block.lines;
      continue;
    }
    const std::size_t feed = text.find('\n', at);
    if (feed == std::string_view::npos && !final) return;
    std::size_t stop = feed == std::string_view::npos ? text.size() : feed;
    const std::size_t next = feed == std::string_view::npos ? stop : stop + 1;
    while (stop > at && is_json_space(text[stop - 1])) --stop;
    while (at < stop && is_json_space(text[at])) ++at;
    at_ = at;
    stop_ = stop;
    if (at < stop && !read(at, stop, line)) return;
    at = next;
    block.consumed = at;
    block.lines += feed == std::string_view::npos ? 0 : 1;
  }
}

}  // namespace witness
