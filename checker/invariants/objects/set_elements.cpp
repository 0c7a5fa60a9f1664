/// Sets: what was added must be read (Jepsen's checkers `set` and `set-full`).
#include <fmt/format.h>

#include <algorithm>

#include "checker/datum_table.hpp"
#include "checker/invariants/objects/object_invariants.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;

/// Elements with one thing in common, as one anomaly.
class Gathered {
 public:
  void add(const std::string& element, std::uint64_t operation) {
    ++count_;
    if (elements_.size() < 20) elements_.push_back(element);
    if (operations_.size() < 20) operations_.push_back(operation);
  }
  bool empty() const { return count_ == 0; }

  void report(AnomalyKind kind, const std::vector<std::string>& keys, std::string_view what,
              Findings& findings) {
    if (count_ == 0) return;
    Anomaly anomaly{kind, keys};
    anomaly.count = count_;
    std::ranges::sort(operations_);
    operations_.erase(std::unique(operations_.begin(), operations_.end()), operations_.end());
    anomaly.operations = operations_;
    std::string elements = list(elements_, 12);
    if (count_ > elements_.size()) elements += fmt::format(" ({} in all)", count_);
    anomaly.explanation = fmt::format("{} {}: {}", plural(count_, "element"), what, elements);
    anomaly.meaning = harm(kind);
    findings.add(std::move(anomaly));
  }

 private:
  std::uint64_t count_ = 0;
  std::vector<std::string> elements_;
  std::vector<std::uint64_t> operations_;
};

/// The last read of a key is held against all that was added: against acknowledgements, if they
/// came before it began.
InvariantResult judge_last_read(const ObjectCase& judged, std::size_t key, Findings& findings) {
  const Objects& objects = judged.objects;
  std::uint32_t last = kNone;
  DatumTable added;  // 0: attempted, 1: acknowledged, 2: and read
  std::vector<std::pair<Datum, std::uint32_t>> acknowledged;
  for (const std::uint32_t position : judged.groups.ops_of(key)) {
    const ObjectOp& op = objects.ops[position];
    if (op.call == ObjectCall::add) {
      std::uint32_t& state = added[op.a];
      if (state == kNoPosition) state = 0;
      if (op.told != Completion::ok) continue;
      state = 1;
      acknowledged.emplace_back(op.a, position);
    } else if (op.call == ObjectCall::read && op.told == Completion::ok && op.has_list) {
      if (last == kNone || op.complete > objects.ops[last].complete) last = position;
    }
  }
  if (last == kNone) return {std::nullopt, "the set was never read"};
  Gathered unexpected;
  Gathered lost;
  const std::uint64_t read = objects.ops[last].index;
  for (const Datum element : objects.list_of(objects.ops[last])) {
    if (added.find(element) == kNoPosition) {
      unexpected.add(judged.words.value(element), read);
    } else {
      added[element] = 2;
    }
  }
  for (const auto& [element, position] : acknowledged) {
    if (added.find(element) == 2 || objects.ops[position].complete > objects.ops[last].invoke) {
      continue;
    }
    lost.add(judged.words.value(element), objects.ops[position].index);
  }
  const bool holds = unexpected.empty() && lost.empty();
  const std::string by = fmt::format("the last read, operation {}", read);
  lost.report(AnomalyKind::lost_element, judged.key_text(key),
              fmt::format("acknowledged as added and missing in {}", by), findings);
  unexpected.report(AnomalyKind::unexpected_element, judged.key_text(key),
                    fmt::format("that nobody added in {}", by), findings);
  return {holds, {}};
}

/// What reads said of one element. Events are named by their places.
struct Story {
  std::uint32_t add = 0;           ///< an operation
  std::uint32_t known = kNone;     ///< the event at which it was first known to be there
  std::int64_t last_present = -1;  ///< invocation of the latest read that saw it
  std::uint32_t run = 0;           ///< so many of the latest reads all saw it
  std::uint32_t seen_by = kNone;   ///< the read that was looked at last
};

/// Of each element: the latest read that saw it, and the latest one that missed it and began after
/// it was being added. Reads are taken by their invocations, latest first: the latest one that
/// missed an element is behind the run of those that saw it. Linear in what was read.
class SetFull {
 public:
  SetFull(const ObjectCase& judged, std::size_t key) : judged_(judged), key_(key) {}

