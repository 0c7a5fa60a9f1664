/// JsonText: keys, values and elements.
#include <charconv>

#include "history/datum_text.hpp"
#include "history/excerpt.hpp"
#include "history/integer.hpp"
#include "history/json_fault.hpp"
#include "history/json_text.hpp"
#include "history/utf8.hpp"

namespace witness {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool JsonText::datum(Datum& datum) { return short_integer(at_, datum) || other_datum(datum); }

/// One that ends a value, at `at`: moves behind it.
bool JsonText::short_integer(const char* at, Datum& datum) {
  const Digits digits = leading_digits(at);
  if (digits.count - 1U >= 7U || (*at == '0' && digits.count > 1)) return false;
  const char c = at[digits.count];
  if (c != ',' && c != ']' && c != '}') return false;
  datum = Datum::of(static_cast<std::int64_t>(digits.value));
  at_ = at + digits.count;
  return true;
}

bool JsonText::other_datum(Datum& datum) {
  if (*at_ == '"') return string_datum(datum);
  if (*at_ == '-' || (*at_ >= '0' && *at_ <= '9')) return number_datum(datum);
  if (std::string_view{at_, 4} == "null") {
    datum = Datum{};
    at_ += 4;
    return true;
  }
  const char* const begin = at_;
  if (!skip()) return false;
  scratch_ = '#' + compact_json({begin, static_cast<std::size_t>(at_ - begin)});
  datum = Datum::text(block_->strings.intern(scratch_));
  return true;
}

/// A list that a register was set to, as its text.
bool JsonText::list_datum(Datum& list) {
  list_.clear();
  ++at_;
  space();
  while (*at_ != ']') {
    if (!datum(list_.emplace_back())) return false;
    space();
    if (*at_ == ']') break;
    if (*at_ != ',') return malformed();
    ++at_;
    space();
    if (*at_ == ']') return malformed();
  }
  ++at_;
  list = Datum::text(block_->strings.intern(list_text(list_, block_->strings, false)));
  return true;
}

bool JsonText::number_datum(Datum& datum) {
  const char* const begin = at_;
  if (!skip()) return false;
  std::string_view token{begin, static_cast<std::size_t>(at_ - begin)};
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(begin, at_, value);
  if (error == std::errc{} && stop == at_ && value >= Datum::kIntegerMin &&
      value <= Datum::kIntegerMax) {
    datum = Datum::of(value);
    return true;
  }
  scratch_ = '#';
  scratch_ += token;
  datum = Datum::text(block_->strings.intern(scratch_));
  return true;
}

bool JsonText::string_datum(Datum& datum) {
  std::string_view quoted;
  if (!string(quoted)) return malformed();
  datum = Datum::text(block_->strings.intern(quoted));
  return true;
}

bool JsonText::string(std::string_view& quoted) {
  const char* const begin = at_;
  const char* at = at_ + 1;
  bool ascii = true;
  while (*at != '"') {
    const auto c = static_cast<unsigned char>(*at);
    if (c < 0x20) return false;  // the text's end, too
    if (c == '\\') return escaped_string(begin, quoted);
    ascii = ascii && c < 0x80;
    ++at;
  }
  quoted = {begin, static_cast<std::size_t>(at - begin)};
  if (!ascii && utf8::find_invalid(quoted) != std::string_view::npos) return false;
  at_ = at + 1;
  return true;
}

bool JsonText::escaped_string(const char* begin, std::string_view& quoted) {
  at_ = begin;
  if (!skip()) return false;  // from here on it is valid
  scratch_ = '"';
  const auto hex = [](const char* at) {
    unsigned code = 0;
    std::from_chars(at, at + 4, code, 16);
    return code;
  };
  for (const char* at = begin + 1; at < at_ - 1; ++at) {
    if (*at != '\\') {
      scratch_ += *at;
      continue;
    }
    switch (*++at) {
      case 'b':
        scratch_ += '\b';
        break;
      case 'f':
        scratch_ += '\f';
        break;
      case 'n':
        scratch_ += '\n';
        break;
      case 'r':
        scratch_ += '\r';
        break;
      case 't':
        scratch_ += '\t';
        break;
      case 'u': {
        unsigned code = hex(at + 1);
        at += 4;
        if (code >= 0xD800 && code <= 0xDFFF) {
          code = 0x10000 + ((code - 0xD800) << 10U) + (hex(at + 3) - 0xDC00);
          at += 6;
        }
        utf8::append(scratch_, static_cast<char32_t>(code));
        break;
      }
      default:
        scratch_ += *at;
    }
  }
  quoted = scratch_;
  return true;
}

/// Moves behind any value; strict.
bool JsonText::skip() {
  const JsonExtent extent = json_extent({at_, static_cast<std::size_t>(end_ - at_)});
  if (extent.fault) return fail(at_ + extent.fault->offset, {});
  at_ += extent.end;
  return true;
}

bool JsonText::fail(const char* at, std::string rule) {
  fault_ = {static_cast<std::size_t>(at - begin_), std::move(rule), {}};
  return false;
}

bool JsonText::number(std::string_view name, std::int64_t& value) {
  const char* const begin = at_;
  const bool negative = *at_ == '-';
  const char* digits = at_ + (negative ? 1 : 0);
  const Digits first = leading_digits(digits);
  if (first.count > 0 && first.count < 8 && (digits[0] != '0' || first.count == 1)) {
    at_ = digits + first.count;
    value = static_cast<std::int64_t>(first.value);
    if (negative) value = -value;
  } else {
    const char* stop = digits;
    while (is_digit(*stop)) ++stop;
    if (stop == digits || (digits[0] == '0' && stop - digits > 1)) {
      if (is_digit(*begin) || *begin == '-' || begin >= end_) return malformed();
      return fail(begin, quoted(name) + " must be an integer");
    }
    const auto [parsed, error] = std::from_chars(begin, stop, value);
    if (error != std::errc{} || parsed != stop) {
      return fail(begin, quoted(name) + " must be an integer, in 64 bits");
    }
    at_ = stop;
  }
  if (*at_ == '.' || *at_ == 'e' || *at_ == 'E') {
    return fail(begin, quoted(name) + " must be an integer, not a fraction");
  }
  return true;
}

bool JsonText::boolean(std::string_view name, bool& value) {
  value = *at_ == 't';
  if (short_text(at_, "true") || short_text(at_, "false")) return true;
  return fail(at_, quoted(name) + " must be true or false");
}

}  // namespace witness
