/// What a command costs, and what one pass over its input costs.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Of a whole process, its start included.
struct Cost {
  double seconds = 0;
  double mebibytes = 0;
};

/// Runs `witness` with these arguments, output thrown away. Ends the program where it exits
/// otherwise than `expected`.
inline Cost run_witness(const std::vector<std::string>& arguments, int expected = 0) {
  std::vector<char*> argv = {const_cast<char*>("witness")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::fflush(stdout);  // else the child writes it once more
  const auto begin = Clock::now();
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) != nullptr) execv(WITNESS_BINARY, argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != expected) {
    std::fprintf(stderr, "witness %s: exit %d, but %d was expected\n", arguments.front().c_str(),
                 WIFEXITED(status) ? WEXITSTATUS(status) : -1, expected);
    std::exit(1);
  }
  return {seconds_since(begin), static_cast<double>(usage.ru_maxrss) / 1024};
}

/// The best of several runs: what disturbs only adds.
inline Cost best_of(int runs, const std::vector<std::string>& arguments, int expected = 0) {
  Cost best = run_witness(arguments, expected);
  for (int i = 1; i < runs; ++i) {
    const Cost next = run_witness(arguments, expected);
    best.seconds = std::min(best.seconds, next.seconds);
    best.mebibytes = std::max(best.mebibytes, next.mebibytes);
  }
  return best;
}

/// One pass over a mapped file, byte by byte, that decodes every integer in it.
inline double byte_pass(const std::string& path) {
  const auto begin = Clock::now();
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (file < 0 || fstat(file, &info) != 0) std::exit(1);
  const auto size = static_cast<std::size_t>(info.st_size);
  void* const mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (mapped == MAP_FAILED) std::exit(1);
  const auto* bytes = static_cast<const unsigned char*>(mapped);
  std::uint64_t sum = 0;
  std::uint64_t value = 0;
  bool inside = false;
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned digit = bytes[i] - unsigned{'0'};
    if (digit < 10) {
      value = value * 10 + digit;
      inside = true;
    } else if (inside) {
      sum += value;
      value = 0;
      inside = false;
    }
  }
  munmap(mapped, size);
  close(file);
  if (sum == 0) std::exit(1);
  return seconds_since(begin);
}

/// The best of several: what disturbs only adds.
inline double best_pass(const std::string& path, int runs) {
  double best = byte_pass(path);
  for (int i = 1; i < runs; ++i) best = std::min(best, byte_pass(path));
  return best;
}

}  // namespace bench
