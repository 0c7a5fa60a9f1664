#include "history/use_index.hpp"

#include <algorithm>
#include <limits>
#include <thread>

#include "history/huge_pages.hpp"

namespace witness {
namespace {

/// What a part of the history does with one key.
struct KeyUses {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();  ///< bits that were written
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  std::uint32_t count = 0;
  bool falls = false;  ///< a value was not greater than the one before
};

/// Transactions that follow each other.
struct Part {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::vector<KeyUses> keys;
  std::vector<std::uint32_t> cursors;  ///< of each key: where its next use goes
};

std::uint32_t ops_begin(const Transactions& all, std::uint32_t transaction) {
  return transaction < all.transactions.size() ? all.transactions[transaction].ops_begin
                                               : static_cast<std::uint32_t>(all.ops.size());
}

void count(const Transactions& all, Part& part) {
  part.keys.resize(all.keys.size());
  const std::uint32_t end = ops_begin(all, part.end);
  for (std::uint32_t at = ops_begin(all, part.begin); at < end; ++at) {
    const TxnOp& op = all.ops[at];
    KeyUses& key = part.keys[op.key];
    ++key.count;
    if (op.kind == TxnOpKind::read || op.value().is_nil()) continue;
    const auto bits = static_cast<std::int64_t>(op.bits);
    key.falls = key.falls || bits <= key.last;
    key.first = std::min(key.first, bits);
    key.last = bits;
  }
}

void place(Transactions& all, Part& part) {
  std::uint32_t at = ops_begin(all, part.begin);
  for (std::uint32_t id = part.begin; id < part.end; ++id) {
    const std::uint32_t end = ops_begin(all, id + 1);
    for (; at < end; ++at) all.uses[part.cursors[all.ops[at].key]++] = {id, at};
  }
}

/// One thread for each part but the first.
template <typename Work>
void on_each(std::vector<Part>& parts, const Work& work) {
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    threads.emplace_back([&work, &part = parts[i]] { work(part); });
  }
  work(parts.front());
  for (std::thread& thread : threads) thread.join();
}

std::vector<Part> divided(const Transactions& all) {
  constexpr std::size_t kOpsEach = std::size_t{1} << 18U;
  const std::size_t most = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  const std::size_t count = std::clamp<std::size_t>(all.ops.size() / kOpsEach, 1, most);
  std::vector<Part> parts(count);
  const std::size_t size = all.transactions.size();
  for (std::size_t i = 0; i < count; ++i) {
    parts[i].begin = static_cast<std::uint32_t>(size * i / count);
    parts[i].end = static_cast<std::uint32_t>(size * (i + 1) / count);
  }
  return parts;
}

}  // namespace

std::vector<std::uint32_t> index_uses(Transactions& all) {
  std::vector<Part> parts = divided(all);
  all.uses.reserve(all.ops.size());
  advise_huge_pages(all.uses);
  on_each(parts, [&all, &parts](Part& part) {
    count(all, part);
    if (&part == &parts.front()) all.uses.resize(all.ops.size());
  });
  all.key_begin.assign(all.keys.size() + 1, 0);
  for (Part& part : parts) part.cursors.resize(all.keys.size());
  std::vector<std::uint32_t> suspects;
  std::uint32_t at = 0;
  for (std::uint32_t key = 0; key < all.keys.size(); ++key) {
    all.key_begin[key] = at;
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    bool falls = false;
    for (Part& part : parts) {
      const KeyUses& uses = part.keys[key];
      part.cursors[key] = at;
      at += uses.count;
      falls = falls || uses.falls || uses.first <= last;
      last = std::max(last, uses.last);
    }
    if (falls) suspects.push_back(key);
  }
  all.key_begin.back() = at;
  on_each(parts, [&all](Part& part) { place(all, part); });
  return suspects;
}

}  // namespace witness
