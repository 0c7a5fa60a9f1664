/// What a workload is: tables, keys, and one transaction. The recorder does the rest (BEGIN and
/// COMMIT, attempts, errors, retries, the history), so a new workload is one file and one line
/// in workloads.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "history/postgres/session.hpp"
#include "workloads/transaction_shape.hpp"

namespace witness {

class Dice;

/// A named way to write the same transaction.
struct Variant {
  std::string_view name;
  std::string_view summary;
};

/// What its clients want.
///   acquisitions  one key an operation: a seat, a unit of a product
///   transactions  several micro-operations on several keys
enum class WorkloadKind : std::uint8_t { acquisitions, transactions };

/// A line of `witness list workloads`.
struct WorkloadInfo {
  std::string_view name;
  std::string_view summary;
  std::string_view f;  ///< the operation's name in the history
  std::span<const Variant> variants;
  std::uint64_t default_keys;  ///< per rung; of transactions: alive at once
  WorkloadKind kind = WorkloadKind::acquisitions;
  std::uint64_t default_operations = 0;  ///< per rung; 0: clients × keys
};

struct WorkloadOptions {
  std::string variant;
  std::string prefix;  ///< of every table: "witness_k3j9_"
  std::uint64_t stock = 100;
  bool transaction_ids = false;  ///< the server has pg_current_xact_id()
  std::uint64_t keys = 1;        ///< of transactions: alive at once
  TransactionShape shape;
};

/// A micro-operation of a transaction over keys, as it is asked for.
struct TxnStep {
  bool writes = false;
  std::int64_t key = 0;
  std::int64_t value = 0;  ///< of a write: no other attempt writes it
};

/// What an operation is to do. All its attempts want the same of the same keys.
struct Request {
  std::string key;             ///< of an acquisition
  std::vector<TxnStep> steps;  ///< of a transaction
};

struct PreparedStatement {
  std::string name;
  std::string sql;
};

/// "a-<process>-<operation>-<attempt>": what an attempt is called, and the holder that it writes.
std::string attempt_identity(std::int64_t process, std::uint64_t operation, std::uint64_t number);

/// One attempt, as the workload's transaction sees it. Whatever it saw or tried is noted before
/// or as it happens, so an attempt that dies in the middle still tells.
class AttemptContext {
 public:
  AttemptContext(Session& session, std::string holder, std::uint64_t operation, unsigned number,
                 std::int64_t process, std::function<void()> overlap)
      : session_(session),
        overlap_(std::move(overlap)),
        holder_(std::move(holder)),
        operation_(operation),
        number_(number),
        process_(process) {}

  Rows run(const std::string& statement, std::span<const std::string> parameters);
  /// Lets the clients meet here (--overlap): after a first read, when nobody holds a lock yet, or
  /// before a first statement that may lock. Never between a write and COMMIT.
  void overlap() { overlap_(); }

  void saw(std::string_view kind, std::string_view key, std::string_view value);
  void saw(std::string_view kind, std::string_view key, std::int64_t value);
  /// Call before the statement that writes is sent: from then on the attempt may have an effect.
  void writes(std::string_view kind, std::string_view key, std::string_view value);
  void writes(std::string_view kind, std::string_view key, std::int64_t value);
  /// The same for a statement that says itself what it wrote: may_write before it, and
  /// wrote_nothing if it changed no row.
  void may_write() { wrote_ = true; }
  void wrote_nothing() { wrote_ = false; }
  /// The same of a transaction over keys: integers, and what was read is JSON.
  void read_key(std::int64_t key, std::string_view json);
  void write_key(std::string_view kind, std::int64_t key, std::int64_t value);
  /// The ledger row, in the same transaction.
  void enter_in_ledger(std::string_view key);

  const std::string& holder() const { return holder_; }
  bool wrote() const { return wrote_; }
  const std::string& xid() const { return xid_; }
  std::span<const std::size_t> row_counts() const { return row_counts_; }
  /// The micro-operations so far, as JSON.
  std::string value() const { return "[" + micro_ops_ + "]"; }

 private:
  void note(std::string_view kind, std::string_view json_key, std::string_view json_value);

  Session& session_;
  std::function<void()> overlap_;
  std::string holder_;
  std::uint64_t operation_;
  unsigned number_;
  std::int64_t process_;
  std::string micro_ops_;
  std::vector<std::size_t> row_counts_;
  std::string xid_;
  bool wrote_ = false;
};

/// What the transaction decided. A rejection is an answer: it commits, having changed nothing.
struct Answer {
  bool acquired = false;
  std::string_view rejection;  ///< "sold", "sold-out"
};

class Workload {
 public:
  explicit Workload(WorkloadOptions options) : options_(std::move(options)) {}
  virtual ~Workload() = default;

  /// One CREATE TABLE each, run one by one; dropped in reverse order.
  std::vector<std::string> schema() const;
  std::vector<std::string> tables() const;
  std::string state_table() const { return options_.prefix + std::string{state_name()}; }
  std::string ledger_table() const { return options_.prefix + "ledger"; }

  virtual std::vector<PreparedStatement> statements() const = 0;
  /// Rows for the keys, before the run.
  virtual void seed(Session& /*session*/, std::span<const std::string> /*keys*/) const {}
  /// A key's value before its first write, and how many acquisitions it can give. Empty and 0:
  /// its keys begin as nothing, and are not acquired.
  virtual std::string initial() const { return {}; }
  virtual std::uint64_t capacity() const { return 0; }
  /// "A1" for the n-th key of the rung, both from 0. Of acquisitions only.
  virtual std::string key(std::size_t /*rung*/, std::size_t /*n*/) const { return {}; }
  /// What a client does next; of an acquisition, with the key that it got. Thread-safe.
  virtual Request request(const std::string& key, Dice& /*dice*/) { return {key, {}}; }
  /// Before a further attempt: gives its writes values that nobody wrote. False if the request
  /// stays as it is. Thread-safe.
  virtual bool renew(Request& /*request*/) { return false; }
  /// The invocation's micro-operations, as JSON.
  virtual std::string invocation(const Request& request) const = 0;
  /// Between BEGIN and COMMIT. Throws SqlError. Thread-safe.
  virtual Answer run(AttemptContext& attempt, const Request& request) const = 0;
  /// The application's own view after the run: key and value.
  virtual void read_states(
      Session& session,
      const std::function<void(std::string_view, std::string_view)>& each) const = 0;

 protected:
  virtual std::string_view state_name() const = 0;
  virtual std::string state_columns() const = 0;
  PreparedStatement ledger_statement() const;

  WorkloadOptions options_;
};

std::unique_ptr<Workload> make_seat(WorkloadOptions options);
std::unique_ptr<Workload> make_drop(WorkloadOptions options);
std::unique_ptr<Workload> make_rw_register(WorkloadOptions options);
std::unique_ptr<Workload> make_list_append(WorkloadOptions options);

/// The table of workloads.
std::span<const WorkloadInfo> workloads();
/// Throws UsageError, naming what there is.
const WorkloadInfo& workload_named(std::string_view name);
const Variant& variant_named(const WorkloadInfo& workload, std::string_view name);
std::unique_ptr<Workload> make_workload(const WorkloadInfo& workload, WorkloadOptions options);

/// Sends `rows` values lists in transactions that stay below DSQL's limits.
/// `insert` ends in VALUES; each row has `columns` parameters.
void insert_rows(Session& session, const std::string& insert, std::size_t columns,
                 std::span<const std::string> parameters);

}  // namespace witness