  InvariantResult judge(Findings& findings) {
    take_calls();
    for (std::uint32_t rank = 0; rank < reads_.size(); ++rank) take_read(rank);
    Gathered lost;
    Gathered stale;
    std::uint64_t stable = 0;
    for (const Story& story : stories_) {
      const ObjectOp& add = objects_.ops[story.add];
      const std::int64_t absent = last_absent(story);
      const bool known_before = story.known != kNone && absent > std::int64_t{story.known};
      if (story.last_present > absent) {
        ++stable;
        if (known_before) stale.add(judged_.words.value(add.a), add.index);
      } else if (known_before) {
        lost.add(judged_.words.value(add.a), add.index);
      }
    }
    const bool broken = !lost.empty() || !repeated_.empty();
    const auto keys = judged_.key_text(key_);
    lost.report(AnomalyKind::lost_element, keys, "known to be there and missing in the last reads",
                findings);
    stale.report(AnomalyKind::stale_element, keys,
                 "known to be there, missing in a read that began later, and seen again", findings);
    repeated_.report(AnomalyKind::repeated_element, keys, "more than once in one read", findings);
    if (broken) return {false, {}};
    if (stable == 0) return {std::nullopt, "no read showed what was added"};
    return {true, {}};
  }

 private:
  void take_calls() {
    for (const std::uint32_t position : judged_.groups.ops_of(key_)) {
      const ObjectOp& op = objects_.ops[position];
      if (op.call == ObjectCall::read && op.told == Completion::ok && op.has_list) {
        reads_.push_back(position);
      }
      if (op.call != ObjectCall::add) continue;
      std::uint32_t& number = table_[op.a];
      if (number == kNoPosition) {
        number = static_cast<std::uint32_t>(stories_.size());
        stories_.push_back({position});
      }
      Story& story = stories_[number];
      if (op.told == Completion::ok) story.known = std::min(story.known, op.complete);
    }
    std::ranges::reverse(reads_);
  }

  void take_read(std::uint32_t rank) {
    const ObjectOp& read = objects_.ops[reads_[rank]];
    for (const Datum element : objects_.list_of(read)) {
      const std::uint32_t number = table_.find(element);
      if (number == kNoPosition) continue;
      Story& story = stories_[number];
      if (read.complete < objects_.ops[story.add].invoke) continue;
      if (story.seen_by == rank) {
        repeated_.add(judged_.words.value(element), read.index);
        continue;
      }
      story.seen_by = rank;
      story.known = std::min(story.known, read.complete);
      story.last_present = std::max(story.last_present, std::int64_t{read.invoke});
      if (story.run == rank) ++story.run;
    }
  }

  std::int64_t last_absent(const Story& story) const {
    if (story.run >= reads_.size()) return -1;
    const ObjectOp& read = objects_.ops[reads_[story.run]];
    return read.invoke > objects_.ops[story.add].invoke ? std::int64_t{read.invoke} : -1;
  }

  const ObjectCase& judged_;
  const Objects& objects_ = judged_.objects;
  std::size_t key_;
  DatumTable table_;
  std::vector<Story> stories_;
  std::vector<std::uint32_t> reads_;  ///< operations, latest invocation first
  Gathered repeated_;
};

/// All keys: broken where one is; unknown where one is and none is broken.
template <typename Judge>
InvariantResult judge_keys(const ObjectCase& judged, Judge judge) {
  InvariantResult all;
  for (std::size_t key = 0; key < judged.groups.keys.size(); ++key) {
    const InvariantResult one = judge(key);
    if (one.holds == false) {
      all = {false, {}};
    } else if (!one.holds && all.holds == true) {
      all = one;
    }
  }
  return all;
}

}  // namespace

InvariantResult judge_set_elements(const ObjectCase& judged, Findings& findings) {
  return judge_keys(judged,
                    [&](std::size_t key) { return judge_last_read(judged, key, findings); });
}

InvariantResult judge_set_full(const ObjectCase& judged, Findings& findings) {
  return judge_keys(judged, [&](std::size_t key) { return SetFull{judged, key}.judge(findings); });
}

}  // namespace witness
