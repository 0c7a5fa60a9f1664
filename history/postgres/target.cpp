#include "history/postgres/target.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "witness/error.hpp"

namespace witness {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

bool is_uri(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

bool is_keyword(std::string_view word) {
  const Options defaults{PQconndefaults()};
  for (const auto* option = defaults.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (word == option->keyword) return true;
  }
  return false;
}

bool is_name(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

/// libpq quotes pieces of the input in its messages; a piece may be the password.
std::string without_quotes(std::string_view message) {
  std::string result;
  bool quoted = false;
  for (const char c : message) {
    if (c == '"') {
      quoted = !quoted;
      if (quoted) result += "…";
    } else if (!quoted && c != '\n') {
      result += c;
    }
  }
  return result;
}

/// libpq marks what a dialog must not show.
bool is_secret(std::string_view keyword) {
  const Options defaults{PQconndefaults()};
  for (const auto* option = defaults.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (keyword == option->keyword) return option->dispchar[0] == '*';
  }
  return true;  // unknown: better not
}

}  // namespace

Target parse_target(std::string_view text, std::string_view fallback_name) {
  Target target{std::string{fallback_name}, {}};
  const auto equals = text.find('=');
  if (equals != std::string_view::npos && !is_uri(text)) {
    const auto word = text.substr(0, equals);
    if (is_name(word) && !is_keyword(word)) {
      target.name = word;
      text.remove_prefix(equals + 1);
    }
  }
  if (!is_uri(text) && text.find('=') == std::string_view::npos) {
    throw UsageError(
        "--target: expected postgresql://user@host:port/database or host=… port=… dbname=… "
        "(optionally name=… before it)");
  }
  char* message = nullptr;
  const Options parsed{PQconninfoParse(std::string{text}.c_str(), &message)};
  if (parsed == nullptr) {
    const std::string why = without_quotes(message == nullptr ? "" : message);
    PQfreemem(message);
    throw UsageError(fmt::format("--target {}: {}", target.name, why));
  }
  for (const auto* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) target.parameters.emplace_back(option->keyword, option->val);
  }
  return target;
}

std::string parameter(const Target& target, std::string_view keyword) {
  for (const auto& [key, value] : target.parameters) {
    if (key == keyword) return value;
  }
  return {};
}

void set_parameter(Target& target, std::string_view keyword, std::string value) {
  for (auto& [key, old] : target.parameters) {
    if (key == keyword) {
      old = std::move(value);
      return;
    }
  }
  target.parameters.emplace_back(keyword, std::move(value));
}

std::string describe(const Target& target) {
  const auto or_environment = [&](std::string_view keyword) {
    std::string value = parameter(target, keyword);
    if (!value.empty()) return value;
    const Options defaults{PQconndefaults()};
    for (const auto* option = defaults.get(); option != nullptr && option->keyword != nullptr;
         ++option) {
      if (keyword == option->keyword && option->val != nullptr) return std::string{option->val};
    }
    return value;
  };
  const std::string host = or_environment("host");
  std::string text;
  if (const auto user = or_environment("user"); !user.empty()) text += user + "@";
  text += host.empty() ? "localhost" : host;
  if (host.find('/') == std::string::npos) {
    if (const auto port = or_environment("port"); !port.empty()) text += ":" + port;
  }
  if (const auto database = or_environment("dbname"); !database.empty()) text += "/" + database;
  return text;
}

std::string repeatable(const Target& target) {
  Target open{target.name, {}};
  for (const auto& [key, value] : target.parameters) {
    if (!is_secret(key)) open.parameters.emplace_back(key, value);
  }
  return target.name + "=" + conninfo(open);
}

std::string conninfo(const Target& target) {
  std::string text;
  for (const auto& [key, value] : target.parameters) {
    if (!text.empty()) text += ' ';
    text += key + "='";
    for (const char c : value) {
      if (c == '\'' || c == '\\') text += '\\';
      text += c;
    }
    text += '\'';
  }
  return text;
}

std::string run_password_command(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) throw SystemError("--password-command could not be started");
  std::string output;
  std::array<char, 512> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), n);
    if (output.size() > 65536) break;
  }
  const int status = pclose(pipe);
  if (status != 0) {
    throw SystemError(fmt::format("--password-command failed (exit status {})",
                                  WIFEXITED(status) ? WEXITSTATUS(status) : -1));
  }
  if (output.ends_with('\n')) output.pop_back();
  if (output.empty()) throw SystemError("--password-command printed nothing");
  return output;
}

}  // namespace witness
