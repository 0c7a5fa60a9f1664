/// The weak levels of plain registers, which need no order of versions: monotonic atomic view, read
/// atomic and causal, with session order or without, and the session guarantees.
#pragma once

#include <cstdint>
#include <string>

#include "checker/registers/sources.hpp"
#include "checker/registers/weak_edges.hpp"
#include "checker/transactions/story.hpp"

namespace witness {

/// Whether the levels are what was claimed, or only complete a verdict on something else: that must
/// not take longer than the verdict.
enum class WeakEffort : std::uint8_t { beside, claimed };

/// What was asked for and stays undecided, and why.
struct WeakVerdict {
  KindSet open = 0;
  std::string why;
};

/// Looks for those weak kinds that are `wanted` and reports one short cycle a component. The
/// strongest wanted level comes first: where it holds, nothing else is looked at; else the weakest
/// comes first, and what it shows the stronger ones do not repeat. G0, G1c and their -process forms
/// are looked for, too, where they are wanted: here they are cycles of reads-from and sessions.
/// What takes more than about linear time ends at the deadline.
WeakVerdict judge_weak_levels(const Transactions& history, const ReadSources& sources,
                              KindSet wanted, WeakEffort effort, const Deadline& deadline,
                              const Story& story, Findings& findings);

}  // namespace witness
