/// How long to wait before trying again. (Policies and names: M. Brooker, "Exponential Backoff
/// And Jitter", AWS Architecture Blog, 2015.)
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

namespace witness {

enum class BackoffPolicy : std::uint8_t {
  none,
  fixed,
  linear,
  exponential,
  equal_jitter,
  full_jitter,
  decorrelated_jitter,
};

struct BackoffRow {
  BackoffPolicy policy;
  std::string_view name;
  std::string_view formula;  ///< retry n = 1, 2, …; U(a,b): uniformly random
};

inline constexpr std::array kBackoffs = {
    BackoffRow{BackoffPolicy::none, "none", "0"},
    BackoffRow{BackoffPolicy::fixed, "fixed", "base"},
    BackoffRow{BackoffPolicy::linear, "linear", "min(cap, base·n)"},
    BackoffRow{BackoffPolicy::exponential, "exponential", "min(cap, base·2^(n-1))"},
    BackoffRow{BackoffPolicy::equal_jitter, "equal-jitter", "e/2 + U(0, e/2), e = exponential"},
    BackoffRow{BackoffPolicy::full_jitter, "full-jitter", "U(0, e), e = exponential"},
    BackoffRow{BackoffPolicy::decorrelated_jitter, "decorrelated-jitter",
               "min(cap, U(base, 3·previous))"},
};

std::optional<BackoffPolicy> backoff_named(std::string_view name);

/// The waits of one operation. Give every operation its own.
class Backoff {
 public:
  Backoff(BackoffPolicy policy, std::chrono::nanoseconds base, std::chrono::nanoseconds cap)
      : policy_(policy), base_(base), cap_(cap), previous_(base) {}

  /// The wait before the next retry, at most `cap`.
  std::chrono::nanoseconds next(std::mt19937_64& random);

 private:
  BackoffPolicy policy_;
  std::chrono::nanoseconds base_;
  std::chrono::nanoseconds cap_;
  std::chrono::nanoseconds previous_;
  int retry_ = 0;
};

}  // namespace witness
