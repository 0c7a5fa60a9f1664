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

/// Behind the string that begins at `at`, or at the end.
std::size_t behind_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// Nothing but lists, numbers, words and strings.
bool is_plain(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (std::string_view{"\\{}():;#"}.find(text[at]) != std::string_view::npos) return false;
    at = text[at] == '"' ? behind_string(text, at) : at + 1;
  }
  return true;
}

/// In plain texts, JSON and EDN differ only in what stands between elements, and in what nothing
/// is called.
struct Spelling {
  char separator;
  std::string_view nothing;
};
constexpr Spelling kJson = {',', "null"};
constexpr Spelling kEdn = {' ', "nil"};

std::string respelled(std::string_view text, const Spelling& from, const Spelling& to) {
  if (!is_plain(text)) return std::string{text};
  std::string changed;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text[at] == from.separator) {
      changed += to.separator;
      at = end;
      continue;
    }
    if (text[at] == '"') {
      end = behind_string(text, at);
    } else if (text[at] != '[' && text[at] != ']') {
      end = std::min(text.find_first_of("[] ,\"", at + 1), text.size());
    }
    const std::string_view token = text.substr(at, end - at);
    changed += token == from.nothing ? to.nothing : token;
    at = end;
  }
  return changed;
}

std::string json_of(std::string_view other) { return respelled(other, kEdn, kJson); }

/// In EDN, space stands between a string and a keyword: only an object of JSON has none.
bool has_object(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = behind_string(text, at);
      if (at < text.size() && text[at] == ':') return true;
    } else {
      at += text[at] == '\\' ? 2 : 1;
    }
  }
  return false;
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
      out += respelled(text.substr(1), kJson, kEdn);
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

std::string list_text(std::span<const Datum> list, const StringPool& strings, bool edn) {
  std::string text = "#[";
  for (const Datum element : list) {
    if (text.size() > 2) text += ' ';
    const bool as_it_is = edn && element.is_text() && strings[element.text()].front() == '#';
    if (as_it_is) {
      text += strings[element.text()].substr(1);
    } else {
      append_edn(text, element, strings);
    }
  }
  return text + ']';
}

std::optional<std::string> edn_refusal(const StringPool& strings) {
  for (StringId id = 0; id < strings.size(); ++id) {
    const std::string_view text = strings[id];
    if (text.front() == '#' && has_object(text.substr(1))) {
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
