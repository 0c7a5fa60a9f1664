/// What judging costs: `witness check` as a user runs it, process start included, as the history
/// grows, against one byte-wise pass over the same file. The promise here: linear; doubling the
/// history multiplies the time by at most 2.2 a step. Exit 1 if not.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "measure.hpp"

namespace {

namespace fs = std::filesystem;
using namespace bench;

/// A valid sale: `operations` buyers, twenty at a time, one seat for every twenty.
void write_history(const std::string& path, std::uint64_t operations) {
  constexpr std::uint64_t kBuyers = 20;
  std::ofstream out{path};
  out << R"({"schema":"witness.history/1","workload":"seat","variant":"guarded","seed":1,)"
      << R"("isolation":"read-committed","clock":"monotonic-ns","initial":"free","capacity":1})"
      << "\n";
  std::uint64_t index = 0;
  std::string outcomes;
  std::string line;
  std::vector<std::uint64_t> invoked(kBuyers);
  for (std::uint64_t seat = 0; seat * kBuyers < operations; ++seat) {
    for (std::uint64_t p = 0; p < kBuyers; ++p) {
      invoked[p] = index;
      out << fmt::format(R"({{"index":{},"type":"invoke","process":{},"f":"acquire","time":{},)"
                         R"("value":[["r","S{}",null],["w","S{}",null]]}})"
                         "\n",
                         index, p, index * 1000, seat, seat);
      ++index;
    }
    for (std::uint64_t p = 0; p < kBuyers; ++p) {
      const std::string id = fmt::format("a-{}-{}-1", p, invoked[p]);
      const bool won = p == 0;
      out << fmt::format(
          R"({{"index":{},"type":"{}","process":{},"f":"acquire","time":{},"value":[["r","S{}","{}"]{}],)"
          R"({}"attempts":[{{"attempt":1,"id":"{}","target":"main","type":"ok","start":{},"end":{},)"
          R"("rows":[1,1],"xid":"{}","phase":"commit"}}]}})"
          "\n",
          index, won ? "ok" : "fail", p, index * 1000, seat,
          won ? "free" : fmt::format("a-0-{}-1", invoked[0]),
          won ? fmt::format(R"(,["w","S{}","{}"])", seat, id) : std::string{},
          won ? "" : R"("error":{"class":"rejected","message":"sold"},)", id,
          invoked[p] * 1000 + 10, index * 1000 - 10, 700 + index);
      ++index;
    }
    outcomes += fmt::format("{} {}\n", seat, invoked[0]);
  }
  std::size_t at = 0;
  while (at < outcomes.size()) {
    const auto end = outcomes.find('\n', at);
    const auto space = outcomes.find(' ', at);
    const std::string seat = outcomes.substr(at, space - at);
    const std::string of = outcomes.substr(space + 1, end - space - 1);
    out << fmt::format(R"({{"index":{},"type":"outcome","of":{},"attempt":1,"outcome":"committed",)"
                       R"("evidence":"ledger","key":"S{}","holder":"a-0-{}-1","amount":1}})"
                       "\n",
                       index++, of, seat, of);
    at = end + 1;
  }
  out << fmt::format(
      R"({{"schema":"witness.history/1","end":true,"operations":{},"ledger":"complete"}})"
      "\n",
      operations);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t largest = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 800'000;
  const std::string path =
      (fs::temp_directory_path() / fmt::format("witness-bench-{}.jsonl", getpid()));
  fmt::print("{:>10} {:>9} {:>9} {:>10} {:>9} {:>7}\n", "operations", "MB", "check s", "one pass s",
             "MB peak", "growth");
  bool linear = true;
  double before = 0;
  for (std::uint64_t operations = largest / 8; operations <= largest; operations *= 2) {
    write_history(path, operations);
    byte_pass(path);  // into the page cache
    const double pass = byte_pass(path);
    const Cost best = best_of(3, {"check", "--quiet", path});
    const double growth = before > 0 ? best.seconds / before : 0;
    linear = linear && growth <= 2.2;
    fmt::print("{:>10} {:>9.1f} {:>9.2f} {:>10.3f} {:>9.0f} {:>7.2f}\n", operations,
               static_cast<double>(fs::file_size(path)) / 1e6, best.seconds, pass, best.mebibytes,
               growth);
    before = best.seconds;
  }
  fs::remove(path);
  fmt::print("{}\n",
             linear ? "kept: linear" : "MISSED: doubling the history more than doubles the time");
  return linear ? 0 : 1;
}
