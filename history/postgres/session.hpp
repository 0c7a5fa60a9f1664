/// One live connection that never changes under its user: it does not reconnect,
/// and every error keeps its SQLSTATE, whichever libpqxx reports it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "history/postgres/target.hpp"

namespace witness {

/// A statement or a connection failed. `what()` is the server's first line.
class SqlError : public std::runtime_error {
 public:
  SqlError(const std::string& message, std::string sqlstate, bool connection_lost);

  /// Five characters; empty where no server answered.
  const std::string& sqlstate() const noexcept { return sqlstate_; }
  /// Aurora DSQL's "OC000" or "OC001", which stand in the message only; else empty.
  const std::string& occ_code() const noexcept { return occ_code_; }
  bool connection_lost() const noexcept { return connection_lost_; }

 private:
  std::string sqlstate_;
  std::string occ_code_;
  bool connection_lost_;
};

/// The rows of one statement. Cheap to copy; views live as long as a copy does.
class Rows {
 public:
  struct Impl;
  explicit Rows(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  std::size_t size() const;
  std::size_t affected() const;  ///< of INSERT, UPDATE, DELETE; else 0
  bool is_null(std::size_t row, int column) const;
  std::string_view text(std::size_t row, int column) const;  ///< "" for NULL

 private:
  std::shared_ptr<const Impl> impl_;
};

struct SessionOptions {
  std::string application_name = "witness";
  /// "read committed", "repeatable read", "serializable": sent inside the connection
  /// request, so that a plain BEGIN serves every engine. Empty: the server's own default.
  std::string isolation;
  int connect_timeout_s = 10;
};

/// A connection. Not thread-safe, except for `abandon`.
class Session {
 public:
  /// Connects. Throws SqlError (connection_lost) if that fails.
  Session(const Target& target, const SessionOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs one statement (simple query). Throws SqlError.
  Rows run(const std::string& sql);
  /// With bound parameters $1, $2, ….
  Rows run(const std::string& sql, std::span<const std::string> parameters);

  /// Names a statement and sends it to the server. Throws SqlError.
  void prepare(const std::string& name, const std::string& sql);
  Rows run_prepared(const std::string& name, std::span<const std::string> parameters);

  /// True inside a transaction that already failed: its COMMIT would be answered with
  /// ROLLBACK, without an error.
  bool transaction_failed() const;

  /// Warnings since the last call ("canceling wait for synchronous replication …").
  std::vector<std::string> take_notices();

  /// From another thread: ends the connection under whoever waits on it, which then
  /// gets SqlError (connection_lost). The session is of no use afterwards.
  void abandon() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// "name" quoted as an SQL identifier.
std::string quote_identifier(std::string_view name);
/// The same for "schema.table": each part quoted, split at dots outside quotes.
std::string quote_qualified(std::string_view name);

}  // namespace witness
