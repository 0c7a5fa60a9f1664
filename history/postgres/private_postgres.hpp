/// A throw-away PostgreSQL server: nobody else can reach it, nothing stays of it.
///
/// What callers must know:
///  - It is made from the installed binaries: $WITNESS_PG_BIN alone if that is set, else what
///    `pg_config --bindir`, PATH, /usr/lib/postgresql/*/bin and /usr/pgsql-*/bin offer.
///  - It listens on a Unix socket in a folder of its own (mode 0700) under $TMPDIR or /tmp, never
///    on the network. PostgreSQL refuses to run as root: where the caller is root, the server runs
///    as the user postgres, else nobody.
///  - Durability is that of the kernel (fsync=off): a commit survives `kill -9` of the server, not
///    a power cut.
///  - The destructor stops the server and removes the folder. A signal whose default action ends
///    the process runs no destructor: a program that can meet SIGINT, SIGTERM or SIGHUP owes a
///    handler that ends in ordinary unwinding. The server is in a session of its own, so Ctrl-C
///    in a terminal reaches the program only.
///  - If the program dies without unwinding (kill -9, a crash), the kernel tells the server to
///    stop (PR_SET_PDEATHSIG), and the next construction, by anybody who may, removes the folder.
///  - Several servers in one process, and several processes at once, do not disturb each other.
///    One object is not thread-safe, but for postmaster_pid(), conninfo() and folder().
///  - No fork() without exec() while one lives: the copy's destructor would end the server.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace witness {

struct PrivatePostgresOptions {
  /// Server settings beyond the built-in ones, which they override: {"max_connections", "500"}.
  std::vector<std::pair<std::string, std::string>> settings;
};

class PrivatePostgres {
 public:
  /// Removes what killed programs left behind, then initdb and start: about 1 s. The server
  /// accepts connections when this returns. Throws SystemError: no PostgreSQL is installed (where
  /// it was looked for, what to install), no usable temporary folder, or the server's last words.
  explicit PrivatePostgres(PrivatePostgresOptions options = {});
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  /// For libpq, key=value form; more pairs may be appended. Needs no password and heeds no
  /// PG* variable that could lead elsewhere.
  const std::string& conninfo() const noexcept;
  const std::filesystem::path& folder() const noexcept;
  /// -1 while the server is stopped.
  pid_t postmaster_pid() const noexcept;

  /// kill -9 of the postmaster: a crash. Returns when its backends are gone too.
  void stop_server_hard();
  /// Starts it again, with the same data and conninfo; returns when crash recovery is done and it
  /// accepts connections. Does nothing if it runs. Throws SystemError.
  void start_server();

  /// Ends the servers and removes the folders whose owner died, where permitted; gives the number
  /// of folders removed. A folder whose owner lives is never touched. Symbolic links are removed,
  /// not followed.
  static std::size_t remove_leftovers();

 private:
  struct Server;
  std::unique_ptr<Server> server_;
};

}  // namespace witness
