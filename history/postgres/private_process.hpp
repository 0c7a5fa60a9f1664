/// Child processes that hold no privilege, inherit nothing, and die with this program.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace witness {

/// Who a server runs as: the caller, or where that is root, the user postgres, else nobody.
struct ServerUser {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  bool drop = false;  ///< true: the child must become this user
};

/// Throws SystemError where root finds no user to become.
ServerUser server_user();

struct ChildCommand {
  std::vector<std::string> arguments;    ///< the first is the program's absolute path
  std::vector<std::string> environment;  ///< all of it, "NAME=value"
  std::filesystem::path folder;          ///< its working directory
  std::filesystem::path log;             ///< its standard output and error are appended here
  ServerUser user;
  int death_signal = 0;  ///< sent to it by the kernel when this program dies
};

/// This program's environment without PG* and locale variables (they would change what a server
/// does and says), in UTC and the C locale.
std::vector<std::string> server_environment();

/// Starts children from one thread of its own. The kernel sends PR_SET_PDEATHSIG when the *thread*
/// that forked ends, so the forking thread must live as long as its children: keep the keeper.
class ProcessKeeper {
 public:
  ProcessKeeper();
  ~ProcessKeeper();
  ProcessKeeper(const ProcessKeeper&) = delete;
  ProcessKeeper& operator=(const ProcessKeeper&) = delete;

  /// Starts a program in a session of its own, with every descriptor above 2 closed and signals
  /// at their defaults. Returns when it was executed. The caller waits for it (wait_for_exit).
  /// Throws SystemError that names the step that failed.
  pid_t spawn(const ChildCommand& command);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> task_;
  bool stopping_ = false;
  std::thread thread_;
};

/// Waits until a child has ended and reaps it; gives its wait status, or nullopt if it still runs
/// after `patience`. A child that somebody else reaped counts as ended with status 0.
std::optional<int> wait_for_exit(pid_t child, std::chrono::milliseconds patience);

/// "exit code 1", "signal 9 (Killed)".
std::string describe_status(int status);

}  // namespace witness
