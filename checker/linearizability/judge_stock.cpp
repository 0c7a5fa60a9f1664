/// A stock of N units, one of which is taken at a time: the closed form of exclusive_object.hpp.
#include <fmt/format.h>

#include "checker/linearizability/exclusive_object.hpp"
#include "checker/linearizability/judges.hpp"

namespace witness {

Judged judge_stock_object(const std::vector<Call>& calls, const Objects& objects,
                          const ObjectWords& words) {
  ExclusiveObject object;
  object.capacity = objects.initial.is_integer() ? objects.initial.integer() : 1;
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    const Call& call = calls[i];
    if (call.is_open()) {
      object.possible.push_back({call.start, i});
    } else if (call.a.is_nil() || words.value(call.a) == "false") {
      object.rejections.push_back({call.finish, i});
    } else {
      object.winners.push_back({call.start, i});
    }
  }
  const auto winners = object.winners.size();
  const std::int64_t capacity = object.capacity;
  const ExclusiveVerdict verdict = judge_exclusive_object(std::move(object));
  const auto name = [&](std::uint32_t call) { return words.operation(calls[call].op); };
  switch (verdict.result) {
    case ExclusiveResult::linearizable:
      return {};
    case ExclusiveResult::too_many_winners: {
      Judged judged{Linearizable::no, {}, {}};
      judged.why = fmt::format("{} units were taken, and there were {}", winners, capacity);
      for (const Call& call : calls) {
        if (!call.is_open() && !call.a.is_nil() && words.value(call.a) != "false") {
          judged.ops.push_back(call.op);
        }
      }
      return judged;
    }
    case ExclusiveResult::too_few_winners:
      return {
          Linearizable::no,
          fmt::format("{} was told that nothing was left, and at most {} of {} units were taken",
                      name(verdict.rejection), calls.size(), capacity),
          {calls[verdict.rejection].op}};
    case ExclusiveResult::early_rejection:
      return {Linearizable::no,
              fmt::format("{} was told that nothing was left before {}, who took the last unit, "
                          "began",
                          name(verdict.rejection), name(verdict.winner)),
              {calls[verdict.rejection].op, calls[verdict.winner].op}};
  }
  return {};
}

}  // namespace witness
