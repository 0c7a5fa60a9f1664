/// Writes that are seen in the wrong order: `comments` and `causal-reverse`, by real time (a write
/// that was acknowledged before another began must be seen with it), and `sequential`, by the order
/// in which one client writes the parts of a key.
#include <fmt/format.h>

#include <algorithm>

#include "checker/datum_table.hpp"
#include "checker/invariants/objects/object_invariants.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;

/// A read that saw a write must have seen every write that had been acknowledged before that one
/// began. Of what a read saw, the write that began last asks for most, and what it asks for are the
/// first acknowledgements: a read must have seen the first k of them, where k is found by its
/// place. So a read of n writes costs O(n), with a sum over acknowledgements to count by.
class Reverse {
 public:
  Reverse(const ObjectCase& judged, std::size_t key, Findings& findings)
      : judged_(judged), key_(key), findings_(findings) {}

  bool judge() {
    for (const std::uint32_t position : judged_.groups.ops_of(key_)) {
      const ObjectOp& op = objects_.ops[position];
      if (op.call == ObjectCall::write) take_write(position);
    }
    std::ranges::sort(acknowledged_, {},
                      [&](std::uint32_t write) { return objects_.ops[write].complete; });
    for (std::uint32_t i = 0; i < acknowledged_.size(); ++i) {
      rank_[table_.find(objects_.ops[acknowledged_[i]].a)] = i;
    }
    for (const std::uint32_t position : judged_.groups.ops_of(key_)) {
      const ObjectOp& op = objects_.ops[position];
      if (op.call == ObjectCall::read && op.told == Completion::ok && op.has_list)
        read(op, position);
    }
    return holds_;
  }

 private:
  void take_write(std::uint32_t position) {
    const ObjectOp& op = objects_.ops[position];
    if (op.told == Completion::fail) return;
    std::uint32_t& number = table_[op.a];
    if (number == kNoPosition) {
      number = static_cast<std::uint32_t>(writes_.size());
      writes_.push_back(position);
      rank_.push_back(kNone);
      stamp_.push_back(kNone);
      if (op.told == Completion::ok) acknowledged_.push_back(position);
    }
  }

  void read(const ObjectOp& op, std::uint32_t position) {
    const ObjectOp* last = nullptr;
    for (const Datum id : objects_.list_of(op)) {
      const std::uint32_t number = table_.find(id);
      if (number == kNoPosition) continue;
      stamp_[number] = position;
      const ObjectOp& write = objects_.ops[writes_[number]];
      if (last == nullptr || write.invoke > last->invoke) last = &write;
    }
    if (last == nullptr) return;
    const auto behind =
        std::ranges::lower_bound(acknowledged_, last->invoke, {},
                                 [&](std::uint32_t write) { return objects_.ops[write].complete; });
    const auto wanted = static_cast<std::uint32_t>(behind - acknowledged_.begin());
    std::uint32_t seen = 0;
    for (const Datum id : objects_.list_of(op)) {
      const std::uint32_t number = table_.find(id);
      if (number == kNoPosition || stamp_[number] != position) continue;
      if (rank_[number] < wanted) ++seen;
      stamp_[number] = position | kCounted;
    }
    if (seen < wanted) report(op, position, *last, wanted - seen, wanted);
  }

  void report(const ObjectOp& op, std::uint32_t position, const ObjectOp& last, std::uint64_t count,
              std::uint32_t wanted) {
    holds_ = false;
    const auto keys = judged_.key_text(key_);
    if (findings_.listed_enough(AnomalyKind::causal_reverse)) {
      return findings_.add_unlisted(AnomalyKind::causal_reverse, keys);
    }
    Anomaly anomaly{AnomalyKind::causal_reverse, keys};
    anomaly.count = count;
    std::vector<std::string> missed;
    for (std::uint32_t i = 0; i < wanted && missed.size() < 7; ++i) {
      const ObjectOp& write = objects_.ops[acknowledged_[i]];
      if (stamp_[table_.find(write.a)] == (position | kCounted)) continue;
      missed.push_back(judged_.words.value(write.a));
      anomaly.operations.push_back(write.index);
    }
    anomaly.operations.push_back(last.index);
    anomaly.operations.push_back(op.index);
    std::ranges::sort(anomaly.operations);
    anomaly.explanation = fmt::format(
        "operation {} saw {}, which began (operation {}) after {} had been acknowledged, and not "
        "{}",
        op.index, judged_.words.value(last.a), last.index, list(missed),
        count == 1 ? "that one" : "those");
    anomaly.meaning = harm(anomaly.kind);
    findings_.add(std::move(anomaly));
  }

  static constexpr std::uint32_t kCounted = 0x80000000U;

  const ObjectCase& judged_;
  const Objects& objects_ = judged_.objects;
  std::size_t key_;
  Findings& findings_;
  DatumTable table_;
  std::vector<std::uint32_t> writes_;        ///< operations
  std::vector<std::uint32_t> rank_;          ///< of each write among the acknowledged ones
  std::vector<std::uint32_t> stamp_;         ///< of each write: the read that saw it last
  std::vector<std::uint32_t> acknowledged_;  ///< operations, by their completions
  bool holds_ = true;
};

}  // namespace

InvariantResult judge_comments(const ObjectCase& judged, Findings& findings) {
  bool holds = true;
  for (std::size_t key = 0; key < judged.groups.keys.size(); ++key) {
    holds = Reverse{judged, key, findings}.judge() && holds;
  }
  return {holds, {}};
}

/// Parts are read in reverse: whoever saw a later one must see the earlier ones, which are read
/// after it. So nothing may be missing (nil) behind something that was there.
InvariantResult judge_sequential(const ObjectCase& judged, Findings& findings) {
  InvariantResult result;
  for (const ObjectOp& op : judged.objects.ops) {
    if (op.call != ObjectCall::read || op.told != Completion::ok || !op.has_list) continue;
    const auto parts = judged.objects.list_of(op);
    const auto there = std::ranges::find_if(parts, [](Datum part) { return !part.is_nil(); });
    const auto gone = std::find_if(there, parts.end(), [](Datum part) { return part.is_nil(); });
    if (gone == parts.end()) continue;
    result.holds = false;
    const std::vector<std::string> keys = {judged.words.value(op.a)};
    if (findings.listed_enough(AnomalyKind::nonsequential_read)) {
      findings.add_unlisted(AnomalyKind::nonsequential_read, keys);
      continue;
    }
    Anomaly anomaly{AnomalyKind::nonsequential_read, keys};
    anomaly.operations = {op.index};
    anomaly.explanation =
        fmt::format("operation {} saw {} of {}, and then missed a part that was written before it",
                    op.index, judged.words.value(*there), keys[0]);
    anomaly.meaning = harm(anomaly.kind);
    findings.add(std::move(anomaly));
  }
  return result;
}

}  // namespace witness
