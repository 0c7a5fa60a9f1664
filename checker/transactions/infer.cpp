#include "checker/transactions/infer.hpp"

#include <algorithm>
#include <exception>
#include <thread>

#include "checker/transactions/list_inference.hpp"
#include "checker/transactions/register_inference.hpp"

namespace witness {
namespace {

/// Fewer uses are not worth a thread.
constexpr std::size_t kUsesLeast = 50'000;

void infer_keys(const Transactions& history, AssumptionSet assumed,
                const std::vector<std::uint32_t>& rank, const std::vector<bool>& observed,
                std::uint32_t begin, std::uint32_t end, Inferred& part) {
  part.arcs.reserve(2 * std::size_t{history.key_begin[end] - history.key_begin[begin]});
  if (history.datatype == Datatype::list_append) {
    ListInference inference(history, part);
    for (std::uint32_t key = begin; key < end; ++key) inference.infer(key);
  } else {
    RegisterInference inference(history, assumed, rank, observed, part);
    for (std::uint32_t key = begin; key < end; ++key) inference.infer(key);
  }
}

/// Keys at which the parts begin, and the end of the last.
std::vector<std::uint32_t> cut(const Transactions& history, std::size_t parts) {
  std::vector<std::uint32_t> bounds = {0};
  for (std::size_t i = 1; i < parts; ++i) {
    const auto wanted = static_cast<std::uint32_t>(history.uses.size() * i / parts);
    const auto found = std::ranges::lower_bound(history.key_begin, wanted);
    bounds.push_back(static_cast<std::uint32_t>(found - history.key_begin.begin()));
  }
  bounds.push_back(static_cast<std::uint32_t>(history.keys.size()));
  return bounds;
}

}  // namespace

std::vector<Inferred> infer(const Transactions& history, AssumptionSet assumed,
                            const std::vector<std::uint32_t>& rank) {
  const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t parts = std::clamp<std::size_t>(history.uses.size() / kUsesLeast, 1, most);
  const std::vector<std::uint32_t> bounds = cut(history, parts);
  std::vector<bool> observed;
  if (history.datatype == Datatype::rw_register) observed = observed_writers(history);
  std::vector<Inferred> inferred(parts);
  std::vector<std::exception_ptr> failed(parts);
  std::vector<std::jthread> threads;
  const auto work = [&](std::size_t i) {
    try {
      infer_keys(history, assumed, rank, observed, bounds[i], bounds[i + 1], inferred[i]);
    } catch (...) {
      failed[i] = std::current_exception();
    }
  };
  for (std::size_t i = 1; i < parts; ++i) threads.emplace_back(work, i);
  work(0);
  threads.clear();  // joins
  for (const std::exception_ptr& failure : failed) {
    if (failure) std::rethrow_exception(failure);
  }
  return inferred;
}

}  // namespace witness
