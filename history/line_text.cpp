#include "history/line_text.hpp"

#include <charconv>

namespace witness {

bool LineText::number(std::int64_t& value) {
  const char* const begin = text_.data() + at_;
  const char* at = begin;
  std::uint64_t small = 0;
  if (short_number(at, small)) {
    value = static_cast<std::int64_t>(small);
    at_ += static_cast<std::size_t>(at - begin);
    return true;
  }
  const auto [stop, error] = std::from_chars(begin, text_.data() + stop_, value);
  if (error == std::errc::result_out_of_range) return fail(at_, "a number beyond 64 bits");
  if (error != std::errc{}) return fail(at_, "an integer should stand here");
  at_ += static_cast<std::size_t>(stop - begin);
  return true;
}

bool LineText::datum(Datum& datum) {
  const std::size_t place = at_;
  std::int64_t value = 0;
  if (!number(value)) return false;
  if (value < Datum::kIntegerMin || value > Datum::kIntegerMax) {
    return fail(place, "a number beyond 62 bits");
  }
  datum = Datum::of(value);
  return true;
}

}  // namespace witness
