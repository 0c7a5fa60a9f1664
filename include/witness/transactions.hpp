/// Transactions over lists or registers, in columns.
///
/// A history of list-append or rw-register operations is long and uniform: what is kept of it is
/// a few numbers a transaction and 16 bytes a micro-operation. Lists are not kept: a read that
/// is a prefix of its key's longest read needs only its length.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "witness/operation.hpp"
#include "witness/string_pool.hpp"

namespace witness {

/// A key, an element of a list or the value of a register: nil, an integer, or a text of the
/// history's pool. Equal data have equal bits.
///
/// A text begins with a character that says what it is: ':' a keyword (the rest is its name),
/// '"' a string (the rest is its content, unescaped), '#' anything else (the rest is its compact
/// JSON or EDN text: 1.5, true, [1 2], an integer beyond 62 bits).
class Datum {
 public:
  static constexpr std::int64_t kIntegerMax = (std::int64_t{1} << 62) - 1;
  static constexpr std::int64_t kIntegerMin = -kIntegerMax;

  constexpr Datum() = default;  ///< nil
  /// From kIntegerMin to kIntegerMax.
  static constexpr Datum of(std::int64_t integer) {
    return Datum{static_cast<std::uint64_t>(integer) << 1U};
  }
  static constexpr Datum text(StringId id) { return Datum{(std::uint64_t{id} << 1U) | 1U}; }
  static constexpr Datum from_bits(std::uint64_t bits) { return Datum{bits}; }

  constexpr bool is_nil() const { return bits_ == kNilBits; }
  constexpr bool is_integer() const { return (bits_ & 1U) == 0; }
  constexpr bool is_text() const { return !is_integer() && !is_nil(); }
  constexpr std::int64_t integer() const { return static_cast<std::int64_t>(bits_) >> 1U; }
  constexpr StringId text() const { return static_cast<StringId>(bits_ >> 1U); }
  constexpr std::uint64_t bits() const { return bits_; }

  friend constexpr auto operator<=>(Datum, Datum) = default;

 private:
  static constexpr std::uint64_t kNilBits = (std::uint64_t{kNoString} << 1U) | 1U;
  explicit constexpr Datum(std::uint64_t bits) : bits_(bits) {}

  std::uint64_t bits_ = kNilBits;
};

/// What people see of it: 7, x, "nil" for nil. Not escaped.
std::string shown(Datum datum, const StringPool& strings);

enum class Datatype : std::uint8_t { list_append, rw_register };
inline constexpr std::array<std::string_view, 2> kDatatypeNames = {"list-append", "rw-register"};

/// What is known of a transaction's fate.
///   committed  its client was told ok, or an outcome line says so
///   aborted    its client was told fail, or an outcome line says so
///   possible   nobody knows (info, or open, and no outcome line)
enum class Fated : std::uint8_t { committed, aborted, possible };

enum class TxnOpKind : std::uint8_t { read, write, append };
inline constexpr std::array<std::string_view, 3> kTxnOpNames = {"r", "w", "append"};

/// A list that was read: the first `length` elements of ListVersions number `list`.
struct ListRead {
  std::uint32_t list = 0;
  std::uint32_t length = 0;
};

/// One step of a transaction. 16 bytes.
struct TxnOp {
  std::uint64_t bits = 0;  ///< of a Datum, or a packed ListRead
  std::uint32_t key = 0;   ///< position in Transactions::keys
  TxnOpKind kind = TxnOpKind::read;

