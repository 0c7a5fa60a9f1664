/// The columns of Transactions: micro-operations, lists, and who uses which key.
#include <algorithm>
#include <charconv>

#include "history/transactions_builder.hpp"

namespace witness {
namespace {

/// What people and headers write: an integer, nil, or a text.
Datum datum_of(std::string_view text, StringPool& strings) {
  if (text.empty() || text == "nil" || text == "null") return Datum{};
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && stop == text.data() + text.size() && value >= Datum::kIntegerMin &&
      value <= Datum::kIntegerMax) {
    return Datum::of(value);
  }
  if (text.front() == ':') return Datum::text(strings.intern(text));
  return Datum::text(strings.intern('"' + std::string{text}));
}

/// A slot whose transaction has not completed.
constexpr TxnOp kReserved{0, kNoPosition, TxnOpKind::read};

}  // namespace

void TransactionsBuilder::reserve_ops(std::size_t count) {
  columns_.ops.resize(columns_.ops.size() + count, kReserved);
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
  for (TxnOp& op : columns_.ops) {  // reads of nothing, until now
    if (op.key != kNoPosition) op.bits = TxnOp::pack(lists_.add(op.key, {}));
  }
}

TxnOp TransactionsBuilder::txn_op(const RawMicroOp& micro_op, bool reads) {
  std::uint32_t& position = key_table_[micro_op.key.bits()];
  if (position == kNoPosition) {
    position = static_cast<std::uint32_t>(columns_.keys.size());
    columns_.keys.push_back(micro_op.key);
  }
  TxnOp op{micro_op.bits, position, micro_op.kind};
  if (micro_op.kind != TxnOpKind::read) return op;
  if (datatype_ == Datatype::list_append) {
    const bool is_list = reads && micro_op.is_list;
    op.bits = TxnOp::pack(
        lists_.add(position, is_list ? block_->list(micro_op) : std::span<const Datum>{}));
  } else if (!reads) {
    op.bits = Datum{}.bits();
  } else if (micro_op.is_list) {
    op.bits = list_as_text(micro_op).bits();
  }
  return op;
}

/// A register that holds a list: its elements as they would be written.
Datum TransactionsBuilder::list_as_text(const RawMicroOp& micro_op) {
  std::string text = "#[";
  for (const Datum element : block_->list(micro_op)) {
    if (text.size() > 2) text += text_.find("[\"") != std::string_view::npos ? ',' : ' ';
    if (element.is_text()) {
      const std::string_view shown_text = strings_[element.text()];
      const char first = shown_text.front();
      text += first == '#' ? shown_text.substr(1) : shown_text;
      if (first == '"') text += '"';
    } else {
      text += shown(element, strings_);
    }
  }
  return Datum::text(strings_.intern(text + ']'));
}

std::uint32_t TransactionsBuilder::append_ops(std::span<const RawMicroOp> micro_ops, bool reads) {
  for (const RawMicroOp& micro_op : micro_ops) columns_.ops.push_back(txn_op(micro_op, reads));
  return static_cast<std::uint32_t>(micro_ops.size());
}

/// Into the room that was reserved for them, if they fit exactly.
void TransactionsBuilder::set_ops(std::uint32_t id, std::span<const RawMicroOp> micro_ops,
                                  bool reads) {
  Transaction& transaction = columns_.transactions[id];
  if (micro_ops.size() == op_counts_[id]) {
    std::uint32_t at = transaction.ops_begin;
    for (const RawMicroOp& micro_op : micro_ops) columns_.ops[at++] = txn_op(micro_op, reads);
    return;
  }
  displaced_ = true;
  transaction.ops_begin = static_cast<std::uint32_t>(columns_.ops.size());
  op_counts_[id] = append_ops(micro_ops, reads);
}

/// What never completed did, as far as known, what was invoked.
void TransactionsBuilder::fill_open() {
  std::vector<const Open*> open;
  for (const Process& process : processes_) {
    for (std::size_t i = 0; i < process.open_count; ++i) open.push_back(&process.open[i]);
  }
  std::sort(open.begin(), open.end(),
            [](const Open* a, const Open* b) { return a->transaction < b->transaction; });
  for (const Open* one : open) set_ops(one->transaction, one->micro_ops, false);
}

/// Puts attempts behind the first one of their operation, and micro-operations in that order.
void TransactionsBuilder::order_transactions() {
  if (!displaced_) return;
  std::stable_sort(extras_.begin(), extras_.end(),
                   [](const Extra& a, const Extra& b) { return a.first < b.first; });
  std::vector<std::uint32_t> moved(columns_.transactions.size());
  std::vector<std::uint32_t> moved_extras(extras_.size());
  std::vector<Transaction> transactions;
  std::vector<TxnOp> ops;
  std::vector<std::uint64_t> order;
  transactions.reserve(moved.size() + extras_.size());
  ops.reserve(columns_.ops.size());
  const auto take = [&](Transaction transaction, std::uint32_t count) {
    const std::uint32_t from = transaction.ops_begin;
    transaction.ops_begin = static_cast<std::uint32_t>(ops.size());
    for (std::uint32_t i = 0; i < count; ++i) ops.push_back(columns_.ops[from + i]);
    transactions.push_back(transaction);
    return static_cast<std::uint32_t>(transactions.size() - 1);
  };
  std::size_t extra = 0;
  for (std::uint32_t i = 0; i < moved.size(); ++i) {
    moved[i] = take(columns_.transactions[i], op_counts_[i]);
    for (; extra < extras_.size() && extras_[extra].first == i; ++extra) {
      moved_extras[extras_[extra].number] =
          take(extras_[extra].transaction, extras_[extra].ops_count);
    }
    if (columns_.commit_order.empty()) continue;
    const auto& old = columns_.commit_order;
    order.resize(transactions.size(), i < old.size() ? old[i] : Transactions::kNoOrder);
  }
  const auto move = [&](std::uint32_t& id) {
    if (id != kNoPosition) {
      id = (id & kExtraBit) != 0 ? moved_extras[id & ~kExtraBit] : moved[id];
    }
  };
  for (Transaction& transaction : transactions) move(transaction.previous);
  for (std::uint32_t& id : columns_.ended) move(id);
  columns_.transactions = std::move(transactions);
  columns_.ops = std::move(ops);
  columns_.commit_order = std::move(order);
}

