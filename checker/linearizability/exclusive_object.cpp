#include "checker/linearizability/exclusive_object.hpp"

#include <algorithm>
#include <numeric>

namespace witness {

ExclusiveVerdict judge_exclusive_object(ExclusiveObject object) {
  ExclusiveVerdict verdict;
  const std::int64_t certain = std::accumulate(
      object.winners.begin(), object.winners.end(), std::int64_t{0},
      [](std::int64_t units, const Winner& winner) { return units + winner.units; });
  if (certain > object.capacity) {
    verdict.result = ExclusiveResult::too_many_winners;
    return verdict;
  }
  if (object.rejections.empty()) return verdict;

  const auto first = std::ranges::min_element(object.rejections, {}, &Rejection::complete_ns);
  verdict.rejection = first->who;
  const std::int64_t missing = object.capacity - certain;
  if (static_cast<std::int64_t>(object.possible.size()) < missing) {
    verdict.result = ExclusiveResult::too_few_winners;
    return verdict;
  }
  std::ranges::stable_sort(object.possible, {}, &Winner::start_ns);
  object.winners.insert(object.winners.end(), object.possible.begin(),
                        object.possible.begin() + missing);
  if (object.winners.empty()) return verdict;  // capacity 0: everybody is rejected, rightly

  const auto last = std::ranges::max_element(object.winners, {}, &Winner::start_ns);
  verdict.winner = last->who;
  for (const Rejection& rejection : object.rejections) {
    if (rejection.complete_ns < last->start_ns) verdict.early.push_back(rejection.who);
  }
  if (!verdict.early.empty()) verdict.result = ExclusiveResult::early_rejection;
  return verdict;
}

}  // namespace witness
