/// Fewer page faults for long columns.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <vector>

namespace witness {

/// Asks the kernel for large pages for what a column has reserved. Only advice: nothing happens
/// where it is short, or where the kernel does not want to.
template <typename T>
void advise_huge_pages(std::vector<T>& column) {
  constexpr std::uintptr_t kPage = std::uintptr_t{2} << 20U;
  const auto begin = reinterpret_cast<std::uintptr_t>(column.data());
  const std::uintptr_t first = (begin + kPage - 1) / kPage * kPage;
  const std::uintptr_t last = (begin + column.capacity() * sizeof(T)) / kPage * kPage;
  if (first >= last) return;
  ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

}  // namespace witness
