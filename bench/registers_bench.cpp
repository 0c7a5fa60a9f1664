/// What serializability and snapshot isolation of registers cost whose order of versions nobody
/// recorded: `witness check` as a user runs it, process start included. Generated histories in
/// Plume's text: they hold sessions and no time, and every write is blind.
///
///   4,000 transactions of 8 operations, 24 sessions, 10,000 keys    at most 0.3 s
///   10,000 of them                                                  at most 1 s
///   100,000, 25 sessions, 100,000 keys                              at most 60 s and 4 GB
///
/// And recordings that a real database made a moment ago, with blind writes, at serializable:
///
///   10,000, 25 clients, 10,000 keys; 30 %, 50 %, 95 % reads; both levels   at most 1.5 s each
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

struct Recording {
  const char* reads;
  double seconds;
};
constexpr Recording kRecordings[] = {{"0.3", 1.5}, {"0.5", 1.5}, {"0.95", 1.5}};

/// Records on a private PostgreSQL, and judges what was recorded.
bool record(const Recording& recording, const fs::path& folder) {
  const std::string file = folder / "recorded.jsonl";
  const Cost recorded = run_witness({"record",
                                     "rw-register",
                                     "--variant",
                                     "blind",
                                     "--isolation",
                                     "serializable",
                                     "--quiet",
                                     "--no-check",
                                     "-o",
                                     file,
                                     "--ops",
                                     "10000",
                                     "--clients",
                                     "25",
                                     "--keys",
                                     "10000",
                                     "--writes-per-key",
                                     "1000000",
                                     "--ops-per-txn",
                                     "8",
                                     "--reads",
                                     recording.reads,
                                     "--overlap",
                                     "none",
                                     "--retries",
                                     "100",
                                     "--seed",
                                     "1"});
  fmt::print("  10000 transactions, {:>4} reads, recorded in {:.1f} s, server start included\n",
             recording.reads, recorded.seconds);
  bool kept = true;
  for (const char* model : {"serializable", "snapshot-isolation"}) {
    const Cost cost = best_of(3, {"check", "--quiet", file, "--model", model});
    const bool good = cost.seconds <= recording.seconds;
    fmt::print("  {:>35} {:<19} {:>7.2f} s {:>6.0f} MB   at most {} s{}\n", "judged at", model,
               cost.seconds, cost.mebibytes, recording.seconds, good ? "" : "  MISSED");
    kept = kept && good;
  }
  std::fflush(stdout);
  return kept;
}

}  // namespace

int main() {
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("witness-registers-bench-{}", getpid());
  fs::create_directory(folder);
  bool kept = true;
  for (const Row& row : kRows) kept = judge(row, folder) && kept;
  for (const Recording& recording : kRecordings) kept = record(recording, folder) && kept;
  fs::remove_all(folder);
  fmt::print("{}\n", kept ? "kept" : "MISSED");
  return kept ? 0 : 1;
}
