#include "checker/registers/weak_levels.hpp"

#include <algorithm>
#include <utility>

#include "checker/registers/session_guarantees.hpp"
#include "checker/registers/weak_cycles.hpp"
#include "checker/registers/weak_edges.hpp"

namespace witness {
namespace {

using enum AnomalyKind;

constexpr KindSet kCausal = kinds(causal_conflict, causal_conflict_process);
constexpr KindSet kFractured = kinds(fractured_read, fractured_read_process);
constexpr KindSet kMonotonic = kinds(non_monotonic_read, non_monotonic_read_process);
/// What needs no sessions, nor stands below a level that is quicker with them.
constexpr KindSet kPlain = kinds(g0, g1c, non_monotonic_read, fractured_read);

constexpr WeakLevel kG1c{g1c, false, Visibility::read};
constexpr WeakLevel kG1cProcess{g1c_process, true, Visibility::read};
constexpr WeakLevel kMonotonicView{non_monotonic_read, false, Visibility::earlier_read};
constexpr WeakLevel kMonotonicViewProcess{non_monotonic_read_process, true,
                                          Visibility::earlier_read};
constexpr WeakLevel kReadAtomic{fractured_read, false, Visibility::read};
constexpr WeakLevel kReadAtomicProcess{fractured_read_process, true, Visibility::read};
constexpr WeakLevel kCausalAlone{causal_conflict, false, Visibility::causal};
constexpr WeakLevel kCausalProcess{causal_conflict_process, true, Visibility::causal};

constexpr const char* kCycle = "what was read and session order have a cycle already";
constexpr const char* kTooMuch = "there are too many sessions and transactions to compare them all";
constexpr const char* kTimeUp = "time was up before all sessions and transactions were compared";
constexpr const char* kOverlap = "transactions of one process overlap";

/// Steps of a few nanoseconds.
constexpr std::uint64_t steps_most(WeakEffort effort) {
  return effort == WeakEffort::claimed ? 300'000'000'000 : 4'000'000'000;
}

class Levels {
 public:
  Levels(const Transactions& history, const ReadSources& sources, KindSet wanted, WeakEffort effort,
         const Deadline& deadline, const Story& story, Findings& findings)
      : input_(history, sources, (wanted & ~kPlain) != 0, (wanted & kWeakKinds) != 0),
        open_(wanted),
        steps_most_(steps_most(effort)),
        deadline_(deadline),
        story_(story),
        weak_story_(input_, story),
        findings_(findings),
        reported_(history.transactions.size()) {}

  WeakVerdict judge() {
    close(kinds(n_mw));  // no known order of versions can contradict a session's own
    accept();
    judge_cycles();
    if (wants(kMonotonic)) judge_monotonic();
    if (wants(kFractured)) judge_fractured();
    if (wants(kCausal)) judge_causal();
    if (const KindSet wanted = open_ & kSessionKinds; wanted != 0) {
      if (expired(deadline_)) {
        because(kTimeUp);
        return {open_, why_};
      }
      close(wanted & ~judge_session_guarantees(input_, wanted, story_, findings_));
      if (wants(kSessionKinds)) because(input_.sessions.complete() ? kTooMuch : kOverlap);
    }
    return {open_, why_};
  }

 private:
  bool wants(KindSet any) const { return (open_ & any) != 0; }
  void because(const char* why) {
    if (why_.empty()) why_ = why;
  }

  /// All of these have been looked for. What was not found takes with it what implies it.
  void close(KindSet looked_for) {
    const KindSet absent = looked_for & ~findings_.found();
    open_ &= ~excluded_by(absent, findings_.found());
    open_ &= ~looked_for;
  }

  bool is_acyclic(bool sessions, std::span<const CommitEdge> edges) const {
    return commit_order(input_, sessions, edges).has_value();
  }
  std::vector<std::uint32_t> report(const WeakLevel& level, std::span<const CommitEdge> edges) {
    return report_weak_cycles(input_, level, edges, reported_, weak_story_, findings_);
  }
  /// Looks for a level, if it is wanted. Without `complete` edges, nothing found means nothing.
  void look(const WeakLevel& level, std::span<const CommitEdge> edges, bool complete = true) {
    if (!wants(kind_bit(level.kind))) return;
    const bool holds = is_acyclic(level.sessions, edges);
    if (!holds) report(level, edges);
    if (complete || (findings_.found() & kind_bit(level.kind)) != 0) {
      close(kind_bit(level.kind));
    } else {
      because(kOverlap);
    }
  }

