/// Identifiers: none is given out twice (Jepsen's checker `unique-ids`).
#include <fmt/format.h>

#include "checker/datum_table.hpp"
#include "checker/invariants/objects/object_invariants.hpp"

namespace witness {

InvariantResult judge_unique_ids(const ObjectCase& judged, Findings& findings) {
  const auto& ops = judged.objects.ops;
  DatumTable first;
  InvariantResult result;
  for (std::uint32_t i = 0; i < ops.size(); ++i) {
    if (ops[i].call != ObjectCall::generate || ops[i].told != Completion::ok) continue;
    std::uint32_t& earlier = first[ops[i].a];
    if (earlier == kNoPosition) {
      earlier = i;
      continue;
    }
    result.holds = false;
    if (findings.listed_enough(AnomalyKind::duplicate_id)) {
      findings.add_unlisted(AnomalyKind::duplicate_id, {});
      continue;
    }
    Anomaly anomaly{AnomalyKind::duplicate_id, {}};
    anomaly.operations = {ops[earlier].index, ops[i].index};
    anomaly.explanation =
        fmt::format("{} was given out by operation {} and by operation {}",
                    judged.words.value(ops[i].a), ops[earlier].index, ops[i].index);
    anomaly.meaning = harm(anomaly.kind);
    findings.add(std::move(anomaly));
  }
  return result;
}

}  // namespace witness
