/// Who wrote what each read of a register saw.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/transactions/facts.hpp"
#include "witness/transactions.hpp"

namespace witness {

/// A column beside Transactions::ops: of each read whose result is known, the transaction that
/// wrote the value, if that is a version that others can depend on: the last value that a
/// transaction that did not abort left. Else one of the words below.
///   initial       the value before the first write
///   own           what the reader wrote itself
///   intermediate  what its writer replaced itself (G1b)
///   aborted       what an aborted transaction wrote (G1a)
///   unwritten     what nobody here wrote: garbage, or from before
///   ambiguous     the initial value, which somebody wrote later, too
///   written       it is a write (in `by_use` only), and its transaction did not abort
///   none          nothing of these: its result is not known
struct ReadSources {
  enum Word : std::uint32_t {
    none = kNoPosition,
    initial = kNoPosition - 1,
    own = kNoPosition - 2,
    intermediate = kNoPosition - 3,
    aborted = kNoPosition - 4,
    unwritten = kNoPosition - 5,
    ambiguous = kNoPosition - 6,
    written = kNoPosition - 7,
  };

  std::vector<std::uint32_t> writer;  ///< of each micro-operation
  std::vector<std::uint32_t> by_use;  ///< the same beside Transactions::uses, key by key

  static bool is_transaction(std::uint32_t source) { return source < written; }
  /// A version that others can depend on, the first one included.
  static bool is_version(std::uint32_t source) { return source < written || source == initial; }

  std::span<const std::uint32_t> of(const Transactions& history, std::uint32_t transaction) const {
    return std::span{writer}.subspan(history.transactions[transaction].ops_begin,
                                     history.ops_of(transaction).size());
  }
  std::span<const std::uint32_t> of_key(const Transactions& history, std::uint32_t key) const {
    const std::uint32_t begin = history.key_begin[key];
    return std::span{by_use}.subspan(begin, history.key_begin[key + 1] - begin);
  }
};

/// Does it do nothing but write initial values, before anything else could matter to it? It may
/// then be thought to come before all others, where it changes nothing.
bool is_initializer(const Transactions& history, std::uint32_t transaction);

/// Every value but the initial one is written once to its key. `parts` gets, for each thread, what
/// reads show by themselves: facts, reads whose writer is not known, and how many depend on another
/// transaction. O(micro-operations).
ReadSources find_sources(const Transactions& history, std::vector<Inferred>& parts);

}  // namespace witness
