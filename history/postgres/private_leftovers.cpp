#include "history/postgres/private_leftovers.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "history/postgres/private_folder.hpp"

namespace witness {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStopPatience{5000};

template <typename Number>
Number number_in(std::string_view text, Number otherwise) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return otherwise;
  Number value = otherwise;
  std::from_chars(text.data() + begin, text.data() + text.size(), value);
  return value;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

FileDescriptor open_data(int folder) {
  return FileDescriptor{openat(folder, "data", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

/// The process file's own claim is not enough: a process id may have been given to somebody else,
/// or written by somebody else.
bool is_postmaster_of(pid_t pid, int folder) {
  const std::string process = fmt::format("/proc/{}", pid);
  std::array<char, 4096> program{};
  const ssize_t length = readlink((process + "/exe").c_str(), program.data(), program.size() - 1);
  if (length <= 0) return false;
  std::string_view path{program.data(), static_cast<std::size_t>(length)};
  constexpr std::string_view kDeleted = " (deleted)";  // replaced by an upgrade meanwhile
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  if (path.substr(path.rfind('/') + 1) != "postgres") return false;

  const FileDescriptor data = open_data(folder);
  struct stat owner {};
  struct stat data_info {};
  struct stat works_in {};
  struct stat runs_as {};
  return data && fstat(folder, &owner) == 0 && fstat(data.get(), &data_info) == 0 &&
         stat((process + "/cwd").c_str(), &works_in) == 0 && stat(process.c_str(), &runs_as) == 0 &&
         works_in.st_dev == data_info.st_dev && works_in.st_ino == data_info.st_ino &&
         runs_as.st_uid == owner.st_uid;
}

bool ended(const FileDescriptor& process, milliseconds patience) {
  pollfd wait{process.get(), POLLIN, 0};
  return poll(&wait, 1, static_cast<int>(patience.count())) == 1;
}

/// By a descriptor of the process, so that what was checked is what is signalled.
void stop_postmaster(pid_t pid, int folder) {
  const FileDescriptor process{static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
  if (!process || !is_postmaster_of(pid, folder)) return;
  syscall(SYS_pidfd_send_signal, process.get(), SIGQUIT, nullptr, 0);
  if (ended(process, kStopPatience)) return;
  syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
  ended(process, kStopPatience);
}

}  // namespace

std::optional<PostmasterFile> read_postmaster_file(int folder) {
  const FileDescriptor data = open_data(folder);
  if (!data) return std::nullopt;
  // O_NONBLOCK: a pipe in its place must not hold us up.
  const FileDescriptor file{
      openat(data.get(), "postmaster.pid", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!file) return std::nullopt;
  std::array<char, 4096> text{};
  const ssize_t length = read(file.get(), text.data(), text.size());
  if (length <= 0) return std::nullopt;
  const auto lines = lines_of({text.data(), static_cast<std::size_t>(length)});
  PostmasterFile result;
  result.pid = number_in<pid_t>(lines[0], -1);
  if (lines.size() >= 7) {  // "<key> <id>"
    const std::string_view line = lines[6];
    const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    result.shared_memory_key =
        static_cast<key_t>(number_in<unsigned>(line.substr(begin, end - begin), 0));
    result.shared_memory_id = number_in<int>(line.substr(end), -1);
  }
  return result;
}

bool wait_for_backends(const PostmasterFile& file, milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    shmid_ds segment{};
    if (file.shared_memory_id < 0 || shmctl(file.shared_memory_id, IPC_STAT, &segment) != 0 ||
        segment.shm_nattch == 0) {
      return true;
    }
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds{2});
  }
}

void remove_shared_memory(int folder) {
  const auto file = read_postmaster_file(folder);
  struct stat owner {};
  shmid_ds segment{};
  if (!file || file->shared_memory_id < 0 || fstat(folder, &owner) != 0) return;
  if (shmctl(file->shared_memory_id, IPC_STAT, &segment) != 0) return;
  if (segment.shm_nattch == 0 && segment.shm_perm.__key == file->shared_memory_key &&
      segment.shm_perm.uid == owner.st_uid) {
    shmctl(file->shared_memory_id, IPC_RMID, nullptr);
  }
}

void stop_orphan_server(int folder) {
  const auto file = read_postmaster_file(folder);
  if (!file) return;
  if (file->pid > 1) stop_postmaster(file->pid, folder);
  wait_for_backends(*file, kStopPatience);
  remove_shared_memory(folder);
}

}  // namespace witness
