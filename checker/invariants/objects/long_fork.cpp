/// Long fork: of two reads, each saw a write that the other one missed (Jepsen's workload
/// `long-fork`; Sovran et al. 2011, sec. 3).
///
/// Every key is written once. Reads of the same keys must be a chain by what they saw: sorted by
/// how much, each must contain the one before. So it is linear in what was read, and not a
/// comparison of all pairs.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "checker/datum_table.hpp"
#include "checker/invariants/objects/object_invariants.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

struct Read {
  std::uint32_t op = 0;
  std::vector<Datum> seen;  ///< keys, sorted
};

class LongFork {
 public:
  LongFork(const ObjectCase& judged, Findings& findings) : judged_(judged), findings_(findings) {}

  InvariantResult judge() {
    const Objects& objects = judged_.objects;
    for (std::uint32_t i = 0; i < objects.ops.size(); ++i) {
      const ObjectOp& op = objects.ops[i];
      if (op.call == ObjectCall::write) note_writes(op);
      const bool reads = op.call == ObjectCall::read || op.call == ObjectCall::txn;
      if (reads && op.told == Completion::ok && op.has_list) take_read(i);
    }
    if (groups_.empty()) return {std::nullopt, "nothing was read"};
    for (auto& [keys, reads] : groups_) compare(reads);
    if (holds_ && written_twice_) {
      return {std::nullopt, "a key was written twice: what a read missed is not known"};
    }
    return {holds_, {}};
  }

 private:
  void note_writes(const ObjectOp& op) {
    const auto list = judged_.objects.list_of(op);
    for (std::size_t i = 0; i + 2 < list.size(); i += 3) {
      std::uint32_t& count = writes_[list[i + 1]];
      written_twice_ = written_twice_ || (count != kNoPosition && op.told != Completion::fail);
      if (op.told != Completion::fail) count = 1;
    }
  }

  void take_read(std::uint32_t position) {
    const auto list = judged_.objects.list_of(judged_.objects.ops[position]);
    std::vector<Datum> keys;
    Read read{position, {}};
    for (std::size_t i = 0; i + 2 < list.size(); i += 3) {
      if (list[i] != Datum::of(0)) return;
      keys.push_back(list[i + 1]);
      if (!list[i + 2].is_nil()) read.seen.push_back(list[i + 1]);
    }
    std::ranges::sort(keys);
    std::ranges::sort(read.seen);
    groups_[keys].push_back(std::move(read));
  }

  void compare(std::vector<Read>& reads) {
    std::ranges::stable_sort(reads, {}, [](const Read& read) { return read.seen.size(); });
    for (std::size_t i = 1; i < reads.size(); ++i) {
      const Read& less = reads[i - 1];
      const Read& more = reads[i];
      if (std::includes(more.seen.begin(), more.seen.end(), less.seen.begin(), less.seen.end())) {
        continue;
      }
      report(less, more);
    }
  }

  static std::vector<Datum> without(const std::vector<Datum>& a, const std::vector<Datum>& b) {
    std::vector<Datum> rest;
    std::ranges::set_difference(a, b, std::back_inserter(rest));
    return rest;
  }

  void report(const Read& a, const Read& b) {
    holds_ = false;
    if (findings_.listed_enough(AnomalyKind::long_fork)) {
      return findings_.add_unlisted(AnomalyKind::long_fork, {});
    }
    const auto& ops = judged_.objects.ops;
    const Datum only_a = without(a.seen, b.seen).front();
    const Datum only_b = without(b.seen, a.seen).front();
    Anomaly anomaly{AnomalyKind::long_fork,
                    {judged_.words.value(only_a), judged_.words.value(only_b)}};
    anomaly.operations = {ops[a.op].index, ops[b.op].index};
    std::ranges::sort(anomaly.operations);
    anomaly.explanation = fmt::format(
        "operation {} saw the write of {} and not that of {}; operation {} saw them the other way "
        "round",
        ops[a.op].index, judged_.words.value(only_a), judged_.words.value(only_b), ops[b.op].index);
    anomaly.meaning = harm(anomaly.kind);
    findings_.add(std::move(anomaly));
  }

  const ObjectCase& judged_;
  Findings& findings_;
  DatumTable writes_;
  bool written_twice_ = false;
  std::map<std::vector<Datum>, std::vector<Read>> groups_;  ///< by the keys that they read
  bool holds_ = true;
};

}  // namespace

InvariantResult judge_long_fork(const ObjectCase& judged, Findings& findings) {
  return LongFork{judged, findings}.judge();
}

}  // namespace witness
