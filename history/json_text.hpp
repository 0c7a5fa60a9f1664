/// The values of a JSON text, one after another, by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "history/op_block.hpp"

namespace witness {

/// A cursor in a text with kBlockPadding behind it. What returns bool moves on, or says false and
/// leaves a fault, with an empty rule where the JSON may be malformed (json_extent() then knows
/// where). No recursion.
class JsonText {
 protected:
  void begin(std::string_view text, OpBlock& block) {
    begin_ = text.data();
    end_ = begin_ + text.size();
    block_ = &block;
  }

  bool datum(Datum& datum);
  bool list_datum(Datum& list);
  bool short_integer(const char* at, Datum& datum);
  bool other_datum(Datum& datum);
  bool number_datum(Datum& datum);
  /// `name` stands in messages.
  bool number(std::string_view name, std::int64_t& value);
  bool boolean(std::string_view name, bool& value);
  /// A string with its opening quote and without its closing one; unescaped.
  bool string(std::string_view& quoted);
  bool escaped_string(const char* begin, std::string_view& quoted);
  bool string_datum(Datum& datum);
  bool skip();

  /// Calls member(name) at the value of each field of an object, which moves behind it.
  template <typename Member>
  bool object(const Member& member);
  /// Calls element() at each value of a list.
  template <typename Element>
  bool list(const Element& element);

  bool fail(const char* at, std::string rule);
  bool malformed() { return fail(at_, {}); }
  void space() {
    while (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r') ++at_;
  }
  std::uint32_t offset_of(const char* at) const { return static_cast<std::uint32_t>(at - begin_); }

  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  const char* at_ = nullptr;
  OpBlock* block_ = nullptr;
  LineFault fault_;
  std::string scratch_;

 private:
  std::vector<Datum> list_;
};

template <typename Member>
bool JsonText::object(const Member& member) {
  if (*at_ != '{') return malformed();
  ++at_;
  space();
  if (*at_ == '}') {
    ++at_;
    return true;
  }
  for (;;) {
    std::string_view name;
    if (*at_ != '"' || !string(name)) return malformed();
    space();
    if (*at_ != ':') return malformed();
    ++at_;
    space();
    if (!member(name.substr(1))) return false;
    space();
    const char c = *at_;
    if (c != '}' && c != ',') return malformed();
    ++at_;
    if (c == '}') return true;
    space();
  }
}

template <typename Element>
bool JsonText::list(const Element& element) {
  if (*at_ != '[') return malformed();
  ++at_;
  space();
  if (*at_ == ']') {
    ++at_;
    return true;
  }
  for (;;) {
    if (!element()) return false;
    space();
    const char c = *at_;
    if (c != ']' && c != ',') return malformed();
    ++at_;
    if (c == ']') return true;
    space();
  }
}

}  // namespace witness
