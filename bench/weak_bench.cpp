/// What the weak levels of registers cost whose order of versions nobody recorded: `witness check`
/// as a user runs it, process start included, against one byte-wise pass over the same file, in
/// Plume's text; 8 operations a transaction, 50,000 keys.
///
///   read committed, read atomic, 100 sessions   at most 6 passes, at most 1.5 GB
///   causal, 100 sessions                        at most 25 passes, at most 1.5 GB
///   causal, 10 sessions                         at most 8 passes
///
/// Exit 1 if a promise is broken. An argument sets the number of transactions.
#include <fmt/format.h>

#include <filesystem>

#include "measure.hpp"

namespace {

namespace fs = std::filesystem;
using namespace bench;

constexpr int kRuns = 5;

class Bench {
 public:
  explicit Bench(std::string transactions)
      : transactions_(std::move(transactions)),
        folder_(fs::temp_directory_path() / fmt::format("witness-weak-bench-{}", getpid())) {
    fs::create_directory(folder_);
  }
  ~Bench() { fs::remove_all(folder_); }

  bool run() {
    fmt::print("{:<40} {:>8} {:>8} {:>8}   {}\n", "level", "seconds", "passes", "MB peak",
               "promise");
    const std::string many = generate("100");
    judge("read-committed", "100", many, 6);
    judge("monotonic-atomic-view", "100", many, 0);
    judge("read-atomic", "100", many, 6);
    judge("strong-session-read-atomic", "100", many, 0);
    judge("causal", "100", many, 25);
    judge("causal", "10", generate("10"), 8);
    fmt::print("{}\n", kept_ ? "kept" : "MISSED");
    return kept_;
  }

 private:
  std::string generate(const std::string& sessions) const {
    const std::string native = folder_ / "history.jsonl";
    const std::string text = folder_ / fmt::format("history-{}.txt", sessions);
    run_witness({"generate", "rw-register", "--quiet", "-o", native, "--ops", transactions_,
                 "--clients", sessions, "--keys", "50000", "--writes-per-key", "1000000",
                 "--ops-per-txn", "8", "--info", "0", "--fail", "0"});
    run_witness({"convert", native, text, "--to", "plume"});
    fs::remove(native);
    return text;
  }

  /// At most so many passes; 0: nothing is promised.
  void judge(const std::string& model, const std::string& sessions, const std::string& path,
             double limit) {
    const Cost cost = best_of(kRuns, {"check", "--quiet", path, "--model", model});
    const double passes = cost.seconds / best_pass(path, kRuns);
    const bool good = limit <= 0 || (passes <= limit && cost.mebibytes <= 1536);
    kept_ = kept_ && good;
    fmt::print("{:<40} {:>8.2f} {:>8.2f} {:>8.0f}   {}\n",
               fmt::format("{}, {} sessions", model, sessions), cost.seconds, passes,
               cost.mebibytes,
               limit > 0 ? fmt::format("at most {}{}", limit, good ? "" : "  MISSED") : "");
    std::fflush(stdout);
  }

  std::string transactions_;
  fs::path folder_;
  bool kept_ = true;
};

}  // namespace

int main(int argc, char** argv) { return Bench{argc > 1 ? argv[1] : "1000000"}.run() ? 0 : 1; }
