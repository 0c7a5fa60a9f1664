/// What a search for an order of versions may use.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace witness {

/// `rounds`: how often a component's orientation is refuted before it is given up; the deadline and
/// the memory of the process only where there is one, so that a search without them is
/// deterministic.
struct SearchLimits {
  using Clock = std::chrono::steady_clock;

  std::optional<Clock::time_point> deadline;
  std::uint64_t memory_bytes = std::uint64_t{4} << 30U;  ///< for what can be reckoned beforehand
  std::uint64_t resident_most = std::numeric_limits<std::uint64_t>::max();  ///< bytes, all in all
  std::uint64_t rounds = 1'000'000;
  bool prune = true;         ///< false: only to compare
  bool only_pruned = false;  ///< give up where memory does not suffice to prune

  /// Is time up, or the process too large? The memory is looked at now and then; once it was too
  /// much, it stays so.
  bool expired() const;

 private:
  mutable Clock::time_point next_look_;
  mutable bool too_large_ = false;
};

}  // namespace witness
