/// JsonOps: keys, values and elements.
#include <charconv>

#include "history/datum_text.hpp"
#include "history/integer.hpp"
#include "history/json_fault.hpp"
#include "history/json_ops.hpp"
#include "history/utf8.hpp"

namespace witness {

bool JsonOps::datum(Datum& datum) {
  const Digits digits = leading_digits(at_);
  if (digits.count - 1U < 7U && (*at_ != '0' || digits.count == 1)) {
    const char c = at_[digits.count];
    if (c == ',' || c == ']') {
      datum = Datum::of(static_cast<std::int64_t>(digits.value));
      at_ += digits.count;
      return true;
    }
  }
  return other_datum(datum);
}

bool JsonOps::other_datum(Datum& datum) {
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
bool JsonOps::list_datum(Datum& list) {
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

bool JsonOps::number_datum(Datum& datum) {
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

bool JsonOps::string_datum(Datum& datum) {
  std::string_view quoted;
  if (!string(quoted)) return malformed();
  datum = Datum::text(block_->strings.intern(quoted));
  return true;
}

/// A string with its opening quote and without its closing one; unescaped.
bool JsonOps::string(std::string_view& quoted) {
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

bool JsonOps::escaped_string(const char* begin, std::string_view& quoted) {
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
bool JsonOps::skip() {
  const JsonExtent extent = json_extent({at_, static_cast<std::size_t>(end_ - at_)});
  if (extent.fault) return fail(at_ + extent.fault->offset, {});
  at_ += extent.end;
  return true;
}

}  // namespace witness
