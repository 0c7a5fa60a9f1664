/// What a search has expanded already. (Lowe 2017, Testing for linearizability, sec. 4.)
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "checker/linearizability/budget.hpp"

namespace witness {

/// In one arena of words: next return, state, which pending calls are in the order, counts of open
/// ones. What it holds is taken from the budget, and given back at its end.
class ExpandedConfigurations {
 public:
  ExpandedConfigurations(std::size_t mask_words, std::size_t counts, Budget& budget)
      : head_(2 + mask_words), words_(head_ + counts), budget_(budget) {}
  ~ExpandedConfigurations() { budget_.give_back(taken_); }
  ExpandedConfigurations(const ExpandedConfigurations&) = delete;
  ExpandedConfigurations& operator=(const ExpandedConfigurations&) = delete;

  enum class Answer : std::uint8_t { added, known, full };

  /// Was a configuration expanded that could do all that this one can?
  Answer add(const std::vector<std::uint64_t>& config) {
    if (2 * (size_ + 1) > slots_.size() && !grow()) return Answer::full;
    const std::uint64_t hash = hash_of(config.data());
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != kFree; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint64_t* const other = arena_.data() + slots_[at] * words_;
      if (!std::equal(other, other + head_, config.begin())) continue;
      bool covers = true;
      for (std::size_t i = head_; i < words_ && covers; ++i) covers = other[i] <= config[i];
      if (covers) return Answer::known;
    }
    if (arena_.size() + words_ > arena_.capacity() && !reserve(2 * arena_.capacity() + words_)) {
      return Answer::full;
    }
    slots_[at] = size_++;
    arena_.insert(arena_.end(), config.begin(), config.end());
    return Answer::added;
  }

 private:
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};

  std::uint64_t hash_of(const std::uint64_t* config) const {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < head_; ++i) {
      hash = (hash ^ config[i]) * 0x9e3779b97f4a7c15U;
      hash ^= hash >> 32U;
    }
    return hash;
  }

  bool reserve(std::size_t words);
  bool grow();

  std::size_t head_;
  std::size_t words_;
  Budget& budget_;
  std::vector<std::uint64_t> arena_;
  std::vector<std::uint64_t> slots_;  ///< a power of two of them
  std::size_t size_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace witness
