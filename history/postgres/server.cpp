#include "history/postgres/server.hpp"

#include <array>
#include <thread>

namespace witness {
namespace {

/// The first column of the first row, or "" where the statement is refused.
std::string ask(Session& session, const std::string& sql) {
  try {
    const Rows rows = session.run(sql);
    return rows.size() == 0 ? std::string{} : std::string{rows.text(0, 0)};
  } catch (const SqlError& error) {
    if (error.connection_lost()) throw;
    return {};
  }
}

/// PostgreSQL itself says how it was compiled; what only speaks its protocol does not,
/// or names itself.
Engine engine_of(std::string_view version) {
  const bool own = version.starts_with("PostgreSQL ") &&
                   version.find("compiled by") != std::string_view::npos &&
                   version.find("-YB-") == std::string_view::npos &&
                   version.find("Greenplum") == std::string_view::npos;
  return own ? Engine::postgresql : Engine::other;
}

/// "PostgreSQL 15.18 (Debian …) on x86_64…" → "PostgreSQL 15.18".
std::string short_version(const std::string& version) {
  auto end = version.find(' ');
  if (end != std::string::npos) end = version.find_first_of(" ,(", end + 1);
  return version.substr(0, end);
}

}  // namespace

ServerInfo probe(Session& session) {
  ServerInfo info;
  const std::string version = ask(session, "SELECT version()");
  info.engine = engine_of(version);
  info.version = short_version(version);
  info.isolation = ask(session, "SHOW transaction_isolation");
  info.read_only = ask(session, "SHOW transaction_read_only") == "on";
  info.has_transaction_ids =
      ask(session, "SELECT pg_xact_status('1'::xid8) IS NULL OR true") == "t" &&
      info.engine == Engine::postgresql;
  info.system_identifier = ask(session, "SELECT system_identifier FROM pg_control_system()");
  return info;
}

Rows run_settled(Session& session, const std::string& sql,
                 std::span<const std::string> parameters) {
  for (int attempt = 0;; ++attempt) {
    try {
      return parameters.empty() ? session.run(sql) : session.run(sql, parameters);
    } catch (const SqlError& error) {
      const bool again = error.sqlstate() == "40001" || !error.occ_code().empty();
      if (error.connection_lost() || !again || attempt == 9) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(10 << attempt));
    }
  }
}

Rows run_settled(Session& session, const std::string& sql) { return run_settled(session, sql, {}); }

bool wait_until_gone(Session& session, const std::string& own_name,
                     const std::string& application_name, std::chrono::milliseconds patience) {
  const std::array own = {own_name};
  const std::array theirs = {application_name};
  const std::string others = " FROM pg_stat_activity WHERE application_name = $1";
  const auto begin = std::chrono::steady_clock::now();
  bool asked_to_end = false;
  try {
    if (session.run("SELECT count(*)" + others + " AND pid = pg_backend_pid()", own).text(0, 0) !=
        "1") {
      return false;
    }
    for (auto pause = std::chrono::milliseconds(1);;
         pause = std::min(pause * 2, std::chrono::milliseconds(200))) {
      if (session.run("SELECT count(*)" + others, theirs).text(0, 0) == "0") return true;
      const auto waited = std::chrono::steady_clock::now() - begin;
      if (waited >= patience) return false;
      if (!asked_to_end && waited >= patience / 2) {
        asked_to_end = true;
        session.run("SELECT pg_terminate_backend(pid)" + others, theirs);
      }
      std::this_thread::sleep_for(pause);
    }
  } catch (const SqlError& error) {
    if (error.connection_lost()) throw;
    return false;
  }
}

Outcome transaction_status(Session& session, const std::string& xid) {
  try {
    const std::array parameters = {xid};
    const Rows rows = session.run("SELECT pg_xact_status($1::xid8)", parameters);
    if (rows.text(0, 0) == "committed") return Outcome::committed;
    if (rows.text(0, 0) == "aborted") return Outcome::aborted;
  } catch (const SqlError& error) {
    if (error.connection_lost()) throw;
  }
  return Outcome::unresolved;
}

}  // namespace witness
