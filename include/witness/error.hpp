/// What can go wrong without being a verdict. A violation is a value
/// (verdict.hpp); bad input and a lost database are the exceptions below. They
/// carry what a person needs to find the place, and are caught once, in main.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace witness {

/// Where in a text something stands. Line and column count from 1, columns in
/// bytes; 0 = unknown.
struct Position {
  std::uint64_t line = 0;
  std::uint64_t column = 0;
};

/// Unreadable or ill-formed input: exit 254. `what()` is complete for a
/// terminal: "file:line:column: rule", and below it the line with a caret.
class InputError : public std::runtime_error {
 public:
  /// `excerpt` is the offending line (may be empty); `note` stands behind the
  /// caret, e.g. "first written at line 12".
  InputError(std::string file, Position position, std::string rule, std::string excerpt = {},
             std::string note = {});

  const std::string& file() const noexcept { return file_; }
  Position position() const noexcept { return position_; }
  const std::string& rule() const noexcept { return rule_; }

 private:
  std::string file_;
  Position position_;
  std::string rule_;
};

/// A command that was typed wrongly: exit 254.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The database could not be reached, refused, or was lost: exit 255.
/// The message never contains a password or a full connection string.
class DatabaseError : public std::runtime_error {
 public:
  explicit DatabaseError(const std::string& message, std::string sqlstate = {})
      : std::runtime_error(message), sqlstate_(std::move(sqlstate)) {}

  /// Five characters, or empty where no server answered.
  const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  std::string sqlstate_;
};

/// The machine refused: no space, no such program, no permission: exit 255.
class SystemError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace witness
