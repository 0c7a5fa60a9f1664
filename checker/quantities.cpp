#include "checker/quantities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "witness/error.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};
constexpr std::array kTimes = {Unit{"ms", 1e6}, Unit{"s", 1e9}, Unit{"", 1e9}, Unit{"m", 60e9},
                               Unit{"h", 3600e9}};
constexpr std::array kSizes = {Unit{"", 1}, Unit{"K", 1024.0}, Unit{"M", 1024.0 * 1024},
                               Unit{"G", 1024.0 * 1024 * 1024},
                               Unit{"T", 1024.0 * 1024 * 1024 * 1024}};

double quantity(std::string_view option, const std::string& text, std::span<const Unit> units,
                std::string_view example) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const auto unit = std::ranges::find(units, std::string_view{end}, &Unit::name);
  const bool fits = end != text.c_str() && unit != units.end() && number >= 0;
  const double value = fits ? number * unit->factor : -1;
  if (!(value >= 0 && value <= 9e18)) {
    throw UsageError(
        fmt::format("{} {}: a number and a unit, as in {}", option, escaped(text), example));
  }
  return value;
}

}  // namespace

std::chrono::nanoseconds time_in(std::string_view option, const std::string& text) {
  return std::chrono::nanoseconds{static_cast<std::int64_t>(quantity(option, text, kTimes, "60s"))};
}

std::uint64_t bytes_in(std::string_view option, const std::string& text) {
  return static_cast<std::uint64_t>(quantity(option, text, kSizes, "4G"));
}

std::optional<bool> choice_in(std::string_view option, const std::string& text, std::string_view no,
                              std::string_view yes) {
  if (text.empty()) return std::nullopt;
  if (text != no && text != yes) {
    throw UsageError(fmt::format("{} {}: {} or {}", option, escaped(text), no, yes));
  }
  return text == yes;
}

}  // namespace witness
