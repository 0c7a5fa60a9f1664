#include "checker/registers/weak_story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "checker/registers/patterns.hpp"

namespace witness {

/// Is it by session order that the later one follows? By chain, or by their process.
bool WeakStory::follows(std::uint32_t later, std::uint32_t earlier) const {
  const auto& all = input_.history.transactions;
  const Sessions& sessions = input_.sessions;
  return all[later].process == all[earlier].process &&
         sessions.chain(later) == sessions.chain(earlier) &&
         sessions.place(earlier) < sessions.place(later);
}

/// "operation 7 read y = 3 from operation 2", of its first such read; empty if there is none
/// before.
std::string WeakStory::read_from(std::uint32_t reader, std::uint32_t writer,
                                 std::uint32_t before_op) const {
  const std::uint32_t begin = input_.history.transactions[reader].ops_begin;
  const auto sources = input_.sources.of(input_.history, reader);
  for (std::uint32_t i = 0; i < sources.size() && begin + i < before_op; ++i) {
    if (sources[i] != writer) continue;
    const TxnOp& op = input_.history.ops[begin + i];
    return fmt::format("{} read {} = {} from {}", story_.name(reader), story_.key(op.key),
                       story_.value(op.value()), story_.name(writer));
  }
  return {};
}

/// The shortest way by reads-from and session order, both ends included; empty if none was found.
std::vector<std::uint32_t> WeakStory::way(std::uint32_t from, std::uint32_t to, bool sessions) {
  std::unordered_map<std::uint32_t, std::uint32_t> next = {{to, to}};
  std::vector<std::uint32_t> found = {to};
  for (std::size_t i = 0; i < found.size() && left_ > 0; ++i) {
    --left_;
    const std::uint32_t at = found[i];
    for_predecessors(input_, sessions, at, [&](std::uint32_t before, EdgeKind) {
      if (next.emplace(before, at).second) found.push_back(before);
    });
    if (!next.contains(from)) continue;
    std::vector<std::uint32_t> steps = {from};
    while (steps.back() != to) steps.push_back(next.at(steps.back()));
    std::erase_if(steps, [&](std::uint32_t each) { return each >= input_.transactions(); });
    return steps;
  }
  return {};
}

/// Why `later` depends on `earlier`, at the read `op`.
std::string WeakStory::depends(std::uint32_t later, std::uint32_t earlier, std::uint32_t op,
                               Visibility visibility, bool& needs_session) {
  const std::uint32_t limit = visibility == Visibility::earlier_read ? op : kNoPosition;
  if (std::string why = read_from(later, earlier, limit); !why.empty()) return why;
  if (visibility == Visibility::causal) {
    std::vector<std::uint32_t> steps = way(earlier, later, false);
    if (steps.empty()) {
      needs_session = true;
      steps = way(earlier, later, true);
    }
    if (steps.size() > 2) {
      constexpr std::size_t kNamesMost = 6;
      std::string names;
      for (std::size_t i = 1; i + 1 < steps.size() && i <= kNamesMost; ++i) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", story_.name(steps[i]));
      }
      if (steps.size() - 2 > kNamesMost)
        names += fmt::format(" and {} more", steps.size() - 2 - kNamesMost);
      return fmt::format("{} depends on {} by way of {}", story_.name(later), story_.name(earlier),
                         names);
    }
  }
  needs_session = true;
  if (!follows(later, earlier)) {
    return fmt::format("{} depends on {}", story_.name(later), story_.name(earlier));
  }
  return fmt::format("{} follows {} in process {}", story_.name(later), story_.name(earlier),
                     input_.history.processes[input_.history.transactions[later].process]);
}

Step WeakStory::told(const WeakStep& step, Visibility visibility, bool& needs_session) {
  if (step.inferred == nullptr) {
    needs_session = needs_session || step.kind == EdgeKind::process;
    return story_.step(step.from, step.to, step.kind, kNoString);
  }
  const auto& all = input_.history.transactions;
  const std::uint32_t op = step.inferred->op;
  const std::uint32_t reader = transaction_of(input_.history, op);
  const std::string key = story_.key(input_.history.ops[op].key);
  const bool initial = input_.sources.writer[op] == ReadSources::initial;
  const std::uint32_t other = initial ? step.to : step.from;
  const std::string why = depends(reader, other, op, visibility, needs_session);
  Step told;
  told.from = all[step.from].index;
  told.to = all[step.to].index;
  told.key = key;
  told.dependency = initial ? Dependency::rw : Dependency::ww;
  if (initial) {
    told.why = fmt::format("{}, yet read {} = {}, from before {} wrote it", why, key,
                           story_.value(input_.history.ops[op].value()), story_.name(other));
  } else {
    told.why = fmt::format("{}, and read {} = {} from {}: what {} wrote to {} must be older", why,
                           key, story_.value(input_.history.ops[op].value()), story_.name(step.to),
                           story_.name(other), key);
  }
  return told;
}

Anomaly WeakStory::anomaly(AnomalyKind kind, Visibility visibility,
                           const std::vector<WeakStep>& steps) {
  Anomaly anomaly;
  bool needs_session = false;
  std::vector<std::uint32_t> members;
  std::size_t inferred = 0;
  for (const WeakStep& step : steps) {
    anomaly.steps.push_back(told(step, visibility, needs_session));
    members.push_back(step.from);
    inferred += step.inferred != nullptr ? 1 : 0;
  }
  anomaly.kind = needs_session ? kind : without_sessions(kind);
  // Who only shows an edge takes part, too.
  for (const WeakStep& step : steps) {
    if (step.inferred == nullptr) continue;
    const std::uint32_t reader = transaction_of(input_.history, step.inferred->op);
    if (std::ranges::find(members, reader) == members.end()) members.push_back(reader);
  }
  story_.describe(anomaly, members);
  if (const std::string_view name = pattern_of(anomaly.kind, inferred); !name.empty()) {
    anomaly.explanation += fmt::format(" (Plume: {})", name);
  }
  return anomaly;
}

}  // namespace witness
