#include "history/log_directory.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>
#include <tuple>
#include <unordered_set>

#include "history/excerpt.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

struct Log {
  std::string name;
  std::optional<std::int64_t> number;
};

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// Numbered ones first.
bool is_before(const Log& a, const Log& b) {
  if (a.number.has_value() != b.number.has_value()) return a.number.has_value();
  return std::tie(a.number, a.name) < std::tie(b.number, b.name);
}

}  // namespace

bool is_directory(const std::string& path) {
  std::error_code none;
  return path != "-" && std::filesystem::is_directory(path, none);
}

std::vector<HistoryFile> logs_in(const std::string& directory, const HistoryFormat& format) {
  std::vector<Log> logs;
  std::error_code error;
  std::filesystem::directory_iterator entries{directory, error};
  for (; !error && entries != std::filesystem::directory_iterator{}; entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    std::error_code none;
    if (!name.starts_with(format.log_prefix) || !name.ends_with(format.log_suffix) ||
        name.size() < format.log_prefix.size() + format.log_suffix.size() ||
        !entries->is_regular_file(none)) {
      continue;
    }
    std::string_view middle = name;
    middle.remove_prefix(format.log_prefix.size());
    middle.remove_suffix(format.log_suffix.size());
    logs.push_back({name, number_of(middle)});
  }
  if (error) throw InputError(directory, {}, "cannot be read: " + error.message());
  std::sort(logs.begin(), logs.end(), is_before);
  std::vector<HistoryFile> files;
  std::int64_t next = 0;
  for (const Log& log : logs) {
    const std::int64_t session = log.number && *log.number >= next ? *log.number : next;
    files.push_back({(std::filesystem::path{directory} / log.name).string(), session});
    next = session + 1;
  }
  return files;
}

void make_log_directory(const std::string& directory) {
  std::error_code error;
  if (directory == "-" || std::filesystem::is_regular_file(directory, error)) {
    throw UsageError(printable(directory) +
                     " is no directory, and this format has a file for each "
                     "session");
  }
  if (!std::filesystem::exists(directory, error)) {
    std::filesystem::create_directory(directory, error);
    if (!error) return;
    throw SystemError(printable(directory) + ": cannot create the directory: " + error.message());
  }
  if (!std::filesystem::is_empty(directory, error)) {
    throw UsageError(printable(directory) + " is there already, and it is not empty");
  }
}

std::vector<std::int64_t> log_numbers(const Transactions& all) {
  std::vector<std::int64_t> numbers = all.processes;
  std::unordered_set<std::int64_t> used(numbers.begin(), numbers.end());
  std::unordered_set<std::int64_t> given;
  std::int64_t next = 0;
  for (std::int64_t& number : numbers) {
    if (number < 0 || !given.insert(number).second) {
      while (used.contains(next)) ++next;
      number = next++;
    }
  }
  return numbers;
}

std::string log_path(const std::string& directory, const HistoryFormat& format,
                     std::int64_t number) {
  const std::string name =
      std::string{format.log_prefix} + std::to_string(number) + std::string{format.log_suffix};
  return (std::filesystem::path{directory} / name).string();
}

}  // namespace witness
