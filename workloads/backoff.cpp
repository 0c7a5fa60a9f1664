#include "workloads/backoff.hpp"

#include <algorithm>

namespace witness {
namespace {

using std::chrono::nanoseconds;

nanoseconds uniform(std::mt19937_64& random, nanoseconds low, nanoseconds high) {
  if (high <= low) return low;
  return nanoseconds{
      std::uniform_int_distribution<nanoseconds::rep>{low.count(), high.count()}(random)};
}

/// base · 2^doublings, at most cap, without overflow.
nanoseconds doubled(nanoseconds base, int doublings, nanoseconds cap) {
  nanoseconds wait = std::min(base, cap);
  for (int i = 0; i < doublings && wait < cap; ++i) {
    wait = wait > cap / 2 ? cap : wait * 2;
  }
  return wait;
}

}  // namespace

std::optional<BackoffPolicy> backoff_named(std::string_view name) {
  for (const BackoffRow& row : kBackoffs) {
    if (row.name == name) return row.policy;
  }
  return std::nullopt;
}

nanoseconds Backoff::next(std::mt19937_64& random) {
  const nanoseconds exponential = doubled(base_, retry_, cap_);
  ++retry_;
  switch (policy_) {
    case BackoffPolicy::none:
      return nanoseconds{0};
    case BackoffPolicy::fixed:
      return std::min(base_, cap_);
    case BackoffPolicy::linear:
      return retry_ > cap_ / std::max(base_, nanoseconds{1}) ? cap_ : base_ * retry_;
    case BackoffPolicy::exponential:
      return exponential;
    case BackoffPolicy::equal_jitter:
      return exponential / 2 + uniform(random, nanoseconds{0}, exponential - exponential / 2);
    case BackoffPolicy::full_jitter:
      return uniform(random, nanoseconds{0}, exponential);
    case BackoffPolicy::decorrelated_jitter: {
      const nanoseconds high = previous_ > cap_ / 3 ? cap_ : previous_ * 3;
      previous_ = std::min(cap_, uniform(random, base_, high));
      return previous_;
    }
  }
  return nanoseconds{0};
}

}  // namespace witness
