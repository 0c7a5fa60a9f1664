/// Temporary folders that show whether their owner lives.
///
/// An owner holds flock() on its folder for as long as it lives; the kernel lets go when the
/// owner dies, however it dies. Whoever gets that lock on another's folder has therefore found a
/// leftover, and while he holds it nobody else will touch the folder. No file stands for the lock,
/// so there is no moment at which a folder exists whose owner cannot be asked for.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <functional>

#include "history/postgres/private_process.hpp"

namespace witness {

/// Owns a file descriptor.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) noexcept : fd_{fd} {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

/// A new folder "witness-pg-XXXXXX", mode 0700, that belongs to `user`, under $TMPDIR or /tmp: the
/// first of them in which a Unix socket's path fits and which `user` can reach.
class PrivateFolder {
 public:
  /// Throws SystemError.
  explicit PrivateFolder(const ServerUser& user);
  /// Removes it with all that is in it.
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  /// An open descriptor of the folder itself.
  int descriptor() const noexcept { return descriptor_.get(); }

 private:
  std::filesystem::path path_;
  FileDescriptor descriptor_;
};

/// Removes the folders under $TMPDIR and /tmp whose owner died, where permitted. `settle` is
/// called with the locked folder first, to end what still lives in it. Gives how many were
/// removed. Never throws for what it may not touch.
std::size_t remove_orphan_folders(const std::function<void(int folder)>& settle);

}  // namespace witness
