/// What one block of a transactional history says, in flat columns, before anything is paired.
///
/// Blocks are parsed independently of each other and merged in order (transactions_builder.hpp).
/// Their buffers are meant to be reused: a block of the same size as the last one allocates
/// nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history/line_fault.hpp"
#include "witness/history.hpp"

namespace witness {

/// What a format promises.
///   native    one open operation a process, attempts, outcomes, an end (FORMAT.md)
///   jepsen    a process may have several open operations, or complete what it never invoked
///   sessions  transactions in the order of their sessions, without time
enum class PairingRules : std::uint8_t { native, jepsen, sessions };

/// Of files that know sessions but no time: `run` is a run of lines of one transaction, named by
/// its number (plume); `part` is a part of a transaction, or all of it, which ends where it says
/// so. `ignored` is an operation that is nobody's transaction (a nemesis): it only takes a place in
/// the file.
enum class OpType : std::uint8_t {
  invoke,
  retry,
  ok,
  fail,
  info,
  outcome,
  end,
  run,
  part,
  ignored
};

/// What ends behind a part.
enum class PartEnd : std::uint8_t { nothing, transaction, session };

/// A list that was read is the first `shared` elements of the list of micro-operation `base`, and
/// then those in OpBlock::elements.
struct RawMicroOp {
  Datum key;
  std::uint64_t bits = 0;    ///< of a Datum; or where the list's elements begin, and how many
  std::uint32_t offset = 0;  ///< of its value in the block's text; of itself if it has none
  std::uint32_t base = 0;    ///< position in OpBlock::micro_ops
  std::uint32_t shared = 0;  ///< 0: it has no base
  TxnOpKind kind = TxnOpKind::read;
  bool is_list = false;
  bool is_kept = false;  ///< `bits` is a packed ListRead now: the builder has seen it

  Datum value() const { return is_list ? Datum{} : Datum::from_bits(bits); }
  ListRead list_read() const {
    return {static_cast<std::uint32_t>(bits >> 32U), static_cast<std::uint32_t>(bits)};
  }
  std::uint32_t list_begin() const { return static_cast<std::uint32_t>(bits >> 32U); }
  std::uint32_t list_size() const { return static_cast<std::uint32_t>(bits); }
  void set_list(std::size_t begin, std::size_t size) {
    bits = std::uint64_t{begin} << 32U | size;
    is_list = true;
  }
};

/// Half-open range in OpBlock::micro_ops.
struct RawRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t size() const { return end - begin; }
};

inline constexpr std::int64_t kNoTime = -1;
/// Operations of Jepsen's shape need not name a process.
inline constexpr std::int64_t kNoProcess = std::numeric_limits<std::int64_t>::min();

/// Fields that a format does not have keep their defaults. Of a part: without `has_value` it makes
/// no transaction; without a process it is of the session that is counted; `index` is its
/// transaction's, at the beginning or at the end; `time_ns` and `order` are the two halves of the
/// time of its commit; `f` is the name of its session where that is no number.
struct RawOp {
  std::uint64_t index = 0;
  std::int64_t process = 0;
  std::int64_t time_ns = kNoTime;
  std::uint64_t order = Transactions::kNoOrder;  ///< of commit; a run's transaction number
  RawRange micro_ops;
  std::uint32_t offset = 0;  ///< of the operation in the block's text
  std::uint32_t line = 0;    ///< line feeds above it in the block
  std::uint32_t extra =
      0;  ///< attempts: the first one; retry, outcome, end: its position in its column
  std::uint32_t attempts = 0;  ///< of an invocation: 1 if it was scheduled, at `extra`
  StringId f = kNoString;
  OpType type = OpType::ignored;
  PartEnd ends = PartEnd::nothing;
  Completion told = Completion::ok;  ///< of a part
  bool has_index : 1 = false;
  bool has_value : 1 = false;
  bool is_first : 1 = false;  ///< a part's transaction comes before all others
};

