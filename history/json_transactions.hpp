/// Histories that hold one JSON object for each transaction.
#pragma once

#include <cstddef>
#include <cstdint>

#include "history/json_text.hpp"

namespace witness {

class JsonTransactions : protected JsonText {
 public:
  const LineFault& fault() const { return fault_; }

 protected:
  /// Appends the transaction that begins at `at`, and moves `at` behind it. `read(op)` reads its
  /// object: where it says false, nothing was appended.
  template <typename Read>
  bool append(std::size_t& at, const Read& read) {
    at_ = begin_ + at;
    const std::size_t micro_ops = block_->micro_ops.size();
    const std::size_t elements = block_->elements.size();
    RawOp op;
    op.type = OpType::part;
    op.ends = PartEnd::transaction;
    op.process = kNoProcess;
    op.offset = offset_of(at_);
    if (!read(op)) {
      block_->micro_ops.resize(micro_ops);
      block_->elements.resize(elements);
      return false;
    }
    op.micro_ops = {static_cast<std::uint32_t>(micro_ops),
                    static_cast<std::uint32_t>(block_->micro_ops.size())};
    block_->ops.push_back(op);
    at = static_cast<std::size_t>(at_ - begin_);
    return true;
  }
};

}  // namespace witness
