#include "history/json_value.hpp"

#include <algorithm>

#include "history/excerpt.hpp"
#include "history/utf8.hpp"

namespace witness {
namespace {

std::string_view kind_of(JsonType type, std::string_view token) {
  switch (type) {
    case JsonType::array:
      return "a list";
    case JsonType::object:
      return "an object";
    case JsonType::string:
      return "a string";
    case JsonType::boolean:
      return "a boolean";
    case JsonType::null:
      return "null";
    case JsonType::number:
      break;
  }
  if (token.find_first_of(".eE") != std::string_view::npos) return "a fraction";
  return token.front() == '-' ? "a negative number" : "a number";
}

std::string_view without_space(std::string_view text) {
  while (!text.empty() && is_json_space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_integer(std::string_view token) {
  if (!token.empty() && token.front() == '-') token.remove_prefix(1);
  return !token.empty() && (token.size() == 1 || token.front() != '0') &&
         std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void JsonLine::refuse(JsonValue& value, std::string_view field, std::string_view wanted) const {
  const std::string_view token = value.raw_json_token();
  const auto at = static_cast<std::size_t>(token.data() - line_.data());
  std::string rule = quoted(field) + " must be " + std::string{wanted};
  const JsonType type = value.type().value();
  if (type == JsonType::number && is_integer(without_space(token)) &&
      (token.front() != '-' || wanted.find("negative") == std::string_view::npos)) {
    rule += token.size() > 18 ? ", in 64 bits" : ", not a number";
  } else {
    rule += ", not " + std::string{kind_of(type, token)};
  }
  throw LineFault{at, rule, {}};
}

JsonObject JsonLine::object(JsonValue& value, std::string_view field) const {
  if (value.type().value() != JsonType::object) refuse(value, field, "an object");
  return value.get_object().value();
}

JsonArray JsonLine::array(JsonValue& value, std::string_view field) const {
  if (value.type().value() != JsonType::array) refuse(value, field, "a list");
  return value.get_array().value();
}

std::string_view JsonLine::string(JsonValue& value, std::string_view field) const {
  if (value.type().value() != JsonType::string) refuse(value, field, "a string");
  const std::string_view token = value.raw_json_token();
  const std::string_view text = value.get_string().value();
  // An escape can make half of a surrogate pair, which is not UTF-8.
  if (token.find('\\') != std::string_view::npos &&
      utf8::find_invalid(text) != std::string_view::npos) {
    throw LineFault{static_cast<std::size_t>(token.data() - line_.data()),
                    "half of a surrogate pair is no character",
                    {}};
  }
  return text;
}

bool JsonLine::boolean(JsonValue& value, std::string_view field) const {
  if (value.type().value() != JsonType::boolean) refuse(value, field, "true or false");
  return value.get_bool().value();
}

std::uint64_t JsonLine::unsigned_integer(JsonValue& value, std::string_view field) const {
  std::uint64_t number = 0;
  if (value.type().value() != JsonType::number || value.get_uint64().get(number) != 0U) {
    refuse(value, field, "an integer that is not negative");
  }
  return number;
}

std::int64_t JsonLine::integer(JsonValue& value, std::string_view field) const {
  std::int64_t number = 0;
  if (value.type().value() != JsonType::number || value.get_int64().get(number) != 0U) {
    refuse(value, field, "an integer");
  }
  return number;
}

std::optional<std::string_view> JsonLine::scalar(JsonValue& value, std::string_view field,
                                                 std::string& scratch) const {
  switch (value.type().value()) {
    case JsonType::null:
      if (value.is_null().value()) return std::nullopt;
      break;  // a word that only begins like null
    case JsonType::string:
      return string(value, field);
    case JsonType::boolean:
      return value.get_bool().value() ? "true" : "false";
    case JsonType::number: {
      const std::string_view token = without_space(value.raw_json_token());
      if (!is_integer(token)) break;
      scratch = token == "-0" ? "0" : token;
      return scratch;
    }
    case JsonType::array:
    case JsonType::object:
      break;
  }
  refuse(value, field, "a string, an integer, a boolean or null");
}

std::string_view JsonLine::checked(JsonValue& value) const {
  const std::uint32_t at = offset(value);
  const std::string_view text = without_space(simdjson::to_json_string(value).value());
  if (auto fault = find_json_fault(text)) {
    throw LineFault{at + fault->offset, std::move(fault->rule), {}};
  }
  return text;
}

std::string JsonLine::list(JsonValue& value) const { return compact_json(checked(value)); }

void JsonLine::skip(JsonValue& value) const { checked(value); }

}  // namespace witness
