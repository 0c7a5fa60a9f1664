/// Pairs the operations of blocks and lays out the columns of Transactions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "history/duplicate_search.hpp"
#include "history/list_columns.hpp"
#include "history/number_table.hpp"
#include "history/op_block.hpp"
#include "history/open_operations.hpp"
#include "history/session_order.hpp"
#include "witness/history.hpp"

namespace witness {

struct BuilderOptions {
  PairingRules rules = PairingRules::jepsen;
  std::optional<Datatype> datatype{};    ///< else by the micro-operations
  std::optional<std::string> initial{};  ///< else what the file says, or `format_initial`
  std::string format_initial{};
  bool complete = false;  ///< all writes are in the file: a value that nobody wrote is garbage
  bool edn = false;       ///< else JSON or plain text
};

/// Takes blocks in the order of the file, on one thread; that order, not the cutting, is what
/// counts. Memory is that of the history.
class TransactionsBuilder {
 public:
  explicit TransactionsBuilder(const BuilderOptions& options);

  /// `text` is what the block was read from; `line` the number of its first line. Texts of the
  /// block are remapped in place. Throws LineFault with an offset in `text`; the builder is then
  /// of no further use.
  void add(OpBlock& block, std::string_view text, std::uint64_t line);

  /// A file begins, whose transactions are of sessions of its own: the first one has this number.
  void begin_file(std::int64_t session);

  /// Makes room for `times` as much as was added until now. A guess: more or less may come.
  void expect(double times);

  /// Whether the file has said that it ends (native).
  bool ended() const { return end_line_ != 0; }

  /// Fills `history.transactions`, its strings and, of the header, the workload. Call once.
  /// Gives the first value that is written to a key twice, if there is one.
  std::optional<Duplicate> finish(History& history);

 private:
  /// All operations without a process share one of these, but no order.
  struct Process {
    std::uint32_t position = 0;  ///< in Transactions::processes
    std::uint64_t line = 0;      ///< of its last event
    bool retired = false;        ///< after an info (native)
    bool nameless = false;
    bool has_sole = false;  ///< `sole` is open, and nothing else
    OpenOperation sole;
    std::unique_ptr<OpenOperations> crowd;  ///< once several were open
    SessionOrder order;

    bool is_open() const { return has_sole || (crowd && !crowd->empty()); }
  };
  struct CommitTime {
    std::int64_t physical = 0;
    std::uint64_t logical = 0;
    std::uint32_t transaction = 0;
  };
  /// An attempt after the first: it stands behind its operation in the end.
  struct Extra {
    std::uint32_t first = 0;   ///< position of the first attempt
    std::uint32_t number = 0;  ///< of the extras, in the order of completions
    std::uint32_t ops_count = 0;
    Transaction transaction;
  };

  /// An attempt after the first that began: its micro-operations in Transactions::ops.
  struct Retry {
    std::uint32_t ops_begin = 0;
    std::uint32_t ops_count = 0;
  };

  // transactions_builder.cpp
  void remap_texts(OpBlock& block);
  void remap_names(OpBlock& block);
  void add_op(const RawOp& op);
  void number_index(const RawOp& op);
  void check_time(const RawOp& op);
  std::uint32_t process_of(std::int64_t number);
  std::uint32_t add_transaction(const RawOp& op, std::uint32_t process);
  void set_order(std::uint32_t transaction, const RawOp& op);

  // transactions_pairing.cpp
  void invoke(const RawOp& op);
  void retry(const RawOp& op);
  void complete(const RawOp& op);
  void bare(const RawOp& op, std::uint32_t process);
  void begin(Transaction& transaction, const Beginning& beginning);
  void open(Process& process, const OpenOperation& operation);
  std::optional<OpenOperation> opened(const RawOp& op, Process& process);
  std::string shape_of(const RawOp& op) const;
  std::string shape_of(std::uint32_t transaction) const;
  void end_transaction(std::uint32_t id, Transaction& transaction, Process& process,
                       Completion told);
  void add_attempts(const RawOp& op, const OpenOperation& open, Process& process);

