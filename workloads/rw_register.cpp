/// The workload `rw-register`: transactions that read and write registers. (Elle's rw-register.)
#include <fmt/format.h>

#include "workloads/key_transactions.hpp"

namespace witness {
namespace {

class RwRegister final : public KeyTransactions {
 public:
  explicit RwRegister(WorkloadOptions options)
      : KeyTransactions(options, options.variant == "rmw") {}

  std::vector<PreparedStatement> statements() const override {
    return {read_statement(),
            {"write", fmt::format("INSERT INTO {} (id, val) VALUES ($1::bigint, $2::bigint) ON "
                                  "CONFLICT (id) DO UPDATE SET val = excluded.val",
                                  quote_identifier(state_table()))},
            ledger_statement()};
  }

 protected:
  std::string_view state_name() const override { return "registers"; }
  std::string state_columns() const override {
    return "(id bigint PRIMARY KEY, val bigint NOT NULL)";
  }
  std::string_view write_name() const override { return "w"; }
  std::string_view nothing() const override { return "null"; }
  std::string shown(std::string_view stored) const override { return std::string{stored}; }
  std::string stored(const TxnStep& step, Seen& /*seen*/) const override {
    return std::to_string(step.value);
  }
};

}  // namespace

std::unique_ptr<Workload> make_rw_register(WorkloadOptions options) {
  return std::make_unique<RwRegister>(std::move(options));
}

}  // namespace witness
