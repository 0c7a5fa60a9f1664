/// The options of `witness record`: command line, TOML file, and back to a command that repeats.
/// (Implemented in record_options_command.cpp: only commands see CLI11.)
#pragma once

#include <string>
#include <vector>

#include "workloads/run.hpp"

namespace CLI {
class App;
}

namespace witness {

/// Options as they are typed, before they mean anything.
struct RecordArguments {
  std::string workload;
  std::vector<std::string> targets;
  std::string isolation = "native";
  std::string variant;
  std::uint64_t clients = 8;
  std::vector<std::uint64_t> ladder;
  std::uint64_t operations = 0;
  std::string duration = "0s";
  std::string rate = "0/s";
  std::uint64_t keys = 0;
  std::string pick = "rounds";
  std::uint64_t stock = 100;
  std::string steps = "4";
  double reads = TransactionShape{}.reads;
  std::uint64_t writes_per_key = TransactionShape{}.writes_per_key;
  std::vector<unsigned> retries = {8};
  std::string backoff = "full-jitter";
  std::string backoff_base = "4ms";
  std::string backoff_cap = "1s";
  bool retry_info = false;
  std::string overlap;  ///< empty: barrier, or none under --rate
  std::string overlap_delay = "5ms";
  std::string hold = "0s";
  std::string timeout = "30s";
  std::string reconnect = "10s";
  std::string quiesce = "30s";
  std::uint64_t seed = 0;
  std::string password_command;
  std::string config;
  std::string output;
  bool keep = false;
  bool no_check = false;
  std::vector<std::string> requirements;
};

void add_record_options(CLI::App& app, RecordArguments& arguments);

/// Fills in what the command line left open from a TOML file (--config).
/// Throws InputError with line and column, SystemError if it cannot be read.
void apply_config(CLI::App& app, const std::string& path);

/// Throws UsageError. Targets are left to the caller where none was named.
RunOptions run_options(CLI::App& app, const RecordArguments& arguments);

}  // namespace witness
