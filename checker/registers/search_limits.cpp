#include "checker/registers/search_limits.hpp"

#include "checker/linearizability/budget.hpp"

namespace witness {

bool SearchLimits::expired() const {
  if (too_large_) return true;
  if (!deadline && resident_most == std::numeric_limits<std::uint64_t>::max()) return false;
  const Clock::time_point now = Clock::now();
  if (deadline && now >= *deadline) return true;
  if (now < next_look_) return false;
  next_look_ = now + std::chrono::milliseconds{5};
  too_large_ = resident_bytes() >= resident_most;
  return too_large_;
}

}  // namespace witness
