/// TransactionsBuilder: what the database says of attempts, and the end of a native file.
#include <algorithm>

#include "history/builder_words.hpp"
#include "history/transactions_builder.hpp"

namespace witness {

/// The position of the operation's first attempt.
std::uint32_t TransactionsBuilder::operation_at(const RawOp& op, std::uint64_t index) const {
  const auto& transactions = columns_.transactions;
  const auto found = std::lower_bound(transactions.begin(), transactions.end(), index,
                                      [](const Transaction& transaction, std::uint64_t wanted) {
                                        return transaction.index < wanted;
                                      });
  if (found == transactions.end() || found->index != index) {
    refuse(op, "of", "no operation was invoked at index " + number(index));
  }
  return static_cast<std::uint32_t>(found - transactions.begin());
}

/// Its position; of an attempt after the first, that in extras_ with kExtraBit.
std::uint32_t TransactionsBuilder::attempt_of(const RawOp& op, const RawOutcome& told) {
  const std::uint32_t first = operation_at(op, told.of);
  const bool completed = columns_.transactions[first].complete_index != Transaction::kNoIndex;
  const auto extras = extras_of_.find(first);
  const std::uint32_t count = extras == extras_of_.end() ? 1 : 1 + extras->second.size();
  if (told.attempt == 0 || told.attempt > count) {
    refuse(op, "attempt", "operation " + number(told.of) + " has no such attempt",
           completed ? "it has " + number(count) : "it never completed: one");
  }
  if (told.attempt == 1) return first;
  return kExtraBit | (extras->second.begin + static_cast<std::uint32_t>(told.attempt) - 2);
}

void TransactionsBuilder::outcome(const RawOp& op) {
  const RawOutcome& told = block_->outcomes[op.extra];
  const bool agrees = told.evidence == Evidence::ledger ? told.outcome == Outcome::committed
                      : told.evidence == Evidence::ledger_absent
                          ? told.outcome != Outcome::committed
                      : told.evidence == Evidence::none ? told.outcome == Outcome::unresolved
                                                        : true;
  if (!agrees) {
    refuse(op, "evidence",
           "evidence \"" + std::string{kEvidenceNames[static_cast<std::size_t>(told.evidence)]} +
               "\" contradicts outcome \"" +
               std::string{kOutcomeNames[static_cast<std::size_t>(told.outcome)]} + '"');
  }
  const std::uint32_t id = attempt_of(op, told);
  if (told.outcome == Outcome::unresolved) return;
  const Fated fate = told.outcome == Outcome::committed ? Fated::committed : Fated::aborted;
  Transaction& transaction =
      (id & kExtraBit) != 0 ? extras_[id & ~kExtraBit].transaction : columns_.transactions[id];
  std::uint32_t& known = outcomes_[id];
  if (known != kNoPosition && transaction.fate != fate) {
    refuse(op, "outcome", "one attempt cannot be both committed and aborted");
  }
  known = 0;
  transaction.fate = fate;
  if (fate == Fated::aborted) transaction.reads_known = false;
}

void TransactionsBuilder::end(const RawOp& op) {
  const RawEnd& told = block_->ends[op.extra];
  if (told.operations && *told.operations != operations_) {
    refuse(op, "operations", "the file holds another number of operations than its end says",
           number(operations_) + " were invoked");
  }
  end_line_ = line_of(op);
  end_ = told;
}

}  // namespace witness
