/// What an error means: one table, SQLSTATE × phase. (field practice: Jepsen's clients, the
/// PostgreSQL error list, vendors' retry guides; every line is a test.)
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "history/postgres/server.hpp"
#include "history/postgres/session.hpp"
#include "witness/operation.hpp"

namespace witness {

/// The names that stand in `error.class`.
enum class ErrorKind : std::uint8_t {
  conflict,         // serialization failure or deadlock: try again
  schema_conflict,  // DSQL's OC001: somebody ran DDL; try again
  constraint,       // the statement itself is refused, and always will be
  read_only,        // the endpoint takes no writes
  resources,        // full disk, too many connections, a limit
  lock,             // a lock was not to be had in time
  timeout,          // cancelled, or a deadline of ours
  shutdown,         // the server ends, or starts
  connection,       // nobody answered
  internal,         // the server is confused
  rollback,         // COMMIT was answered with ROLLBACK
  unknown,
};
inline constexpr std::array<std::string_view, 12> kErrorKindNames = {
    "conflict", "schema-conflict", "constraint", "read-only", "resources", "lock",
    "timeout",  "shutdown",        "connection", "internal",  "rollback",  "unknown"};

/// One line: what errors that begin with `pattern` mean. `before` is the statement and connect
/// phase, where COMMIT has not been handed to the kernel. After it was sent, PostgreSQL's ERROR
/// is definite in cases where other engines may already have committed.
struct ErrorRule {
  std::string_view pattern;  ///< SQLSTATE, or its beginning; or one of the signals below
  ErrorKind kind;
  Completion before;
  Completion commit_postgresql;
  Completion commit_other;
  bool retry;      ///< worth another attempt, if the outcome is `fail`
  bool reconnect;  ///< the session is of no further use
};

// Signals that have no SQLSTATE.
inline constexpr std::string_view kConnectionLost = "connection-lost";
inline constexpr std::string_view kDeadline = "deadline";
inline constexpr std::string_view kRollbackTag = "rollback-tag";

/// The most specific (longest) matching pattern decides; the last line matches everything.
inline constexpr std::array kErrorRules = [] {
  using enum ErrorKind;
  constexpr auto fail = Completion::fail;
  constexpr auto info = Completion::info;
  constexpr auto ok = Completion::ok;
  return std::array{
      // clang-format off
      //        pattern   kind             before  commit  other  retry  reconnect
      ErrorRule{"40001",  conflict,        fail,   fail,   fail,  true,  false},
      ErrorRule{"40P01",  conflict,        fail,   fail,   fail,  true,  false},
      ErrorRule{"40000",  conflict,        fail,   fail,   fail,  true,  false},
      ErrorRule{"40002",  constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"40003",  connection,      info,   info,   info,  false, true},
      ErrorRule{"OC000",  conflict,        fail,   fail,   fail,  true,  false},
      ErrorRule{"OC001",  schema_conflict, fail,   fail,   fail,  true,  false},
      ErrorRule{"08007",  connection,      info,   info,   info,  false, true},
      ErrorRule{"08001",  connection,      fail,   info,   info,  true,  true},
      ErrorRule{"08004",  connection,      fail,   info,   info,  true,  true},
      ErrorRule{"08",     connection,      fail,   info,   info,  true,  true},
      ErrorRule{"22",     constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"23",     constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"25006",  read_only,       fail,   fail,   fail,  false, false},
      ErrorRule{"25P02",  constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"25P03",  timeout,         fail,   info,   info,  true,  true},
      ErrorRule{"25P04",  timeout,         fail,   info,   info,  true,  true},
      ErrorRule{"28",     connection,      fail,   info,   info,  false, true},
      ErrorRule{"0A",     constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"3B",     constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"42",     constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"44",     constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"53100",  resources,       fail,   fail,   info,  false, false},
      ErrorRule{"53200",  resources,       fail,   fail,   info,  true,  false},
      ErrorRule{"53300",  resources,       fail,   fail,   info,  true,  true},
      ErrorRule{"53400",  resources,       fail,   fail,   info,  true,  false},
      ErrorRule{"54",     resources,       fail,   fail,   info,  false, false},
      ErrorRule{"55P03",  lock,            fail,   fail,   info,  true,  false},
      ErrorRule{"57014",  timeout,         fail,   fail,   info,  true,  false},
      ErrorRule{"57P01",  shutdown,        fail,   info,   info,  true,  true},
      ErrorRule{"57P02",  shutdown,        fail,   info,   info,  true,  true},
      ErrorRule{"57P03",  shutdown,        fail,   info,   info,  true,  true},
      ErrorRule{"57P04",  shutdown,        fail,   info,   info,  false, true},
      ErrorRule{"57P05",  timeout,         fail,   info,   info,  true,  true},
      ErrorRule{"58",     internal,        fail,   info,   info,  false, true},
      ErrorRule{"P0",     constraint,      fail,   fail,   fail,  false, false},
      ErrorRule{"XXA00",  internal,        fail,   info,   ok,    false, false},
      ErrorRule{"XX",     internal,        fail,   info,   info,  false, true},
      ErrorRule{kConnectionLost, connection, fail, info,   info,  true,  true},
      ErrorRule{kDeadline,    timeout,     fail,   info,   info,  true,  true},
      ErrorRule{kRollbackTag, rollback,    fail,   fail,   fail,  true,  false},
      ErrorRule{"",       unknown,         info,   info,   info,  false, true},
      // clang-format on
  };
}();

/// What an attempt's client may say of it after an error.
struct Judged {
  ErrorKind kind;
  Completion completion;
  bool retry;
  bool reconnect;
};

/// The rule for a SQLSTATE or a signal.
const ErrorRule& rule_for(std::string_view state);

/// Applies the table to an error in a phase. `deadline_passed`: our own watchdog ended the
/// connection. Knows the few messages that decide against their code (YugabyteDB's
/// "Operation expired" is indefinite in any phase).
Judged judge(const SqlError& error, Phase phase, Engine engine, bool deadline_passed);

}  // namespace witness
