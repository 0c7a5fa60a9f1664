/// Did every kind of operation ever succeed? (Jepsen's checker `stats`.)
#include <fmt/format.h>

#include "checker/invariants/objects/object_invariants.hpp"
#include "checker/words.hpp"

namespace witness {

InvariantResult judge_stats(const ObjectCase& judged, Findings& findings) {
  const Objects& objects = judged.objects;
  struct Tally {
    std::uint64_t all = 0;
    std::uint64_t ok = 0;
    std::uint64_t first = 0;
  };
  std::vector<Tally> tallies(objects.functions.size());
  for (const ObjectOp& op : objects.ops) {
    Tally& tally = tallies[op.function];
    if (tally.all++ == 0) tally.first = op.index;
    if (op.told == Completion::ok) ++tally.ok;
  }
  InvariantResult result;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    if (tallies[i].all == 0 || tallies[i].ok > 0) continue;
    result.holds = false;
    Anomaly anomaly{AnomalyKind::never_succeeded, {objects.functions[i]}};
    anomaly.count = tallies[i].all;
    anomaly.operations = {tallies[i].first};
    anomaly.explanation = fmt::format("none of {} of {} succeeded",
                                      plural(tallies[i].all, "operation"), objects.functions[i]);
    findings.add(std::move(anomaly));
  }
  return result;
}

}  // namespace witness
