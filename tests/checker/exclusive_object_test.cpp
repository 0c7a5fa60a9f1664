/// The closed form against the definition: every order of every choice of operations.
#include "checker/linearizability/exclusive_object.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/checker/fuzz_cases.hpp"

namespace witness {
namespace {

/// An operation as the oracle sees it; nothing is shared with what is tested.
struct Op {
  enum Kind { win, maybe, rejected } kind;
  std::int64_t start;
  std::int64_t end;  ///< of a maybe: never
};

bool legal(const std::vector<Op>& ops, const std::vector<int>& order, std::int64_t capacity) {
  std::int64_t taken = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Op& op = ops[order[i]];
    for (std::size_t later = i + 1; later < order.size(); ++later) {
      const Op& other = ops[order[later]];
      if (other.kind != Op::maybe && other.end < op.start) return false;
    }
    if (op.kind == Op::rejected ? taken != capacity : taken == capacity) return false;
    if (op.kind != Op::rejected) ++taken;
  }
  return true;
}

bool linearizable(const std::vector<Op>& ops, std::int64_t capacity) {
  std::vector<int> certain;
  std::vector<int> maybe;
  for (int i = 0; i < static_cast<int>(ops.size()); ++i) {
    (ops[i].kind == Op::maybe ? maybe : certain).push_back(i);
  }
  for (unsigned choice = 0; choice < 1U << maybe.size(); ++choice) {
    std::vector<int> order = certain;
    for (std::size_t i = 0; i < maybe.size(); ++i) {
      if ((choice >> i & 1U) != 0) order.push_back(maybe[i]);
    }
    std::ranges::sort(order);
    do {
      if (legal(ops, order, capacity)) return true;
    } while (std::ranges::next_permutation(order).found);
  }
  return false;
}

ExclusiveVerdict judge(const std::vector<Op>& ops, std::int64_t capacity) {
  ExclusiveObject object;
  object.capacity = capacity;
  for (std::uint32_t i = 0; i < ops.size(); ++i) {
    if (ops[i].kind == Op::win) object.winners.push_back({ops[i].start, i, 1});
    if (ops[i].kind == Op::maybe) object.possible.push_back({ops[i].start, i, 1});
    if (ops[i].kind == Op::rejected) object.rejections.push_back({ops[i].end, i});
  }
  return judge_exclusive_object(object);
}

TEST(ExclusiveObject, AgreesWithEveryOrderOfEveryChoice) {
  const std::uint64_t cases = testing::fuzz_cases(20'000);
  std::uint64_t negatives = 0;
  for (std::uint64_t seed = 0; seed < cases; ++seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
    const std::int64_t capacity = 1 + below(3);
    std::vector<Op> ops(1 + below(6));
    std::string shown;
    for (Op& op : ops) {
      op.kind = static_cast<Op::Kind>(below(3));
      op.start = below(8);
      op.end = op.start + below(6);
      shown += fmt::format(" {}:{}-{}", static_cast<int>(op.kind), op.start, op.end);
    }
    const bool expected = linearizable(ops, capacity);
    negatives += expected ? 0 : 1;
    ASSERT_EQ(judge(ops, capacity).result == ExclusiveResult::linearizable, expected)
        << "seed " << seed << " capacity " << capacity << shown;
  }
  EXPECT_GT(negatives, cases / 10);
  EXPECT_LT(negatives, cases * 9 / 10);
}

TEST(ExclusiveObject, NamesTheRejectionAndTheWinnerThatCameTooLate) {
  const std::vector<Op> ops = {{Op::win, 5, 9}, {Op::rejected, 1, 3}, {Op::rejected, 1, 7}};
  const ExclusiveVerdict verdict = judge(ops, 1);
  EXPECT_EQ(verdict.result, ExclusiveResult::early_rejection);
  EXPECT_EQ(verdict.rejection, 1u);
  EXPECT_EQ(verdict.winner, 0u);
  EXPECT_EQ(verdict.early, std::vector<std::uint32_t>{1});
}

TEST(ExclusiveObject, AnAttemptThatNobodyKnowsOfCanExplainARejection) {
  EXPECT_EQ(judge({{Op::maybe, 1, 2}, {Op::rejected, 1, 7}}, 1).result,
            ExclusiveResult::linearizable);
  EXPECT_EQ(judge({{Op::maybe, 8, 9}, {Op::rejected, 1, 7}}, 1).result,
            ExclusiveResult::early_rejection);
  EXPECT_EQ(judge({{Op::rejected, 1, 7}}, 1).result, ExclusiveResult::too_few_winners);
}

TEST(ExclusiveObject, AWinnerOfManyUnitsCountsAsSoManyWinners) {
  ExclusiveObject object{5, {{1, 0, 3}, {2, 1, 2}}, {}, {{9, 2}}};
  EXPECT_EQ(judge_exclusive_object(object).result, ExclusiveResult::linearizable);
  object.winners[1].units = 1;
  EXPECT_EQ(judge_exclusive_object(object).result, ExclusiveResult::too_few_winners);
  object.winners[1].units = 3;
  EXPECT_EQ(judge_exclusive_object(object).result, ExclusiveResult::too_many_winners);
}

TEST(ExclusiveObject, EqualTimesAreNoOrder) {
  EXPECT_EQ(judge({{Op::win, 7, 9}, {Op::rejected, 1, 7}}, 1).result,
            ExclusiveResult::linearizable);
}

}  // namespace
}  // namespace witness
