#include "history/postgres/session.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <pqxx/pqxx>

namespace witness {
namespace {

/// libpqxx hides libpq's connection, and with it the state of the transaction. Both
/// generations have a door: a connection policy in 6.x, adopting one in 7.x.
#if PQXX_VERSION_MAJOR < 7
class Policy : public pqxx::connect_direct {
 public:
  using connect_direct::connect_direct;
  handle do_startconnect(handle old) override {
    raw = reinterpret_cast<PGconn*>(connect_direct::do_startconnect(old));
    return reinterpret_cast<handle>(raw);
  }
  PGconn* raw = nullptr;
};

class Connection : public pqxx::connection_base {
 public:
  explicit Connection(const std::string& conninfo) : connection_base(policy_), policy_(conninfo) {
    init();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    inhibit_reactivation(true);  // else it reconnects silently, behind the recorder's back
#pragma GCC diagnostic pop
    set_verbosity(verbose);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(); }
  PGconn* raw() const { return policy_.raw; }

 private:
  Policy policy_;
};
#else
class Connection {
 public:
  explicit Connection(const std::string& conninfo)
      : raw_(PQconnectdb(conninfo.c_str())), connection_(adopt(raw_)) {
    connection_.set_verbosity(pqxx::error_verbosity::verbose);
  }
  operator pqxx::connection&() { return connection_; }
  PGconn* raw() const { return raw_; }
  bool is_open() const { return connection_.is_open(); }
  int sock() const { return connection_.sock(); }
  template <typename... Arguments>
  void prepare(Arguments&&... arguments) {
    connection_.prepare(std::forward<Arguments>(arguments)...);
  }

 private:
  static pqxx::connection adopt(PGconn* raw) {
    if (PQstatus(raw) == CONNECTION_OK) return pqxx::connection::seize_raw_connection(raw);
    const std::string why = PQerrorMessage(raw);
    PQfinish(raw);
    throw pqxx::broken_connection{why};
  }
  PGconn* raw_;
  pqxx::connection connection_;
};
#endif

/// Collects what libpqxx would else print to stderr.
class Notices : public pqxx::errorhandler {
 public:
#if PQXX_VERSION_MAJOR < 7
  explicit Notices(Connection& connection) : errorhandler(connection) {}
#else
  explicit Notices(Connection& connection)
      : errorhandler(static_cast<pqxx::connection&>(connection)) {}
#endif
  bool operator()(const char message[]) noexcept override {
    try {
      if (texts.size() < 100) texts.emplace_back(message);
    } catch (...) {  // a notice is not worth the run
    }
    return false;
  }
  std::vector<std::string> texts;
};

bool is_state_char(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

/// Some of libpqxx's exceptions have no sqlstate(), but at verbosity `verbose` the
/// message does: "ERROR:  40001: could not serialize access …".
std::string sqlstate_in(std::string_view message) {
  for (auto at = message.find(":  "); at != std::string_view::npos;
       at = message.find(":  ", at + 1)) {
    const auto rest = message.substr(at + 3);
    if (rest.size() > 6 && rest[5] == ':' && rest[6] == ' ' &&
        std::all_of(rest.begin(), rest.begin() + 5, is_state_char)) {
      return std::string{rest.substr(0, 5)};
    }
  }
  return {};
}

std::string first_line(std::string_view message) {
  while (message.starts_with('\n')) message.remove_prefix(1);
  return std::string{message.substr(0, message.find('\n'))};
}

std::string occ_code_in(std::string_view message) {
  for (auto at = message.find("(OC"); at != std::string_view::npos;
       at = message.find("(OC", at + 1)) {
    const auto code = message.substr(at + 1, 5);
    if (code.size() == 5 && message.substr(at + 6, 1) == ")" && isdigit(code[2]) != 0 &&
        isdigit(code[3]) != 0 && isdigit(code[4]) != 0) {
      return std::string{code};
    }
  }
  return {};
}

}  // namespace

SqlError::SqlError(const std::string& message, std::string sqlstate, bool connection_lost)
    : std::runtime_error(first_line(message)),
      sqlstate_(std::move(sqlstate)),
      occ_code_(occ_code_in(message)),
      connection_lost_(connection_lost) {
  // The AWS connectors also accept the code where the SQLSTATE should be.
  if (occ_code_.empty() && sqlstate_.starts_with("OC")) occ_code_ = sqlstate_;
}

struct Rows::Impl {
  pqxx::result result;
};

std::size_t Rows::size() const { return static_cast<std::size_t>(impl_->result.size()); }
std::size_t Rows::affected() const {
  return static_cast<std::size_t>(impl_->result.affected_rows());
}
bool Rows::is_null(std::size_t row, int column) const {
  return impl_
      ->result[static_cast<pqxx::result::size_type>(row)][static_cast<pqxx::row::size_type>(column)]
      .is_null();
}
std::string_view Rows::text(std::size_t row, int column) const {
  const auto field = impl_->result[static_cast<pqxx::result::size_type>(row)]
                                  [static_cast<pqxx::row::size_type>(column)];
  return {field.c_str(), static_cast<std::size_t>(field.size())};
}

struct Session::Impl {
  explicit Impl(const std::string& conninfo)
      : connection(conninfo),
        notices(connection),
        transaction(connection),
        socket(fcntl(connection.sock(), F_DUPFD_CLOEXEC, 0)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (socket >= 0) close(socket);
  }

