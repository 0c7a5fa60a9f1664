/// What serializability and snapshot isolation of registers cost whose order of versions nobody
/// recorded: `witness check` as a user runs it, process start included. Histories in Plume's text:
/// they hold sessions and no time, and every write is blind.
///
///   4,000 transactions of 8 operations, 24 sessions, 10,000 keys    at most 0.3 s
///   10,000 of them                                                  at most 1 s
///   10,000, 25 sessions; 30 %, 50 %, 95 % reads; both levels        at most 1.5 s each
///   100,000, 25 sessions, 100,000 keys                              at most 60 s and 4 GB
///
/// Exit 1 if a promise is broken. Seconds are those of a machine that does nothing else.
#include <fmt/format.h>

#include <filesystem>

#include "measure.hpp"

namespace {

namespace fs = std::filesystem;
using namespace bench;

struct Row {
  const char* transactions;
  const char* sessions;
  const char* keys;
  const char* reads;
  const char* model;
  double seconds;
  int runs;
};
constexpr Row kRows[] = {
    {"4000", "24", "10000", "0.5", "serializable", 0.3, 5},
    {"10000", "24", "10000", "0.5", "serializable", 1, 5},
    {"10000", "25", "10000", "0.3", "serializable", 1.5, 3},
    {"10000", "25", "10000", "0.3", "snapshot-isolation", 1.5, 3},
    {"10000", "25", "10000", "0.5", "snapshot-isolation", 1.5, 3},
    {"10000", "25", "10000", "0.95", "serializable", 1.5, 3},
    {"10000", "25", "10000", "0.95", "snapshot-isolation", 1.5, 3},
    {"100000", "25", "100000", "0.5", "serializable", 60, 1},
};

bool judge(const Row& row, const fs::path& folder) {
  const std::string native = folder / "history.jsonl";
  const std::string text = folder / "history.txt";
  run_witness({"generate",
               "rw-register",
               "--level",
               "strict-serializable",
               "--quiet",
               "-o",
               native,
               "--ops",
               row.transactions,
               "--clients",
               row.sessions,
               "--keys",
               row.keys,
               "--writes-per-key",
               "1000000",
               "--ops-per-txn",
               "8",
               "--reads",
               row.reads,
               "--info",
               "0",
               "--fail",
               "0"});
  run_witness({"convert", native, text, "--to", "plume"});
  const Cost cost = best_of(row.runs, {"check", "--quiet", text, "--model", row.model});
  const bool good = cost.seconds <= row.seconds && cost.mebibytes <= 4096;
  fmt::print("{:>7} transactions, {:>4} reads, {:<19} {:>7.2f} s {:>6.0f} MB   at most {} s{}\n",
             row.transactions, row.reads, row.model, cost.seconds, cost.mebibytes, row.seconds,
             good ? "" : "  MISSED");
  std::fflush(stdout);
  return good;
}

}  // namespace

int main() {
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("witness-registers-bench-{}", getpid());
  fs::create_directory(folder);
  bool kept = true;
  for (const Row& row : kRows) kept = judge(row, folder) && kept;
  fs::remove_all(folder);
  fmt::print("{}\n", kept ? "kept" : "MISSED");
  return kept ? 0 : 1;
}
