#include "checker/registers/sources.hpp"

#include <algorithm>

#include "checker/transactions/key_parts.hpp"
#include "checker/transactions/value_table.hpp"
#include "witness/huge_pages.hpp"

namespace witness {
namespace {

using Use = Transactions::Use;

/// What matters here of each transaction, in one byte: keys come by in any order.
class Fates {
 public:
  explicit Fates(const Transactions& history) : flags_(history.transactions.size()) {
    for (std::uint32_t i = 0; i < flags_.size(); ++i) {
      const Transaction& self = history.transactions[i];
      flags_[i] = static_cast<std::uint8_t>((self.reads_known ? kReadsKnown : 0U) |
                                            (self.fate == Fated::aborted ? kAborted : 0U) |
                                            (is_initializer(history, i) ? kInitializer : 0U));
    }
  }
  void prefetch(std::uint32_t i) const { __builtin_prefetch(&flags_[i]); }
  bool reads_known(std::uint32_t i) const { return (flags_[i] & kReadsKnown) != 0; }
  bool aborted(std::uint32_t i) const { return (flags_[i] & kAborted) != 0; }
  bool initializer(std::uint32_t i) const { return (flags_[i] & kInitializer) != 0; }

 private:
  static constexpr unsigned kReadsKnown = 1;
  static constexpr unsigned kAborted = 2;
  static constexpr unsigned kInitializer = 4;
  std::vector<std::uint8_t> flags_;
};

/// The sources of one key's reads. Used again for the next key.
class KeySources {
 public:
  KeySources(const Transactions& history, const Fates& fates, ReadSources& sources, Inferred& out)
      : history_(history), fates_(fates), sources_(sources), out_(out) {}

  void find(std::uint32_t key) {
    key_ = key;
    uses_ = history_.uses_of(key);
    writes_.reset(uses_.size());
    rewritten_ = written_ = false;
    note_writes();
    std::uint32_t visitor = kNoPosition;
    std::uint32_t* source = &sources_.by_use[history_.key_begin[key]];
    for (const Use& use : uses_) {
      if (const Use* const later = ahead(use)) {
        __builtin_prefetch(&history_.ops[later->op]);
        __builtin_prefetch(&sources_.writer[later->op], 1);
        fates_.prefetch(later->transaction);
      }
      const bool known = fates_.reads_known(use.transaction);
      if (op(use).kind == TxnOpKind::write) {
        const bool counts =
            !fates_.aborted(use.transaction) && !fates_.initializer(use.transaction);
        *source = counts ? ReadSources::written : ReadSources::none;
      } else if (known) {
        *source = source_of(use);
        sources_.writer[use.op] = *source;
      }
      ++source;
      if (!known) continue;
      check_inside(use, use.transaction != visitor);
      visitor = use.transaction;
    }
  }

 private:
  const TxnOp& op(const Use& use) const { return history_.ops[use.op]; }
  /// What uses stand for is all over the history: better asked for before it is needed. Of the
  /// next key, if it comes to that.
  const Use* ahead(const Use& use) const {
    constexpr std::ptrdiff_t kAhead = 32;
    const Use* const end = history_.uses.data() + history_.uses.size();
    return end - &use > kAhead ? &use + kAhead : nullptr;
  }
  void fact(AnomalyKind kind, const Use& read, std::uint32_t other, Datum value) {
    out_.facts.push_back({kind, key_, read.transaction, other, read.op, value});
  }

  /// A transaction reads what it wrote last, and the same twice.
  void check_inside(const Use& use, bool first) {
    if (first) {
      told_ = false;
    } else if (!told_ && op(use).kind == TxnOpKind::read && op(use).value() != state_) {
      told_ = true;
      fact(AnomalyKind::internal, use, kNoPosition, state_);
    }
    state_ = op(use).value();
  }

  /// Writes of one value form a list, from the first.
  void note_duplicate(std::uint32_t first, std::uint32_t place) {
    alike_.resize(uses_.size());
    alike_[place] = kNoPosition;
    if (first == place) return;
    alike_[place] = alike_[first];
    alike_[first] = place;
  }

