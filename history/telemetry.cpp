#include "history/telemetry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "witness/error.hpp"

namespace witness {
namespace {

constexpr std::array kQuantiles = {0.50, 0.95, 0.99, 1.0};

std::array<std::int64_t, 4> percentiles(std::vector<std::int64_t>& values) {
  std::array<std::int64_t, 4> result{};
  if (values.empty()) return result;
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(kQuantiles[i] * static_cast<double>(values.size())));
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::nth_element(values.begin(), at, values.end());
    result[i] = *at;
  }
  return result;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

enum class Unit : std::uint8_t { nanoseconds, number };

/// One line a metric: name, unit, where its value is.
struct Metric {
  std::string_view name;
  Unit unit;
  double (*value)(const Telemetry&, const Verdict&);
};

constexpr std::array kMetrics = {
    Metric{"p50", Unit::nanoseconds, [](auto& t, auto&) { return double(t.response_ns[0]); }},
    Metric{"p95", Unit::nanoseconds, [](auto& t, auto&) { return double(t.response_ns[1]); }},
    Metric{"p99", Unit::nanoseconds, [](auto& t, auto&) { return double(t.response_ns[2]); }},
    Metric{"max", Unit::nanoseconds, [](auto& t, auto&) { return double(t.response_ns[3]); }},
    Metric{"service.p50", Unit::nanoseconds,
           [](auto& t, auto&) { return double(t.service_ns[0]); }},
    Metric{"service.p95", Unit::nanoseconds,
           [](auto& t, auto&) { return double(t.service_ns[1]); }},
    Metric{"service.p99", Unit::nanoseconds,
           [](auto& t, auto&) { return double(t.service_ns[2]); }},
    Metric{"retries.p50", Unit::number, [](auto& t, auto&) { return double(t.retries[0]); }},
    Metric{"retries.p99", Unit::number, [](auto& t, auto&) { return double(t.retries[2]); }},
    Metric{"retries.max", Unit::number, [](auto& t, auto&) { return double(t.retries[3]); }},
    Metric{"rate", Unit::number,
           [](auto& t, auto&) { return t.seconds > 0 ? double(t.completed) / t.seconds : 0; }},
    Metric{"ok", Unit::number, [](auto&, auto& v) { return double(v.counts.ok); }},
    Metric{"ok.rate", Unit::number,
           [](auto&, auto& v) { return share(v.counts.ok, v.counts.operations); }},
    Metric{"info.rate", Unit::number,
           [](auto&, auto& v) { return share(v.counts.info, v.counts.operations); }},
    Metric{"unresolved", Unit::number, [](auto&, auto& v) { return double(v.counts.unresolved); }},
    Metric{"oversold", Unit::number, [](auto&, auto& v) { return double(v.counts.oversold); }},
    Metric{"overlap", Unit::number, [](auto&, auto& v) { return double(v.counts.overlaps); }},
};

bool holds(double measured, const std::string& comparison, double limit) {
  if (comparison == "<") return measured < limit;
  if (comparison == "<=") return measured <= limit;
  if (comparison == ">") return measured > limit;
  if (comparison == ">=") return measured >= limit;
  if (comparison == "==") return measured == limit;
  return measured != limit;
}

double parse_number(std::string_view text, const std::string& whole) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    throw UsageError(fmt::format("\"{}\": \"{}\" is not a number", whole, text));
  }
  return value;
}

/// Gathers what is known of one operation after another.
class Gathered {
 public:
  void began(std::int64_t invoke_ns) { first_ = std::min(first_, invoke_ns); }
  void completed(std::int64_t invoke_ns, std::int64_t scheduled_ns, std::int64_t told_ns,
                 std::size_t attempts) {
    last_ = std::max(last_, told_ns);
    service_.push_back(told_ns - invoke_ns);
    response_.push_back(told_ns - (scheduled_ns >= 0 ? scheduled_ns : invoke_ns));
    retries_.push_back(static_cast<std::int64_t>(attempts) - 1);
  }

  Telemetry result() {
    Telemetry result;
    result.completed = service_.size();
    if (last_ > first_) result.seconds = static_cast<double>(last_ - first_) / 1e9;
    result.response_ns = percentiles(response_);
    result.service_ns = percentiles(service_);
    result.retries = percentiles(retries_);
    return result;
  }

 private:
  std::vector<std::int64_t> response_;
  std::vector<std::int64_t> service_;
  std::vector<std::int64_t> retries_;
  std::int64_t first_ = kNever;
  std::int64_t last_ = 0;
};

