#include "witness/transactions.hpp"

namespace witness {

std::string shown(Datum datum, const StringPool& strings) {
  if (datum.is_nil()) return "nil";
  if (datum.is_integer()) return std::to_string(datum.integer());
  const std::string_view text = strings[datum.text()];
  return std::string{text.substr(text.empty() ? 0 : 1)};
}

}  // namespace witness
