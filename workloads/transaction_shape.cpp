#include "workloads/transaction_shape.hpp"

#include <fmt/format.h>

#include <charconv>

#include "witness/error.hpp"

namespace witness {
namespace {

bool parse(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

void parse_steps(std::string_view text, std::uint64_t& steps_min, std::uint64_t& steps_max) {
  const std::size_t dash = text.find('-');
  const bool read =
      dash == std::string_view::npos
          ? parse(text, steps_min) && parse(text, steps_max)
          : parse(text.substr(0, dash), steps_min) && parse(text.substr(dash + 1), steps_max);
  if (!read || steps_min < 1 || steps_min > steps_max || steps_max > TransactionShape::kStepsMost) {
    throw UsageError(
        fmt::format("--ops-per-txn \"{}\": a number as in 4, or a range as in 1-8, from 1 to {}",
                    text, TransactionShape::kStepsMost));
  }
}

}  // namespace witness
