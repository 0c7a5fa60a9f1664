/// What the database really holds of a run, read when nobody of ours is left in it.
#pragma once

#include <span>

#include "history/native_writer.hpp"
#include "history/postgres/session.hpp"
#include "witness/history.hpp"
#include "workloads/recorder.hpp"
#include "workloads/workload.hpp"

namespace witness {

/// Reads the ledger and the final states through `session` and writes `outcome`, `ledger` and
/// `state` lines. What clients were told is not touched.
///
/// `quiesced`: no session of the run is left, so a row that is absent stays absent; else absence
/// proves nothing, and the state is `partial`. `transaction_ids`: pg_xact_status() may be asked.
/// In order of trust: the attempt's own ledger row; the server's record of its transaction;
/// absence after quiescence. Throws SqlError if the database is lost, SystemError if the file is.
LedgerState write_committed_truth(Session& session, const Workload& workload,
                                  std::span<const AttemptNote> notes, bool quiesced,
                                  bool transaction_ids, NativeWriter& writer);

}  // namespace witness
