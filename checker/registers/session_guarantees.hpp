/// Session guarantees (Terry et al. 1994; Brzezinski, Sobaniec and Wawrzyniak 2004), operation by
/// operation.
///
/// All of them ask for one order of all writes, the initial values first, whoever wrote:
///   monotonic reads      of two reads of a key in a session, the later one sees no older version
///   read your writes     a read of a key sees no version from before the session's own writes
///   writes follow reads  a write comes after what its session had read
///   PRAM                 a session sees the others' writes in the order of their sessions: a read
///                        sees no version from before its own earlier writes, and those that any
///                        session made up to a write that this one has read; writes of a session
///                        are in order
/// Monotonic writes (those of a session in order) alone is never broken where no order of versions
/// is known. Transactions mean nothing here: every value that was read is a version, an aborted
/// one's too. Where transactions of a process overlap nothing is decided.
#pragma once

#include "checker/registers/weak_input.hpp"
#include "checker/transactions/story.hpp"

namespace witness {

/// Looks for N-MR, MYR, MRWD and PRAM-conflict, as far as `wanted`, and reports a short cycle of
/// each component. Gives those that could not be looked for. O(operations) each; PRAM O(operations
/// times sessions).
KindSet judge_session_guarantees(const WeakInput& input, KindSet wanted, const Story& story,
                                 Findings& findings);

}  // namespace witness
