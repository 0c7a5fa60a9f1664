// The judges and the search against every order of small random histories.
#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "checker/linearizability/judges.hpp"
#include "checker/linearizability/search.hpp"
#include "tests/oracle/object_oracle.hpp"

namespace witness {
namespace {

using oracle::kNothing;
using oracle::ObjectStep;
using oracle::SmallObject;

ObjectKind kind_of(const std::string& name) {
  static const std::map<std::string, ObjectKind> kKinds = {
      {"register", ObjectKind::reg},     {"cas-register", ObjectKind::cas_register},
      {"mutex", ObjectKind::mutex},      {"lease", ObjectKind::lease},
      {"counter", ObjectKind::counter},  {"set", ObjectKind::set},
      {"queue", ObjectKind::fifo_queue}, {"stack", ObjectKind::stack},
      {"stock", ObjectKind::stock},      {"kv", ObjectKind::kv},
  };
  return kKinds.at(name);
}

ObjectCall call_of(const SmallObject& object, const ObjectStep& step) {
  static const std::map<std::string, ObjectCall> kCalls = {
      {"read", ObjectCall::read},       {"write", ObjectCall::write},
      {"cas", ObjectCall::cas},         {"add", ObjectCall::add},
      {"acquire", ObjectCall::acquire}, {"release", ObjectCall::release},
      {"take", ObjectCall::take},       {"append", ObjectCall::append},
  };
  if (step.f == "put-in") return object.kind == "stack" ? ObjectCall::push : ObjectCall::enqueue;
  if (step.f == "take-out") return object.kind == "stack" ? ObjectCall::pop : ObjectCall::dequeue;
  return kCalls.at(step.f);
}

Datum datum(int value) { return value == kNothing ? Datum{} : Datum::of(value); }

/// Of a key-value store, every value is a letter.
Datum text(const std::vector<int>& values, StringPool& strings) {
  std::string text = "\"";
  for (const int value : values) text += static_cast<char>('a' + value);
  return Datum::text(strings.intern(text));
}

Objects objects_of(const SmallObject& small, StringPool& strings) {
  Objects objects;
  objects.kind = kind_of(small.kind);
  objects.initial = Datum::of(small.initial);
  objects.nil_reads_tell = objects.failed_cas_tells = true;
  objects.functions = {"f"};
  for (const ObjectStep& step : small.steps) {
    ObjectOp op;
    op.index = static_cast<std::uint64_t>(step.invoked);
    op.call = call_of(small, step);
    op.invoke = static_cast<std::uint32_t>(step.invoked);
    if (step.returned != INT_MAX) op.complete = static_cast<std::uint32_t>(step.returned);
    op.told = step.refused               ? Completion::fail
              : step.returned == INT_MAX ? Completion::info
                                         : Completion::ok;
    op.a = datum(step.a);
    if (step.f == "cas") op.b = datum(step.b);
    if (step.f == "read" || step.f == "take" || step.f == "take-out") op.a = datum(step.result);
    if (step.f == "acquire" || step.f == "release") {
      op.a = datum(step.process);
      if (step.f == "acquire") op.b = datum(step.result);
    }
    if (small.kind == "set" && step.f == "read") {
      op.has_list = true;
      op.list_begin = static_cast<std::uint32_t>(objects.data.size());
      for (const int element : step.elements) objects.data.push_back(datum(element));
      op.list_size = static_cast<std::uint32_t>(step.elements.size());
    }
    if (small.kind == "kv") {
      op.a = step.f == "read" ? text(step.elements, strings) : text({step.a}, strings);
    }
    objects.ops.push_back(op);
  }
  if (small.kind == "kv") objects.initial = text({}, strings);
  return objects;
}

struct Tally {
  int held = 0;
  int suited = 0;
  int violated = 0;
};

Tally compare(const std::string& kind, int count, int steps_most, unsigned seed) {
  oracle::ObjectGenerator generator{seed};
  Tally tally;
  for (int i = 0; i < count; ++i) {
    const SmallObject small = generator.make(kind, steps_most);
    const bool expected = oracle::is_linearizable(small);
    StringPool strings;
    const Objects objects = objects_of(small, strings);
    const ObjectWords words{objects, strings};
    std::vector<std::uint32_t> all(objects.ops.size());
    for (std::uint32_t op = 0; op < all.size(); ++op) all[op] = op;
    const std::vector<Call> calls = calls_of(objects, all);
    const auto model = model_of(objects, strings, all);
    Budget budget{Budget::Clock::now() + std::chrono::seconds{10}, 1 << 28};
    const Judged searched = search(calls, objects, *model, budget, words);
    EXPECT_EQ(searched.result, expected ? Linearizable::yes : Linearizable::no)
        << "search: " << searched.why << "\n"
        << shown(small);
    ++tally.held;
    if (!expected) ++tally.violated;
    const ObjectJudge judge = judge_of(objects.kind);
    if (judge == nullptr) continue;
    const Judged judged = judge(calls, objects, words);
    if (judged.result != Linearizable::unsuited) {
      ++tally.suited;
      EXPECT_EQ(judged.result, expected ? Linearizable::yes : Linearizable::no)
          << "judge: " << judged.why << "\n"
          << shown(small);
    }
    if (testing::Test::HasFailure()) break;
  }
  return tally;
}

/// How many random histories of each kind; 100,000 and more are for the release build.
#ifdef NDEBUG
constexpr int kCount = 100'000;
#else
constexpr int kCount = 5'000;
#endif

class LinearizabilityOracle : public testing::TestWithParam<const char*> {};

TEST_P(LinearizabilityOracle, AgreesWithEveryOrderOfSmallHistories) {
  const Tally tally = compare(GetParam(), kCount, 7, 7);
  EXPECT_EQ(tally.held, kCount);
  if (std::string{GetParam()} != "kv") {
    EXPECT_GT(tally.suited, kCount / 5) << "the judge hardly ever decides";
  }
  EXPECT_GT(tally.violated, kCount / 50) << "the histories hardly ever violate anything";
  EXPECT_LT(tally.violated, kCount * 9 / 10);
}

INSTANTIATE_TEST_SUITE_P(Objects, LinearizabilityOracle,
                         testing::Values("register", "cas-register", "mutex", "lease", "counter",
                                         "set", "queue", "stack", "stock", "kv"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace witness
