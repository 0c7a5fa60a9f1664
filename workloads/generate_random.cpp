#include "workloads/generate_random.hpp"

#include <algorithm>

namespace witness {

KeyPool::KeyPool(KeyDistribution distribution, std::uint64_t keys, std::uint64_t writes_per_key)
    : distribution_(distribution), writes_per_key_(writes_per_key) {
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < keys; ++i) {
    slots_.push_back({fresh()});
    sum += std::max<std::uint64_t>(1, 1'000'000 / (i + 1));
    if (distribution == KeyDistribution::zipf) cumulative_.push_back(sum);
  }
}

std::size_t KeyPool::pick(Dice& dice) {
  switch (distribution_) {
    case KeyDistribution::uniform:
      break;
    case KeyDistribution::zipf: {
      const std::uint64_t point = dice.below(cumulative_.back());
      const auto found = std::ranges::upper_bound(cumulative_, point);
      return static_cast<std::size_t>(found - cumulative_.begin());
    }
    case KeyDistribution::hot:
      if (dice.below(10) != 0) {
        return dice.below(std::max<std::uint64_t>(1, slots_.size() / 10));
      }
      break;
  }
  return dice.below(slots_.size());
}

KeyPool::Written KeyPool::to_write(Dice& dice) {
  Slot& slot = slots_[pick(dice)];
  std::uint32_t replaced = kNone;
  if (slot.writes == writes_per_key_) {
    replaced = slot.key;
    slot = {fresh()};
  }
  return {slot.key, ++slot.writes, replaced};
}

}  // namespace witness
