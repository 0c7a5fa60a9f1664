/// Values that are written to a key twice.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "witness/transactions.hpp"

namespace witness {

/// Two transactions that write the same value to one key.
struct Duplicate {
  std::uint32_t first = 0;  ///< transactions
  std::uint32_t second = 0;
  std::uint32_t key = 0;
  Datum value;
};

/// The first operation, in the order of transactions, that writes what one before it wrote to its
/// key; only `keys` are looked at. O(n log n) for the writes of each key, with one look at each
/// operation; many keys are divided among a few threads, which changes nothing.
std::optional<Duplicate> find_duplicate(const Transactions& transactions,
                                        std::span<const std::uint32_t> keys);

}  // namespace witness
