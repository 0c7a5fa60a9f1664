/// What a database says of itself, and when nobody of ours is left in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "history/postgres/session.hpp"
#include "witness/operation.hpp"

namespace witness {

/// Engines whose error codes mean different things after COMMIT was sent.
enum class Engine : std::uint8_t { postgresql, other };

struct ServerInfo {
  std::string version;    ///< "PostgreSQL 15.18"
  std::string isolation;  ///< what a transaction of this session gets: "read committed"
  Engine engine = Engine::other;
  bool read_only = false;
  bool has_transaction_ids = false;  ///< pg_current_xact_id() and pg_xact_status() answer
  std::string system_identifier;     ///< empty where it may not be read
};

/// Asks the server. Throws SqlError only if the connection is lost.
ServerInfo probe(Session& session);

/// Runs a statement, again after serialization failures, which some engines raise for
/// catalog changes (DSQL's OC001). Throws SqlError.
Rows run_settled(Session& session, const std::string& sql);
Rows run_settled(Session& session, const std::string& sql, std::span<const std::string> parameters);

/// Waits until no backend whose application_name is `application_name` is left; after half of
/// `patience` it asks the server to end them. True if none is left; false if some stayed, or if the
/// server's list of sessions cannot be trusted: it must show at least this session under its own
/// name, `own_name`. Throws SqlError if the connection is lost.
bool wait_until_gone(Session& session, const std::string& own_name,
                     const std::string& application_name, std::chrono::milliseconds patience);

/// The server's record of a transaction id: committed, aborted; unresolved if it is still
/// running, too old, or not known. Throws SqlError if the connection is lost.
Outcome transaction_status(Session& session, const std::string& xid);

}  // namespace witness
