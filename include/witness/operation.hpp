/// The vocabulary of a history: what clients asked for, what they were told, and
/// what the database holds of it.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "witness/string_pool.hpp"

namespace witness {

/// How an operation or an attempt ended, as far as its client can know.
/// (Jepsen's :type.)
///   ok    the database acknowledged the effect
///   fail  the effect certainly did not happen
///   info  nobody knows: the effect may appear at any later time
/// A COMMIT whose answer never arrived is always info: guessing fail would turn
/// a correct database into a violated verdict.
enum class Completion : std::uint8_t { ok, fail, info };
inline constexpr std::array<std::string_view, 3> kCompletionNames = {"ok", "fail", "info"};

/// What the database holds of an attempt, whoever said what.
enum class Outcome : std::uint8_t { committed, aborted, unresolved };
inline constexpr std::array<std::string_view, 3> kOutcomeNames = {"committed", "aborted",
                                                                  "unresolved"};

/// By what an outcome is known, weakest last.
///   ledger         the attempt's own row stands in the committed ledger
///   ledger_absent  it does not, and nobody is left who could still write it
///   xact_status    the server's own record of the transaction id
///   acknowledged   only what the client was told (no ledger was read)
///   none           nothing is known
enum class Evidence : std::uint8_t { ledger, ledger_absent, xact_status, acknowledged, none };
inline constexpr std::array<std::string_view, 5> kEvidenceNames = {
    "ledger", "ledger-absent", "xact-status", "acknowledged", "none"};

/// Where in a transaction something happened. The phase decides what an error
/// means: the same broken connection is fail before COMMIT is sent and info after.
///   connect    no transaction had begun
///   statement  COMMIT had not been handed to the kernel
///   commit     COMMIT (or an autocommit statement) had been sent
enum class Phase : std::uint8_t { connect, statement, commit };
inline constexpr std::array<std::string_view, 3> kPhaseNames = {"connect", "statement", "commit"};

/// One step inside a transaction.
///   read    ["r", key, value]       the key's value was seen
///   write   ["w", key, value]       the key was set to value
///   count   ["count", key, n]       n rows of the key were counted (a predicate read)
///   insert  ["insert", key, value]  a row named value was added to the key
enum class MicroOpKind : std::uint8_t { read, write, count, insert };
inline constexpr std::array<std::string_view, 4> kMicroOpNames = {"r", "w", "count", "insert"};

/// `value` is kNoString where nothing was observed (JSON null).
struct MicroOp {
  MicroOpKind kind;
  StringId key;
  StringId value;
};

inline constexpr std::uint32_t kNoPosition = 0xffffffffU;
/// A time that nobody knows, or that never came.
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// One database transaction of an operation. A retry is a new attempt with its
/// own identity, and writes its own values: else an aborted read could hide
/// behind the retry that succeeded.
struct Attempt {
  std::uint32_t operation = 0;        ///< position in History::operations
  std::uint32_t number = 1;           ///< counts from 1 within its operation
  std::uint32_t micro_ops_begin = 0;  ///< half-open range in History::micro_ops
  std::uint32_t micro_ops_end = 0;
  std::int64_t start_ns = 0;     ///< before its first byte was sent
  std::int64_t end_ns = kNever;  ///< after its last answer was parsed; kNever if open
  std::int64_t backoff_ns = 0;   ///< slept after it, before the next
  StringId id = kNoString;       ///< its identity, and the holder it writes
  StringId target = kNoString;   ///< endpoint name
  StringId sqlstate = kNoString;
  Completion told = Completion::info;  ///< what its client was told of this attempt
  Phase phase = Phase::statement;      ///< where it ended
  Outcome outcome = Outcome::unresolved;
  Evidence evidence = Evidence::none;
};

/// An invocation and its completion. `rejected` marks a fail that is an answer
/// ("sold"), not an error: the attempt committed, having changed nothing.
struct Operation {
  std::uint64_t index = 0;             ///< of its invocation, as it stands in the file
  std::uint64_t completion_index = 0;  ///< valid only if `completed`
  std::int64_t process = 0;
  std::int64_t invoke_ns = 0;
  std::int64_t complete_ns = kNever;  ///< kNever if open or info: its effect may still come
  std::int64_t told_ns = kNever;      ///< when its client was told anything; kNever if open
  std::int64_t scheduled_ns = -1;     ///< when an open loop meant to start it; -1: closed loop
  std::uint32_t attempts_begin = 0;   ///< half-open range in History::attempts
  std::uint32_t attempts_end = 0;
  StringId f = kNoString;
  StringId key = kNoString;          ///< of its first micro-operation
  StringId error_class = kNoString;  ///< `error.class` of its completion
  Completion told = Completion::info;
  bool completed = false;  ///< false: the file ends before its completion
  bool rejected = false;
};

}  // namespace witness
