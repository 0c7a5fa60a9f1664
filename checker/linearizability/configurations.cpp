#include "checker/linearizability/configurations.hpp"

namespace witness {

/// Growing needs the old and the new.
bool ExpandedConfigurations::reserve(std::size_t words) {
  words = std::max<std::size_t>(words, 1024);
  if (!budget_.take(8 * words)) return false;
  const std::size_t old = arena_.capacity();
  arena_.reserve(words);
  budget_.give_back(8 * old);
  taken_ += 8 * (words - old);
  return true;
}

bool ExpandedConfigurations::grow() {
  const std::size_t size = slots_.empty() ? 256 : 2 * slots_.size();
  if (!budget_.take(8 * size)) return false;
  std::vector<std::uint64_t> slots(size, kFree);
  budget_.give_back(8 * slots_.size());
  taken_ += 8 * (size - slots_.size());
  slots_.swap(slots);
  for (std::uint64_t i = 0; i < size_; ++i) {
    std::size_t at = hash_of(arena_.data() + i * words_) & (size - 1);
    while (slots_[at] != kFree) at = (at + 1) & (size - 1);
    slots_[at] = i;
  }
  return true;
}

}  // namespace witness
