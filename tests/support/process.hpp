/// Runs a program as its user would, and gives what it printed and how it ended.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace witness::test {

struct Finished {
  int exit = -1;    ///< exit code, or 1000 + signal
  std::string out;  ///< standard output
  std::string err;
  double peak_mebibytes = 0;  ///< the most memory that it occupied
};

/// A folder of the test's own, removed at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "witness-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

/// A running program. Its output is read by finish().
class Process {
 public:
  /// `environment`: "NAME=value" to set, "NAME" to unset.
  explicit Process(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment = {},
                   const std::string& folder = "") {
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    if (pipe2(out_.data(), O_CLOEXEC) != 0 || pipe2(err_.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe2");
    }
    pid_ = fork();
    if (pid_ == 0) {
      dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
      dup2(out_[1], STDOUT_FILENO);
      dup2(err_[1], STDERR_FILENO);
      for (const std::string& variable : environment) {
        const auto equals = variable.find('=');
        if (equals == std::string::npos) {
          unsetenv(variable.c_str());
        } else {
          setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
        }
      }
      if (!folder.empty() && chdir(folder.c_str()) != 0) _exit(126);
      execvp(argv[0], argv.data());
      _exit(127);
    }
    close(out_[1]);
    close(err_[1]);
  }
  ~Process() {
    if (!reaped_) {
      kill(SIGKILL);
      finish();
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void kill(int signal) const { ::kill(pid_, signal); }
  pid_t pid() const { return pid_; }

  Finished finish() {
    Finished result;
    std::array<pollfd, 2> files = {pollfd{out_[0], POLLIN, 0}, pollfd{err_[0], POLLIN, 0}};
    std::array<std::string*, 2> texts = {&result.out, &result.err};
    for (int open_files = 2; open_files > 0;) {
      poll(files.data(), files.size(), -1);
      for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].fd < 0 || files[i].revents == 0) continue;
        std::array<char, 4096> buffer{};
        const ssize_t n = read(files[i].fd, buffer.data(), buffer.size());
        if (n > 0) {
          texts[i]->append(buffer.data(), static_cast<std::size_t>(n));
        } else {
          close(files[i].fd);
          files[i].fd = -1;
          --open_files;
        }
      }
    }
    int status = 0;
    rusage usage{};
    wait4(pid_, &status, 0, &usage);
    reaped_ = true;
    result.peak_mebibytes = static_cast<double>(usage.ru_maxrss) / 1024;
    result.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    return result;
  }

 private:
  std::array<int, 2> out_{};
  std::array<int, 2> err_{};
  pid_t pid_ = -1;
  bool reaped_ = false;
};

/// `witness` with arguments, to its end.
inline Finished witness(std::vector<std::string> arguments,
                        const std::vector<std::string>& environment = {},
                        const std::string& folder = "") {
  arguments.insert(arguments.begin(), WITNESS_BINARY);
  return Process{arguments, environment, folder}.finish();
}

}  // namespace witness::test
