#include "workloads/key_transactions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace witness {

KeyTransactions::KeyTransactions(WorkloadOptions options, bool reads_first)
    : Workload(std::move(options)),
      reads_first_(reads_first),
      keys_(KeyDistribution::uniform, options_.keys, options_.shape.writes_per_key) {}

Request KeyTransactions::request(const std::string& /*key*/, Dice& dice) {
  Request request;
  std::vector<TxnStep>& steps = request.steps;
  const std::uint64_t length = dice.between(options_.shape.steps_min, options_.shape.steps_max);
  {
    const std::lock_guard lock{mutex_};
    while (steps.size() < length) {
      const bool reads = dice.chance(options_.shape.reads);
      const std::int64_t key = reads ? keys_.to_read(dice) : keys_.to_write(dice).key;
      const bool touched = std::ranges::find(steps, key, &TxnStep::key) != steps.end();
      if (reads || (reads_first_ && !touched)) steps.push_back({false, key});
      if (!reads && steps.size() < length) steps.push_back({true, key});
    }
  }
  renew(request);
  return request;
}

bool KeyTransactions::renew(Request& request) {
  bool writes = false;
  for (TxnStep& step : request.steps) {
    if (!step.writes) continue;
    step.value = next_value_++;
    writes = true;
  }
  return writes;
}

std::string KeyTransactions::invocation(const Request& request) const {
  std::string json = "[";
  for (const TxnStep& step : request.steps) {
    if (json.size() > 1) json += ',';
    if (step.writes) {
      fmt::format_to(std::back_inserter(json), R"(["{}",{},{}])", write_name(), step.key,
                     step.value);
    } else {
      fmt::format_to(std::back_inserter(json), R"(["r",{},null])", step.key);
    }
  }
  return json + "]";
}

Answer KeyTransactions::run(AttemptContext& attempt, const Request& request) const {
  Seen seen;
  for (const TxnStep& step : request.steps) {
    const bool first = &step == &request.steps.front();
    if (first && step.writes) attempt.overlap();
    if (step.writes) {
      attempt.write_key(write_name(), step.key, step.value);
      attempt.run("write", std::array{std::to_string(step.key), stored(step, seen)});
    } else {
      read(attempt, step.key, seen);
    }
    if (first && !step.writes) attempt.overlap();
  }
  const auto written = std::ranges::find(request.steps, true, &TxnStep::writes);
  if (written != request.steps.end()) attempt.enter_in_ledger(std::to_string(written->key));
  return {true, {}};
}

void KeyTransactions::read(AttemptContext& attempt, std::int64_t key, Seen& seen) const {
  const Rows rows = attempt.run("read", std::array{std::to_string(key)});
  if (rows.size() == 0) {
    attempt.read_key(key, nothing());
    seen[key].clear();
    return;
  }
  const std::string_view value = rows.text(0, 0);
  attempt.read_key(key, shown(value));
  seen[key] = value;
}

PreparedStatement KeyTransactions::read_statement() const {
  return {"read",
          fmt::format("SELECT val FROM {} WHERE id = $1::bigint", quote_identifier(state_table()))};
}

void KeyTransactions::read_states(
    Session& session, const std::function<void(std::string_view, std::string_view)>& each) const {
  const Rows rows = session.run(
      fmt::format("SELECT id, val FROM {} ORDER BY id", quote_identifier(state_table())));
  for (std::size_t i = 0; i < rows.size(); ++i) each(rows.text(i, 0), rows.text(i, 1));
}

}  // namespace witness
