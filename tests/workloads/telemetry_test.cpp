#include "history/telemetry.hpp"

#include <gtest/gtest.h>

#include "history/history_reader.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

History history_of(const std::vector<std::int64_t>& service_ns, std::int64_t late_ns = 0) {
  History history;
  std::int64_t now = 1000;
  for (const std::int64_t service : service_ns) {
    Operation operation;
    operation.invoke_ns = now;
    operation.complete_ns = now + service;
    operation.told_ns = now + service;
    operation.scheduled_ns = late_ns > 0 ? now - late_ns : -1;
    operation.completed = true;
    operation.attempts_begin = static_cast<std::uint32_t>(history.attempts.size());
    history.attempts.emplace_back();
    operation.attempts_end = static_cast<std::uint32_t>(history.attempts.size());
    history.operations.push_back(operation);
    now += service;
  }
  return history;
}

TEST(Telemetry, PercentilesAreNearestRank) {
  std::vector<std::int64_t> service;
  for (int i = 1; i <= 100; ++i) service.push_back(i);
  const Telemetry t = telemetry(history_of(service));
  EXPECT_EQ(t.service_ns, (std::array<std::int64_t, 4>{50, 95, 99, 100}));
  EXPECT_EQ(telemetry(history_of({7})).service_ns, (std::array<std::int64_t, 4>{7, 7, 7, 7}));
}

TEST(Telemetry, ResponseCountsFromTheSchedule) {
  const Telemetry t = telemetry(history_of({10, 10}, 500));
  EXPECT_EQ(t.service_ns[0], 10);
  EXPECT_EQ(t.response_ns[0], 510);
}

TEST(Telemetry, TransactionsAreOperationsWithTheirAttempts) {
  const Telemetry t = telemetry(parse_history(
      R"({"schema":"witness.history/1","workload":"rw-register"}
{"index":0,"type":"invoke","process":0,"f":"txn","time":100,"scheduled":40,"value":[["w",1,1]]}
{"index":1,"type":"invoke","process":1,"f":"txn","time":110,"value":[["w",1,3]]}
{"type":"attempt","of":0,"attempt":2,"value":[["w",1,2]]}
{"index":2,"type":"ok","process":0,"f":"txn","time":150,"value":[["w",1,2]],"attempts":[{"attempt":1,"type":"fail","value":[["w",1,1]]},{"attempt":2,"type":"ok"}]}
{"index":3,"type":"invoke","process":0,"f":"txn","time":160,"scheduled":155,"value":[["w",1,4]]}
{"index":4,"type":"ok","process":0,"f":"txn","time":170,"value":[["w",1,4]]}
)",
      "h"));
  EXPECT_EQ(t.completed, 2U);
  EXPECT_EQ(t.service_ns, (std::array<std::int64_t, 4>{10, 50, 50, 50}));
  EXPECT_EQ(t.response_ns, (std::array<std::int64_t, 4>{15, 110, 110, 110}));
  EXPECT_EQ(t.retries, (std::array<std::int64_t, 4>{0, 1, 1, 1}));
  EXPECT_DOUBLE_EQ(t.seconds, 70e-9);
}

TEST(Telemetry, AnEmptyHistoryHasNoNumbers) {
  const Telemetry t = telemetry(History{});
  EXPECT_EQ(t.completed, 0U);
  EXPECT_EQ(t.response_ns[3], 0);
}

TEST(Requirement, TimesAndCountsAreCompared) {
  const Telemetry t = telemetry(history_of({200'000'000}));
  Verdict verdict;
  verdict.counts.overlaps = 999;
  EXPECT_TRUE(measure(parse_requirement("p99<=200ms"), t, verdict).met);
  EXPECT_FALSE(measure(parse_requirement("p99<200ms"), t, verdict).met);
  EXPECT_FALSE(measure(parse_requirement("overlap>=1000"), t, verdict).met);
  EXPECT_TRUE(measure(parse_requirement("oversold==0"), t, verdict).met);
  EXPECT_TRUE(measure(parse_requirement("info.rate<1%"), t, verdict).met);
}

TEST(Requirement, NonsenseIsRefused) {
  for (const char* text :
       {"", "p99", "p99<", "p99<fast", "speed>1", "p99=<1ms", "<5", "p99<1parsec"}) {
    EXPECT_THROW(parse_requirement(text), UsageError) << text;
  }
}

TEST(Duration, UnitsAreUnderstood) {
  EXPECT_EQ(parse_duration_ns("30s"), 30'000'000'000);
  EXPECT_EQ(parse_duration_ns("30"), 30'000'000'000);
  EXPECT_EQ(parse_duration_ns("250us"), 250'000);
  EXPECT_EQ(parse_duration_ns("1.5m"), 90'000'000'000);
  EXPECT_EQ(parse_duration_ns("0s"), 0);
  for (const char* text : {"", "s", "-1s", "5 minutes", "1e3s", "1.2.3s", "99999999999h"}) {
    EXPECT_THROW(parse_duration_ns(text), UsageError) << text;
  }
}

}  // namespace
}  // namespace witness
