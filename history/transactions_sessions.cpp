/// TransactionsBuilder: files that know sessions but no time.
#include <algorithm>
#include <tuple>

#include "history/builder_words.hpp"
#include "history/transactions_builder.hpp"

namespace witness {

/// A transaction of a session: a line run of one number, which may go on from block to block.
void TransactionsBuilder::run(const RawOp& op) {
  const bool aborted = op.order == Transactions::kNoOrder;
  const std::uint32_t position = process_of(op.process);
  if (!aborted) {
    std::uint32_t& known = numbered_[op.order];
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

void TransactionsBuilder::begin_file(std::int64_t session) {
  session_ = session;
  open_part_ = kNoPosition;
}

std::int64_t TransactionsBuilder::session_of(const RawOp& op) {
  if (op.process == kNoProcess && op.f == kNoString) return session_;
  const int named = op.f != kNoString ? 1 : 0;
  if (named_sessions_ == -1) named_sessions_ = named;
  if (named_sessions_ != named) {
    refuse_at(op.offset, "either all sessions have a number or none has");
  }
  return named == 1 ? std::int64_t{op.f} : op.process;
}

void TransactionsBuilder::open_part(const RawOp& op) {
  const int indexed = op.has_index ? 1 : 0;
  if (indexed_parts_ == -1) indexed_parts_ = indexed;
  if (indexed_parts_ != indexed) {
    refuse_at(op.offset, "either all transactions have a number or none has");
  }
  const auto id = static_cast<std::uint32_t>(columns_.transactions.size());
  if (op.has_index) {
    std::uint32_t& known = numbered_[op.index];
    if (known != kNoPosition) {
      refuse_at(op.offset, "transaction " + number(op.index) + " stands above already",
                at_line("it began", columns_.transactions[known].line));
    }
    known = id;
  }
  next_index_ = (op.has_index ? op.index : next_index_) + 1;
  open_process_ = process_of(session_of(op));
  open_part_ = add_transaction(op, open_process_);
  if (op.is_first) {
    if (first_ != kNoPosition) {
      refuse_at(op.offset, "two transactions are the initial one",
                at_line("the other", columns_.transactions[first_].line));
    }
    first_ = id;
  }
  if (op.order != Transactions::kNoOrder) commit_times_.push_back({op.time_ns, op.order, id});
}

/// All that follow nobody follow the initial transaction.
void TransactionsBuilder::follow_first() {
  if (first_ == kNoPosition) return;
  for (std::uint32_t id = 0; id < columns_.transactions.size(); ++id) {
    std::uint32_t& previous = columns_.transactions[id].previous;
    if (previous == kNoPosition && id != first_) previous = first_;
  }
}

/// Times of commits become places in their order. Transactions that write at the same time have
/// none: nobody told which of them was first.
void TransactionsBuilder::rank_commits() {
  if (commit_times_.empty()) return;
  const auto time = [](const CommitTime& commit) {
    return std::tie(commit.physical, commit.logical);
  };
  const auto writes = [this](const CommitTime& commit) {
    const auto ops = ops_of(commit.transaction);
    return std::any_of(ops.begin(), ops.end(),
                       [](const TxnOp& op) { return op.kind != TxnOpKind::read; });
  };
  std::sort(commit_times_.begin(), commit_times_.end(),
            [&](const CommitTime& a, const CommitTime& b) { return time(a) < time(b); });
  columns_.commit_order.assign(columns_.transactions.size(), Transactions::kNoOrder);
  std::uint64_t place = 0;
  for (auto begin = commit_times_.begin(); begin != commit_times_.end(); ++place) {
    const auto end = std::find_if(begin, commit_times_.end(), [&](const CommitTime& commit) {
      return time(*begin) < time(commit);
    });
    const bool tied = std::count_if(begin, end, writes) > 1;
    for (; begin != end; ++begin) {
      if (!tied) columns_.commit_order[begin->transaction] = place;
    }
  }
}

void TransactionsBuilder::part(const RawOp& op) {
  if (op.has_index && open_part_ != kNoPosition &&
      columns_.transactions[open_part_].index != op.index) {
    refuse_at(op.offset, "transaction " + number(op.index) + " ends here, but transaction " +
                             number(columns_.transactions[open_part_].index) + " is open");
  }
  if (op.has_value) {
    if (open_part_ == kNoPosition) open_part(op);
    op_counts_[open_part_] += append_ops(op.micro_ops, op.told != Completion::fail);
  }
  if (open_part_ != kNoPosition) {
    Transaction& transaction = columns_.transactions[open_part_];
    transaction.told = op.told;
    transaction.fate = fate_of(op.told);
    transaction.reads_known = op.told == Completion::ok;
    if (op.ends != PartEnd::nothing && transaction.reads_known) {
      processes_[open_process_].order.end(open_part_, transaction.previous);
    }
  }
  if (op.ends != PartEnd::nothing) open_part_ = kNoPosition;
  if (op.ends == PartEnd::session) ++session_;
}

}  // namespace witness
