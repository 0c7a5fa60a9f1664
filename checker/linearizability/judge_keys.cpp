#include "checker/linearizability/judge_keys.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "checker/in_threads.hpp"
#include "checker/linearizability/judges.hpp"
#include "checker/linearizability/search.hpp"

namespace witness {
namespace {

/// So many keys are told exactly where they stop being linearizable.
constexpr int kPlacedMost = 8;

class KeyJudge {
 public:
  KeyJudge(const Objects& objects, const StringPool& strings, Budget& budget)
      : objects_(objects),
        strings_(strings),
        words_(objects, strings),
        judge_(judge_of(objects.kind)),
        budget_(budget) {}

  Judged judge(std::span<const std::uint32_t> ops) const {
    const std::vector<Call> calls = calls_of(objects_, ops);
    if (judge_ != nullptr) {
      Judged judged = judge_(calls, objects_, words_);
      if (judged.result != Linearizable::unsuited) return judged;
    }
    const std::unique_ptr<ObjectModel> model = model_of(objects_, strings_, ops);
    return search(calls, objects_, *model, budget_, words_);
  }

  /// A history is linearizable as far as some return, and not beyond: the return is found by
  /// halving, with the same judge. (The search knows it anyway.)
  void place(std::span<const std::uint32_t> ops, KeyJudgement& key) const {
    if (judge_ == nullptr) return;
    const std::vector<Call> calls = calls_of(objects_, ops);
    std::vector<const Call*> returns;
    for (const Call& call : calls) {
      if (!call.is_open()) returns.push_back(&call);
    }
    std::ranges::sort(returns, {}, &Call::finish);
    if (returns.empty()) return;
    std::size_t fits = 0;  // so many returns do
    std::size_t misfits = returns.size();
    Judged judged;
    const auto no_at = [&](std::size_t count) {
      judged = judge_(calls_of(objects_, ops, returns[count - 1]->finish + 1), objects_, words_);
      return judged.result == Linearizable::no;
    };
    while (fits + 1 < misfits) {
      const std::size_t middle = fits + (misfits - fits) / 2;
      (no_at(middle) ? misfits : fits) = middle;
      if (judged.result == Linearizable::unsuited || budget_.expired()) return;
    }
    if (!no_at(misfits)) return;
    key.fitting = misfits - 1;
    key.first_misfit = returns[misfits - 1]->op;
    std::erase(judged.ops, key.first_misfit);
    judged.ops.insert(judged.ops.begin(), key.first_misfit);
    key.judged = std::move(judged);
  }

 private:
  const Objects& objects_;
  const StringPool& strings_;
  ObjectWords words_;
  ObjectJudge judge_;
  Budget& budget_;
};

}  // namespace

bool has_linearizability(ObjectKind kind) {
  Objects objects;
  objects.kind = kind;
  return model_of(objects, StringPool{}, {}) != nullptr;
}

std::vector<KeyJudgement> judge_keys(const Objects& objects, const StringPool& strings,
                                     const KeyGroups& groups, Budget& budget) {
  const KeyJudge judge{objects, strings, budget};
  std::vector<KeyJudgement> found;
  std::mutex mutex;
  std::atomic<std::uint32_t> next{0};
  const auto count = static_cast<std::uint32_t>(groups.keys.size());
  in_threads(std::min<std::size_t>(count, threads_at_once()), [&](std::size_t) {
    for (std::uint32_t key = next++; key < count; key = next++) {
      Judged judged = judge.judge(groups.ops_of(key));
      if (judged.result == Linearizable::yes) continue;
      const std::scoped_lock lock{mutex};
      found.push_back({key, std::move(judged)});
    }
  });
  std::ranges::sort(found, {}, &KeyJudgement::key);
  int placed = 0;
  for (KeyJudgement& key : found) {
    if (key.judged.result != Linearizable::no || placed++ >= kPlacedMost) continue;
    judge.place(groups.ops_of(key.key), key);
  }
  return found;
}

}  // namespace witness
