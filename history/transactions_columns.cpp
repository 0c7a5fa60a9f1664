/// The columns of Transactions: micro-operations and lists.
#include <algorithm>

#include "history/datum_text.hpp"
#include "history/transactions_builder.hpp"

namespace witness {
std::span<const TxnOp> TransactionsBuilder::ops_of(std::uint32_t id) const {
  return std::span{columns_.ops}.subspan(columns_.transactions[id].ops_begin, op_counts_[id]);
}

/// `reads`: whether what was read is kept. The first micro-operation that shows it decides what
/// kind of history this is.
void TransactionsBuilder::check_value(const RawMicroOp& micro_op, bool reads) {
  const bool is_read = micro_op.kind == TxnOpKind::read;
  if (is_read && (!reads || (!micro_op.is_list && micro_op.value().is_nil()))) return;
  const bool lists = is_read ? micro_op.is_list : micro_op.kind == TxnOpKind::append;
  if (!datatype_) decided(lists ? Datatype::list_append : Datatype::rw_register);
  const bool wants_lists = *datatype_ == Datatype::list_append;
  if (is_read) {
    if (wants_lists && !lists) {
      refuse_at(micro_op.offset, "a read of a list-append history is a list or nil");
    }
    return;
  }
  if (lists != wants_lists) {
    refuse_at(micro_op.offset, wants_lists ? "a write (w) in a list-append history"
                                           : "an append in an rw-register history");
  }
  if (micro_op.value().is_nil() && (reads || !native())) {
    refuse_at(micro_op.offset, lists ? "an append needs a value" : "a write needs a value");
  }
}

void TransactionsBuilder::decided(Datatype datatype) {
  datatype_ = datatype;
  if (datatype != Datatype::list_append) return;
  for (TxnOp& op : columns_.ops) op.bits = TxnOp::pack(lists_.nothing(op.key));  // all are reads
}

std::uint32_t TransactionsBuilder::key_of(Datum key) {
  std::uint32_t& position = key_table_[key.bits()];
  if (position == kNoPosition) {
    position = static_cast<std::uint32_t>(columns_.keys.size());
    columns_.keys.push_back(key);
  }
  return position;
}

/// Becomes what the micro-operation says. What stood there before was most likely its invocation,
/// with the same key.
void TransactionsBuilder::set_op(TxnOp& op, RawMicroOp& micro_op, bool reads) {
  check_value(micro_op, reads);
  if (op.key == kNoPosition || columns_.keys[op.key] != micro_op.key) op.key = key_of(micro_op.key);
  op.kind = micro_op.kind;
  if (op.kind != TxnOpKind::read) {
    op.bits = micro_op.bits;
  } else if (reads) {
    op.bits = read_bits(op.key, micro_op);
  } else {
    op.bits =
        datatype_ == Datatype::list_append ? TxnOp::pack(lists_.nothing(op.key)) : Datum{}.bits();
  }
}

std::uint64_t TransactionsBuilder::read_bits(std::uint32_t key, RawMicroOp& micro_op) {
  if (datatype_ == Datatype::list_append) return TxnOp::pack(list_read(key, micro_op));
  return micro_op.is_list ? list_as_text(whole_list(micro_op)).bits() : micro_op.bits;
}

ListRead TransactionsBuilder::list_read(std::uint32_t key, RawMicroOp& micro_op) {
  if (!micro_op.is_list) return lists_.nothing(key);
  ListRead read;
  const RawMicroOp& base = block_->micro_ops[micro_op.base];
  const bool joined =
      micro_op.shared > 0 && base.is_kept &&
      lists_.add(key, base.list_read(), micro_op.shared, block_->list(micro_op), read);
  if (!joined) read = lists_.add(key, whole_list(micro_op));
  micro_op.bits = TxnOp::pack(read);
  micro_op.is_kept = true;
  return read;
}

/// All elements of a list: those that it shares, and its own. Good until the next call.
std::span<const Datum> TransactionsBuilder::whole_list(const RawMicroOp& micro_op) {
  if (micro_op.shared == 0) return block_->list(micro_op);
  whole_list_.resize(micro_op.shared + micro_op.list_size());
  // From the end: what is wanted of each base is its first `wanted` elements.
  std::size_t wanted = whole_list_.size();
  for (const RawMicroOp* part = &micro_op;;) {
    const auto own = part->is_kept ? lists_.elements(part->list_read()) : block_->list(*part);
    const std::size_t shared = part->is_kept ? 0 : part->shared;
    if (wanted > shared) {
      std::copy_n(own.begin(), wanted - shared,
                  whole_list_.begin() + static_cast<std::ptrdiff_t>(shared));
    }
    if (shared == 0) return whole_list_;
    wanted = std::min(wanted, shared);
    part = &block_->micro_ops[part->base];
  }
}

Datum TransactionsBuilder::list_as_text(std::span<const Datum> list) {
  return Datum::text(strings_.intern(list_text(list, strings_, options_.edn)));
}

std::uint32_t TransactionsBuilder::append_ops(RawRange micro_ops, bool reads) {
  const std::size_t begin = columns_.ops.size();
  const bool registers = reads && datatype_ == Datatype::rw_register;
  for (std::uint32_t at = micro_ops.begin; at < micro_ops.end; ++at) {
    if (at + kAhead < block_->micro_ops.size()) {
      key_table_.prefetch(block_->micro_ops[at + kAhead].key.bits());
    }
    RawMicroOp& micro_op = block_->micro_ops[at];
    if (registers && !micro_op.is_list && micro_op.kind != TxnOpKind::append &&
        !micro_op.value().is_nil()) {  // most often: nothing can be wrong
      columns_.ops.push_back({micro_op.bits, key_of(micro_op.key), micro_op.kind});
      continue;
    }
    TxnOp op{0, kNoPosition, TxnOpKind::read};
    set_op(op, micro_op, reads);
    columns_.ops.push_back(op);
  }
  return static_cast<std::uint32_t>(columns_.ops.size() - begin);
}

std::uint32_t TransactionsBuilder::append_ops(std::span<const TxnOp> ops) {
  columns_.ops.insert(columns_.ops.end(), ops.begin(), ops.end());
  return static_cast<std::uint32_t>(ops.size());
}

/// In the place of what was invoked, if as many.
void TransactionsBuilder::set_ops(std::uint32_t id, RawRange micro_ops, bool reads) {
  Transaction& transaction = columns_.transactions[id];
  if (micro_ops.size() != op_counts_[id]) {
    displaced_ = true;
    transaction.ops_begin = static_cast<std::uint32_t>(columns_.ops.size());
    op_counts_[id] = append_ops(micro_ops, reads);
    return;
  }
  TxnOp* op = columns_.ops.data() + transaction.ops_begin;
  for (std::uint32_t at = micro_ops.begin; at < micro_ops.end; ++at) {
    set_op(*op++, block_->micro_ops[at], reads);
  }
}

}  // namespace witness
