#include "checker/transactions/key_parts.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <vector>

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
  const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>(history.uses.size() / kUsesLeast, 1, most);
}

void in_threads(std::size_t parts, const std::function<void(std::size_t)>& work) {
  std::vector<std::exception_ptr> failed(parts);
  std::vector<std::jthread> threads;
  const auto guarded = [&](std::size_t i) {
    try {
      work(i);
    } catch (...) {
      failed[i] = std::current_exception();
    }
  };
  for (std::size_t i = 1; i < parts; ++i) threads.emplace_back(guarded, i);
  guarded(0);
  threads.clear();  // joins
  for (const std::exception_ptr& failure : failed) {
    if (failure) std::rethrow_exception(failure);
  }
}

void for_key_parts(const Transactions& history, std::size_t parts,
                   const std::function<void(std::size_t, std::uint32_t, std::uint32_t)>& work) {
  in_threads(parts, [&](std::size_t i) {
    work(i, first_key(history, i, parts), first_key(history, i + 1, parts));
  });
}

}  // namespace witness
