/// All that Transactions says, as text: what two histories must have in common to be the same.
#pragma once

#include <string>

#include "witness/history.hpp"

namespace witness {

inline std::string shown_raw(Datum datum, const StringPool& strings) {
  if (!datum.is_text()) return shown(datum, strings);
  return std::string{strings[datum.text()]};
}

inline std::string text_of_op(const History& history, const TxnOp& op) {
  const Transactions& all = *history.transactions;
  std::string text{kTxnOpNames[static_cast<std::size_t>(op.kind)]};
  text += ' ' + shown_raw(all.keys[op.key], history.strings) + ' ';
  if (op.kind != TxnOpKind::read || all.datatype == Datatype::rw_register) {
    return text + shown_raw(op.value(), history.strings);
  }
  text += '[';
  for (const Datum element : all.elements(op.list())) {
    text += shown_raw(element, history.strings) + ' ';
  }
  return text + ']';
}

inline std::string text_of_transaction(const History& history, std::uint32_t id) {
  const Transactions& all = *history.transactions;
  const Transaction& one = all.transactions[id];
  const auto number = [](auto value) { return ' ' + std::to_string(value); };
  std::string text = "T" + std::to_string(id) + " index" + number(one.index) + " process" +
                     number(all.processes[one.process]) + " line" + number(one.line) + " times" +
                     number(one.invoke_ns) + number(one.complete_ns) + " began" +
                     number(one.began_after) + " previous" +
                     number(static_cast<std::int32_t>(one.previous)) + " completed" +
                     number(static_cast<std::int64_t>(one.complete_index)) + ' ' +
                     std::string{kCompletionNames[static_cast<std::size_t>(one.told)]} + " fate" +
                     number(static_cast<int>(one.fate)) + (one.reads_known ? " reads" : "") + ':';
  for (const TxnOp& op : all.ops_of(id)) text += " (" + text_of_op(history, op) + ')';
  return text + '\n';
}

inline std::string text_of(const History& history) {
  const Transactions& all = *history.transactions;
  std::string text{kDatatypeNames[static_cast<std::size_t>(all.datatype)]};
  text += " initial " + shown_raw(all.initial, history.strings) +
          (all.has_real_time ? " real-time" : " sessions") +
          (all.unwritten_is_garbage ? " garbage" : "") + " operations " +
          std::to_string(all.operations) + '\n';
  for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
    text += text_of_transaction(history, id);
  }
  text += "ended";
  for (const std::uint32_t id : all.ended) text += ' ' + std::to_string(id);
  for (const Transactions::After& pair : all.also_after) {
    text += "\nafter " + std::to_string(pair.earlier) + ' ' + std::to_string(pair.later);
  }
  text += "\norder";
  for (const std::uint64_t order : all.commit_order) {
    text += ' ' + std::to_string(static_cast<std::int64_t>(order));
  }
  for (std::uint32_t key = 0; key < all.keys.size(); ++key) {
    text += "\nkey " + shown_raw(all.keys[key], history.strings) + " used by";
    for (const Transactions::Use& use : all.uses_of(key)) {
      text += ' ' + std::to_string(use.transaction) + '/' + std::to_string(use.op);
    }
    text += " longest " + std::to_string(static_cast<std::int32_t>(all.longest[key]));
  }
  for (const ListVersions& list : all.lists) {
    text += "\nlist of " + std::to_string(list.key) + ':';
    for (const Datum element : list.elements) text += ' ' + shown_raw(element, history.strings);
  }
  return text + '\n';
}

}  // namespace witness
