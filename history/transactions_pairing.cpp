/// TransactionsBuilder: which completion is of which invocation, and the attempts of operations.
#include <array>
#include <cstring>

#include "history/builder_words.hpp"
#include "history/transactions_builder.hpp"

namespace witness {

void TransactionsBuilder::invoke(const RawOp& op) {
  const std::uint32_t position = process_of(op.process);
  Process& process = processes_[position];
  if (native() && process.is_open()) {
    refuse(
        op, "process",
        "process " + number(op.process) + " has an open operation already; it must complete first",
        at_line("invoked", process.line));
  }
  if (process.retired) {
    refuse(op, "process",
           "process " + number(op.process) + " ended in an info; its number may not be used again",
           at_line("info", process.line));
  }
  check_time(op);
  const std::uint32_t id = add_transaction(op, position);
  Transaction& transaction = columns_.transactions.back();
  transaction.invoke_ns = op.time_ns;
  transaction.began_after = static_cast<std::uint32_t>(columns_.ended.size());
  if (op.attempts > 0) {
    columns_.scheduled_ns.resize(columns_.transactions.size(), kNoTime);
    columns_.scheduled_ns.back() = block_->scheduled_ns[op.extra];
  }
  process.line = line_of(op);
  // What was invoked stands until its completion tells what was read.
  op_counts_.back() = append_ops(op.micro_ops, false);
  open(process, {id, op.f, process.line});
}

/// As early as it may have.
void TransactionsBuilder::begin(Transaction& transaction, const Beginning& beginning) {
  if (transaction.began_after != beginning.began_after ||
      transaction.previous != beginning.previous) {
    columns_.order_is_hidden = true;
  }
  transaction.began_after = beginning.began_after;
  transaction.previous = beginning.previous;
}

void TransactionsBuilder::open(Process& process, const OpenOperation& operation) {
  if (!process.is_open()) {
    process.sole = operation;
    process.has_sole = true;
    return;
  }
  if (!process.crowd) process.crowd = std::make_unique<OpenOperations>();
  const auto add = [&](const OpenOperation& added) {
    Transaction& transaction = columns_.transactions[added.transaction];
    begin(transaction, process.crowd->add(added, shape_of(added.transaction),
                                          {transaction.began_after, transaction.previous}));
  };
  if (process.has_sole) add(process.sole);
  process.has_sole = false;
  add(operation);
}

namespace {

/// What makes operations alike: same kinds and keys, and the same values written.
void append_shape(std::string& shape, TxnOpKind kind, Datum key, std::uint64_t bits) {
  const std::array<std::uint64_t, 3> parts = {static_cast<std::uint64_t>(kind), key.bits(),
                                              kind == TxnOpKind::read ? 0 : bits};
  const std::size_t size = shape.size();
  shape.resize(size + sizeof parts);
  std::memcpy(shape.data() + size, parts.data(), sizeof parts);
}

}  // namespace

std::string TransactionsBuilder::shape_of(const RawOp& op) const {
  std::string shape;
  for (const RawMicroOp& one : block_->micro_ops_of(op.micro_ops)) {
    append_shape(shape, one.kind, one.key, one.bits);
  }
  return shape;
}

std::string TransactionsBuilder::shape_of(std::uint32_t transaction) const {
  std::string shape;
  for (const TxnOp& one : ops_of(transaction)) {
    append_shape(shape, one.kind, columns_.keys[one.key], one.bits);
  }
  return shape;
}

/// The open operation that a completion is of: the oldest one that it fits, else the oldest; but
/// what names no process, and fits none, was never invoked.
std::optional<OpenOperation> TransactionsBuilder::opened(const RawOp& op, Process& process) {
  const bool must_fit = process.nameless && op.has_value;
  if (process.has_sole) {
    if (must_fit && shape_of(op) != shape_of(process.sole.transaction)) return std::nullopt;
    process.has_sole = false;
    return process.sole;
  }
  std::optional<OpenOperations::Taken> taken;
  if (op.has_value) taken = process.crowd->take(shape_of(op));
  if (!taken && must_fit) return std::nullopt;
  if (!taken) taken = process.crowd->take_oldest();
  if (taken->beginning) {
    begin(columns_.transactions[taken->operation.transaction], *taken->beginning);
  }
  return taken->operation;
}

void TransactionsBuilder::complete(const RawOp& op) {
  const std::uint32_t position = process_of(op.process);
  Process& process = processes_[position];
  if (!process.is_open()) {
    if (!native()) return bare(op, position);
    refuse(op, "process",
           "process " + number(op.process) + " completes an operation that it never invoked",
           process.line == 0 ? "" : at_line("completed", process.line));
  }
  // Nobody knows which of several it is of: all of them stay open.
  if (!op.has_value && !process.has_sole && !process.crowd->are_alike()) return;
  const std::optional<OpenOperation> found = opened(op, process);
  if (!found) return bare(op, position);
  const OpenOperation& open = *found;
  Transaction& transaction = columns_.transactions[open.transaction];
  if (native() && transaction.fate != Fated::possible) {
    refuse(op, "process",
           "operation " + number(transaction.index) + " completes after its outcome was told");
  }
  if (op.f != kNoString && open.f != kNoString && op.f != open.f) {
    refuse(op, "f", "f differs from that of the invocation", at_line("invoked", open.line));
  }
  check_time(op);
  if (native() && op.time_ns < transaction.invoke_ns) {
    refuse(op, "time", "an operation cannot end before it began", at_line("invoked", open.line));
  }
  transaction.complete_index = next_index_ - 1;
  transaction.complete_ns = op.time_ns;
  if (op.attempts > 0) {
    add_attempts(op, open, process);
  } else {
    const Completion told = told_of(op.type);
    const bool ok = told == Completion::ok;
    const bool own = op.has_value && (ok || native());
    if (own) {
      set_ops(open.transaction, op.micro_ops, ok);
    } else {
      for (const RawMicroOp& one : block_->micro_ops_of(op.micro_ops)) check_value(one, false);
    }
    end_transaction(open.transaction, transaction, process, told);
    if (!own) transaction.reads_known = false;
  }
  set_order(open.transaction, op);
  retries_of_.erase(open.transaction);
  process.retired = native() && op.type == OpType::info;
  process.line = line_of(op);
}

void TransactionsBuilder::end_transaction(std::uint32_t id, Transaction& transaction,
                                          Process& process, Completion told) {
  transaction.told = told;
  transaction.fate = fate_of(told);
  if (told != Completion::ok) return;
  transaction.reads_known = true;
  columns_.ended.push_back(id);
  if (process.nameless) return;
  if (native()) {
    process.order.end_instead(id, transaction.previous);
  } else {
    process.order.end(id, transaction.previous);
  }
}

/// A completion that nobody invoked: when it began is unknown.
void TransactionsBuilder::bare(const RawOp& op, std::uint32_t position) {
  const std::uint32_t id = add_transaction(op, position);
  Transaction& transaction = columns_.transactions.back();
  transaction.complete_index = transaction.index;
  transaction.complete_ns = op.time_ns;
  const Completion told = told_of(op.type);
  const bool ok = told == Completion::ok;
  op_counts_.back() = append_ops(op.micro_ops, ok);
  end_transaction(id, transaction, processes_[position], told);
  transaction.reads_known = transaction.reads_known && op.has_value;
  set_order(id, op);
}

/// An attempt after the first begins. It counts where the operation never completes: else its
/// completion tells of all attempts.
void TransactionsBuilder::retry(const RawOp& op) {
  const RawRetry& told = block_->retries[op.extra];
  const std::uint32_t first = operation_at(op, told.of);
  if (columns_.transactions[first].complete_index != Transaction::kNoIndex) {
    refuse(op, "of", "operation " + number(told.of) + " has completed: no attempt can begin");
  }
  std::vector<Retry>& retries = retries_of_[first];
  if (told.attempt != retries.size() + 2) {
    refuse(op, "attempt", "attempts count from 1, in order",
           "this should be " + number(retries.size() + 2));
  }
  const auto begin = static_cast<std::uint32_t>(columns_.ops.size());
  retries.push_back({begin, append_ops(op.micro_ops, false)});
  displaced_ = true;
}

/// Each attempt is a transaction. The first one is where the operation was invoked.
void TransactionsBuilder::add_attempts(const RawOp& op, const OpenOperation& open,
                                       Process& process) {
  const std::uint32_t first = open.transaction;
  const Transaction invoked = columns_.transactions[first];
  const auto invoked_ops = ops_of(first);
  const std::vector<TxnOp> kept(invoked_ops.begin(), invoked_ops.end());
  if (op.attempts > 1) {
    const auto begin = static_cast<std::uint32_t>(extras_.size());
    extras_of_[first] = {begin, begin + op.attempts - 1};
  }
  for (std::uint32_t i = 0; i < op.attempts; ++i) {
    const RawAttempt& attempt = block_->attempts[op.extra + i];
    const bool by_operation = !attempt.has_value && i + 1 == op.attempts && op.has_value;
    const bool own = attempt.has_value || by_operation;
    const RawRange micro_ops = by_operation ? op.micro_ops : attempt.micro_ops;
    const bool ok = attempt.told == Completion::ok;
    std::uint32_t id = first;
    Transaction* transaction = &columns_.transactions[first];
    if (i == 0) {
      if (own) set_ops(first, micro_ops, ok);
    } else {
      id = kExtraBit | static_cast<std::uint32_t>(extras_.size());
      extras_.push_back({first, static_cast<std::uint32_t>(extras_.size()), 0, invoked});
      transaction = &extras_.back().transaction;
      transaction->ops_begin = static_cast<std::uint32_t>(columns_.ops.size());
      extras_.back().ops_count = own ? append_ops(micro_ops, ok) : append_ops(kept);
      displaced_ = true;
    }
    end_transaction(id, *transaction, process, attempt.told);
    transaction->reads_known = transaction->reads_known && own;
  }
}

}  // namespace witness
