#include "history/transactions_builder.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "history/huge_pages.hpp"
#include "history/json_fault.hpp"

namespace witness {
namespace {

std::string at_line(std::string_view what, std::uint64_t line) {
  return std::string{what} + " at line " + std::to_string(line);
}

std::string number(auto value) { return std::to_string(value); }

Completion told_of(OpType type) {
  return type == OpType::ok     ? Completion::ok
         : type == OpType::fail ? Completion::fail
                                : Completion::info;
}

Fated fate_of(Completion told) {
  return told == Completion::ok     ? Fated::committed
         : told == Completion::fail ? Fated::aborted
                                    : Fated::possible;
}

}  // namespace

TransactionsBuilder::TransactionsBuilder(const BuilderOptions& options)
    : options_(options), datatype_(options.datatype) {}

void TransactionsBuilder::add(OpBlock& block, std::string_view text, std::uint64_t line) {
  block_ = &block;
  text_ = text;
  first_line_ = line;
  if (block.names.size() > 0) remap_names(block);
  if (block.strings.size() > 0) remap_texts(block);
  for (const RawOp& op : block.ops) add_op(op);
}

void TransactionsBuilder::remap_names(OpBlock& block) {
  remapped_.clear();
  for (StringId id = 0; id < block.names.size(); ++id) {
    remapped_.push_back(names_.intern(block.names[id]));
  }
  for (RawOp& op : block.ops) {
    if (op.f != kNoString) op.f = remapped_[op.f];
  }
}

void TransactionsBuilder::expect(double times) {
  const auto reserve = [times](auto& column) {
    column.reserve(static_cast<std::size_t>(static_cast<double>(column.size()) * times));
    advise_huge_pages(column);
  };
  reserve(columns_.transactions);
  reserve(columns_.ops);
  reserve(columns_.ended);
  reserve(op_counts_);
}

/// Texts get the ids of the history's own pool.
void TransactionsBuilder::remap_texts(OpBlock& block) {
  remapped_.clear();
  for (StringId id = 0; id < block.strings.size(); ++id) {
    remapped_.push_back(strings_.intern(block.strings[id]));
  }
  const auto remap = [&](Datum& datum) {
    if (datum.is_text()) datum = Datum::text(remapped_[datum.text()]);
  };
  bool lists = false;
  for (RawMicroOp& micro_op : block.micro_ops) {
    remap(micro_op.key);
    lists = lists || micro_op.is_list;
    if (micro_op.is_list) continue;
    Datum value = Datum::from_bits(micro_op.bits);
    remap(value);
    micro_op.bits = value.bits();
  }
  if (!lists) return;
  for (Datum& element : block.elements) remap(element);
}

void TransactionsBuilder::add_op(const RawOp& op) {
  if (ended()) {
    refuse_at(op.offset, "a line after the end of the history", at_line("it ended", end_line_));
  }
  switch (op.type) {
    case OpType::end:
      return end(op);
    case OpType::session:
      return session(op);
    default:
      break;
  }
  number_index(op);
  switch (op.type) {
    case OpType::invoke:
      return invoke(op);
    case OpType::ok:
    case OpType::fail:
    case OpType::info:
      return complete(op);
    case OpType::outcome:
      return outcome(op);
    default:
      return;
  }
}

/// Afterwards next_index_ - 1 is the operation's index.
void TransactionsBuilder::number_index(const RawOp& op) {
  if (op.has_index && op.index < next_index_) {
    refuse(op, "index",
           native() ? "index must grow from line to line"
                    : "index must grow from operation to operation",
           number(next_index_ - 1) + " stands above");
  }
  next_index_ = (op.has_index ? op.index : next_index_) + 1;
}

void TransactionsBuilder::check_time(const RawOp& op) {
  if (!native()) return;
  const int timed = op.time_ns != kNoTime ? 1 : 0;
  if (timed_ == -1) timed_ = timed;
  if (timed_ != timed) {
    refuse(op, timed == 1 ? "time" : "type", "either all operations have a time or none has");
  }
}

std::uint32_t TransactionsBuilder::process_of(const RawOp& op) {
  std::uint32_t& position = process_table_[static_cast<std::uint64_t>(op.process)];
  if (position == kNoPosition) {
    position = static_cast<std::uint32_t>(processes_.size());
    Process& process = processes_.emplace_back();
    process.nameless = op.process == kNoProcess;
    process.position = static_cast<std::uint32_t>(columns_.processes.size());
    if (!process.nameless) columns_.processes.push_back(op.process);
  }
  return position;
}

std::uint32_t TransactionsBuilder::add_transaction(const RawOp& op, std::uint32_t process) {
  if (columns_.transactions.size() >= kExtraBit) {
    refuse_at(op.offset, "more transactions than this program can hold (2^31)");
  }
  const auto position = static_cast<std::uint32_t>(columns_.transactions.size());
  Transaction transaction;
  transaction.index = next_index_ - 1;
  transaction.process = processes_[process].position;
  transaction.ops_begin = static_cast<std::uint32_t>(columns_.ops.size());
  if (processes_[process].nameless) {
    transaction.process = static_cast<std::uint32_t>(columns_.processes.size());
    columns_.processes.push_back(-1);
  } else {
    transaction.previous = processes_[process].order.begin(joints_);
  }
  transaction.line = static_cast<std::uint32_t>(std::min<std::uint64_t>(line_of(op), kNoPosition));
  columns_.transactions.push_back(transaction);
  op_counts_.push_back(0);
  ++operations_;
  return position;
}

void TransactionsBuilder::invoke(const RawOp& op) {
  const std::uint32_t position = process_of(op);
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
  process.line = line_of(op);
  // What was invoked stands until its completion tells what was read.
  op_counts_.back() = append_ops(op.micro_ops, false);
  open(process, {id, op.f, process.line});
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
    const Beginning beginning = process.crowd->add(added, shape_of(added.transaction),
                                                   {transaction.began_after, transaction.previous});
    transaction.began_after = beginning.began_after;
    transaction.previous = beginning.previous;
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
    Transaction& transaction = columns_.transactions[taken->operation.transaction];
    transaction.began_after = taken->beginning->began_after;
    transaction.previous = taken->beginning->previous;
  }
  return taken->operation;
}

