/// A recorded history in memory: columns of small structs over one string pool.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "witness/objects.hpp"
#include "witness/operation.hpp"
#include "witness/string_pool.hpp"
#include "witness/transactions.hpp"

namespace witness {

/// A committed acquisition, as the database tells it. `attempt` is kNoPosition
/// for a row that nobody in this history wrote.
struct LedgerRow {
  StringId key = kNoString;
  StringId holder = kNoString;
  std::uint32_t attempt = kNoPosition;  ///< position in History::attempts
  std::int64_t amount = 1;
};

/// The final value of a key in the application's own table.
struct KeyState {
  StringId key = kNoString;
  StringId value = kNoString;
};

/// How much of the committed ledger the file holds.
///   none      it was never read (or the recorder was killed before)
///   partial   it was read, but somebody could still have been writing, or the file is cut
///   complete  it was read after quiescence: what is absent did not commit
enum class LedgerState : std::uint8_t { none, partial, complete };
inline constexpr std::array<std::string_view, 3> kLedgerStateNames = {"none", "partial",
                                                                      "complete"};

/// One rung of a `--ladder` run: so many clients fought for these keys.
struct LadderStep {
  std::uint64_t clients = 0;
  std::optional<std::uint64_t> retries;  ///< the retry budget of each operation
  std::vector<std::string> keys;
};

struct TargetInfo {
  std::string name;
  std::string server;     ///< "PostgreSQL 15.18"
  std::string isolation;  ///< as the server itself shows it: "read committed"
};

/// The first line of the file. `raw` keeps all of it, known fields or not.
struct HistoryHeader {
  std::string workload;
  std::string variant;
  std::string isolation;        ///< as asked for; "native" asks for nothing
  std::string initial;          ///< a key's value before its first write ("free", "100")
  bool earlier_writes = false;  ///< a value that nobody wrote may be from before this history
  std::uint64_t seed = 0;
  std::uint64_t capacity = 1;  ///< acquisitions a key can give (stock: N)
  std::vector<TargetInfo> targets;
  std::vector<LadderStep> ladder;
  std::string raw;
};

/// What a cut file lost. `bytes` of an unfinished last line were dropped.
struct Damage {
  bool cut = false;  ///< no end line: the recorder did not finish
  std::uint64_t dropped_bytes = 0;
  std::uint64_t dropped_line = 0;
};

struct History {
  std::string name;  ///< the path it was read from, or "-"
  HistoryHeader header;
  StringPool strings;
  std::vector<Operation> operations;  ///< in the order of their invocations
  /// Grouped by operation, in the order of operations. A completed operation has at
  /// least one; an open one has none (nobody told), unless an outcome line tells of it.
  std::vector<Attempt> attempts;
  std::vector<MicroOp> micro_ops;
  std::vector<LedgerRow> ledger;
  std::vector<KeyState> states;
  LedgerState ledger_state = LedgerState::none;
  Damage damage;
  /// Of a list-append or rw-register history; the columns above are then empty, except the header.
  std::optional<Transactions> transactions;
  /// Of a history of one-operation objects; as above.
  std::optional<Objects> objects;

  std::span<const Attempt> attempts_of(const Operation& operation) const {
    return std::span{attempts}.subspan(operation.attempts_begin,
                                       operation.attempts_end - operation.attempts_begin);
  }
  std::span<const MicroOp> micro_ops_of(const Attempt& attempt) const {
    return std::span{micro_ops}.subspan(attempt.micro_ops_begin,
                                        attempt.micro_ops_end - attempt.micro_ops_begin);
  }
  std::string_view text(StringId id) const { return strings[id]; }
};

/// What a caller knows of a file that the file may not say.
struct ReadOptions {
  std::string format = "auto";  ///< a name of history/formats.hpp, or "auto"
  /// "list-append", "rw-register" or a name of kObjectKinds; empty: as the file shows.
  std::string workload{};
  std::optional<std::string>
      initial{};  ///< a register's value before the first write (JSON or text)
  /// Of registers: a read of nil found nothing there, or says nothing. Else as the format's own
  /// tool takes it (Knossos: it says nothing; porcupine: nothing was there).
  std::optional<bool> nil_reads_tell{};
  /// Of registers: a failed cas did not find the old value, or says nothing. As above.
  std::optional<bool> failed_cas_tells{};
  /// A value that is written to a register twice is kept, and Transactions::has_duplicates says so;
  /// else it is refused, as it always is of lists.
  bool duplicates = false;
};

/// Reads a history in one of the formats of history/formats.hpp, plain or zstd-compressed; "-" is
/// standard input, a directory holds a log for each session. A native file (history/FORMAT.md) cut
/// at any byte reads: what is whole is used, the rest is in `damage`, open invocations stay info.
/// Throws InputError (position, caret) for anything else that breaks the format,
/// and (without a position) where the file cannot be opened or read. O(size) time;
/// memory is that of the history plus one line, or the text where a format cannot be cut.
History read_history(const std::string& path, const ReadOptions& options = {});

/// The same from memory; `name` stands in messages.
History parse_history(std::string_view text, const std::string& name,
                      const ReadOptions& options = {});

}  // namespace witness
