#include "history/postgres/private_binaries.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "witness/error.hpp"

namespace witness {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 2> kPrograms = {"initdb", "postgres"};

bool holds_programs(const fs::path& folder) {
  return std::all_of(kPrograms.begin(), kPrograms.end(), [&](const char* program) {
    const fs::path path = folder / program;
    std::error_code error;
    return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
  });
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}

/// What `pg_config --bindir` prints; empty if there is no pg_config.
fs::path ask_pg_config() {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{
      popen("pg_config --bindir 2>/dev/null </dev/null", "re"), [](FILE* f) { return pclose(f); }};
  if (!pipe) return {};
  std::string text;
  for (int c = std::fgetc(pipe.get()); c != EOF && c != '\n'; c = std::fgetc(pipe.get())) {
    text.push_back(static_cast<char>(c));
  }
  return text;
}

std::vector<fs::path> folders_of_path() {
  std::vector<fs::path> folders;
  const std::string path = environment("PATH");
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    // An empty or relative entry means the current folder, where nobody installs a server.
    if (end > begin && path[begin] == '/') folders.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return folders;
}

/// The number that a folder's name ends with ("15", "pgsql-16"), for highest version first.
double version_of(std::string_view name) {
  const std::size_t digits = name.find_last_not_of("0123456789.");
  return std::strtod(
      std::string{name.substr(digits == std::string_view::npos ? 0 : digits + 1)}.c_str(), nullptr);
}

/// `parent`/`prefix`*/bin, highest version first.
std::vector<fs::path> versioned_folders(const fs::path& parent, std::string_view prefix) {
  std::vector<fs::path> versions;
  std::error_code error;
  for (fs::directory_iterator it{parent, error}, end; !error && it != end; it.increment(error)) {
    if (it->path().filename().native().starts_with(prefix)) versions.push_back(it->path());
  }
  std::sort(versions.begin(), versions.end(), [](const fs::path& a, const fs::path& b) {
    return version_of(a.filename().native()) > version_of(b.filename().native());
  });
  for (fs::path& version : versions) version /= "bin";
  return versions;
}

}  // namespace

fs::path find_postgres_binaries() {
  if (const std::string forced = environment("WITNESS_PG_BIN"); !forced.empty()) {
    fs::path folder = fs::absolute(forced);
    if (holds_programs(folder)) return folder;
    throw SystemError(
        fmt::format("WITNESS_PG_BIN is {}, but that folder does not hold initdb and postgres; "
                    "unset it to use the installed PostgreSQL",
                    forced));
  }
  std::vector<fs::path> candidates;
  if (fs::path folder = ask_pg_config(); folder.is_absolute()) candidates.push_back(folder);
  for (auto&& more : {folders_of_path(), versioned_folders("/usr/lib/postgresql", ""),
                      versioned_folders("/usr", "pgsql-")}) {
    candidates.insert(candidates.end(), more.begin(), more.end());
  }
  for (const fs::path& folder : candidates) {
    if (holds_programs(folder)) return folder;
  }
  throw SystemError(
      "no PostgreSQL server is installed: initdb and postgres were looked for in "
      "`pg_config --bindir`, PATH, /usr/lib/postgresql/*/bin and /usr/pgsql-*/bin. "
      "Install it (Debian: apt-get install postgresql), set WITNESS_PG_BIN to their folder, "
      "or name a database with --target");
}

}  // namespace witness