/// An operation's attempts stand behind each other.
void gather(const Transactions& all, Gathered& gathered) {
  for (std::size_t i = 0, next = 0; i < all.transactions.size(); i = next) {
    const Transaction& one = all.transactions[i];
    next = i + 1;
    while (next < all.transactions.size() && all.transactions[next].index == one.index) ++next;
    if (one.invoke_ns < 0) continue;
    gathered.began(one.invoke_ns);
    if (one.complete_ns < 0) continue;
    const bool scheduled = i < all.scheduled_ns.size();
    gathered.completed(one.invoke_ns, scheduled ? all.scheduled_ns[i] : -1, one.complete_ns,
                       next - i);
  }
}

}  // namespace

Telemetry telemetry(const History& history) {
  Gathered gathered;
  for (const Operation& operation : history.operations) {
    gathered.began(operation.invoke_ns);
    if (!operation.completed) continue;
    gathered.completed(operation.invoke_ns, operation.scheduled_ns, operation.told_ns,
                       history.attempts_of(operation).size());
  }
  if (history.transactions) gather(*history.transactions, gathered);
  return gathered.result();
}

std::string telemetry_line(const Telemetry& t) {
  return fmt::format("p50 {} · p95 {} · p99 {} · max {} · {:.0f} operations/s",
                     show_duration(t.response_ns[0]), show_duration(t.response_ns[1]),
                     show_duration(t.response_ns[2]), show_duration(t.response_ns[3]),
                     t.seconds > 0 ? static_cast<double>(t.completed) / t.seconds : 0.0);
}

Requirement parse_requirement(const std::string& text) {
  const auto begin = text.find_first_of("<>=!");
  auto end = begin;
  while (end < text.size() && std::string_view{"<>=!"}.find(text[end]) != std::string_view::npos) {
    ++end;
  }
  Requirement result;
  result.text = text;
  const std::string name = text.substr(0, begin);
  std::string names;
  const Metric* metric = nullptr;
  for (const Metric& each : kMetrics) {
    names += (names.empty() ? "" : ", ") + std::string{each.name};
    if (each.name == name) metric = &each;
  }
  if (begin == std::string::npos || metric == nullptr) {
    throw UsageError(
        fmt::format("--require \"{}\": expected METRIC<LIMIT, METRIC one of: {}", text, names));
  }
  result.metric = metric->name;
  result.comparison = text.substr(begin, end - begin);
  constexpr std::array<std::string_view, 6> kComparisons = {"<", "<=", ">", ">=", "==", "!="};
  if (std::find(kComparisons.begin(), kComparisons.end(), result.comparison) ==
      kComparisons.end()) {
    throw UsageError(
        fmt::format("--require \"{}\": \"{}\" is no comparison", text, result.comparison));
  }
  const std::string limit = text.substr(end);
  if (metric->unit == Unit::nanoseconds) {
    result.limit = static_cast<double>(parse_duration_ns(limit));
  } else if (limit.ends_with('%')) {
    result.limit = parse_number(std::string_view{limit}.substr(0, limit.size() - 1), text) / 100;
  } else {
    result.limit = parse_number(limit, text);
  }
  return result;
}

RequirementResult measure(const Requirement& requirement, const Telemetry& t,
                          const Verdict& verdict) {
  RequirementResult result;
  result.text = requirement.text;
  for (const Metric& metric : kMetrics) {
    if (metric.name != requirement.metric) continue;
    result.measured = metric.value(t, verdict);
    result.shown = metric.unit == Unit::nanoseconds
                       ? show_duration(static_cast<std::int64_t>(result.measured))
                       : fmt::format("{:.6g}", result.measured);
  }
  result.met = holds(result.measured, requirement.comparison, requirement.limit);
  return result;
}

std::string show_duration(std::int64_t nanoseconds) {
  const double ns = static_cast<double>(nanoseconds);
  if (ns < 1e3) return fmt::format("{} ns", nanoseconds);
  if (ns < 1e6) return fmt::format("{:.0f} µs", ns / 1e3);
  if (ns < 1e9) return fmt::format("{:.1f} ms", ns / 1e6);
  return fmt::format("{:.2f} s", ns / 1e9);
}

std::int64_t parse_duration_ns(const std::string& text) {
  struct Suffix {
    std::string_view name;
    double ns;
  };
  constexpr std::array kSuffixes = {Suffix{"ns", 1},    Suffix{"us", 1e3}, Suffix{"µs", 1e3},
                                    Suffix{"ms", 1e6},  Suffix{"s", 1e9},  Suffix{"m", 60e9},
                                    Suffix{"h", 3600e9}};
  const auto end = text.find_first_not_of("0123456789.");
  const std::string unit = end == std::string::npos ? "s" : text.substr(end);
  for (const Suffix& suffix : kSuffixes) {
    if (unit != suffix.name) continue;
    const double ns = parse_number(std::string_view{text}.substr(0, end), text) * suffix.ns;
    if (ns > 9e18) break;
    return static_cast<std::int64_t>(ns);
  }
  throw UsageError(fmt::format("\"{}\" is no duration: write 30s, 200ms, 250us, 1.5m or 2h", text));
}

}  // namespace witness
