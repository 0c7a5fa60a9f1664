/// Of which micro-operations a transaction over keys is made.
#pragma once

#include <cstdint>
#include <string_view>

namespace witness {

struct TransactionShape {
  std::uint64_t steps_min = 4;
  std::uint64_t steps_max = 4;
  double reads = 0.5;                 ///< how many of them are reads, from 0 to 1
  std::uint64_t writes_per_key = 32;  ///< then a fresh key takes the key's place

  static constexpr std::uint64_t kStepsMost = 1'000;
};

/// Sets how many steps from "4" or "1-8". Throws UsageError, which names --ops-per-txn.
void parse_steps(std::string_view text, std::uint64_t& steps_min, std::uint64_t& steps_max);

}  // namespace witness
