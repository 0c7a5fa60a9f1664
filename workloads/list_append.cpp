/// The workload `list-append`: transactions that append to lists and read them. (Elle's
/// list-append: a read shows the whole order of versions.) A list is a text: "3,1,4".
#include <fmt/format.h>

#include <algorithm>

#include "history/native_writer.hpp"
#include "workloads/key_transactions.hpp"

namespace witness {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class ListAppend final : public KeyTransactions {
 public:
  explicit ListAppend(WorkloadOptions options)
      : KeyTransactions(options, options.variant == "rmw"), rmw_(options_.variant == "rmw") {}

  std::vector<PreparedStatement> statements() const override {
    const std::string table = quote_identifier(state_table());
    return {read_statement(),
            {"write",
             fmt::format(
                 "INSERT INTO {0} (id, val) VALUES ($1::bigint, $2::text) ON CONFLICT (id) "
                 "DO UPDATE SET val = {1}",
                 table,
                 rmw_ ? "excluded.val" : fmt::format("CONCAT({}.val, ',', excluded.val)", table))},
            ledger_statement()};
  }

 protected:
  std::string_view state_name() const override { return "lists"; }
  std::string state_columns() const override {
    return "(id bigint PRIMARY KEY, val text NOT NULL)";
  }
  std::string_view write_name() const override { return "append"; }
  std::string_view nothing() const override { return "[]"; }

  /// What is no number, because nobody of ours wrote it, is shown as a text.
  std::string shown(std::string_view stored) const override {
    std::string json = "[";
    while (!stored.empty()) {
      const std::string_view element = stored.substr(0, stored.find(','));
      stored.remove_prefix(std::min(stored.size(), element.size() + 1));
      if (json.size() > 1) json += ',';
      if (is_number(element)) {
        json += element;
      } else {
        append_json_string(json, element);
      }
    }
    return json + "]";
  }

  std::string stored(const TxnStep& step, Seen& seen) const override {
    if (!rmw_) return std::to_string(step.value);
    std::string& list = seen[step.key];
    if (!list.empty()) list += ',';
    list += std::to_string(step.value);
    return list;
  }

 private:
  bool rmw_;
};

}  // namespace

std::unique_ptr<Workload> make_list_append(WorkloadOptions options) {
  return std::make_unique<ListAppend>(std::move(options));
}

}  // namespace witness
