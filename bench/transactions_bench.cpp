/// What judging a long list-append history costs: `witness check` as a user runs it, process start
/// included, against one byte-wise pass over the same mapped file that decodes its integers.
///
///   1,000,000 transactions, native     at most 2.5 passes, at most 1 GB
///   the same as EDN                    at most 3 passes over that file
///   250,000 … 4,000,000 transactions   at most 2.1 times the time a step
///   10, 100, 1,000 clients             the same within 20 %
///   one giant component                at most 5 times the valid history
///   100,000 anomalies                  at most 5 times the valid history
///
/// Exit 1 if a promise is broken. An argument sets the number of transactions.
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "measure.hpp"

namespace {

namespace fs = std::filesystem;
using namespace bench;

constexpr int kRuns = 5;

class Bench {
 public:
  explicit Bench(std::uint64_t transactions)
      : transactions_(transactions),
        folder_(fs::temp_directory_path() / fmt::format("witness-bench-{}", getpid())) {
    fs::create_directory(folder_);
  }
  ~Bench() { fs::remove_all(folder_); }

  bool run() {
    fmt::print("{:<28} {:>8} {:>8} {:>8} {:>8}   {}\n", "history", "MB", "seconds", "passes",
               "MB peak", "promise");
    size();
    growth();
    clients();
    violations();
    fmt::print("{}\n", kept_ ? "kept" : "MISSED");
    return kept_;
  }

 private:
  std::string generate(std::uint64_t transactions, std::vector<std::string> more = {}) const {
    const std::string path = folder_ / "history.jsonl";
    std::vector<std::string> arguments = {
        "generate", "list-append", "--quiet", "-o", path, "--ops", std::to_string(transactions)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    fs::remove(path);
    run_witness(arguments);
    return path;
  }

  /// Judges a history; promises that it takes at most `limit` times `base` seconds (0: nothing is
  /// promised).
  Cost judge(const std::string& name, const std::string& path, double base, double limit,
             int expected = 0) {
    const Cost cost = best_of(kRuns, {"check", "--quiet", path}, expected);
    const double ratio = base > 0 ? cost.seconds / base : 0;
    const bool good = base <= 0 || ratio <= limit;
    kept_ = kept_ && good;
    fmt::print("{:<28} {:>8.1f} {:>8.2f} {:>8.2f} {:>8.0f}", name,
               static_cast<double>(fs::file_size(path)) / 1e6, cost.seconds,
               cost.seconds / best_pass(path, kRuns), cost.mebibytes);
    fmt::print("{}\n", base > 0 ? fmt::format("   {:.2f} of at most {}{}", ratio, limit,
                                              good ? "" : "  MISSED")
                                : std::string{});
    std::fflush(stdout);
    return cost;
  }

  void size() {
    const std::string native = generate(transactions_);
    const Cost cost = judge("native", native, best_pass(native, kRuns), 2.5);
    valid_seconds_ = cost.seconds;
    kept_ = kept_ && cost.mebibytes <= 1024;
    const std::string edn = folder_ / "history.edn";
    run_witness({"convert", native, edn});
    judge("EDN", edn, best_pass(edn, kRuns), 3);
    fs::remove(edn);
  }

  void growth() {
    double before = 0;
    for (std::uint64_t count = transactions_ / 4; count <= transactions_ * 4; count *= 2) {
      before = judge(fmt::format("{} transactions", count), generate(count), before, 2.1).seconds;
    }
  }

  void clients() {
    double base = 0;
    for (const char* clients : {"10", "100", "1000"}) {
      const std::string path = generate(transactions_, {"--clients", clients, "--keys", "20"});
      const Cost cost = judge(fmt::format("{} clients", clients), path, base, 1.2);
      if (base == 0) base = cost.seconds;
    }
  }

  void violations() {
    judge("one giant component", generate(transactions_, {"--level", "read-committed"}),
          valid_seconds_, 5, 1);
    const std::string count = std::to_string(transactions_ / 10);
    for (const char* plant : {"G1a", "G-single-item"}) {
      judge(fmt::format("{} times {}", count, plant),
            generate(transactions_, {"--plant", plant, "--plant-count", count}), valid_seconds_, 5,
            1);
    }
  }

  std::uint64_t transactions_;
  fs::path folder_;
  double valid_seconds_ = 0;
  bool kept_ = true;
};

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t transactions = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  return Bench{transactions}.run() ? 0 : 1;
}