void TransactionsBuilder::index_uses() {
  std::vector<std::uint32_t>& begin = columns_.key_begin;
  begin.assign(columns_.keys.size() + 2, 0);
  // Counted two places further on: the same column then serves as the cursor.
  for (const TxnOp& op : columns_.ops) ++begin[op.key + 2];
  for (std::size_t i = 2; i < begin.size(); ++i) begin[i] += begin[i - 1];
  columns_.uses.resize(columns_.ops.size());
  std::uint32_t at = 0;
  for (std::uint32_t id = 0; id < columns_.transactions.size(); ++id) {
    const std::uint32_t end = at + static_cast<std::uint32_t>(columns_.ops_of(id).size());
    for (; at < end; ++at) columns_.uses[begin[columns_.ops[at].key + 1]++] = {id, at};
  }
  begin.pop_back();
}

void TransactionsBuilder::number_aborted() {
  std::uint64_t next = 0;
  for (const Transaction& transaction : columns_.transactions) {
    if (transaction.index != Transaction::kNoIndex) next = std::max(next, transaction.index + 1);
  }
  for (Transaction& transaction : columns_.transactions) {
    if (transaction.index == Transaction::kNoIndex) transaction.index = next++;
  }
}

void TransactionsBuilder::finish(History& history) {
  const bool plume = options_.rules == PairingRules::plume;
  fill_open();
  order_transactions();
  if (plume) number_aborted();
  if (!datatype_) decided(plume ? Datatype::rw_register : Datatype::list_append);
  lists_.finish(columns_);
  index_uses();
  if (!columns_.commit_order.empty()) {
    columns_.commit_order.resize(columns_.transactions.size(), Transactions::kNoOrder);
  }
  const bool lists = *datatype_ == Datatype::list_append;
  columns_.datatype = *datatype_;
  columns_.operations = operations_;
  columns_.has_real_time = !plume;
  columns_.unwritten_is_garbage = lists || plume || native() || options_.initial.has_value();
  std::string initial = options_.initial.value_or(plume ? "0" : history.header.initial);
  if (!lists) columns_.initial = datum_of(initial, strings_);
  history.header.initial = std::move(initial);
  history.header.workload = kDatatypeNames[static_cast<std::size_t>(*datatype_)];
  if (native()) history.damage.cut = !ended();
  if (end_ && end_->ledger) history.ledger_state = *end_->ledger;
  history.strings = std::move(strings_);
  history.transactions = std::move(columns_);
}

namespace {

/// Written values of one key, in the order of transactions.
std::optional<Transactions::Use> repeated(const Transactions& transactions, std::uint32_t key,
                                          Transactions::Use& first) {
  std::vector<Transactions::Use> writes;
  for (const Transactions::Use& use : transactions.uses_of(key)) {
    const TxnOp& op = transactions.ops[use.op];
    if (op.kind != TxnOpKind::read && !op.value().is_nil()) writes.push_back(use);
  }
  const auto bits = [&](const Transactions::Use& use) { return transactions.ops[use.op].bits; };
  std::sort(writes.begin(), writes.end(),
            [&](const Transactions::Use& a, const Transactions::Use& b) {
              return bits(a) != bits(b) ? bits(a) < bits(b) : a.op < b.op;
            });
  std::optional<Transactions::Use> second;
  for (std::size_t i = 1; i < writes.size(); ++i) {
    if (bits(writes[i]) != bits(writes[i - 1]) || (second && second->op <= writes[i].op)) continue;
    first = writes[i - 1];
    second = writes[i];
  }
  return second;
}

}  // namespace

/// Most histories write growing values to each key: only the others need a closer look.
std::optional<Duplicate> find_duplicate(const Transactions& transactions) {
  std::vector<std::int64_t> last(transactions.keys.size(),
                                 std::numeric_limits<std::int64_t>::min());
  std::vector<bool> unordered(transactions.keys.size());
  for (const TxnOp& op : transactions.ops) {
    if (op.kind == TxnOpKind::read || op.value().is_nil()) continue;
    const auto bits = static_cast<std::int64_t>(op.bits);
    if (bits <= last[op.key]) unordered[op.key] = true;
    last[op.key] = bits;
  }
  std::optional<Duplicate> found;
  std::uint32_t found_op = 0;
  for (std::uint32_t key = 0; key < unordered.size(); ++key) {
    if (!unordered[key]) continue;
    Transactions::Use first{};
    const auto second = repeated(transactions, key, first);
    if (!second || (found && found_op <= second->op)) continue;
    found_op = second->op;
    found = Duplicate{first.transaction, second->transaction, key,
                      transactions.ops[second->op].value()};
  }
  return found;
}

}  // namespace witness
