#include "checker/in_threads.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <vector>

namespace witness {

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

std::size_t threads_at_once() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace witness
