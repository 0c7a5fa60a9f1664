/// TransactionsBuilder: files that know sessions but no time.
#include "history/builder_words.hpp"
#include "history/transactions_builder.hpp"

namespace witness {

/// A transaction of a session: a line run of one number, which may go on from block to block.
void TransactionsBuilder::session(const RawOp& op) {
  const bool aborted = op.order == Transactions::kNoOrder;
  const std::uint32_t position = process_of(op);
  if (!aborted) {
    std::uint32_t& known = session_table_[op.order];
    const auto count = static_cast<std::uint32_t>(columns_.transactions.size());
    if (known != kNoPosition) {
      Transaction& transaction = columns_.transactions[known];
      if (known + 1 == count && transaction.process == processes_[position].position) {
        op_counts_[known] += append_ops(op.micro_ops, true);
        return;
      }
      refuse_at(op.offset,
                "transaction " + number(op.order) +
                    " stands above already: its lines must follow each other, in one session",
                at_line("it began", transaction.line));
    }
    known = count;
  }
  Process& process = processes_[position];
  next_index_ = aborted ? 0 : op.order + 1;
  const std::uint32_t id = add_transaction(op, position);
  Transaction& transaction = columns_.transactions.back();
  if (aborted) transaction.index = Transactions::kNoOrder;
  op_counts_.back() = append_ops(op.micro_ops, !aborted);
  transaction.told = aborted ? Completion::fail : Completion::ok;
  transaction.fate = fate_of(transaction.told);
  transaction.reads_known = !aborted;
  if (!aborted) process.order.end(id, transaction.previous);
}

}  // namespace witness
