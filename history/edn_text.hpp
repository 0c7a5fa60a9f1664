/// The tokens and data of EDN (https://github.com/edn-format/edn).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "history/integer.hpp"
#include "history/line_fault.hpp"
#include "witness/transactions.hpp"

namespace witness {

namespace edn {

enum class CharClass : std::uint8_t { token, space, other };

constexpr std::array<CharClass, 256> char_classes() {
  std::array<CharClass, 256> classes{};
  for (unsigned c = 0; c <= ' '; ++c) classes[c] = CharClass::other;
  for (const char c : {' ', '\t', '\n', '\r', '\f', ','}) {
    classes[static_cast<unsigned char>(c)] = CharClass::space;
  }
  for (const char c : {'(', ')', '[', ']', '{', '}', '"', ';'}) {
    classes[static_cast<unsigned char>(c)] = CharClass::other;
  }
  return classes;
}
inline constexpr auto kClasses = char_classes();

inline CharClass class_of(char c) { return kClasses[static_cast<unsigned char>(c)]; }
inline bool is_space(char c) { return class_of(c) == CharClass::space; }
inline bool is_token(char c) { return class_of(c) == CharClass::token; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace edn

/// A cursor in a text with kBlockPadding behind it. What returns bool moves on, or says false and
/// leaves a fault; what it does not need is skipped by a loop with a stack of brackets. A fault
/// that only the end of the text may have made is `unfinished_` or near the end.
class EdnText {
 protected:
  /// Brackets inside each other, at most.
  static constexpr std::size_t kEdnDepthMax = 512;
  static constexpr const char* kInside = "the text ends inside an operation";

  void begin(std::string_view text, bool final, StringPool& strings) {
    begin_ = at_ = text.data();
    end_ = begin_ + text.size();
    final_ = final;
    strings_ = &strings;
  }

  static char closing(char open) { return open == '[' ? ']' : open == '(' ? ')' : '}'; }
  bool is_nil() const { return std::string_view{at_, 3} == "nil" && !edn::is_token(at_[3]); }
  std::uint32_t offset_of(const char* at) const { return static_cast<std::uint32_t>(at - begin_); }

  bool datum(Datum& datum) {
    const Digits digits = leading_digits(at_);
    if (digits.count - 1U < 7U && (*at_ != '0' || digits.count == 1)) {
      if (!edn::is_token(at_[digits.count])) {
        datum = Datum::of(static_cast<std::int64_t>(digits.value));
        at_ += digits.count;
        return true;
      }
    }
    return other_datum(datum);
  }

  bool other_datum(Datum& datum);
  Datum other(std::string_view text);
  bool number_datum(std::string_view text, Datum& datum);
  bool string_datum(Datum& datum);
  /// `at` stands at the backslash, and then at the escape's last character.
  bool append_escape(const char*& at);

  /// A vector, map, set, character or so, as its compact text.
  bool form_datum(Datum& datum);

  /// Appends the tokens of a text that skip() has passed, with spaces only where they must be.
  void compact(const char* from, const char* to);

  /// White space, commas, comments, discarded forms.
  bool space() {
    while (edn::is_space(*at_)) ++at_;
    return (*at_ != ';' && *at_ != '#') || other_space();
  }

  bool other_space();
  /// `#_` discards the form behind it; `#_ #_ a b` discards both, which skip() knows.
  bool discard();

  bool plain_space();
  /// Passes `#tag`s: the form behind them is what counts.
  bool tags();

  bool token();
  bool string(bool& has_escapes);
  /// One bracket, string, token, character: anything but space. Checks nothing but strings.
  bool skip_token();

  /// Any form, with its tags and what is discarded before it, without recursion.
  bool skip();

  bool skip_bracket_or_token();
  /// Something that only the end of the text has cut.
  bool cut(const char* rule);

  bool fail(const char* at, std::string rule);

  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  const char* at_ = nullptr;
  bool final_ = false;
  bool unfinished_ = false;
  LineFault fault_;
  StringPool* strings_ = nullptr;

 private:
  std::array<char, kEdnDepthMax> open_{};  ///< the brackets that must close
  std::size_t depth_ = 0;
  std::string scratch_;
};

}  // namespace witness
