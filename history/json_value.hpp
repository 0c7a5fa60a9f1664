/// Typed access to the values of one line of JSON, with a place for every fault.
/// The only header that shows simdjson to the rest of the room.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "history/event.hpp"
#include "history/json_fault.hpp"
#include "history/line_fault.hpp"

namespace witness {

using JsonValue = simdjson::ondemand::value;
using JsonObject = simdjson::ondemand::object;
using JsonArray = simdjson::ondemand::array;
using JsonType = simdjson::ondemand::json_type;

/// Reads values of a line that simdjson iterates over. Each string may be read
/// once. Type faults are LineFaults at the value; malformed JSON leaves as
/// simdjson_error, and find_json_fault() then knows where.
class JsonLine {
 public:
  explicit JsonLine(std::string_view line) : line_(line) {}

  /// Where a value begins, in bytes from the beginning of the line.
  std::uint32_t offset(JsonValue& value) const {
    return static_cast<std::uint32_t>(value.raw_json_token().data() - line_.data());
  }

  bool is_null(JsonValue& value) const { return value.type().value() == JsonType::null; }

  /// Throws the LineFault `"field" must be <wanted>, not <what it is>`.
  [[noreturn]] void refuse(JsonValue& value, std::string_view field, std::string_view wanted) const;

  JsonObject object(JsonValue& value, std::string_view field) const;
  JsonArray array(JsonValue& value, std::string_view field) const;
  std::string_view string(JsonValue& value, std::string_view field) const;
  bool boolean(JsonValue& value, std::string_view field) const;
  std::uint64_t unsigned_integer(JsonValue& value, std::string_view field) const;
  std::int64_t integer(JsonValue& value, std::string_view field) const;

  /// The text of a string, integer or boolean, as a key or a value has it; nothing
  /// for null. `scratch` may hold the text.
  std::optional<std::string_view> scalar(JsonValue& value, std::string_view field,
                                         std::string& scratch) const;

  /// The compact text of a list.
  std::string list(JsonValue& value) const;

  /// Checks a value that nobody will look at. Throws LineFault if it is no JSON.
  void skip(JsonValue& value) const;

 private:
  std::string_view checked(JsonValue& value) const;

  std::string_view line_;
};

/// Position of `name` in a table of names, or nothing.
template <typename Names>
std::optional<std::size_t> position_in(const Names& names, std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

/// `ok, fail or info`: a table of names for a sentence.
template <typename Names>
std::string listed(const Names& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace witness
