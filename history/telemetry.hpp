/// What a history tells of speed: latencies, retries, rates. Computed from the saved file, so a
/// replay shows the same numbers as the run.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "witness/history.hpp"
#include "witness/verdict.hpp"

namespace witness {

/// Nearest-rank percentiles of completed operations, those that ended in info included. Response
/// counts from the scheduled start (open loop), so a stalled database cannot hide behind operations
/// that were never sent; service counts from the invocation.
struct Telemetry {
  std::uint64_t completed = 0;
  double seconds = 0;                         ///< from the first invocation to the last completion
  std::array<std::int64_t, 4> response_ns{};  ///< p50, p95, p99, max
  std::array<std::int64_t, 4> service_ns{};
  std::array<std::int64_t, 4> retries{};
};

/// O(n) time, O(n) memory.
Telemetry telemetry(const History& history);

/// "p50 1.2 ms · p95 3.4 ms · p99 8.0 ms · max 12 ms · 1,234 operations/s".
std::string telemetry_line(const Telemetry& telemetry);

/// A threshold of --require: metric, comparison, limit ("p99<200ms", "overlap>=1000").
struct Requirement {
  std::string text;
  std::string_view metric;  ///< a name of the metric table
  std::string comparison;   ///< < <= > >= == !=
  double limit = 0;         ///< nanoseconds for times
};

/// Throws UsageError, naming the metrics there are.
Requirement parse_requirement(const std::string& text);

struct RequirementResult {
  std::string text;  ///< as it was typed
  double measured = 0;
  std::string shown;  ///< with its unit
  bool met = false;
};
RequirementResult measure(const Requirement& requirement, const Telemetry& telemetry,
                          const Verdict& verdict);

/// "1.2 ms", "340 µs", "2.00 s".
std::string show_duration(std::int64_t nanoseconds);

/// "30s", "200ms", "1.5m", "250us", "2h"; a bare number is seconds. Throws UsageError.
std::int64_t parse_duration_ns(const std::string& text);

}  // namespace witness