  // transactions_sessions.cpp
  void run(const RawOp& op);
  void part(const RawOp& op);
  void open_part(const RawOp& op);
  std::int64_t session_of(const RawOp& op);
  void rank_commits();
  void follow_first();

  // transactions_outcomes.cpp
  void outcome(const RawOp& op);
  std::uint32_t operation_at(const RawOp& op, std::uint64_t index) const;
  std::uint32_t attempt_of(const RawOp& op, const RawOutcome& told);
  void end(const RawOp& op);

  // transactions_columns.cpp
  std::span<const TxnOp> ops_of(std::uint32_t transaction) const;
  void set_ops(std::uint32_t transaction, RawRange micro_ops, bool reads);
  std::uint32_t append_ops(RawRange micro_ops, bool reads);
  std::uint32_t append_ops(std::span<const TxnOp> ops);
  void set_op(TxnOp& op, RawMicroOp& micro_op, bool reads);
  void check_value(const RawMicroOp& micro_op, bool reads);
  std::uint32_t key_of(Datum key);
  std::uint64_t read_bits(std::uint32_t key, RawMicroOp& micro_op);
  ListRead list_read(std::uint32_t key, RawMicroOp& micro_op);
  std::span<const Datum> whole_list(const RawMicroOp& micro_op);
  Datum list_as_text(std::span<const Datum> list);
  void decided(Datatype datatype);

  // transactions_finish.cpp
  void add_open_retries();
  void order_transactions();
  void number_aborted();

  [[noreturn]] void refuse(const RawOp& op, std::string_view field, std::string rule,
                           std::string note = {}) const;
  [[noreturn]] void refuse_at(std::size_t offset, std::string rule, std::string note = {}) const;
  std::uint64_t line_of(const RawOp& op) const { return first_line_ + op.line; }
  bool native() const { return options_.rules == PairingRules::native; }

  /// So far ahead memory is asked for what a table will be asked for.
  static constexpr std::uint32_t kAhead = 12;
  /// Positions with this bit count in extras_.
  static constexpr std::uint32_t kExtraBit = 0x80000000U;

  BuilderOptions options_;
  std::optional<Datatype> datatype_;
  Transactions columns_;
  StringPool strings_;
  StringPool names_;  ///< of functions
  ListColumns lists_;
  std::vector<std::uint32_t> op_counts_;  ///< of each transaction
  std::vector<Extra> extras_;
  std::unordered_map<std::uint32_t, RawRange> extras_of_;  ///< in extras_, by the first attempt
  std::unordered_map<std::uint32_t, std::vector<Retry>> retries_of_;  ///< of what is open
  std::vector<Process> processes_;
  Joints joints_;
  NumberTable process_table_;
  NumberTable key_table_;
  NumberTable outcomes_;  ///< attempts whose outcome is known
  DenseTable numbered_;   ///< transactions of sessions, by number
  std::uint64_t next_index_ = 0;
  std::uint64_t end_line_ = 0;
  std::uint64_t operations_ = 0;
  int timed_ = -1;          ///< whether operations have a time (native); -1: none seen yet
  bool displaced_ = false;  ///< micro-operations do not stand in the order of transactions
  std::optional<RawEnd> end_;
  std::int64_t session_ = 0;               ///< that is counted
  int named_sessions_ = -1;                ///< whether sessions have names; -1: none seen yet
  int indexed_parts_ = -1;                 ///< whether parts say their transaction's index
  std::uint32_t open_process_ = 0;         ///< of open_part_
  std::uint32_t open_part_ = kNoPosition;  ///< the transaction that the next part goes on with
  std::uint32_t first_ = kNoPosition;      ///< the transaction before all others
  /// Of each transaction whose file tells the time of its commit, in two halves.
  std::vector<CommitTime> commit_times_;

  // of the block that is being added
  OpBlock* block_ = nullptr;
  std::string_view text_;
  std::uint64_t first_line_ = 1;
  std::vector<StringId> remapped_;
  std::vector<Datum> whole_list_;
};

}  // namespace witness
