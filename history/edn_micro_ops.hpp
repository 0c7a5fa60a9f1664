/// Lists of micro-operations in EDN.
#pragma once

#include <vector>

#include "history/edn_text.hpp"
#include "history/list_cache.hpp"
#include "history/op_block.hpp"

namespace witness {

/// One pass, written by hand: most bytes of a history are elements of lists.
class EdnMicroOps : protected EdnText {
 protected:
  void begin(std::string_view text, bool final, OpBlock& block);
  bool at_sequence() const { return *at_ == '[' || *at_ == '('; }

  bool micro_ops(RawRange& range);
  /// `[:r 7 [1 2]]`, `[:append 7 3]` and the like. Gives the place behind it, or nullptr for
  /// anything else, having kept nothing.
  const char* canonical_micro_op(const char* at);

  bool micro_op();
  bool kind(TxnOpKind& kind);
  /// A list that a register was set to, as its text.
  bool list_datum(Datum& list);
  /// A list of what is mostly small integers, from behind its opening bracket. Gives the place
  /// behind its end, or nullptr; at_ is then where it failed.
  const char* elements(const char* at, char close, RawMicroOp& read);

  OpBlock* block_ = nullptr;
  ListCache lists_;

 private:
  std::vector<Datum> list_;
};

}  // namespace witness
