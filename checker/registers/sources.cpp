#include "checker/registers/sources.hpp"

#include <algorithm>

#include "checker/transactions/key_parts.hpp"
#include "checker/transactions/value_table.hpp"

namespace witness {
namespace {

using Use = Transactions::Use;

/// The sources of one key's reads. Used again for the next key.
class KeySources {
 public:
  KeySources(const Transactions& history, std::vector<std::uint32_t>& sources)
      : history_(history), sources_(sources) {}

  void find(std::uint32_t key) {
    uses_ = history_.uses_of(key);
    writes_.reset(uses_.size());
    rewritten_ = false;
    note_writes();
    for (const Use& use : uses_) {
      const bool known = history_.transactions[use.transaction].reads_known;
      if (known && op(use).kind == TxnOpKind::read) sources_[use.op] = source_of(use);
    }
  }

 private:
  const TxnOp& op(const Use& use) const { return history_.ops[use.op]; }

  void note_writes() {
    for (std::uint32_t i = 0; i < uses_.size(); ++i) {
      const TxnOp& write = op(uses_[i]);
      if (write.kind != TxnOpKind::write) continue;
      if (write.value() == history_.initial) {
        rewritten_ = rewritten_ || !is_initializer(history_, uses_[i].transaction);
      } else {
        writes_.insert(write.value(), i);
      }
    }
  }

  std::uint32_t source_of(const Use& read) const {
    const Datum value = op(read).value();
    if (value == history_.initial) return rewritten_ ? Sources::ambiguous : Sources::initial;
    const std::uint32_t place = writes_.find(value);
    if (place == kNoPosition) return Sources::unwritten;
    const std::uint32_t writer = uses_[place].transaction;
    if (writer == read.transaction) return Sources::own;
    if (history_.transactions[writer].fate == Fated::aborted) return Sources::aborted;
    for (std::size_t i = place + 1; i < uses_.size() && uses_[i].transaction == writer; ++i) {
      if (op(uses_[i]).kind == TxnOpKind::write) return Sources::intermediate;
    }
    return writer;
  }

  const Transactions& history_;
  std::vector<std::uint32_t>& sources_;
  std::span<const Use> uses_;
  ValueTable writes_;  ///< places in `uses_`
  bool rewritten_ = false;
};

}  // namespace

bool is_initializer(const Transactions& history, std::uint32_t number) {
  const Transaction& self = history.transactions[number];
  return self.previous == kNoPosition && self.began_after == 0 &&
         std::ranges::all_of(history.ops_of(number), [&](const TxnOp& each) {
           return each.kind == TxnOpKind::write && each.value() == history.initial;
         });
}

Sources find_sources(const Transactions& history) {
  Sources sources{std::vector<std::uint32_t>(history.ops.size(), Sources::none)};
  for_key_parts(history, key_parts(history),
                [&](std::size_t, std::uint32_t begin, std::uint32_t end) {
                  KeySources part(history, sources.writer);
                  for (std::uint32_t key = begin; key < end; ++key) part.find(key);
                });
  return sources;
}

}  // namespace witness
