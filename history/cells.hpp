/// Values of any shape as a flat run of cells: a header and then its children, or one datum.
///
/// `[7 #{1 2}]` is  vector of 2 · 7 · set of 2 · 1 · 2.  A header is a Datum that no file holds:
/// bits beyond those of a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "witness/transactions.hpp"

namespace witness {

enum class Form : std::uint8_t { scalar, vector, set, map };

/// `count`: children, of a map keys and values.
constexpr Datum form_header(Form form, std::uint64_t count) {
  return Datum::from_bits(count << 36U | static_cast<std::uint64_t>(form) << 33U | 1U);
}
constexpr Form form_of(Datum cell) {
  if ((cell.bits() & 1U) == 0) return Form::scalar;
  return static_cast<Form>(cell.bits() >> 33U & 7U);
}
constexpr std::size_t children_of(Datum header) {
  return static_cast<std::size_t>(header.bits() >> 36U);
}

/// Behind the value that begins at `at`.
std::size_t behind_value(std::span<const Datum> cells, std::size_t at);

/// The value that begins at `at` as compact EDN, in which equal values have equal texts (the
/// elements of a set or a map stay in their order).
std::string value_text(std::span<const Datum> cells, std::size_t at, const StringPool& strings);

}  // namespace witness
