#include "history/postgres/private_postgres.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <fstream>
#include <string_view>
#include <system_error>
#include <thread>

#include "history/postgres/private_binaries.hpp"
#include "history/postgres/private_folder.hpp"
#include "history/postgres/private_leftovers.hpp"
#include "history/postgres/private_process.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kUser = "witness";
constexpr int kPort = 5432;  // of the socket's name only
constexpr seconds kInitdbPatience{60};
constexpr seconds kStartPatience{60};
constexpr seconds kStopPatience{10};

/// In force unless PrivatePostgresOptions::settings says otherwise.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kSettings = {{
    {"fsync", "off"},             // durability against power cuts is not what is tested
    {"full_page_writes", "off"},  // the same
    {"max_connections", "300"},
    {"deadlock_timeout", "50ms"},  // transactions over keys meet crosswise all the time
    {"jit", "off"},
    {"dynamic_shared_memory_type", "mmap"},  // in the folder, not in /dev/shm: removed with it
    {"log_min_messages", "warning"},
}};
/// These keep it private and cannot be overridden.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kFixedSettings = {{
    {"listen_addresses", ""},
    {"port", "5432"},
}};

std::string setting(std::string_view name, std::string_view value) {
  return fmt::format("{}={}", name, value);
}

/// The last lines of a log, each on a line of its own; empty if there is none.
std::string last_words(const std::filesystem::path& log) {
  constexpr std::size_t kLines = 8;
  std::ifstream file{log};
  std::deque<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
    if (lines.size() > kLines) lines.pop_front();
  }
  std::string text;
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

}  // namespace

/// Members are destroyed in reverse: the keeper (whose end the kernel would take for the
/// program's) after the server was stopped, the folder last.
struct PrivatePostgres::Server {
  explicit Server(PrivatePostgresOptions wanted)
      : options{std::move(wanted)},
        binaries{find_postgres_binaries()},
        user{server_user()},
        folder{user},
        // hostaddr, options and gssencmode are given so that PG* variables cannot set them.
        conninfo{fmt::format("host='{}' hostaddr='' port={} user={} dbname=postgres options='' "
                             "gssencmode=disable",
                             folder.path().native(), kPort, kUser)} {}

  ~Server() {
    stop(SIGQUIT);
    remove_shared_memory(folder.descriptor());
  }

  ChildCommand command(std::vector<std::string> arguments, std::string_view log, int signal) const {
    arguments.front() = (binaries / arguments.front()).native();
    return {std::move(arguments),
            server_environment(),
            folder.path(),
            folder.path() / log,
            user,
            signal};
  }

  void initdb() {
    const ChildCommand child =
        command({"initdb", "-A", "trust", "-U", std::string{kUser}, "-E", "UTF8", "--locale=C",
                 "--no-sync", "-D", (folder.path() / "data").native()},
                "initdb.log", SIGTERM);
    const pid_t pid = keeper.spawn(child);
    const auto status = wait_for_exit(pid, kInitdbPatience);
    if (status == 0) return;
    std::string how = fmt::format("did not end within {} s", kInitdbPatience.count());
    if (status) {
      how = "failed: " + describe_status(*status);
    } else {
      kill(pid, SIGKILL);
      wait_for_exit(pid, kStopPatience);
    }
    throw SystemError(fmt::format("{} {}{}", child.arguments.front(), how, last_words(child.log)));
  }

  ChildCommand postmaster_command() const {
    std::vector<std::string> arguments = {"postgres", "-D", (folder.path() / "data").native()};
    const auto add = [&](const auto& settings) {
      for (const auto& [name, value] : settings) {
        arguments.emplace_back("-c");
        arguments.push_back(setting(name, value));
      }
    };
    add(kSettings);
    add(options.settings);
    add(kFixedSettings);
    arguments.emplace_back("-c");
    arguments.push_back(setting("unix_socket_directories", folder.path().native()));
    return command(std::move(arguments), "server.log", SIGQUIT);
  }

  void start() {
    if (postmaster != -1) return;
    const ChildCommand child = postmaster_command();
    postmaster = keeper.spawn(child);
    const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
    while (PQping(conninfo.c_str()) != PQPING_OK) {
      if (const auto status = wait_for_exit(postmaster, milliseconds{10})) {
        postmaster = -1;
        throw SystemError(fmt::format("{} ended at its start: {}{}", child.arguments.front(),
                                      describe_status(*status), last_words(child.log)));
      }
      if (std::chrono::steady_clock::now() >= deadline) {
        stop(SIGQUIT);
        throw SystemError(fmt::format("{} accepted no connection within {} s{}",
                                      child.arguments.front(), kStartPatience.count(),
                                      last_words(child.log)));
      }
    }
  }

  void stop(int signal) {
    const pid_t pid = postmaster.exchange(-1);
    if (pid == -1) return;
    const auto file = read_postmaster_file(folder.descriptor());
    kill(pid, signal);
    if (!wait_for_exit(pid, kStopPatience)) {
      kill(pid, SIGKILL);
      wait_for_exit(pid, kStopPatience);
    }
    // Backends see the death of their postmaster at their next wait, and end.
    if (file) wait_for_backends(*file, kStopPatience);
  }

  PrivatePostgresOptions options;
  std::filesystem::path binaries;
  ServerUser user;
  PrivateFolder folder;
  ProcessKeeper keeper;
  std::string conninfo;
  std::atomic<pid_t> postmaster{-1};
};

PrivatePostgres::PrivatePostgres(PrivatePostgresOptions options) {
  remove_leftovers();
  server_ = std::make_unique<Server>(std::move(options));
  server_->initdb();
  server_->start();
}

PrivatePostgres::~PrivatePostgres() = default;

const std::string& PrivatePostgres::conninfo() const noexcept { return server_->conninfo; }

const std::filesystem::path& PrivatePostgres::folder() const noexcept {
  return server_->folder.path();
}

pid_t PrivatePostgres::postmaster_pid() const noexcept { return server_->postmaster; }

void PrivatePostgres::stop_server_hard() { server_->stop(SIGKILL); }

void PrivatePostgres::start_server() { server_->start(); }

std::size_t PrivatePostgres::remove_leftovers() {
  return remove_orphan_folders(stop_orphan_server);
}

}  // namespace witness
