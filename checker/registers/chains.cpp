#include "checker/registers/chains.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "checker/registers/sources.hpp"
#include "checker/transactions/register_inference.hpp"
#include "checker/transactions/value_table.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = kNoPosition;

/// One key after the other; buffers are reused.
class ChainFinder {
 public:
  ChainFinder(const Transactions& history, const std::vector<bool>& happened)
      : history_(history), happened_(happened) {}

  RegisterChains run() && {
    for (std::uint32_t key = 0; key < history_.keys.size(); ++key) {
      out_.key_begin.push_back(static_cast<std::uint32_t>(out_.chains.size()));
      key_ = key;
      collect_versions();
      collect_reads();
      make_chains();
    }
    out_.key_begin.push_back(static_cast<std::uint32_t>(out_.chains.size()));
    return std::move(out_);
  }

 private:
  using Use = Transactions::Use;
  using Uses = std::span<const Use>;

  /// A final write, or the initial value (number 0).
  struct Version {
    std::uint32_t writer = kNone;
    std::uint32_t alike = kNone;     ///< another version of the same value
    std::uint32_t next = kNone;      ///< made by who read this one
    std::uint32_t previous = kNone;  ///< the other way round
    std::uint32_t chain = kNone;
  };
  struct Read {
    std::uint32_t version;
    std::uint32_t reader;
  };

  const TxnOp& op(const Use& use) const { return history_.ops[use.op]; }

  template <typename Each>
  void for_transactions(Each each) const {
    const Uses uses = history_.uses_of(key_);
    for (std::size_t i = 0; i < uses.size();) {
      std::size_t end = i + 1;
      while (end < uses.size() && uses[end].transaction == uses[i].transaction) ++end;
      if (happened_[uses[i].transaction]) each(uses.subspan(i, end - i));
      i = end;
    }
  }

  void collect_versions() {
    versions_.assign(1, {});
    numbers_.reset(history_.uses_of(key_).size() + 1);
    numbers_.insert(history_.initial, 0);
    written_.clear();
    for_transactions([this](Uses uses) {
      const auto last = std::find_if(uses.rbegin(), uses.rend(), [this](const Use& use) {
        return op(use).kind == TxnOpKind::write;
      });
      if (last == uses.rend()) return;
      const Datum value = op(*last).value();
      if (value == history_.initial && is_initializer(history_, last->transaction)) return;
      const auto number = static_cast<std::uint32_t>(versions_.size());
      const std::uint32_t first = numbers_.insert(value, number);
      Version version{last->transaction};
      if (first != number) {
        version.alike = versions_[first].alike;
        versions_[first].alike = number;
      }
      versions_.push_back(version);
      written_.push_back(number);
    });
  }

  /// Reads that come before an own write of the key, each value once.
  void collect_reads() {
    reads_.clear();
    open_.clear();
    std::size_t own = 0;  // of `written_`
    for_transactions([&](Uses uses) {
      const std::uint32_t transaction = uses.front().transaction;
      std::uint32_t written = kNone;
      if (own < written_.size() && versions_[written_[own]].writer == transaction) {
        written = written_[own++];
      }
      if (!history_.transactions[transaction].reads_known) return;
      std::optional<Datum> seen;
      for (const Use& use : uses) {
        if (op(use).kind == TxnOpKind::write) break;
        if (seen == op(use).value()) continue;
        seen = op(use).value();
        add_read(transaction, written, *seen);
      }
    });
  }

  void add_read(std::uint32_t reader, std::uint32_t written, Datum value) {
    const std::uint32_t version = numbers_.find(value);
    if (version == kNone) return;
    const bool own = versions_[version].writer == reader;
    if (versions_[version].alike != kNone) {
      open_.push_back({version, reader});
      return;
    }
    if (own) return;
    if (versions_[version].writer != kNone) {
      out_.read.push_back({versions_[version].writer, reader, key_});
    }
    const bool links = written != kNone && versions_[version].next == kNone &&
                       versions_[written].previous == kNone;
    if (links) {
      versions_[version].next = written;
      versions_[written].previous = version;
    } else {
      reads_.push_back({version, reader});
    }
  }

  void make_chains() {
    std::ranges::stable_sort(reads_, {}, &Read::version);
    for (std::uint32_t first = 0; first < versions_.size(); ++first) {
      if (versions_[first].previous != kNone) continue;
      std::uint32_t last = first;
      const auto number = static_cast<std::uint32_t>(out_.chains.size());
      for (;; last = versions_[last].next) {
        versions_[last].chain = number;
        const std::uint32_t next = versions_[last].next;
        if (next == kNone) break;
        for (const Read& read : reads_of(last)) {
          out_.replaced.push_back({read.reader, versions_[next].writer, key_});
        }
      }
      Chain chain{key_, versions_[first].writer, versions_[last].writer};
      chain.readers_begin = static_cast<std::uint32_t>(out_.readers.size());
      for (const Read& read : reads_of(last)) out_.readers.push_back(read.reader);
      chain.readers_end = static_cast<std::uint32_t>(out_.readers.size());
      out_.chains.push_back(chain);
    }
    for (const Read& read : open_) add_open_read(read);
  }

  std::span<const Read> reads_of(std::uint32_t version) const {
    const auto begin = std::ranges::lower_bound(reads_, version, {}, &Read::version);
    const auto end = std::ranges::upper_bound(reads_, version, {}, &Read::version);
    return {begin, end};
  }

  void add_open_read(const Read& read) {
    OpenRead open{read.reader, key_, static_cast<std::uint32_t>(out_.candidates.size())};
    for (std::uint32_t each = read.version; each != kNone; each = versions_[each].alike) {
      const Version& version = versions_[each];
      if (version.writer == read.reader || version.chain == kNone) continue;
      const std::uint32_t next = version.next == kNone ? kNone : versions_[version.next].writer;
      out_.candidates.push_back({version.writer, version.chain, next});
    }
    open.end = static_cast<std::uint32_t>(out_.candidates.size());
    out_.open_reads.push_back(open);
  }

  const Transactions& history_;
  const std::vector<bool>& happened_;
  RegisterChains out_;
  std::uint32_t key_ = 0;
  ValueTable numbers_;
  std::vector<Version> versions_;
  std::vector<std::uint32_t> written_;  ///< versions in the order of transactions
  std::vector<Read> reads_;             ///< by version, of those that wrote nothing after
  std::vector<Read> open_;
};

}  // namespace

std::vector<bool> happened(const Transactions& history) {
  const std::vector<bool> observed = observed_writers(history);
  std::vector<bool> all(history.transactions.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Fated fate = history.transactions[i].fate;
    const auto may_be_seen = [&](const TxnOp& op) {
      return op.kind == TxnOpKind::write &&
             (history.has_duplicates || op.value() == history.initial);
    };
    const auto number = static_cast<std::uint32_t>(i);
    all[i] = fate == Fated::committed ||
             (fate == Fated::possible &&
              (observed[i] || std::ranges::any_of(history.ops_of(number), may_be_seen)));
  }
  return all;
}

RegisterChains find_chains(const Transactions& history, const std::vector<bool>& happened) {
  return ChainFinder{history, happened}.run();
}

}  // namespace witness
