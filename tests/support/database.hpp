/// A real PostgreSQL for a test, and a way to ask it things.
#pragma once

#include <memory>
#include <string>

#include "history/postgres/private_postgres.hpp"
#include "history/postgres/session.hpp"

namespace witness::test {

class Database {
 public:
  explicit Database(PrivatePostgresOptions options = {}) : server_(std::move(options)) {}

  /// What to give to --target.
  std::string target() const { return server_.conninfo(); }
  PrivatePostgres& server() { return server_; }

  std::unique_ptr<Session> connect(const std::string& name = "test") const {
    return std::make_unique<Session>(parse_target(target(), "test"), SessionOptions{name, {}, 10});
  }
  /// Runs a statement; the first value of its first row, or "".
  std::string ask(const std::string& sql) const {
    const auto session = connect();
    const Rows rows = session->run(sql);
    return rows.size() == 0 ? std::string{} : std::string{rows.text(0, 0)};
  }
  /// Tables that a recording left behind.
  std::string leftover_tables() const {
    return ask("SELECT count(*) FROM pg_class WHERE relname LIKE 'witness%' AND relkind = 'r'");
  }

 private:
  PrivatePostgres server_;
};

}  // namespace witness::test
