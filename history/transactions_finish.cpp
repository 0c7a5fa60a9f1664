/// TransactionsBuilder: what is known once everything was read: who uses which key, and which value
/// is written twice.
#include <algorithm>
#include <charconv>

#include "history/duplicate_search.hpp"
#include "history/transactions_builder.hpp"
#include "history/use_index.hpp"

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

}  // namespace

/// What never completed: each attempt that began may have happened.
void TransactionsBuilder::add_open_retries() {
  for (const auto& [first, retries] : retries_of_) {
    for (const Retry& retry : retries) {
      const auto number = static_cast<std::uint32_t>(extras_.size());
      Transaction& transaction =
          extras_.emplace_back(Extra{first, number, retry.ops_count, columns_.transactions[first]})
              .transaction;
      transaction.ops_begin = retry.ops_begin;
      transaction.fate = Fated::possible;
      transaction.reads_known = false;
    }
  }
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
  std::vector<std::int64_t> scheduled;
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
    const auto of = [i](const auto& column, auto nothing) {
      return i < column.size() ? column[i] : nothing;
    };
    if (!columns_.scheduled_ns.empty()) {
      scheduled.resize(transactions.size(), of(columns_.scheduled_ns, kNoTime));
    }
    if (columns_.commit_order.empty()) continue;
    order.resize(transactions.size(), of(columns_.commit_order, Transactions::kNoOrder));
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
  columns_.scheduled_ns = std::move(scheduled);
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

std::optional<Duplicate> TransactionsBuilder::finish(History& history) {
  const bool sessions = options_.rules == PairingRules::sessions;
  joints_.finish(columns_);
  add_open_retries();
  order_transactions();
  if (sessions) number_aborted();
  rank_commits();
  follow_first();
  if (!datatype_) decided(sessions ? Datatype::rw_register : Datatype::list_append);
  lists_.finish(columns_);
  const std::vector<std::uint32_t> suspects = index_uses(columns_);
  if (!columns_.commit_order.empty()) {
    columns_.commit_order.resize(columns_.transactions.size(), Transactions::kNoOrder);
  }
  if (!columns_.scheduled_ns.empty()) {
    columns_.scheduled_ns.resize(columns_.transactions.size(), kNoTime);
  }
  const bool lists = *datatype_ == Datatype::list_append;
  columns_.datatype = *datatype_;
  columns_.operations = operations_;
  columns_.has_real_time = !sessions;
  columns_.unwritten_is_garbage = lists || options_.complete || options_.initial.has_value() ||
                                  (native() && !history.header.earlier_writes);
  std::string initial =
      options_.initial.value_or(sessions ? options_.format_initial : history.header.initial);
  if (!lists) columns_.initial = datum_of(initial, strings_);
  history.header.initial = std::move(initial);
  history.header.workload = kDatatypeNames[static_cast<std::size_t>(*datatype_)];
  if (native()) history.damage.cut = !ended();
  if (end_ && end_->ledger) history.ledger_state = *end_->ledger;
  history.strings = std::move(strings_);
  history.transactions = std::move(columns_);
  return find_duplicate(*history.transactions, suspects);
}

}  // namespace witness
