#include "workloads/workload.hpp"

#include <fmt/format.h>

#include "history/native_writer.hpp"
#include "history/postgres/server.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

constexpr std::array kSeatVariants = {
    Variant{"naive", "SELECT, then an unguarded UPDATE (the bug)"},
    Variant{"guarded", "UPDATE … WHERE status = 'available'"},
    Variant{"for-update", "SELECT … FOR UPDATE, then UPDATE"},
    Variant{"ignored-rowcount", "the guarded UPDATE, its row count ignored (a planted bug)"},
};
constexpr std::array kDropVariants = {
    Variant{"guarded", "UPDATE … SET stock = stock - 1 WHERE stock > 0"},
    Variant{"rmw", "SELECT stock, then UPDATE … SET stock = n (the bug)"},
    Variant{"count", "SELECT count(*) of the orders, then INSERT (write skew)"},
};
constexpr std::array kRegisterVariants = {
    Variant{"blind", "reads and writes of any keys: INSERT … ON CONFLICT DO UPDATE"},
    Variant{"rmw", "the same; a key is read before it is written"},
};
constexpr std::array kListVariants = {
    Variant{"append", "reads and appends: … ON CONFLICT DO UPDATE SET val = CONCAT(val, ',', v)"},
    Variant{"rmw", "SELECT the list, then write all of it, one element longer (the bug)"},
};
constexpr std::array kWorkloads = {
    WorkloadInfo{"seat", "Sell each seat to one buyer", "acquire", kSeatVariants, 5},
    WorkloadInfo{"drop", "Sell N units of a product, no more and no less", "buy", kDropVariants, 1},
    WorkloadInfo{"rw-register", "Transactions that read and write registers", "txn",
                 kRegisterVariants, 10, WorkloadKind::transactions, 1000},
    WorkloadInfo{"list-append", "Transactions that append to lists and read them", "txn",
                 kListVariants, 10, WorkloadKind::transactions, 1000},
};
constexpr std::array kMakers = {make_seat, make_drop, make_rw_register, make_list_append};
static_assert(kMakers.size() == kWorkloads.size());

std::string names(auto rows) {
  std::string text;
  for (const auto& row : rows) text += (text.empty() ? "" : ", ") + std::string{row.name};
  return text;
}

std::string json_string(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

}  // namespace

std::string attempt_identity(std::int64_t process, std::uint64_t operation, std::uint64_t number) {
  return fmt::format("a-{}-{}-{}", process, operation, number);
}

Rows AttemptContext::run(const std::string& statement, std::span<const std::string> parameters) {
  Rows rows = session_.run_prepared(statement, parameters);
  row_counts_.push_back(rows.size() > 0 ? rows.size() : rows.affected());
  return rows;
}

void AttemptContext::note(std::string_view kind, std::string_view key, std::string_view json) {
  if (!micro_ops_.empty()) micro_ops_ += ',';
  micro_ops_ += "[\"";
  micro_ops_ += kind;
  micro_ops_ += "\",";
  micro_ops_ += key;
  micro_ops_ += ',';
  micro_ops_ += json;
  micro_ops_ += ']';
}

void AttemptContext::saw(std::string_view kind, std::string_view key, std::string_view value) {
  note(kind, json_string(key), json_string(value));
}

void AttemptContext::saw(std::string_view kind, std::string_view key, std::int64_t value) {
  note(kind, json_string(key), std::to_string(value));
}

void AttemptContext::read_key(std::int64_t key, std::string_view json) {
  note("r", std::to_string(key), json);
}

void AttemptContext::write_key(std::string_view kind, std::int64_t key, std::int64_t value) {
  wrote_ = true;
  note(kind, std::to_string(key), std::to_string(value));
}

void AttemptContext::writes(std::string_view kind, std::string_view key, std::string_view value) {
  wrote_ = true;
  saw(kind, key, value);
}

void AttemptContext::writes(std::string_view kind, std::string_view key, std::int64_t value) {
  wrote_ = true;
  saw(kind, key, value);
}

void AttemptContext::enter_in_ledger(std::string_view key) {
  wrote_ = true;
  const std::array parameters = {std::string{key}, holder_, std::to_string(operation_),
                                 std::to_string(number_), std::to_string(process_)};
  const Rows rows = run("ledger", parameters);
  if (rows.size() == 1) xid_ = rows.text(0, 0);
}

std::vector<std::string> Workload::schema() const {
  // The key leads the primary key: that serves counting by key, and two acquisitions of one
  // key never collide: the ledger must not mask what it is to witness.
  return {
      fmt::format("CREATE TABLE {} {}", quote_identifier(state_table()), state_columns()),
      fmt::format("CREATE TABLE {} (k text NOT NULL, holder text NOT NULL, operation bigint NOT "
                  "NULL, attempt bigint NOT NULL, process bigint NOT NULL, amount bigint NOT "
                  "NULL, PRIMARY KEY (k, holder))",
                  quote_identifier(ledger_table()))};
}

std::vector<std::string> Workload::tables() const { return {state_table(), ledger_table()}; }

PreparedStatement Workload::ledger_statement() const {
  return {"ledger", fmt::format("INSERT INTO {} (k, holder, operation, attempt, process, amount) "
                                "VALUES ($1, $2, $3::bigint, $4::bigint, $5::bigint, 1){}",
                                quote_identifier(ledger_table()),
                                options_.transaction_ids ? " RETURNING pg_current_xact_id()" : "")};
}

std::span<const WorkloadInfo> workloads() { return kWorkloads; }

const WorkloadInfo& workload_named(std::string_view name) {
  for (const WorkloadInfo& row : kWorkloads) {
    if (row.name == name) return row;
  }
  throw UsageError(
      fmt::format("there is no workload \"{}\"; there are: {}", name, names(kWorkloads)));
}

const Variant& variant_named(const WorkloadInfo& workload, std::string_view name) {
  for (const Variant& row : workload.variants) {
    if (row.name == name) return row;
  }
  throw UsageError(fmt::format("the workload {} has no variant \"{}\"; it has: {}", workload.name,
                               name, names(workload.variants)));
}

std::unique_ptr<Workload> make_workload(const WorkloadInfo& workload, WorkloadOptions options) {
  return kMakers[static_cast<std::size_t>(&workload - kWorkloads.data())](std::move(options));
}

void insert_rows(Session& session, const std::string& insert, std::size_t columns,
                 std::span<const std::string> parameters) {
  constexpr std::size_t kRowsAtOnce = 500;
  while (!parameters.empty()) {
    const auto part = parameters.first(std::min(parameters.size(), kRowsAtOnce * columns));
    std::string sql = insert;
    for (std::size_t i = 0; i < part.size(); ++i) {
      sql += fmt::format("{}${}", i % columns == 0 ? (i == 0 ? " (" : "), (") : ", ", i + 1);
    }
    run_settled(session, sql + ")", part);
    parameters = parameters.subspan(part.size());
  }
}

}  // namespace witness
