/// An endpoint of a database, as libpq understands it: URI or key=value, with
/// the PG* environment variables, service files and password files behind it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace witness {

/// One endpoint. `parameters` may hold a password: never print or save them,
/// use describe().
struct Target {
  std::string name;                                             ///< "main", or as given by name=URI
  std::vector<std::pair<std::string, std::string>> parameters;  ///< libpq keyword, value
};

/// Parses what a user gave to --target: `URI`, `key=value …`, each optionally
/// with `name=` before it. `fallback_name` is used where no name is given.
/// Throws UsageError; its text never repeats the input.
Target parse_target(std::string_view text, std::string_view fallback_name);

/// The value of a libpq keyword, or "".
std::string parameter(const Target& target, std::string_view keyword);
void set_parameter(Target& target, std::string_view keyword, std::string value);

/// "app@db.example:5432/shop": where it leads, without any secret.
std::string describe(const Target& target);

/// The same as something to type after --target: no password in it.
std::string repeatable(const Target& target);

/// key='value' for libpq, quoted.
std::string conninfo(const Target& target);

/// Runs `sh -c command`, gives its standard output without one trailing newline.
/// Throws SystemError (exit status, never the output) if it fails.
std::string run_password_command(const std::string& command);

}  // namespace witness