  void note_writes() {
    for (std::uint32_t i = 0; i < uses_.size(); ++i) {
      if (const Use* const later = ahead(uses_[i])) __builtin_prefetch(&history_.ops[later->op]);
      const TxnOp& write = op(uses_[i]);
      if (write.kind != TxnOpKind::write) continue;
      if (write.value() == history_.initial) {
        rewritten_ = rewritten_ || !fates_.initializer(uses_[i].transaction);
      } else if (history_.has_duplicates) {
        note_duplicate(writes_.insert(write.value(), i), i);
      } else {
        written_ = written_ || !fates_.aborted(uses_[i].transaction);
        writes_.insert(write.value(), i);
      }
    }
  }

  std::uint32_t source_of(const Use& read) {
    using enum AnomalyKind;
    const Datum value = op(read).value();
    if (value == history_.initial) {
      if (!rewritten_) {
        if (written_) ++out_.dependencies;  // of those who wrote it on this read
        return ReadSources::initial;
      }
      if (out_.ambiguous_reads++ == 0) out_.first_ambiguous = key_;
      return ReadSources::ambiguous;
    }
    std::uint32_t place = writes_.find(value);
    if (place != kNoPosition && history_.has_duplicates) {
      const std::uint32_t choices = choose(read, place);
      if (choices > 1) {
        if (out_.ambiguous_reads++ == 0) out_.first_ambiguous = key_;
        return ReadSources::ambiguous;
      }
    }
    if (place == kNoPosition) {
      if (history_.unwritten_is_garbage) {
        fact(garbage_read, read, kNoPosition, value);
      } else if (out_.unwritten_reads++ == 0) {
        out_.first_unwritten = key_;
      }
      return ReadSources::unwritten;
    }
    const std::uint32_t writer = uses_[place].transaction;
    if (writer == read.transaction) {
      if (uses_[place].op > read.op) fact(future_read, read, writer, value);
      return ReadSources::own;
    }
    if (fates_.aborted(writer)) {
      fact(g1a, read, writer, value);
      return ReadSources::aborted;
    }
    // A value that its writer replaced itself was never installed: nobody depends on it.
    if (is_replaced(place)) {
      fact(g1b, read, writer, value);
      return ReadSources::intermediate;
    }
    ++out_.dependencies;
    return writer;
  }

  bool is_replaced(std::uint32_t place) const {
    for (std::size_t i = place + 1;
         i < uses_.size() && uses_[i].transaction == uses_[place].transaction; ++i) {
      if (op(uses_[i]).kind == TxnOpKind::write) return true;
    }
    return false;
  }

  /// Of several writes of the value: how many may it have read? `place` becomes one of them; where
  /// there is none, it stays one that explains why not.
  std::uint32_t choose(const Use& read, std::uint32_t& place) const {
    std::uint32_t choices = 0;
    for (std::uint32_t each = place; each != kNoPosition; each = alike_[each]) {
      const Use& write = uses_[each];
      if (write.transaction == read.transaction) {
        if (write.op > read.op) continue;
        place = each;  // its own
        return 1;
      }
      if (fates_.aborted(write.transaction) || is_replaced(each)) continue;
      if (choices++ == 0) place = each;
    }
    return choices;
  }

  const Transactions& history_;
  const Fates& fates_;
  ReadSources& sources_;
  Inferred& out_;
  std::uint32_t key_ = 0;
  std::span<const Use> uses_;
  ValueTable writes_;                 ///< places in `uses_`
  std::vector<std::uint32_t> alike_;  ///< of each place: another write of the value
  bool rewritten_ = false;
  bool written_ = false;
  Datum state_;        ///< of the key, as the transaction at hand knows it
  bool told_ = false;  ///< that it contradicts itself
};

}  // namespace

bool is_initializer(const Transactions& history, std::uint32_t number) {
  const Transaction& self = history.transactions[number];
  return self.previous == kNoPosition && self.began_after == 0 &&
         std::ranges::all_of(history.ops_of(number), [&](const TxnOp& each) {
           return each.kind == TxnOpKind::write && each.value() == history.initial;
         });
}

ReadSources find_sources(const Transactions& history, std::vector<Inferred>& parts) {
  constexpr std::uint32_t kNone = ReadSources::none;
  ReadSources sources{huge_column(history.ops.size(), kNone),
                      huge_column(history.uses.size(), kNone)};
  const Fates fates(history);
  parts.resize(key_parts(history));
  for_key_parts(history, parts.size(), [&](std::size_t i, std::uint32_t begin, std::uint32_t end) {
    KeySources part(history, fates, sources, parts[i]);
    for (std::uint32_t key = begin; key < end; ++key) part.find(key);
  });
  return sources;
}

}  // namespace witness