/// Of the native format only.
struct RawAttempt {
  RawRange micro_ops;
  Completion told = Completion::info;
  bool has_value = false;
};
struct RawRetry {
  std::uint64_t of = 0;
  std::uint64_t attempt = 0;
};
struct RawOutcome {
  std::uint64_t of = 0;
  std::uint64_t attempt = 0;
  Outcome outcome = Outcome::unresolved;
  Evidence evidence = Evidence::none;
};
struct RawEnd {
  std::optional<std::uint64_t> operations;
  std::optional<LedgerState> ledger;
};

/// Elements of lists, written without asking for room each time.
class ElementBuffer {
 public:
  std::size_t size() const { return size_; }
  Datum* begin() { return data_.get(); }
  Datum* end() { return data_.get() + size_; }
  const Datum* begin() const { return data_.get(); }
  void resize(std::size_t size) { size_ = size; }  ///< never beyond what was reserved
  void push_back(Datum datum) { data_.get()[size_++] = datum; }

  /// Room for as many elements as a text of `bytes` can have. Keeps nothing.
  void reserve_for(std::size_t bytes) {
    size_ = 0;
    constexpr std::size_t kStep = std::size_t{1} << 16U;
    const std::size_t needed = (bytes / 2 + 2 + kStep) / kStep * kStep;
    if (needed <= capacity_) return;
    // Not new: pages that nothing is written to are never touched.
    data_.reset(static_cast<Datum*>(std::malloc(needed * sizeof(Datum))));
    if (!data_) throw std::bad_alloc{};
    capacity_ = needed;
  }

 private:
  struct Free {
    void operator()(Datum* data) const { std::free(data); }
  };

  std::unique_ptr<Datum, Free> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Texts of data are those of the block's own pool; `f` is a text of `names`.
struct OpBlock {
  std::vector<RawOp> ops;
  std::vector<RawMicroOp> micro_ops;
  ElementBuffer elements;
  std::vector<RawAttempt> attempts;
  std::vector<std::int64_t> scheduled_ns;
  std::vector<RawRetry> retries;
  std::vector<RawOutcome> outcomes;
  std::vector<RawEnd> ends;
  StringPool strings;
  StringPool names;

  std::uint64_t lines = 0;         ///< line feeds in what was consumed
  std::size_t consumed = 0;        ///< bytes of the text that are whole
  int state = 0;                   ///< of the parser behind them
  std::optional<LineFault> fault;  ///< at its offset in the text; `consumed` ends before it
  std::uint64_t dropped = 0;       ///< bytes of an unfinished last line (native)

  /// The same few names come in every block.
  static constexpr std::size_t kNamesKept = 64;

  void clear() {
    ops.clear();
    micro_ops.clear();
    elements.resize(0);
    attempts.clear();
    scheduled_ns.clear();
    retries.clear();
    outcomes.clear();
    ends.clear();
    if (strings.size() > 0) strings = StringPool{};
    if (names.size() > kNamesKept) names = StringPool{};
    lines = 0;
    consumed = 0;
    fault.reset();
    dropped = 0;
  }

  std::span<const RawMicroOp> micro_ops_of(RawRange range) const {
    return std::span{micro_ops}.subspan(range.begin, range.size());
  }
  /// Those elements of a list that it does not share.
  std::span<const Datum> list(const RawMicroOp& read) const {
    return {elements.begin() + read.list_begin(), read.list_size()};
  }
};

/// Readable bytes behind a block's text; the first one is NUL.
inline constexpr std::size_t kBlockPadding = 64;

/// Reads one format, block by block. Keeps its buffers; each thread has its own.
class BlockParser {
 public:
  BlockParser() = default;
  BlockParser(const BlockParser&) = delete;
  BlockParser& operator=(const BlockParser&) = delete;
  virtual ~BlockParser() = default;

  /// Appends the operations of `text` (with kBlockPadding behind it) to an empty `block`, whose
  /// `state` says where in the file the text begins: 0 at the beginning of the file, else what
  /// the block before ended in. Stops before what is not whole, or at a fault. `final`: nothing
  /// follows the text, so all of it must be whole. Throws nothing but std::bad_alloc.
  virtual void parse(std::string_view text, bool final, OpBlock& block) = 0;
};

}  // namespace witness
