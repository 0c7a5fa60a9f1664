#include "history/datum_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "history/excerpt.hpp"
#include "history/json_fault.hpp"
#include "history/native_writer.hpp"

namespace witness {
namespace {

void append_integer(std::string& out, Datum datum) {
  const fmt::format_int digits{datum.integer()};
  out.append(digits.data(), digits.size());
}

/// Lists of numbers, words and lists: JSON and EDN differ only in what stands between elements.
std::string with_separator(std::string_view text, char from, char to) {
  std::string changed{text};
  std::replace(changed.begin(), changed.end(), from, to);
  return changed;
}

bool is_plain(std::string_view text) {
  return text.find_first_of("\"\\{}():;#") == std::string_view::npos;
}

std::string json_of(std::string_view other) {
  return is_plain(other) ? with_separator(other, ' ', ',') : std::string{other};
}

}  // namespace

void append_edn(std::string& out, Datum datum, const StringPool& strings) {
  if (datum.is_nil()) {
    out += "nil";
  } else if (datum.is_integer()) {
    append_integer(out, datum);
  } else {
    const std::string_view text = strings[datum.text()];
    if (text.front() == '"') {
      append_json_string(out, text.substr(1));
    } else if (text.front() == ':') {
      out += text;
    } else {
      const std::string_view other = text.substr(1);
      out += is_plain(other) ? with_separator(other, ',', ' ') : std::string{other};
    }
  }
}

void append_json(std::string& out, Datum datum, const StringPool& strings) {
  if (datum.is_nil()) {
    out += "null";
  } else if (datum.is_integer()) {
    append_integer(out, datum);
  } else {
    const std::string_view text = strings[datum.text()];
    if (text.front() == '#') {
      out += json_of(text.substr(1));
    } else {
      append_json_string(out, text.substr(1));
    }
  }
}

std::optional<std::string> edn_refusal(const StringPool& strings) {
  for (StringId id = 0; id < strings.size(); ++id) {
    const std::string_view text = strings[id];
    if (text.substr(0, 2) == "#{" && text.find(':') != std::string_view::npos &&
        !find_json_fault(text.substr(1))) {
      return "it has no JSON objects like " + quoted(text.substr(1));
    }
  }
  return std::nullopt;
}

std::optional<std::string> json_refusal(const StringPool& strings) {
  for (StringId id = 0; id < strings.size(); ++id) {
    const std::string_view text = strings[id];
    if (text.front() == '#' && find_json_fault(json_of(text.substr(1)))) {
      return "it has no such value as " + quoted(text.substr(1));
    }
    if (text.front() != ':') continue;
    if (strings.find('"' + std::string{text.substr(1)}) != kNoString) {
      return "the keyword " + std::string{quoted(text)} + " and the string " +
             quoted(text.substr(1)) + " would be the same";
    }
  }
  return std::nullopt;
}

}  // namespace witness
