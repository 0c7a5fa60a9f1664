/// Histories that are directories, with a file for each session.
#pragma once

#include <string>
#include <vector>

#include "history/block_reader.hpp"

namespace witness {

/// False for "-", and for what is not there.
bool is_directory(const std::string& path);

/// The logs of a format in a directory, in the order of their numbers. The session of `T12.log` is
/// 12; names without a number, or with one that another has, get the numbers behind.
/// Throws InputError for what cannot be read.
std::vector<HistoryFile> logs_in(const std::string& directory, const HistoryFormat& format);

/// Creates a directory, or takes an empty one. Throws UsageError for any other, and SystemError.
void make_log_directory(const std::string& directory);

/// A number for the log of each process: its own, if it has one.
std::vector<std::int64_t> log_numbers(const Transactions& all);
std::string log_path(const std::string& directory, const HistoryFormat& format,
                     std::int64_t number);

}  // namespace witness
