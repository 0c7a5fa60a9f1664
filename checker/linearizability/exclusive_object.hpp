/// Linearizability of an object with N equal units, in closed form.
///
/// Operations take one unit and either win, or are rejected because nothing is left.
/// Winners are certain or possible (nobody knows whether they took effect).
///
/// Claim. Such a history is linearizable iff
///   (a) there are at most N certain winners, and
///   (b) if anybody was rejected, N winners can be had: all certain ones and the
///       possible ones that were invoked earliest, so many as are missing, and
///   (c) no rejection completed before one of these winners was invoked.
///
/// Proof. A rejection is legal only after exactly N wins, and a win only after fewer;
/// so in a legal order with a rejection there are exactly N winners, all of them before
/// every rejection (a win after a rejection would be an N+1st). Real time forbids this
/// order exactly if some rejection completed before some winner was invoked: hence
/// (a)-(c) are necessary for the winners that the order uses. They are sufficient: put
/// all winners first, by invocation, then all rejections, by invocation. Inside each
/// half invocation order respects real time (who completed before another was invoked
/// was invoked before it), across the halves (c) does, and every answer is legal.
/// Without rejections (a) alone suffices: possible winners may never take effect.
/// Which possible winners are used does not matter but for (c), and (c) asks for early
/// invocations only: exchanging one for another that was invoked earlier keeps it, so
/// the greedy choice fails only if every choice does.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace witness {

/// When a winner of so many units began; when it ended never matters.
struct Winner {
  std::int64_t start_ns = 0;
  std::uint32_t who = 0;  ///< the caller's own number
  std::int64_t units = 1;
};

struct Rejection {
  std::int64_t complete_ns = 0;
  std::uint32_t who = 0;
};

struct ExclusiveObject {
  std::int64_t capacity = 1;
  std::vector<Winner> winners;
  std::vector<Winner> possible;  ///< of one unit each
  std::vector<Rejection> rejections;
};

enum class ExclusiveResult : std::uint8_t {
  linearizable,
  too_many_winners,
  too_few_winners,  ///< somebody was rejected, and units were left
  early_rejection,  ///< a rejection completed before `winner` began
};

struct ExclusiveVerdict {
  ExclusiveResult result = ExclusiveResult::linearizable;
  std::uint32_t rejection = 0;       ///< `who` of the first to complete
  std::uint32_t winner = 0;          ///< `who` of the last to begin
  std::vector<std::uint32_t> early;  ///< all rejections that completed before it began
};

/// O(n log n) in the possible winners, linear in all others.
ExclusiveVerdict judge_exclusive_object(ExclusiveObject object);

}  // namespace witness
