/// What judging histories of objects costs: `witness check` as a user runs it, process start
/// included, against one byte-wise pass over the same mapped file that decodes its integers.
///
///   porcupine's key-value logs, 1, 10 and 50 clients, ok and bad      at most 50 ms each
///   1,000,000 calls, 100 clients, 5 % of unknown end, of one register,
///   cas-register, mutex, set, fifo-queue, stack, stock                 at most 3 passes
///   the register as EDN                                                at most 3 passes
///
/// Exit 1 if a promise is broken. An argument sets the number of calls.
#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "measure.hpp"

namespace {

namespace fs = std::filesystem;
using namespace bench;

constexpr int kRuns = 5;

class Bench {
 public:
  explicit Bench(std::uint64_t calls)
      : calls_(calls),
        folder_(fs::temp_directory_path() / fmt::format("witness-bench-{}", getpid())) {
    fs::create_directory(folder_);
  }
  ~Bench() { fs::remove_all(folder_); }

  bool run() {
    logs();
    fmt::print("{:<28} {:>8} {:>8} {:>8} {:>8}   {}\n", "history", "MB", "seconds", "passes",
               "MB peak", "promise");
    for (const char* shape :
         {"register", "cas-register", "mutex", "set", "fifo-queue", "stack", "stock"}) {
      const std::string path = folder_ / "history.jsonl";
      run_witness({"generate", shape, "--quiet", "-o", path, "--ops", std::to_string(calls_),
                   "--clients", "100", "--info", "0.05"});
      judge(shape, path);
      if (shape == std::string{"register"}) judge("register as EDN", as_edn(path));
      fs::remove(path);
    }
    fmt::print("{}\n", kept_ ? "kept" : "MISSED");
    return kept_;
  }

 private:
  void promise(bool good) { kept_ = kept_ && good; }

  /// Those that others recorded, where they are there.
  void logs() {
    const char* const corpora = std::getenv("WITNESS_CORPORA");
    const fs::path folder =
        fs::path{corpora == nullptr ? "../shared/corpora" : corpora} / "porcupine" / "kv";
    if (!fs::exists(folder)) {
      fmt::print("no porcupine logs at {}; set WITNESS_CORPORA\n", folder.string());
      return;
    }
    for (const char* name : {"c01-ok", "c01-bad", "c10-ok", "c10-bad", "c50-ok", "c50-bad"}) {
      const fs::path path = folder / (std::string{name} + ".txt");
      const bool bad = std::string{name}.ends_with("bad");
      const Cost cost = best_of(kRuns, {"check", "--quiet", path}, bad ? 1 : 0);
      const bool good = cost.seconds <= 0.050;
      promise(good);
      fmt::print("{:<28} {:>6.1f} ms   at most 50{}\n", name, cost.seconds * 1e3,
                 good ? "" : "  MISSED");
    }
  }

  void judge(const std::string& name, const std::string& path) {
    const Cost cost = best_of(kRuns, {"check", "--quiet", "--model", "linearizable", path});
    const double passes = cost.seconds / best_pass(path, kRuns);
    const bool good = passes <= 3;
    promise(good);
    fmt::print("{:<28} {:>8.1f} {:>8.2f} {:>8.2f} {:>8.0f}   at most 3{}\n", name,
               static_cast<double>(fs::file_size(path)) / 1e6, cost.seconds, passes, cost.mebibytes,
               good ? "" : "  MISSED");
    std::fflush(stdout);
  }

  /// The same lines in the other notation: `"index":0` becomes `:index 0`.
  std::string as_edn(const std::string& path) const {
    const std::string edn = folder_ / "history.edn";
    std::ifstream in{path};
    std::ofstream out{edn};
    bool first = true;
    for (std::string line; std::getline(in, line);) {
      if (first || line.find("\"schema\"") != std::string::npos) {
        first = false;
        continue;
      }
      std::string changed;
      for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] != '"') {
          changed += line[at] == ':' ? ' ' : line[at];
          continue;
        }
        const std::size_t end = line.find('"', at + 1);
        changed += ':' + line.substr(at + 1, end - at - 1);
        at = end;
      }
      const std::size_t null = changed.find("null");
      if (null != std::string::npos) changed.replace(null, 4, "nil");
      out << changed << '\n';
    }
    return edn;
  }

  std::uint64_t calls_;
  fs::path folder_;
  bool kept_ = true;
};

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t calls = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  return Bench{calls}.run() ? 0 : 1;
}
