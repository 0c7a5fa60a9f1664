/// The first line of a native history.
#pragma once

#include <string_view>

#include "history/json_value.hpp"
#include "witness/history.hpp"

namespace witness {

/// Reads the fields of a header that are known, and checks the JSON of the others.
/// Throws LineFault, or simdjson_error for malformed JSON.
HistoryHeader native_header(JsonObject& fields, std::string_view line);

}  // namespace witness
