#include "workloads/run_plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "history/postgres/target.hpp"

namespace witness {

using Json = nlohmann::ordered_json;

std::vector<Rung> plan(const RunOptions& options, const WorkloadInfo& info,
                       const Workload& workload) {
  std::vector<Rung> rungs;
  const std::uint64_t keys = options.keys != 0 ? options.keys : info.default_keys;
  for (const std::uint64_t clients : options.clients) {
    for (const unsigned retries : options.retries) {
      Rung rung;
      rung.clients = clients;
      rung.retries = retries;
      rung.duration = options.duration;
      rung.rate_per_s = options.rate_per_s;
      rung.pick_uniform = options.pick_uniform;
      rung.operations = options.operations;
      if (rung.operations == 0 && options.duration.count() == 0) {
        rung.operations = info.default_operations != 0
                              ? info.default_operations
                              : std::max(clients * keys, 2 * workload.capacity());
      }
      const bool own_keys = info.kind == WorkloadKind::acquisitions;
      for (std::size_t n = 0; own_keys && n < keys; ++n)
        rung.keys.push_back(workload.key(rungs.size(), n));
      rungs.push_back(std::move(rung));
    }
  }
  return rungs;
}

std::string header_json(const RunOptions& options, const Workload& workload,
                        const std::vector<TargetInfo>& targets, const std::vector<Rung>& rungs,
                        const std::string& run_id) {
  Json header = {{"schema", "witness.history/1"},  {"workload", options.workload},
                 {"variant", options.variant},     {"seed", options.seed},
                 {"isolation", options.isolation}, {"clock", "monotonic-ns"}};
  if (workload.capacity() != 0) {
    header["initial"] = workload.initial();
    header["capacity"] = workload.capacity();
  }
  header["run"] = run_id;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Target& target = options.targets[i];
    header["target"].push_back({{"name", targets[i].name},
                                {"server", targets[i].server},
                                {"isolation", targets[i].isolation},
                                {"endpoint", describe(target)}});
  }
  header["tables"] = {{"state", workload.state_table()}, {"ledger", workload.ledger_table()}};
  for (const Rung& rung : rungs) {
    header["ladder"].push_back(
        {{"clients", rung.clients}, {"retries", rung.retries}, {"keys", rung.keys}});
  }
  for (const auto& [name, value] : options.in_force) header["options"][name] = value;
  header["command"] = options.command;
  return header.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace witness
