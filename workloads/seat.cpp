/// The workload `seat`: one seat, one buyer. (WorldSeat's schema, its bug included: `naive` reads
/// the seat and then writes it without a guard; discriminates lost updates, P4.)
#include <fmt/format.h>

#include <array>

#include "workloads/workload.hpp"

namespace witness {
namespace {

constexpr std::string_view kFree = "free";
/// Read by who only learnt that some holder has the seat.
constexpr std::string_view kSold = "sold";

enum class SeatVariant : std::uint8_t { naive, guarded, for_update, ignored_rowcount };

SeatVariant variant_of(std::string_view name) {
  if (name == "guarded") return SeatVariant::guarded;
  if (name == "for-update") return SeatVariant::for_update;
  if (name == "ignored-rowcount") return SeatVariant::ignored_rowcount;
  return SeatVariant::naive;
}

class Seat final : public Workload {
 public:
  explicit Seat(WorkloadOptions options)
      : Workload(std::move(options)), variant_(variant_of(options_.variant)) {}

  std::vector<PreparedStatement> statements() const override {
    const std::string seats = quote_identifier(state_table());
    const std::string sold =
        fmt::format("UPDATE {} SET status = 'sold', owner = $2 WHERE seat_id = $1", seats);
    const std::string select =
        fmt::format("SELECT status, owner FROM {} WHERE seat_id = $1", seats);
    switch (variant_) {
      case SeatVariant::naive:
        return {{"read", select}, {"write", sold}, ledger_statement()};
      case SeatVariant::for_update:
        return {{"read", select + " FOR UPDATE"}, {"write", sold}, ledger_statement()};
      case SeatVariant::guarded:
      case SeatVariant::ignored_rowcount:
        return {{"write", sold + " AND status = 'available'"}, ledger_statement()};
    }
    return {};
  }

  void seed(Session& session, std::span<const std::string> keys) const override {
    std::vector<std::string> parameters;
    for (const std::string& key : keys) {
      parameters.push_back(key);
      parameters.emplace_back("available");
    }
    insert_rows(
        session,
        fmt::format("INSERT INTO {} (seat_id, status) VALUES", quote_identifier(state_table())), 2,
        parameters);
  }

  std::string initial() const override { return std::string{kFree}; }
  std::uint64_t capacity() const override { return 1; }

  /// Rows of a theatre: A1, A2, …, Z9, AA1, ….
  std::string key(std::size_t rung, std::size_t n) const override {
    std::string row;
    for (std::size_t left = rung + 1; left > 0; left = (left - 1) / 26) {
      row.insert(row.begin(), static_cast<char>('A' + (left - 1) % 26));
    }
    return row + std::to_string(n + 1);
  }

  std::string invocation(const Request& request) const override {
    return fmt::format(R"([["r","{0}",null],["w","{0}",null]])", request.key);
  }

  Answer run(AttemptContext& attempt, const Request& request) const override {
    const std::string& key = request.key;
    const std::array who = {key, attempt.holder()};
    switch (variant_) {
      case SeatVariant::naive:
      case SeatVariant::for_update: {
        if (variant_ == SeatVariant::for_update) attempt.overlap();
        const Rows seat = attempt.run("read", std::span{who}.first(1));
        if (variant_ == SeatVariant::naive) attempt.overlap();
        if (seat.size() == 0 || seat.text(0, 0) != "available") {
          attempt.saw("r", key, seat.size() == 0 ? kSold : seat.text(0, 1));
          return {false, kSold};
        }
        attempt.saw("r", key, kFree);
        attempt.writes("w", key, attempt.holder());
        attempt.run("write", who);
        break;
      }
      case SeatVariant::guarded:
      case SeatVariant::ignored_rowcount: {
        attempt.overlap();
        attempt.may_write();
        const bool got_it = attempt.run("write", who).affected() == 1;
        attempt.saw("r", key, got_it ? kFree : kSold);
        if (!got_it && variant_ == SeatVariant::guarded) {
          attempt.wrote_nothing();
          return {false, kSold};
        }
        attempt.writes("w", key, attempt.holder());
        break;
      }
    }
    attempt.enter_in_ledger(key);
    return {true, {}};
  }

  void read_states(
      Session& session,
      const std::function<void(std::string_view, std::string_view)>& each) const override {
    const Rows rows = session.run(fmt::format("SELECT seat_id, owner FROM {} ORDER BY seat_id",
                                              quote_identifier(state_table())));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      each(rows.text(i, 0), rows.is_null(i, 1) ? kFree : rows.text(i, 1));
    }
  }

 protected:
  std::string_view state_name() const override { return "seats"; }
  std::string state_columns() const override {
    return "(seat_id text PRIMARY KEY, status text NOT NULL, owner text)";
  }

 private:
  SeatVariant variant_;
};

}  // namespace

std::unique_ptr<Workload> make_seat(WorkloadOptions options) {
  return std::make_unique<Seat>(std::move(options));
}

}  // namespace witness
