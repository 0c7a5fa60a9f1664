/// Blocks of files that tell sessions and transactions by their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "history/op_block.hpp"

namespace witness {

/// Appends the parts of transactions to a block (OpType::part).
class PartBlock {
 protected:
  void begin_parts(OpBlock& block) {
    parts_ = &block;
    is_open_ = false;
  }

  /// The part that micro-operations are added to: of a transaction that the block began with, or
  /// that begins here.
  RawOp& part(std::size_t offset, std::uint32_t line) {
    if (!is_open_) {
      RawOp op = empty_part(offset, line);
      op.has_value = true;
      parts_->ops.push_back(op);
      is_open_ = true;
    }
    return parts_->ops.back();
  }

  void add(const RawMicroOp& micro_op) {
    parts_->micro_ops.push_back(micro_op);
    parts_->ops.back().micro_ops.end = static_cast<std::uint32_t>(parts_->micro_ops.size());
  }

  /// Whether part() would go on with a part of this block.
  bool has_part() const { return is_open_; }

  /// The operation that says what ends here.
  RawOp& end_part(PartEnd end, std::size_t offset, std::uint32_t line) {
    if (!is_open_) parts_->ops.push_back(empty_part(offset, line));
    is_open_ = false;
    parts_->ops.back().ends = end;
    return parts_->ops.back();
  }

 private:
  RawOp empty_part(std::size_t offset, std::uint32_t line) const {
    RawOp op;
    op.type = OpType::part;
    op.process = kNoProcess;
    op.offset = static_cast<std::uint32_t>(offset);
    op.line = line;
    op.micro_ops.begin = static_cast<std::uint32_t>(parts_->micro_ops.size());
    op.micro_ops.end = op.micro_ops.begin;
    return op;
  }

  OpBlock* parts_ = nullptr;
  bool is_open_ = false;
};

/// An integer of 64 bits as a datum: beyond 62 of them, its text.
template <typename Integer>
Datum wide_datum(Integer value, StringPool& strings) {
  if (value <= static_cast<Integer>(Datum::kIntegerMax) &&
      static_cast<std::int64_t>(value) >= Datum::kIntegerMin) {
    return Datum::of(static_cast<std::int64_t>(value));
  }
  return Datum::text(strings.intern('#' + std::to_string(value)));
}

}  // namespace witness
