#include "history/use_index.hpp"

#include <algorithm>
#include <limits>
#include <thread>

#include "witness/huge_pages.hpp"

namespace witness {
namespace {

/// What a part of the history does with one key.
struct KeyUses {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();  ///< bits that were written
  std::int64_t greatest = std::numeric_limits<std::int64_t>::min();
  std::uint32_t count = 0;
  bool falls = false;  ///< a value was not greater than all before
  bool odd = false;    ///< a value was no integer
  bool twice = false;  ///< a value was written twice: seen only where there are marks
};

/// Where values do not grow but are close together, each of a key has a bit that says that it was
/// written.
struct Marks {
  static constexpr std::uint32_t kNone = 0xffffffffU;
  std::int64_t least = 0;
  std::uint32_t word = kNone;  ///< the first one of the key
  std::uint32_t words = 0;
};

/// Transactions that follow each other.
struct Part {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::vector<KeyUses> keys;
  std::vector<std::uint32_t> cursors;  ///< of each key: where its next use goes
  std::vector<std::uint64_t> written;  ///< bits of Marks
};

std::uint32_t ops_begin(const Transactions& all, std::uint32_t transaction) {
  return transaction < all.transactions.size() ? all.transactions[transaction].ops_begin
                                               : static_cast<std::uint32_t>(all.ops.size());
}

/// Keys come by in any order: what is kept of one is better asked for so many operations before.
constexpr std::uint32_t kAhead = 16;

void count(const Transactions& all, Part& part) {
  part.keys.resize(all.keys.size());
  const std::uint32_t end = ops_begin(all, part.end);
  for (std::uint32_t at = ops_begin(all, part.begin); at < end; ++at) {
    const TxnOp& op = all.ops[at];
    if (at + kAhead < end) __builtin_prefetch(&part.keys[all.ops[at + kAhead].key], 1);
    KeyUses& key = part.keys[op.key];
    ++key.count;
    if (op.kind == TxnOpKind::read || op.value().is_nil()) continue;
    const auto bits = static_cast<std::int64_t>(op.bits);
    key.falls = key.falls || bits <= key.greatest;
    key.odd = key.odd || !op.value().is_integer();
    key.least = std::min(key.least, bits);
    key.greatest = std::max(key.greatest, bits);
  }
}

void mark(const TxnOp& op, const Marks& marks, Part& part) {
  if (marks.word == Marks::kNone || op.kind == TxnOpKind::read || op.value().is_nil()) return;
  const auto at = static_cast<std::uint64_t>(static_cast<std::int64_t>(op.bits) - marks.least) / 2;
  std::uint64_t& word = part.written[marks.word + at / 64];
  const std::uint64_t bit = std::uint64_t{1} << at % 64;
  if ((word & bit) != 0) part.keys[op.key].twice = true;
  word |= bit;
}

void place(Transactions& all, const std::vector<Marks>& marks, Part& part) {
  std::uint32_t at = ops_begin(all, part.begin);
  const std::uint32_t last = ops_begin(all, part.end);
  for (std::uint32_t id = part.begin; id < part.end; ++id) {
    const std::uint32_t end = ops_begin(all, id + 1);
    for (; at < end; ++at) {
      const TxnOp& op = all.ops[at];
      if (at + kAhead < last) {
        __builtin_prefetch(&all.uses[part.cursors[all.ops[at + kAhead].key]], 1);
      }
      all.uses[part.cursors[op.key]++] = {id, at};
      if (!marks.empty()) mark(op, marks[op.key], part);
    }
  }
}

/// How many words of marks a key is worth: none if its values are no integers, or far apart.
std::uint32_t words_for(const KeyUses& uses) {
  if (uses.odd) return 0;
  const std::uint64_t range =
      (static_cast<std::uint64_t>(uses.greatest) - static_cast<std::uint64_t>(uses.least)) / 2 + 1;
  const std::uint64_t words = (range + 63) / 64;
  return words <= 1 + uses.count / 4 ? static_cast<std::uint32_t>(words) : 0;
}

bool is_written_twice(const std::vector<Part>& parts, const Marks& marks, std::uint32_t key) {
  for (const Part& part : parts) {
    if (part.keys[key].twice) return true;
  }
  for (std::uint32_t word = marks.word; word < marks.word + marks.words; ++word) {
    std::uint64_t seen = 0;
    for (const Part& part : parts) {
      if ((seen & part.written[word]) != 0) return true;
      seen |= part.written[word];
    }
  }
  return false;
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
  std::vector<Marks> marks;
  std::uint32_t words = 0;
  std::uint32_t at = 0;
  for (std::uint32_t key = 0; key < all.keys.size(); ++key) {
    all.key_begin[key] = at;
    KeyUses together;
    for (Part& part : parts) {
      const KeyUses& uses = part.keys[key];
      part.cursors[key] = at;
      at += uses.count;
      together.falls = together.falls || uses.falls || uses.least <= together.greatest;
      together.odd = together.odd || uses.odd;
      together.least = std::min(together.least, uses.least);
      together.greatest = std::max(together.greatest, uses.greatest);
    }
    if (!together.falls) continue;
    together.count = at - all.key_begin[key];
    const std::uint32_t needed = words_for(together);
    if (needed == 0) {
      suspects.push_back(key);
      continue;
    }
    marks.resize(all.keys.size());
    marks[key] = {together.least, words, needed};
    words += needed;
  }
  all.key_begin.back() = at;
  on_each(parts, [&all, &marks, words](Part& part) {
    part.written.assign(words, 0);
    place(all, marks, part);
  });
  for (std::uint32_t key = 0; key < marks.size(); ++key) {
    if (marks[key].word != Marks::kNone && is_written_twice(parts, marks[key], key)) {
      suspects.push_back(key);
    }
  }
  return suspects;
}

}  // namespace witness