  Connection connection;
  Notices notices;
  pqxx::nontransaction transaction;  // we send BEGIN and COMMIT ourselves
  int socket;  // a duplicate: libpq closes its own when it likes, and the number is soon another's

  /// Runs `action`, turning every failure into an SqlError with a SQLSTATE.
  template <typename Action>
  Rows guarded(Action&& action) {
    try {
      return Rows{std::make_shared<Rows::Impl>(Rows::Impl{action()})};
    } catch (const pqxx::sql_error& error) {
      std::string state = error.sqlstate();
      if (state.empty()) state = sqlstate_in(error.what());
      throw SqlError(error.what(), state, !connection.is_open());
    } catch (const std::exception& error) {
      const bool lost =
          !connection.is_open() || dynamic_cast<const pqxx::broken_connection*>(&error) != nullptr;
      throw SqlError(error.what(), sqlstate_in(error.what()), lost);
    }
  }
};

Session::Session(const Target& target, const SessionOptions& options) {
  Target full = target;
  set_parameter(full, "application_name", options.application_name);
  if (parameter(full, "connect_timeout").empty()) {
    set_parameter(full, "connect_timeout", std::to_string(options.connect_timeout_s));
  }
  if (!options.isolation.empty()) {
    std::string settings = parameter(full, "options");
    if (const char* inherited = std::getenv("PGOPTIONS"); settings.empty() && inherited != nullptr)
      settings = inherited;
    if (!settings.empty()) settings += ' ';
    settings += "-c default_transaction_isolation=";
    for (const char c : options.isolation) {
      if (c == ' ') settings += '\\';
      settings += c;
    }
    set_parameter(full, "options", settings);
  }
  try {
    impl_ = std::make_unique<Impl>(conninfo(full));
  } catch (const std::exception& error) {
    throw SqlError(error.what(), sqlstate_in(error.what()), true);
  }
}

Session::~Session() = default;

Rows Session::run(const std::string& sql) {
  return impl_->guarded([&] { return impl_->transaction.exec(sql); });
}

Rows Session::run(const std::string& sql, std::span<const std::string> parameters) {
  return impl_->guarded([&] {
    return impl_->transaction.exec_params(
        sql, pqxx::prepare::make_dynamic_params(parameters.begin(), parameters.end()));
  });
}

void Session::prepare(const std::string& name, const std::string& sql) {
  impl_->guarded([&] {
    impl_->connection.prepare(name, sql);
#if PQXX_VERSION_MAJOR < 7
    impl_->connection.prepare_now(name);  // else its first use pays for it
#endif
    return pqxx::result{};
  });
}

Rows Session::run_prepared(const std::string& name, std::span<const std::string> parameters) {
  return impl_->guarded([&] {
    return impl_->transaction.exec_prepared(
        name, pqxx::prepare::make_dynamic_params(parameters.begin(), parameters.end()));
  });
}

bool Session::transaction_failed() const {
  return PQtransactionStatus(impl_->connection.raw()) == PQTRANS_INERROR;
}

std::vector<std::string> Session::take_notices() { return std::exchange(impl_->notices.texts, {}); }

void Session::abandon() noexcept {
  if (impl_->socket >= 0) shutdown(impl_->socket, SHUT_RDWR);
}

std::string quote_identifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string quote_qualified(std::string_view name) {
  std::string quoted;
  std::string part;
  bool inside = false;
  for (const char c : name) {
    if (c == '"') {
      inside = !inside;
    } else if (c == '.' && !inside) {
      quoted += quote_identifier(part) + ".";
      part.clear();
    } else {
      part += c;
    }
  }
  return quoted + quote_identifier(part);
}

}  // namespace witness