  /// Of a write, an append, or a register's read (nil: the value before the first write).
  Datum value() const { return Datum::from_bits(bits); }
  /// Of a list's read. A read of nothing has length 0.
  ListRead list() const {
    return {static_cast<std::uint32_t>(bits >> 32U), static_cast<std::uint32_t>(bits)};
  }
  static std::uint64_t pack(ListRead read) { return std::uint64_t{read.list} << 32U | read.length; }
};

/// Reads of a key that continue each other, as the longest of them.
struct ListVersions {
  std::uint32_t key = 0;
  std::vector<Datum> elements;
};

/// An attempt of an operation. Reads mean something only where `reads_known`.
struct Transaction {
  std::uint64_t index = 0;        ///< of its invocation, as it stands in the file
  std::int64_t invoke_ns = -1;    ///< -1: the file has no time
  std::int64_t complete_ns = -1;  ///< -1: no time, or it never completed; an info's is kept too
  /// Of its completion, as it stands in the file; `index` if it was never invoked there.
  std::uint64_t complete_index = kNoIndex;
  std::uint32_t process = 0;    ///< position in Transactions::processes
  std::uint32_t ops_begin = 0;  ///< in Transactions::ops; it ends where the next one begins
  /// So many entries of Transactions::ended came before it began. 0 if its beginning is unknown.
  std::uint32_t began_after = 0;
  /// The last transaction of its process that had ended when it began; kNoPosition if none, or if
  /// Transactions::also_after says it.
  std::uint32_t previous = kNoPosition;
  std::uint32_t line = 0;  ///< of its invocation in the file, from 1; 0: unknown
  Fated fate = Fated::possible;
  Completion told = Completion::info;
  bool reads_known = false;  ///< committed, and its client was told what it read

  static constexpr std::uint64_t kNoIndex = std::numeric_limits<std::uint64_t>::max();
};

/// `key_begin`, `uses`: for each key, its micro-operations in the order of transactions.
struct Transactions {
  struct Use {
    std::uint32_t transaction;
    std::uint32_t op;  ///< position in `ops`
  };
  struct After {
    std::uint32_t later;
    std::uint32_t earlier;
  };

  Datatype datatype = Datatype::list_append;
  Datum initial;              ///< of a register before its first write
  bool has_real_time = true;  ///< false: the file tells only sessions
  /// A process had several alike operations open at once: nobody knows which of them ended first.
  /// Each is taken to have begun with the first, which hides an order that there was.
  bool order_is_hidden = false;
  bool unwritten_is_garbage = true;       ///< false: a value that nobody wrote may be from before
  bool has_duplicates = false;            ///< a value is written to a register twice or more often
  std::vector<Transaction> transactions;  ///< in the order of their invocations
  std::vector<TxnOp> ops;
  /// Those whose client was told ok (or the database), in the order of completions: all of the
  /// first `began_after` of them had ended when a transaction began.
  std::vector<std::uint32_t> ended;
  /// As they stand in the file. An operation without one has a process of its own: -1.
  std::vector<std::int64_t> processes;
  /// Where the transactions of a process overlap, one may follow several: it follows a joint, and
  /// a joint follows transactions and joints. Numbers from transactions.size() on are joints.
  std::vector<After> also_after;
  std::uint32_t joints = 0;
  std::vector<Datum> keys;
  std::vector<ListVersions> lists;
  std::vector<std::uint32_t> longest;    ///< of each key: its longest list, or kNoPosition
  std::vector<std::uint32_t> key_begin;  ///< keys.size() + 1 positions in `uses`
  std::vector<Use> uses;
  std::vector<std::uint64_t> commit_order;  ///< of each transaction, kNoOrder if unknown; or empty
  std::vector<std::int64_t> scheduled_ns;   ///< when each was meant to begin, or -1; or empty
  std::uint64_t operations = 0;             ///< of the file: an operation has one or more attempts

  static constexpr std::uint64_t kNoOrder = std::numeric_limits<std::uint64_t>::max();

  std::span<const TxnOp> ops_of(std::uint32_t transaction) const {
    const std::uint32_t begin = transactions[transaction].ops_begin;
    const std::size_t end = transaction + 1 < transactions.size()
                                ? transactions[transaction + 1].ops_begin
                                : ops.size();
    return std::span{ops}.subspan(begin, end - begin);
  }
  std::span<const Use> uses_of(std::uint32_t key) const {
    return std::span{uses}.subspan(key_begin[key], key_begin[key + 1] - key_begin[key]);
  }
  std::span<const Datum> elements(ListRead read) const {
    return std::span{lists[read.list].elements}.first(read.length);
  }
};

}  // namespace witness
