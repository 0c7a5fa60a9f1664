/// Text from a history must not move the cursor, change colours, or turn the line round.
#include <fmt/format.h>

#include "checker/report/utf8.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

bool is_harmless(const CodePoint& point) {
  if (!point.valid || point.value < 0x20) return false;
  if (point.value >= 0x7F && point.value < 0xA0) return false;       // DEL, C1
  if (point.value >= 0x2028 && point.value <= 0x202E) return false;  // breaks, bidi
  if (point.value >= 0x2066 && point.value <= 0x2069) return false;  // bidi isolates
  if (point.value == 0x200E || point.value == 0x200F || point.value == 0x061C) return false;
  return point.value != 0xFEFF;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    const std::string_view bytes = text.substr(0, point.length);
    if (is_harmless(point)) {
      safe += bytes;
    } else {
      for (const char byte : bytes) {
        safe += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
      }
    }
    text.remove_prefix(point.length);
  }
  return safe;
}

}  // namespace witness
