#include "workloads/committed_truth.hpp"

#include <fmt/format.h>

#include <unordered_map>
#include <vector>

#include "history/postgres/ledger_reader.hpp"
#include "history/postgres/server.hpp"

namespace witness {
namespace {

std::string row_fields(std::string_view key, std::string_view holder) {
  std::string fields = ",\"key\":";
  append_json_string(fields, key);
  fields += ",\"holder\":";
  append_json_string(fields, holder);
  return fields + ",\"amount\":1";
}

void write_outcome(NativeWriter& writer, const AttemptNote& note, Outcome outcome,
                   Evidence evidence, std::string_view row = {}) {
  writer.fact("outcome", fmt::format(R"(,"of":{},"attempt":{},"outcome":"{}","evidence":"{}"{})",
                                     note.operation, note.number,
                                     kOutcomeNames[static_cast<std::size_t>(outcome)],
                                     kEvidenceNames[static_cast<std::size_t>(evidence)], row));
}

/// The outcome of an attempt that has no row in the ledger.
void resolve_absent(Session& session, const AttemptNote& note, bool quiesced, bool transaction_ids,
                    NativeWriter& writer) {
  if (quiesced) {
    // Still running under another name (a prepared transaction): the one thing that
    // quiescence cannot see.
    if (note.told == Completion::info && transaction_ids && note.xid != 0 &&
        transaction_status(session, std::to_string(note.xid)) == Outcome::unresolved) {
      return write_outcome(writer, note, Outcome::unresolved, Evidence::none);
    }
    return write_outcome(writer, note, Outcome::aborted, Evidence::ledger_absent);
  }
  if (note.told == Completion::ok) return;  // still its client's word against nothing
  if (transaction_ids && note.xid != 0 &&
      transaction_status(session, std::to_string(note.xid)) == Outcome::aborted) {
    return write_outcome(writer, note, Outcome::aborted, Evidence::xact_status);
  }
  write_outcome(writer, note, Outcome::unresolved, Evidence::none);
}

}  // namespace

LedgerState write_committed_truth(Session& session, const Workload& workload,
                                  std::span<const AttemptNote> notes, bool quiesced,
                                  bool transaction_ids, NativeWriter& writer) {
  std::unordered_map<std::string, std::size_t> attempts;
  attempts.reserve(notes.size());
  for (std::size_t i = 0; i < notes.size(); ++i)
    attempts.emplace(attempt_identity(notes[i].process, notes[i].operation, notes[i].number), i);

  std::vector<bool> has_row(notes.size());
  session.run("BEGIN READ ONLY");
  read_ledger(
      session, {workload.ledger_table(), "k", "holder", "", ""}, [&](const LedgerEntry& row) {
        const std::string fields = row_fields(row.resource, row.holder);
        const auto found = attempts.find(std::string{row.holder});
        if (found == attempts.end()) return writer.fact("ledger", fields);
        has_row[found->second] = true;
        write_outcome(writer, notes[found->second], Outcome::committed, Evidence::ledger, fields);
      });
  for (std::size_t i = 0; i < notes.size(); ++i) {
    if (has_row[i] || notes[i].told == Completion::fail) continue;
    resolve_absent(session, notes[i], quiesced, transaction_ids, writer);
  }
  workload.read_states(session, [&](std::string_view key, std::string_view value) {
    std::string fields = ",\"key\":";
    append_json_string(fields, key);
    fields += ",\"value\":";
    append_json_string(fields, value);
    writer.fact("state", fields);
  });
  return quiesced ? LedgerState::complete : LedgerState::partial;
}

}  // namespace witness
