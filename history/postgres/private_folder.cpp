#include "history/postgres/private_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "witness/error.hpp"

namespace witness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "witness-pg-";
constexpr std::string_view kSocketName = "/.s.PGSQL.5432";
/// These separate socket folders in a server's setting or a connection string.
constexpr std::string_view kForbidden = ",\"'\\\n";
constexpr std::size_t kSocketPathMax = sizeof(sockaddr_un::sun_path) - 1;
/// PostgreSQL's own folders are four deep; nobody's folder shall exhaust our stack.
constexpr int kDepthMax = 32;

std::string system_message() { return std::generic_category().message(errno); }

std::vector<fs::path> temporary_folders() {
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("TMPDIR"); chosen != nullptr && *chosen != '\0') {
    std::error_code error;
    const fs::path real = fs::canonical(chosen, error);
    if (!error) folders.push_back(real);
  }
  if (folders.empty() || folders.front() != "/tmp") folders.emplace_back("/tmp");
  return folders;
}

/// Can `user` pass through every folder on the way? Group rights are not counted: a server's
/// groups are dropped, and /tmp is there to fall back to.
bool can_reach(const fs::path& folder, const ServerUser& user) {
  if (!user.drop) return true;
  fs::path way;
  for (const fs::path& part : folder) {
    way /= part;
    struct stat info {};
    if (stat(way.c_str(), &info) != 0) return false;
    const mode_t needed = info.st_uid == user.uid ? S_IXUSR : S_IXOTH;
    if ((info.st_mode & needed) == 0) return false;
  }
  return true;
}

bool same_folder(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Does the path still lead to the folder that was opened?
bool still_at(const fs::path& path, int descriptor) {
  struct stat opened {};
  struct stat found {};
  return fstat(descriptor, &opened) == 0 && lstat(path.c_str(), &found) == 0 &&
         same_folder(opened, found);
}

FileDescriptor open_folder(int parent, const char* name) {
  return FileDescriptor{openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

/// The entries of an open folder; not "." and "..".
std::vector<std::string> entries_of(int folder) {
  std::vector<std::string> names;
  const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream{fdopendir(copy),
                                                   [](DIR* dir) { return closedir(dir); }};
  if (!stream) {
    close(copy);
    return names;
  }
  while (const dirent* entry = readdir(stream.get())) {
    const std::string_view name{entry->d_name};
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

/// Through descriptors and O_NOFOLLOW: a path that somebody swaps for a link meanwhile leads
/// nowhere. Stays on the folder's own device.
void remove_contents(int folder, dev_t device, int depth) {
  for (const std::string& name : entries_of(folder)) {
    struct stat info {};
    if (fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISDIR(info.st_mode)) {
      unlinkat(folder, name.c_str(), 0);
      continue;
    }
    if (info.st_dev != device || depth >= kDepthMax) continue;
    if (const FileDescriptor inner = open_folder(folder, name.c_str())) {
      remove_contents(inner.get(), device, depth + 1);
    }
    unlinkat(folder, name.c_str(), AT_REMOVEDIR);
  }
}

/// Several passes: what still ends in there may write once more.
bool remove_folder(const fs::path& path, int folder) {
  struct stat info {};
  if (fstat(folder, &info) != 0) return false;
  for (int pass = 0; pass < 100; ++pass) {
    if (!still_at(path, folder)) return false;
    remove_contents(folder, info.st_dev, 0);
    if (rmdir(path.c_str()) == 0) return true;
    if (errno != ENOTEMPTY && errno != EEXIST) return false;
    if (pass >= 10 && entries_of(folder).empty()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return false;
}

/// A new folder, locked before anybody could take it for an orphan; an orphan hunter who was
/// faster has removed it, and another is made.
std::pair<fs::path, FileDescriptor> make_locked_folder(const fs::path& parent) {
  while (true) {
    std::string path = (parent / (std::string{kPrefix} + "XXXXXX")).native();
    if (mkdtemp(path.data()) == nullptr) {
      throw SystemError(
          fmt::format("cannot make a folder in {}: {}", parent.native(), system_message()));
    }
    FileDescriptor descriptor = open_folder(AT_FDCWD, path.c_str());
    if (!descriptor) continue;
    if (flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) continue;
      const std::string message = system_message();
      rmdir(path.c_str());
      throw SystemError(fmt::format("cannot lock the folder {}: {}", path, message));
    }
    if (still_at(path, descriptor.get())) return {path, std::move(descriptor)};
  }
}

/// In the first temporary folder that will do; the last one's error if none does.
std::pair<fs::path, FileDescriptor> make_somewhere(const ServerUser& user) {
  std::string reason;
  for (const fs::path& parent : temporary_folders()) {
    const std::size_t length = parent.native().size() + 1 + kPrefix.size() + 6 + kSocketName.size();
    if (length > kSocketPathMax) {
      reason = fmt::format("{} is too long a path for a Unix socket ({} bytes of {})",
                           parent.native(), length, kSocketPathMax);
    } else if (parent.native().find_first_of(kForbidden) != std::string::npos) {
      reason = fmt::format("{} has a comma, a quote or a backslash in its name", parent.native());
    } else if (!can_reach(parent, user)) {
      reason = fmt::format("the user {} cannot enter {}", user.name, parent.native());
    } else {
      try {
        return make_locked_folder(parent);
      } catch (const SystemError& error) {
        reason = error.what();
      }
    }
  }
  throw SystemError("no temporary folder for a private PostgreSQL: " + reason +
                    "; set TMPDIR to one that will do");
}

/// True if the folder was an orphan and is gone.
bool remove_if_orphan(const fs::path& path, const std::function<void(int folder)>& settle) {
  const FileDescriptor folder = open_folder(AT_FDCWD, path.c_str());
  if (!folder) return false;
  if (flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return false;
  if (!still_at(path, folder.get())) return false;
  settle(folder.get());
  return remove_folder(path, folder.get());
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)} {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

PrivateFolder::PrivateFolder(const ServerUser& user) {
  std::tie(path_, descriptor_) = make_somewhere(user);
  if (user.drop && fchown(descriptor_.get(), user.uid, user.gid) != 0) {
    const std::string message = system_message();
    rmdir(path_.c_str());
    throw SystemError(
        fmt::format("cannot give {} to the user {}: {}", path_.native(), user.name, message));
  }
}

PrivateFolder::~PrivateFolder() { remove_folder(path_, descriptor_.get()); }

std::size_t remove_orphan_folders(const std::function<void(int folder)>& settle) {
  std::size_t removed = 0;
  for (const fs::path& parent : temporary_folders()) {
    std::error_code error;
    for (fs::directory_iterator it{parent, error}, end; !error && it != end; it.increment(error)) {
      const fs::path& path = it->path();
      const bool ours = path.filename().native().starts_with(kPrefix) &&
                        path.filename().native().size() == kPrefix.size() + 6;
      if (ours && remove_if_orphan(path, settle)) ++removed;
    }
  }
  return removed;
}

}  // namespace witness
