#include "history/json_fault.hpp"

#include <bitset>

#include "history/utf8.hpp"

namespace witness {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A pushdown automaton: one bit a level says whether it is an object.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<JsonFault> run() {
    if (read_value()) {
      skip_space();
      if (at_ < text_.size()) fail(at_, "nothing may follow the value on its line");
    }
    return std::move(fault_);
  }

  JsonExtent run_value() {
    read_value();
    return {at_, std::move(fault_)};
  }

 private:
  bool read_value() {
    bool ok = value();
    while (ok && depth_ > 0) ok = next_in_container();
    return ok;
  }

  bool fail(std::size_t offset, std::string rule) {
    fault_ = JsonFault{offset, std::move(rule), at_};
    return false;
  }

  bool at_end() const { return at_ >= text_.size(); }

  void skip_space() {
    while (!at_end() && is_json_space(text_[at_])) ++at_;
  }

  bool in_object() const { return is_object_[depth_ - 1]; }

  /// A scalar, or the opening of a container up to its first value.
  bool value() {
    skip_space();
    if (at_end()) return fail(at_, "the line ends where a value should stand");
    switch (text_[at_]) {
      case '{':
        return open(true);
      case '[':
        return open(false);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

  bool open(bool object) {
    if (depth_ == kJsonDepthMax) {
      return fail(at_, "nested deeper than " + std::to_string(kJsonDepthMax) + " levels");
    }
    ++at_;
    is_object_[depth_++] = object;
    skip_space();
    if (!at_end() && text_[at_] == (object ? '}' : ']')) {
      ++at_;
      --depth_;
      return true;
    }
    return object ? key_and_value() : value();
  }

  bool key_and_value() {
    skip_space();
    if (at_end()) return fail(at_, "the line ends inside an object");
    if (text_[at_] != '"') return fail(at_, "a field's name in double quotes should stand here");
    if (!string()) return false;
    skip_space();
    if (at_end()) return fail(at_, "the line ends inside an object");
    if (text_[at_] != ':') return fail(at_, "a colon should stand between a field and its value");
    ++at_;
    return value();
  }

  /// What follows a value inside a container.
  bool next_in_container() {
    skip_space();
    if (at_end()) {
      return fail(at_,
                  in_object() ? "the line ends inside an object" : "the line ends inside a list");
    }
    const char c = text_[at_];
    if (c == (in_object() ? '}' : ']')) {
      ++at_;
      --depth_;
      return true;
    }
    if (c != ',') {
      return fail(
          at_, in_object() ? "a comma or } should stand here" : "a comma or ] should stand here");
    }
    ++at_;
    return in_object() ? key_and_value() : value();
  }

  bool literal(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return fail(at_, kNoValue);
    at_ += word.size();
    return true;
  }

  bool digits() {
    if (at_end() || !is_digit(text_[at_])) return false;
    while (!at_end() && is_digit(text_[at_])) ++at_;
    return true;
  }

  bool number() {
    const std::size_t begin = at_;
    if (text_[at_] == '-') ++at_;
    if (at_end() || !is_digit(text_[at_])) {
      return fail(begin, at_ == begin ? kNoValue : "a number needs digits");
    }
    if (text_[at_] == '0') {
      ++at_;
      if (!at_end() && is_digit(text_[at_])) {
        return fail(begin, "a number may not begin with 0");
      }
    } else {
      digits();
    }
    if (!at_end() && text_[at_] == '.') {
      ++at_;
      if (!digits()) return fail(begin, "a number needs digits after its point");
    }
    if (!at_end() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (!at_end() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits()) return fail(begin, "a number needs digits in its exponent");
    }
    return true;
  }

  bool string() {
    const std::size_t begin = at_++;
    while (!at_end()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        if (!escape(begin)) return false;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return fail(at_, "a control character must be escaped in a string");
      } else {
        const utf8::Character character = utf8::decode(text_.substr(at_));
        if (!character.valid) return fail(at_, "this is not UTF-8");
        at_ += character.size;
      }
    }
    return fail(begin, "this string has no end");
  }

  /// Four hexadecimal digits at `at_`, or -1.
  int hex4() const {
    if (text_.size() - at_ < 4) return -1;
    int code = 0;
    for (const char c : text_.substr(at_, 4)) {
      const int digit = is_digit(c)              ? c - '0'
                        : (c >= 'a' && c <= 'f') ? c - 'a' + 10
                        : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                                 : -1;
      if (digit < 0) return -1;
      code = code * 16 + digit;
    }
    return code;
  }

  bool escape(std::size_t string_begin) {
    const std::size_t begin = at_++;
    if (at_end()) return fail(string_begin, "this string has no end");
    const char c = text_[at_++];
    if (c != 'u') {
      if (std::string_view{"\"\\/bfnrt"}.find(c) == std::string_view::npos) {
        return fail(begin, "JSON has no such escape");
      }
      return true;
    }
    const int code = hex4();
    if (code < 0) return fail(begin, "\\u needs four hexadecimal digits");
    at_ += 4;
    if (code < 0xD800 || code > 0xDFFF) return true;
    if (code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const int low = hex4();
      at_ += 4;
      if (low >= 0xDC00 && low <= 0xDFFF) return true;
    }
    return fail(begin, "half of a surrogate pair is no character");
  }

  static constexpr const char* kNoValue = "a JSON value should stand here";

  std::string_view text_;
  std::size_t at_ = 0;
  std::bitset<kJsonDepthMax> is_object_;
  std::size_t depth_ = 0;
  std::optional<JsonFault> fault_;
};

}  // namespace

std::optional<JsonFault> find_json_fault(std::string_view text) { return Scanner{text}.run(); }

JsonExtent json_extent(std::string_view text) { return Scanner{text}.run_value(); }

std::string compact_json(std::string_view text) {
  std::string compact;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!in_string && is_json_space(text[i])) continue;
    compact += text[i];
    if (text[i] == '"') in_string = !in_string;
    if (in_string && text[i] == '\\' && i + 1 < text.size()) compact += text[++i];
  }
  return compact;
}

}  // namespace witness
