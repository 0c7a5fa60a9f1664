#include "history/duplicate_search.hpp"

#include <algorithm>
#include <thread>
#include <vector>

namespace witness {
namespace {

/// A value that was written, and where.
struct Written {
  std::uint64_t bits;
  Transactions::Use use;
};

/// Of some of the keys.
class DuplicateSearch {
 public:
  explicit DuplicateSearch(const Transactions& transactions) : transactions_(transactions) {}

  void look_at(std::uint32_t key) {
    written_.clear();
    const std::vector<Transactions::Use>& uses = transactions_.uses;
    for (std::size_t i = transactions_.key_begin[key]; i < transactions_.key_begin[key + 1]; ++i) {
      constexpr std::size_t kAhead = 16;  // operations of one key lie far from each other
      if (i + kAhead < uses.size()) __builtin_prefetch(&transactions_.ops[uses[i + kAhead].op]);
      const Transactions::Use& use = uses[i];
      const TxnOp& op = transactions_.ops[use.op];
      if (op.kind != TxnOpKind::read && !op.value().is_nil()) written_.push_back({op.bits, use});
    }
    std::sort(written_.begin(), written_.end(), [](const Written& a, const Written& b) {
      return a.bits != b.bits ? a.bits < b.bits : a.use.op < b.use.op;
    });
    for (std::size_t i = 1; i < written_.size(); ++i) {
      const Transactions::Use& second = written_[i].use;
      if (written_[i].bits != written_[i - 1].bits || (found_ && found_op_ <= second.op)) continue;
      found_op_ = second.op;
      found_ = Duplicate{written_[i - 1].use.transaction, second.transaction, key,
                         Datum::from_bits(written_[i].bits)};
    }
  }

  const std::optional<Duplicate>& found() const { return found_; }
  std::uint32_t found_op() const { return found_op_; }

 private:
  const Transactions& transactions_;
  std::vector<Written> written_;
  std::optional<Duplicate> found_;
  std::uint32_t found_op_ = 0;
};

}  // namespace

std::optional<Duplicate> find_duplicate(const Transactions& transactions,
                                        std::span<const std::uint32_t> keys) {
  constexpr std::size_t kKeysEach = std::size_t{1} << 12U;
  const std::size_t most = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  const std::size_t count = std::clamp<std::size_t>(keys.size() / kKeysEach, 1, most);
  std::vector<DuplicateSearch> searches(count, DuplicateSearch{transactions});
  const auto search = [&](std::size_t part) {
    const std::size_t begin = keys.size() * part / count;
    const std::size_t end = keys.size() * (part + 1) / count;
    for (const std::uint32_t key : keys.subspan(begin, end - begin)) searches[part].look_at(key);
  };
  std::vector<std::thread> threads;
  for (std::size_t part = 1; part < count; ++part) threads.emplace_back(search, part);
  search(0);
  for (std::thread& thread : threads) thread.join();
  const DuplicateSearch* first = nullptr;
  for (const DuplicateSearch& each : searches) {
    if (each.found() && (first == nullptr || each.found_op() < first->found_op())) first = &each;
  }
  return first != nullptr ? first->found() : std::nullopt;
}

}  // namespace witness
