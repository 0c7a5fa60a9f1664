#include "checker/transactions/key_parts.hpp"

#include <algorithm>

namespace witness {
namespace {

/// Fewer uses are not worth a thread.
constexpr std::size_t kUsesLeast = 50'000;

/// The first key of part `i` of so many.
std::uint32_t first_key(const Transactions& history, std::size_t i, std::size_t parts) {
  if (i == 0) return 0;
  if (i == parts) return static_cast<std::uint32_t>(history.keys.size());
  const auto wanted = static_cast<std::uint32_t>(history.uses.size() * i / parts);
  const auto found = std::ranges::lower_bound(history.key_begin, wanted);
  return static_cast<std::uint32_t>(found - history.key_begin.begin());
}

}  // namespace

std::size_t key_parts(const Transactions& history) {
  return std::clamp<std::size_t>(history.uses.size() / kUsesLeast, 1, threads_at_once());
}

void for_key_parts(const Transactions& history, std::size_t parts,
                   const std::function<void(std::size_t, std::uint32_t, std::uint32_t)>& work) {
  in_threads(parts, [&](std::size_t i) {
    work(i, first_key(history, i, parts), first_key(history, i + 1, parts));
  });
}

void for_transaction_parts(
    const Transactions& history, std::size_t parts,
    const std::function<void(std::size_t, std::uint32_t, std::uint32_t)>& work) {
  const auto first = [&](std::size_t i) {
    return static_cast<std::uint32_t>(history.transactions.size() * i / parts);
  };
  in_threads(parts, [&](std::size_t i) { work(i, first(i), first(i + 1)); });
}

}  // namespace witness
