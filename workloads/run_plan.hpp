/// What a recording is going to do, and how the header of its history says it.
#pragma once

#include <string>
#include <vector>

#include "workloads/recorder.hpp"
#include "workloads/run.hpp"
#include "workloads/workload.hpp"

namespace witness {

/// The rungs: for each number of clients, each retry budget, with keys of their own.
std::vector<Rung> plan(const RunOptions& options, const WorkloadInfo& info,
                       const Workload& workload);

/// The first line of the history. `targets` as they were found, in the order of the options.
std::string header_json(const RunOptions& options, const Workload& workload,
                        const std::vector<TargetInfo>& targets, const std::vector<Rung>& rungs,
                        const std::string& run_id);

}  // namespace witness
