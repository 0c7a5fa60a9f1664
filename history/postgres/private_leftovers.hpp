/// Ends a server that nobody owns any more, from what its data folder says of it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

namespace witness {

/// What a server's postmaster.pid says. Written by the server, or by whoever owns the folder: to
/// be checked before it is believed.
struct PostmasterFile {
  pid_t pid = -1;
  key_t shared_memory_key = 0;
  int shared_memory_id = -1;  ///< -1: not yet written
};

/// `folder` is the open private folder, whose data stands in "data". Nullopt: no such file.
std::optional<PostmasterFile> read_postmaster_file(int folder);

/// Waits until no process is attached to the server's shared memory: its backends are gone.
/// False if some are left after `patience`.
bool wait_for_backends(const PostmasterFile& file, std::chrono::milliseconds patience);

/// Stops the postmaster of the folder, if its process really is one: it runs a program called
/// postgres, as the folder's owner, in the folder's data directory. Then removes the shared memory
/// that it left, if that belongs to the same user and nobody uses it.
void stop_orphan_server(int folder);

/// Removes the server's shared memory segment (a killed server leaves it), under these conditions.
void remove_shared_memory(int folder);

}  // namespace witness
