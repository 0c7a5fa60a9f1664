/// What recording costs: committed transactions a second of `witness record`, history included,
/// against pgbench with the same statements, clients, server and tables, turn by turn.
/// The promise: at least 0.9 of pgbench. Exit 1 if the median ratio is below it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "history/postgres/private_binaries.hpp"
#include "history/postgres/private_postgres.hpp"
#include "history/postgres/session.hpp"
#include "witness/history.hpp"

namespace {

using witness::PrivatePostgres;
using witness::Session;

constexpr int kKeys = 10'000;
constexpr double kPromise = 0.9;

std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  pclose(pipe);
  return output;
}

/// The tables of `drop --variant guarded`, under names of our own.
void make_tables(Session& session) {
  session.run("CREATE TABLE bench_inventory (product_id text PRIMARY KEY, stock bigint NOT NULL)");
  session.run(
      "CREATE TABLE bench_ledger (k text NOT NULL, holder text NOT NULL, operation bigint NOT "
      "NULL, "
      "attempt bigint NOT NULL, process bigint NOT NULL, amount bigint NOT NULL, "
      "PRIMARY KEY (k, holder))");
}

void refill(Session& session) {
  session.run("TRUNCATE bench_inventory, bench_ledger");
  session.run(fmt::format(
      "INSERT INTO bench_inventory SELECT i::text, 1000000 FROM generate_series(1, {}) AS i",
      kKeys));
}

void write_script(const std::string& path) {
  std::ofstream{path} << fmt::format(
      "\\set k random(1, {})\n"
      "\\set h random(1, 1000000000000000)\n"
      "BEGIN;\n"
      "UPDATE bench_inventory SET stock = stock - 1 WHERE product_id = :k AND stock > 0 RETURNING "
      "stock;\n"
      "INSERT INTO bench_ledger (k, holder, operation, attempt, process, amount) VALUES (:k, :h, "
      ":h::bigint, 1::bigint, :client_id::bigint, 1) RETURNING pg_current_xact_id();\n"
      "COMMIT;\n",
      kKeys);
}

double pgbench(const PrivatePostgres& server, const std::string& bin, const std::string& script,
               int clients, int seconds) {
  const std::string output = output_of(
      fmt::format("{}/pgbench -n -c {} -j 2 -M prepared --max-tries=9 -T {} -f {} \"{}\" 2>&1", bin,
                  clients, seconds, script, server.conninfo()));
  const auto at = output.find("tps = ");
  if (at == std::string::npos) {
    fmt::print(stderr, "pgbench: {}\n", output);
    std::exit(1);
  }
  return std::atof(output.c_str() + at + 6);
}

double recorder(const PrivatePostgres& server, const std::string& file, int clients, int seconds) {
  output_of(
      fmt::format("{} record drop --variant guarded --target \"{}\" --isolation read-committed "
                  "--clients {} --duration {}s --pick uniform --overlap none --keys {} --stock "
                  "1000000 --no-check -o {} 2>&1",
                  WITNESS_BINARY, server.conninfo(), clients, seconds, kKeys, file));
  const witness::History history = witness::read_history(file);
  std::int64_t first = witness::kNever;
  std::int64_t last = 0;
  for (const witness::Operation& operation : history.operations) {
    first = std::min(first, operation.invoke_ns);
    if (operation.completed) last = std::max(last, operation.complete_ns);
  }
  return static_cast<double>(history.ledger.size()) / (static_cast<double>(last - first) / 1e9);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const int seconds = argc > 2 ? std::atoi(argv[2]) : 4;
  const PrivatePostgres server;
  const std::string bin = witness::find_postgres_binaries().string();
  const std::string script = (server.folder() / "bench.sql").string();
  const std::string file = (server.folder() / "bench.jsonl").string();
  Session session{witness::parse_target(server.conninfo(), "bench"), {}};
  make_tables(session);
  write_script(script);

  fmt::print("recorder against pgbench: drop, guarded, read committed, {} products, {} s a turn\n",
             kKeys, seconds);
  fmt::print("{:>8} {:>12} {:>12} {:>7}\n", "clients", "pgbench tps", "witness tps", "ratio");
  bool kept = true;
  for (const int clients : {8, 32}) {
    std::vector<double> ratios;
    for (int round = 0; round < rounds; ++round) {
      refill(session);
      const double theirs = pgbench(server, bin, script, clients, seconds);
      const double ours = recorder(server, file, clients, seconds);
      ratios.push_back(ours / theirs);
      fmt::print("{:>8} {:>12.0f} {:>12.0f} {:>7.2f}\n", clients, theirs, ours, ratios.back());
    }
    std::sort(ratios.begin(), ratios.end());
    const double median = ratios[ratios.size() / 2];
    kept = kept && median >= kPromise;
    fmt::print("{:>8} {:>12} {:>12} {:>7.2f}  {}\n", clients, "", "median", median,
               median >= kPromise ? "kept: at least 0.9" : "MISSED: below 0.9");
  }
  return kept ? 0 : 1;
}