void TransactionsBuilder::complete(const RawOp& op) {
  const std::uint32_t position = process_of(op);
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

void TransactionsBuilder::set_order(std::uint32_t transaction, const RawOp& op) {
  if (op.order == Transactions::kNoOrder) return;
  columns_.commit_order.resize(columns_.transactions.size(), Transactions::kNoOrder);
  columns_.commit_order[transaction] = op.order;
}

/// Its position; of an attempt after the first, that in extras_ with kExtraBit.
std::uint32_t TransactionsBuilder::attempt_of(const RawOp& op, const RawOutcome& told) {
  const auto& transactions = columns_.transactions;
  const auto found = std::lower_bound(transactions.begin(), transactions.end(), told.of,
                                      [](const Transaction& transaction, std::uint64_t index) {
                                        return transaction.index < index;
                                      });
  if (found == transactions.end() || found->index != told.of) {
    refuse(op, "of", "no operation was invoked at index " + number(told.of));
  }
  const auto first = static_cast<std::uint32_t>(found - transactions.begin());
  const bool completed = found->complete_index != Transaction::kNoIndex;
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

/// The caret points at the field's value: at the operation where the field is not found.
void TransactionsBuilder::refuse(const RawOp& op, std::string_view field, std::string rule,
                                 std::string note) const {
  const std::string quoted_name =
      options_.edn ? ":" + std::string{field} : "\"" + std::string{field} + "\"";
  std::size_t at = text_.find(quoted_name, op.offset);
  const auto behind = [&](std::size_t from) {
    while (from < text_.size() && is_json_space(text_[from])) ++from;
    return from;
  };
  const auto is_value = [&] {  // a word that is no name of a field
    const std::size_t next = behind(at + quoted_name.size());
    return !options_.edn && (next == text_.size() || text_[next] != ':');
  };
  while (at != std::string_view::npos && is_value()) at = text_.find(quoted_name, at + 1);
  if (at == std::string_view::npos) refuse_at(op.offset, std::move(rule), std::move(note));
  at = behind(at + quoted_name.size());
  if (!options_.edn) at = behind(at + 1);
  refuse_at(at, std::move(rule), std::move(note));
}

void TransactionsBuilder::refuse_at(std::size_t offset, std::string rule, std::string note) const {
  throw LineFault{offset, std::move(rule), std::move(note)};
}

}  // namespace witness
