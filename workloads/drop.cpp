/// The workload `drop`: N units, however many want them. (DROPZERO's: 100 of 100, whatever the
/// concurrency and the retry budget. `count` is the write skew that snapshot isolation allows.)
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "workloads/workload.hpp"

namespace witness {
namespace {

constexpr std::string_view kSoldOut = "sold-out";

enum class DropVariant : std::uint8_t { guarded, rmw, count };

DropVariant variant_of(std::string_view name) {
  if (name == "rmw") return DropVariant::rmw;
  if (name == "count") return DropVariant::count;
  return DropVariant::guarded;
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class Drop final : public Workload {
 public:
  explicit Drop(WorkloadOptions options)
      : Workload(std::move(options)), variant_(variant_of(options_.variant)) {}

  std::vector<PreparedStatement> statements() const override {
    const std::string inventory = quote_identifier(state_table());
    switch (variant_) {
      case DropVariant::guarded:
        return {{"write", fmt::format("UPDATE {} SET stock = stock - 1 WHERE product_id = $1 AND "
                                      "stock > 0 RETURNING stock",
                                      inventory)},
                ledger_statement()};
      case DropVariant::rmw:
        return {{"read", fmt::format("SELECT stock FROM {} WHERE product_id = $1", inventory)},
                {"write",
                 fmt::format("UPDATE {} SET stock = $2::bigint WHERE product_id = $1", inventory)},
                ledger_statement()};
      case DropVariant::count:
        return {{"read", fmt::format("SELECT count(*) FROM {} WHERE k = $1",
                                     quote_identifier(ledger_table()))},
                ledger_statement()};
    }
    return {};
  }

  void seed(Session& session, std::span<const std::string> keys) const override {
    std::vector<std::string> parameters;
    for (const std::string& key : keys) {
      parameters.push_back(key);
      parameters.push_back(std::to_string(options_.stock));
    }
    insert_rows(
        session,
        fmt::format("INSERT INTO {} (product_id, stock) VALUES", quote_identifier(state_table())),
        2, parameters);
  }

  /// The orders are what `count` counts; the others count the stock down.
  std::string initial() const override {
    return variant_ == DropVariant::count ? "0" : std::to_string(options_.stock);
  }
  std::uint64_t capacity() const override { return options_.stock; }

  /// P1, P2, … of the first rung, then Q1, Q2, ….
  std::string key(std::size_t rung, std::size_t n) const override {
    return fmt::format("{}{}{}", static_cast<char>('P' + rung % 10),
                       rung < 10 ? std::string{} : std::to_string(rung / 10) + "-", n + 1);
  }

  std::string invocation(const Request& request) const override {
    return variant_ == DropVariant::count
               ? fmt::format(R"([["count","{0}",null],["insert","{0}",null]])", request.key)
               : fmt::format(R"([["r","{0}",null],["w","{0}",null]])", request.key);
  }

  Answer run(AttemptContext& attempt, const Request& request) const override {
    const std::string& key = request.key;
    const std::array only_key = {key};
    switch (variant_) {
      case DropVariant::guarded: {
        attempt.overlap();
        attempt.may_write();
        const Rows left = attempt.run("write", only_key);
        if (left.size() == 0) {
          attempt.wrote_nothing();
          attempt.saw("r", key, kSoldOut);
          return {false, kSoldOut};
        }
        const std::int64_t stock = number(left.text(0, 0));
        attempt.saw("r", key, stock + 1);
        attempt.writes("w", key, stock);
        break;
      }
      case DropVariant::rmw: {
        const Rows left = attempt.run("read", only_key);
        const std::int64_t stock = left.size() == 0 ? 0 : number(left.text(0, 0));
        attempt.saw("r", key, stock);
        attempt.overlap();
        if (stock <= 0) return {false, kSoldOut};
        attempt.writes("w", key, stock - 1);
        attempt.run("write", std::array{key, std::to_string(stock - 1)});
        break;
      }
      case DropVariant::count: {
        const std::int64_t orders = number(attempt.run("read", only_key).text(0, 0));
        attempt.saw("count", key, orders);
        attempt.overlap();
        if (orders >= static_cast<std::int64_t>(options_.stock)) return {false, kSoldOut};
        attempt.writes("insert", key, attempt.holder());
        break;
      }
    }
    attempt.enter_in_ledger(key);
    return {true, {}};
  }

  void read_states(
      Session& session,
      const std::function<void(std::string_view, std::string_view)>& each) const override {
    if (variant_ == DropVariant::count) return;  // its stock column is never touched
    const Rows rows = session.run(fmt::format(
        "SELECT product_id, stock FROM {} ORDER BY product_id", quote_identifier(state_table())));
    for (std::size_t i = 0; i < rows.size(); ++i) each(rows.text(i, 0), rows.text(i, 1));
  }

 protected:
  std::string_view state_name() const override { return "inventory"; }
  std::string state_columns() const override {
    return "(product_id text PRIMARY KEY, stock bigint NOT NULL)";
  }

 private:
  DropVariant variant_;
};

}  // namespace

std::unique_ptr<Workload> make_drop(WorkloadOptions options) {
  return std::make_unique<Drop>(std::move(options));
}

}  // namespace witness
