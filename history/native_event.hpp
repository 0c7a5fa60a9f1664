/// The lines of a native history between its header and its end.
#pragma once

#include <string_view>

#include "history/event.hpp"
#include "history/json_value.hpp"
#include "witness/string_pool.hpp"

namespace witness {

/// Reads the fields that `event.kind` gives a meaning, and checks the JSON of all
/// others. `kind`, `told` and `type_offset` must be set; texts go into `strings`.
/// With `raw_values`, micro-operations are only checked to be JSON: their fields say where they
/// stand. Throws LineFault, or simdjson_error for malformed JSON.
void read_native_event(JsonObject& fields, std::string_view line, Event& event, StringPool& strings,
                       bool raw_values = false);

}  // namespace witness
