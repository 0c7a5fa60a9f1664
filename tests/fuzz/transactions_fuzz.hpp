/// What must hold of every history of transactions, whatever the bytes and however they are cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "history/history_reader.hpp"
#include "history/utf8.hpp"
#include "tests/fuzz/history_invariants.hpp"
#include "tests/history/transactions_text.hpp"
#include "witness/error.hpp"

namespace witness::fuzz {

inline void check_transactions(const Transactions& all) {
  std::uint32_t ops = 0;
  for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
    const Transaction& one = all.transactions[id];
    require(one.ops_begin == ops, "micro-operations stand in the order of transactions");
    ops += static_cast<std::uint32_t>(all.ops_of(id).size());
    require(one.process < all.processes.size(), "processes are in bounds");
    require(one.began_after <= all.ended.size(), "beginnings are in bounds");
    require(one.previous == kNoPosition || one.previous < all.transactions.size(), "previous");
    require(!one.reads_known || one.fate == Fated::committed, "reads are known of committed ones");
  }
  for (const Transactions::After& pair : all.also_after) {
    const std::size_t vertices = all.transactions.size() + all.joints;
    require(pair.later < vertices && pair.earlier < vertices, "joints are in bounds");
  }
  require(ops == all.ops.size(), "every micro-operation has a transaction");
  for (const TxnOp& op : all.ops) {
    require(op.key < all.keys.size(), "keys are in bounds");
    if (op.kind != TxnOpKind::read || all.datatype == Datatype::rw_register) continue;
    require(op.list().list < all.lists.size(), "lists are in bounds");
    require(all.lists[op.list().list].key == op.key, "a list is of the key that was read");
    require(op.list().length <= all.lists[op.list().list].elements.size(), "lengths");
  }
  require(all.key_begin.size() == all.keys.size() + 1 && all.uses.size() == all.ops.size() &&
              all.longest.size() == all.keys.size(),
          "columns of keys are whole");
  for (std::uint32_t key = 0; key < all.keys.size(); ++key) {
    for (const Transactions::Use& use : all.uses_of(key)) {
      require(all.ops[use.op].key == key, "uses are of their key");
    }
  }
}

/// Every column of calls on objects.
inline std::string text_of_objects(const History& history) {
  const Objects& all = *history.objects;
  std::string text = history.header.workload;
  for (const ObjectOp& op : all.ops) {
    require(op.list_begin + std::size_t{op.list_size} <= all.data.size(), "lists are in bounds");
    require(op.function < all.functions.size(), "functions are in bounds");
    require(op.process == kNoPosition || op.process < all.processes.size(),
            "processes are in bounds");
    require(op.invoke < all.events || op.invoke == 0, "events are in bounds");
    text += "\n" + std::to_string(op.index) + all.functions[op.function];
    for (const Datum datum : {op.key, op.a, op.b}) text += " " + shown(datum, history.strings);
    for (const Datum datum : all.list_of(op)) text += " " + std::to_string(datum.bits());
  }
  return text;
}

/// The history as text, or the message of the InputError without what it shows of the line.
inline std::string read_in_blocks(std::string_view bytes, const char* format,
                                  const Cutting& cutting) {
  try {
    const History history = parse_history(bytes, "fuzz", {.format = format}, cutting);
    for (StringId id = 0; id < history.strings.size(); ++id) {
      require(utf8::find_invalid(history.strings[id]) == std::string_view::npos, "texts are UTF-8");
    }
    if (history.objects) return text_of_objects(history);
    if (!history.transactions) return "no transactions";
    check_transactions(*history.transactions);
    return text_of(history) + std::to_string(history.damage.dropped_bytes);
  } catch (const InputError& error) {
    const std::string_view message = error.what();
    require(utf8::find_invalid(message) == std::string_view::npos, "messages are UTF-8");
    return std::to_string(error.position().line) + ':' + std::to_string(error.position().column) +
           ' ' + error.rule();
  }
}

/// Blocks and threads change nothing.
inline void one_text(std::string_view bytes, const char* format) {
  const std::string whole = read_in_blocks(bytes, format, Cutting{std::size_t{1} << 20U, 0});
  for (const std::size_t block : {1U, 9U, 100U}) {
    require(read_in_blocks(bytes, format, Cutting{block, 0}) == whole, "blocks change nothing");
  }
  if (bytes.size() % 16 != 0) return;  // threads take their time
  require(read_in_blocks(bytes, format, Cutting{40, 2}) == whole, "threads change nothing");
}

}  // namespace witness::fuzz