  void judge_cycles() {
    if (wants(kinds(g1c_process)) && is_acyclic(true, {})) close(kinds(g1c, g1c_process));
    look(kG1c, {});
    look(kG1cProcess, {});
    close(kinds(g0, g0_process));
  }

  /// The strongest level that is wanted, at once: where it holds, nothing else is to be done.
  void accept() {
    if (wants(kCausal | kinds(pram_conflict))) {
      infer_causal();
      if (causal_ && is_acyclic(true, *causal_)) return accepted(kCausalProcess);
    }
    if (wants(kFractured)) {
      const bool sessions = wants(kinds(fractured_read_process));
      if (sessions && !input_.sessions.complete()) return;
      const bool holds =
          sessions ? is_acyclic(true, fractured_process()) : is_acyclic(false, fractured());
      if (holds) return accepted(sessions ? kReadAtomicProcess : kReadAtomic);
    }
    if (wants(kMonotonic)) {
      const bool sessions = wants(kinds(non_monotonic_read_process));
      if (is_acyclic(sessions, monotonic())) {
        accepted(sessions ? kMonotonicViewProcess : kMonotonicView);
      }
    }
  }
  /// The edges of the level have no cycle: nor have those that are among them.
  void accepted(const WeakLevel& level) {
    close(kind_bit(level.kind) | (level.sessions ? kinds(g1c, g1c_process) : kinds(g1c)));
  }

  void infer_causal() {
    const auto order = commit_order(input_, true, {});
    if (!order) return because(kCycle);
    if (std::uint64_t{input_.vertices()} * input_.sessions.count() > steps_most_) {
      return because(kTooMuch);
    }
    causal_ = causal_edges(input_, *order, deadline_);
    if (!causal_) because(expired(deadline_) ? kTimeUp : kTooMuch);
  }

  void judge_monotonic() {
    look(kMonotonicView, monotonic());
    look(kMonotonicViewProcess, monotonic());
  }

  const CommitEdges& monotonic() {
    if (!monotonic_) monotonic_ = monotonic_edges(input_);
    return *monotonic_;
  }
  const CommitEdges& fractured() {
    if (!fractured_) fractured_ = fractured_edges(input_);
    return *fractured_;
  }
  CommitEdges fractured_process() {
    CommitEdges edges = fractured();
    const CommitEdges more = session_edges(input_);
    edges.insert(edges.end(), more.begin(), more.end());
    return edges;
  }

  void judge_fractured() {
    look(kReadAtomic, fractured());
    if (wants(kinds(fractured_read_process))) {
      look(kReadAtomicProcess, fractured_process(), input_.sessions.complete());
    }
  }

  void judge_causal() {
    std::vector<std::uint32_t> members;
    if (causal_) {
      members = report(kCausalProcess, *causal_);
      close(kinds(causal_conflict_process));
      if ((findings_.found() & kinds(causal_conflict)) != 0) close(kinds(causal_conflict));
    }
    if (wants(kinds(causal_conflict))) judge_causal_alone(std::move(members));
  }

  /// Without session order. Every cycle is one with session order, too: its writers stand there.
  void judge_causal_alone(std::vector<std::uint32_t> writers) {
    const auto order = commit_order(input_, false, {});
    if (!order) return because(kCycle);
    if (!causal_) writers = *order;
    std::erase_if(writers, [&](std::uint32_t each) {
      return each >= input_.transactions() || input_.written.empty(each);
    });
    std::ranges::sort(writers);
    std::uint64_t steps = writers.size() / 64 * input_.vertices();
    for (const std::uint32_t writer : writers) {
      for (const std::uint32_t key : input_.written.of(writer)) {
        steps += 8 * input_.history.uses_of(key).size();
      }
    }
    if (steps > steps_most_ / 10) return because(kTooMuch);
    const auto edges = causal_edges_without_sessions(input_, *order, writers, deadline_);
    if (!edges) return because(kTimeUp);
    look(kCausalAlone, *edges);
  }

  const WeakInput input_;
  KindSet open_;
  std::uint64_t steps_most_;
  Deadline deadline_;
  const Story& story_;
  WeakStory weak_story_;
  Findings& findings_;
  std::vector<KindSet> reported_;  ///< of each transaction
  std::string why_;
  std::optional<CommitEdges> causal_;
  std::optional<CommitEdges> fractured_;
  std::optional<CommitEdges> monotonic_;
};

}  // namespace

WeakVerdict judge_weak_levels(const Transactions& history, const ReadSources& sources,
                              KindSet wanted, WeakEffort effort, const Deadline& deadline,
                              const Story& story, Findings& findings) {
  return Levels{history, sources, wanted, effort, deadline, story, findings}.judge();
}

}  // namespace witness
