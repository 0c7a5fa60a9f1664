#include "history/edn_text.hpp"

#include <charconv>
#include <cstring>

#include "history/utf8.hpp"

namespace witness {

bool EdnText::other_datum(Datum& datum) {
  if (!tags()) return false;
  const char c = *at_;
  if (c == '"') return string_datum(datum);
  if (!edn::is_token(c) || c == '#' || c == '\\') return form_datum(datum);
  const char* const begin = at_;
  if (!token()) return false;
  const std::string_view text{begin, static_cast<std::size_t>(at_ - begin)};
  if (c == ':') {
    datum = Datum::text(strings_->intern(text));
  } else if (edn::is_digit(c) ||
             ((c == '-' || c == '+') && text.size() > 1 && edn::is_digit(text[1]))) {
    return number_datum(text, datum);
  } else {
    datum = text == "nil" ? Datum{} : other(text);
  }
  return true;
}

Datum EdnText::other(std::string_view text) {
  scratch_ = '#';
  scratch_ += text;
  return Datum::text(strings_->intern(scratch_));
}

bool EdnText::number_datum(std::string_view text, Datum& datum) {
  std::string_view digits = text;
  if (digits.front() == '+') digits.remove_prefix(1);
  if (digits.back() == 'N') digits.remove_suffix(1);
  std::int64_t value = 0;
  const char* const stop = digits.data() + digits.size();
  const auto [parsed, error] = std::from_chars(digits.data(), stop, value);
  if (error == std::errc{} && parsed == stop && value >= Datum::kIntegerMin &&
      value <= Datum::kIntegerMax) {
    datum = Datum::of(value);
  } else {
    datum = other(parsed == stop ? digits : text);
  }
  return true;
}

bool EdnText::string_datum(Datum& datum) {
  const char* const begin = at_;
  bool has_escapes = false;
  if (!string(has_escapes)) return false;
  const std::string_view body{begin, static_cast<std::size_t>(at_ - 1 - begin)};
  if (!has_escapes) {
    datum = Datum::text(strings_->intern(body));
    return true;
  }
  scratch_ = '"';
  for (const char* at = begin + 1; at < at_ - 1; ++at) {
    if (*at != '\\') {
      scratch_ += *at;
    } else if (!append_escape(at)) {
      return false;
    }
  }
  datum = Datum::text(strings_->intern(scratch_));
  return true;
}

bool EdnText::append_escape(const char*& at) {
  const char* const begin = at;
  constexpr std::string_view kNames = "\"\\ntrbf";
  constexpr std::string_view kMeanings = "\"\\\n\t\r\b\f";
  const std::size_t name = kNames.find(*++at);
  if (name != std::string_view::npos) {
    scratch_ += kMeanings[name];
    return true;
  }
  unsigned code = 0;
  if (*at != 'u' || at_ - at < 6 || std::from_chars(at + 1, at + 5, code, 16).ptr != at + 5) {
    return fail(begin, "EDN has no such escape");
  }
  if (code >= 0xD800 && code <= 0xDFFF) {
    return fail(begin, "half of a surrogate pair is no character");
  }
  at += 4;
  utf8::append(scratch_, static_cast<char32_t>(code));
  return true;
}

bool EdnText::form_datum(Datum& datum) {
  const char* const begin = at_;
  if (!skip()) return false;
  scratch_ = '#';
  compact(begin, at_);
  datum = Datum::text(strings_->intern(scratch_));
  return true;
}

void EdnText::compact(const char* from, const char* to) {
  const char* const back = at_;
  at_ = from;
  while (space() && at_ < to) {
    const char* const token_at = at_;
    const bool solid = edn::is_token(*at_) || *at_ == '"';
    skip_token();
    const char last = scratch_.back();
    const bool opens = last == '[' || last == '{' || last == '(' || scratch_.size() == 1;
    if (!opens && (solid || *token_at == '[' || *token_at == '{' || *token_at == '(')) {
      scratch_ += ' ';
    }
    scratch_.append(token_at, at_);
  }
  at_ = back;
}

bool EdnText::other_space() {
  for (;;) {
    while (edn::is_space(*at_)) ++at_;
    if (*at_ == ';') {
      const void* const feed = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
      if (feed == nullptr && !final_) return cut(kInside);
      at_ = feed == nullptr ? end_ : static_cast<const char*>(feed);
      continue;
    }
    if (*at_ != '#' || at_[1] != '_') return true;
    if (!discard()) return false;
  }
}

bool EdnText::discard() {
  at_ += 2;
  return skip();
}

bool EdnText::plain_space() {
  for (;;) {
    while (edn::is_space(*at_)) ++at_;
    if (*at_ != ';') return true;
    const void* const feed = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
    if (feed == nullptr && !final_) return cut(kInside);
    at_ = feed == nullptr ? end_ : static_cast<const char*>(feed);
  }
}

bool EdnText::tags() {
  while (*at_ == '#' && at_[1] != '{' && at_[1] != '_' && at_[1] != '#') {
    ++at_;
    if (!edn::is_token(*at_)) return at_ >= end_ ? cut(kInside) : fail(at_, "a tag needs a name");
    while (edn::is_token(*at_)) ++at_;
    if (!space()) return false;
  }
  return true;
}

bool EdnText::token() {
  const char* const begin = at_;
  bool ascii = true;
  for (; edn::is_token(*at_); ++at_) ascii = ascii && static_cast<unsigned char>(*at_) < 0x80;
  if (at_ == end_ && !final_) return cut(kInside);
  const std::string_view text{begin, static_cast<std::size_t>(at_ - begin)};
  if (ascii) return true;
  const std::size_t invalid = utf8::find_invalid(text);
  return invalid == std::string_view::npos || fail(begin + invalid, "this is not UTF-8");
}

bool EdnText::string(bool& has_escapes) {
  const char* const begin = at_++;
  bool ascii = true;
  while (*at_ != '"') {
    if (at_ >= end_) {
      at_ = begin;
      return cut("this string has no end");
    }
    if (*at_ == '\\') {
      has_escapes = true;
      ++at_;
      if (at_ >= end_) continue;
    }
    ascii = ascii && static_cast<unsigned char>(*at_) < 0x80;
    ++at_;
  }
  const std::string_view text{begin, static_cast<std::size_t>(at_ - begin)};
  ++at_;
  if (ascii) return true;
  const std::size_t invalid = utf8::find_invalid(text);
  return invalid == std::string_view::npos || fail(begin + invalid, "this is not UTF-8");
}

bool EdnText::skip_token() {
  const char c = *at_;
  if (c == '"') {
    bool has_escapes = false;
    return string(has_escapes);
  }
  if (c == '\\') {
    // A character: one code point, or a name.
    const std::size_t left = static_cast<std::size_t>(end_ - at_ - 1);
    if (left == 0) return cut(kInside);
    const utf8::Character character = utf8::decode({at_ + 1, left});
    if (!character.valid) {
      return left < 4 && !final_ ? cut(kInside) : fail(at_ + 1, "this is not UTF-8");
    }
    at_ += 1 + character.size;
    if (at_ == end_ && !final_) return cut(kInside);  // its name may go on
    return !edn::is_token(*at_) || token();
  }
  if (c == '#' && at_[1] == '{') {
    at_ += 2;
    return true;
  }
  if (edn::is_token(c)) return token();
  ++at_;
  return true;
}

bool EdnText::skip() {
  depth_ = 0;
  for (std::size_t forms = 1; depth_ > 0 || forms > 0;) {
    if (!plain_space()) return false;
    if (at_ >= end_) return cut(kInside);
    if (*at_ == '#' && at_[1] == '_') {
      at_ += 2;
      if (depth_ == 0) ++forms;
    } else if (*at_ == '#' && at_[1] != '{' && at_[1] != '#') {
      ++at_;  // a tag: its form follows
      if (!edn::is_token(*at_)) return at_ >= end_ ? cut(kInside) : fail(at_, "a tag needs a name");
      if (!token()) return false;
    } else {
      if (!skip_bracket_or_token()) return false;
      if (depth_ == 0) --forms;
    }
  }
  return true;
}

bool EdnText::skip_bracket_or_token() {
  const char c = *at_;
  if (c == ']' || c == ')' || c == '}') {
    if (depth_ == 0) return fail(at_, "a form should stand here");
    if (open_[depth_ - 1] != c) {
      return fail(at_, std::string{open_[depth_ - 1]} + " should stand here");
    }
    --depth_;
    ++at_;
    return true;
  }
  if (static_cast<unsigned char>(c) < ' ') return fail(at_, "a control character");
  const char open = c == '#' && at_[1] == '{' ? '{' : c;
  if (open == '[' || open == '(' || open == '{') {
    if (depth_ == kEdnDepthMax) {
      return fail(at_, "nested deeper than " + std::to_string(kEdnDepthMax) + " levels");
    }
    open_[depth_++] = closing(open);
  }
  return skip_token();
}

bool EdnText::cut(const char* rule) {
  unfinished_ = true;
  return fail(at_, rule);
}

bool EdnText::fail(const char* at, std::string rule) {
  if (at >= end_) rule = kInside;
  fault_ = {static_cast<std::size_t>(at - begin_), std::move(rule), {}};
  return false;
}

}  // namespace witness
