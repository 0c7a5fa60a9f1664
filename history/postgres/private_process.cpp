#include "history/postgres/private_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <exception>
#include <string_view>
#include <system_error>

#include "witness/error.hpp"

namespace witness {
namespace {

/// What the child tells its parent if it cannot execute the program.
enum class Step : int { session, user, parent, folder, log, close, exec };
constexpr std::array<std::string_view, 7> kStepNames = {
    "start a session",  "become the user",      "stay with its parent",
    "enter its folder", "open its log file in", "close the files",
    "execute"};

struct Failure {
  Step step;
  int error;
};

constexpr int kReportFd = 3;

/// All that the child needs, made before fork(): after it, in a program with threads, only
/// async-signal-safe calls are allowed, and allocation is none.
struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;
  const char* log;
  const ServerUser* user;
  pid_t parent;
  int death_signal;
  int report_fd;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void give_up(Step step, int fd) {
  const Failure failure{step, errno};
  // A pipe takes so few bytes at once or not at all; without them the parent sees exit code 127.
  [[maybe_unused]] const ssize_t written = write(fd, &failure, sizeof failure);
  _exit(127);
}

/// Raw system calls: the library's setgroups() and setuid() talk to all threads of the program,
/// of which this copy has only one.
bool become(const ServerUser& user) {
  const gid_t group = user.gid;
  return syscall(SYS_setgroups, 1, &group) == 0 &&
         syscall(SYS_setresgid, user.gid, user.gid, user.gid) == 0 &&
         syscall(SYS_setresuid, user.uid, user.uid, user.uid) == 0;
}

bool redirect(const char* log) {
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  return null >= 0 && out >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
         dup2(out, STDERR_FILENO) >= 0;
}

void close_from(unsigned first) {
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  for (long fd = first, end = sysconf(_SC_OPEN_MAX); fd < end; ++fd) close(static_cast<int>(fd));
}

void reset_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Between fork() and exec(). The order matters: becoming another user clears the death signal.
[[noreturn]] void run_child(const Prepared& prepared) {
  int report = prepared.report_fd;
  if (setsid() < 0) give_up(Step::session, report);
  if (prepared.user->drop && !become(*prepared.user)) give_up(Step::user, report);
  if (prctl(PR_SET_PDEATHSIG, prepared.death_signal) != 0 || getppid() != prepared.parent) {
    give_up(Step::parent, report);
  }
  umask(077);
  if (chdir(prepared.folder) != 0) give_up(Step::folder, report);
  // The report's descriptor must not be one of those that are about to be replaced.
  report = fcntl(report, F_DUPFD_CLOEXEC, kReportFd);
  if (report < 0) _exit(127);
  if (!redirect(prepared.log)) give_up(Step::log, report);
  if (report != kReportFd && dup3(report, kReportFd, O_CLOEXEC) < 0) give_up(Step::close, report);
  close_from(kReportFd + 1);
  reset_signals();
  execve(prepared.arguments[0], prepared.arguments.data(), prepared.environment.data());
  give_up(Step::exec, kReportFd);
}

std::string explain(const Failure& failure, const ChildCommand& command) {
  const bool about_program = failure.step == Step::exec;
  const std::string what = failure.step == Step::user ? command.user.name
                           : about_program            ? command.arguments.front()
                                                      : command.folder.native();
  return fmt::format("cannot start {}: it could not {} {}: {}", command.arguments.front(),
                     kStepNames[static_cast<std::size_t>(failure.step)], what,
                     std::generic_category().message(failure.error));
}

pid_t fork_and_execute(const ChildCommand& command) {
  std::array<int, 2> report{};
  if (pipe2(report.data(), O_CLOEXEC) != 0) {
    throw SystemError("cannot start a process: " + std::generic_category().message(errno));
  }
  Prepared prepared{pointers(command.arguments),
                    pointers(command.environment),
                    command.folder.c_str(),
                    command.log.c_str(),
                    &command.user,
                    getpid(),
                    command.death_signal,
                    report[1]};
  const pid_t child = fork();
  if (child == 0) run_child(prepared);
  const int fork_error = errno;
  close(report[1]);
  Failure failure{};
  ssize_t got = 0;
  if (child > 0) {
    do {
      got = read(report[0], &failure, sizeof failure);
    } while (got < 0 && errno == EINTR);
  }
  close(report[0]);
  if (child < 0) {
    throw SystemError("cannot start a process: " + std::generic_category().message(fork_error));
  }
  if (got == sizeof failure) {
    wait_for_exit(child, std::chrono::seconds{10});
    throw SystemError(explain(failure, command));
  }
  return child;
}

}  // namespace

ServerUser server_user() {
  ServerUser user{"", geteuid(), getegid(), false};
  if (user.uid != 0) return user;
  std::array<char, 4096> buffer{};
  for (const char* name : {"postgres", "nobody"}) {
    passwd entry{};
    passwd* found = nullptr;
    if (getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
      return {name, found->pw_uid, found->pw_gid, true};
    }
  }
  throw SystemError(
      "PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody");
}

std::vector<std::string> server_environment() {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const bool ours = text.starts_with("PG") || text.starts_with("LC_") ||
                      text.starts_with("LANG") || text.starts_with("TZ=");
    if (!ours) result.emplace_back(text);
  }
  result.emplace_back("LC_ALL=C");
  result.emplace_back("TZ=UTC");
  return result;
}

ProcessKeeper::ProcessKeeper() {
  // Signals are for the program's own threads; and no handler of the program may run in the
  // forked copy.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread{[this] { run(); }};
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ProcessKeeper::~ProcessKeeper() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ProcessKeeper::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || task_; });
    if (!task_) return;
    task_();
    task_ = nullptr;
    changed_.notify_all();
  }
}

pid_t ProcessKeeper::spawn(const ChildCommand& command) {
  pid_t child = -1;
  std::exception_ptr error;
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return !task_; });
  bool done = false;
  task_ = [&] {
    try {
      child = fork_and_execute(command);
    } catch (...) {
      error = std::current_exception();
    }
    done = true;
  };
  changed_.notify_all();
  changed_.wait(lock, [&] { return done; });
  if (error) std::rethrow_exception(error);
  return child;
}

std::optional<int> wait_for_exit(pid_t child, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    int status = 0;
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return status;
    if (ended < 0 && errno != EINTR) return 0;
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

std::string describe_status(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = sigdescr_np(WTERMSIG(status));
    return fmt::format("signal {} ({})", WTERMSIG(status), name == nullptr ? "unknown" : name);
  }
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace witness
