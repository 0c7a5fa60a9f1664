#include "history/transactions_builder.hpp"

#include <algorithm>

#include "history/builder_words.hpp"
#include "history/json_fault.hpp"
#include "witness/huge_pages.hpp"

namespace witness {

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
    case OpType::run:
      return run(op);
    case OpType::part:
      return part(op);
    case OpType::retry:
      return retry(op);
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

std::uint32_t TransactionsBuilder::process_of(std::int64_t number) {
  std::uint32_t& position = process_table_[static_cast<std::uint64_t>(number)];
  if (position == kNoPosition) {
    position = static_cast<std::uint32_t>(processes_.size());
    Process& process = processes_.emplace_back();
    process.nameless = number == kNoProcess;
    process.position = static_cast<std::uint32_t>(columns_.processes.size());
    if (!process.nameless) columns_.processes.push_back(number);
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

void TransactionsBuilder::set_order(std::uint32_t transaction, const RawOp& op) {
  if (op.order == Transactions::kNoOrder) return;
  columns_.commit_order.resize(columns_.transactions.size(), Transactions::kNoOrder);
  columns_.commit_order[transaction] = op.order;
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
