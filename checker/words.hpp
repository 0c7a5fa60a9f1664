/// Small tools for sentences: natural order, and lists that end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace witness {

/// A2 before A10: runs of digits compare as numbers. A strict weak order; texts that
/// differ only in leading zeros are ordered byte by byte.
bool natural_less(std::string_view a, std::string_view b);

/// "a, b, c and 23 more"; at most `limit` items are named.
std::string list(const std::vector<std::string>& items, std::size_t limit = 6);

/// "1 seat", "2 seats".
std::string plural(std::uint64_t count, std::string_view one);

/// 1200000 -> "1.2 ms".
std::string duration(std::int64_t nanoseconds);

}  // namespace witness
