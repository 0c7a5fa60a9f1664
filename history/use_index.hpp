/// Who uses which key.
#pragma once

#include <cstdint>
#include <vector>

#include "witness/transactions.hpp"

namespace witness {

/// Fills `key_begin` and `uses` of transactions whose micro-operations are in order. Gives the keys
/// that may have been written a value twice: where values grow, or are close together, it shows at
/// once, and only the other keys need a closer look. O(operations), a stable counting sort; long
/// histories are divided among a few threads, which changes nothing.
std::vector<std::uint32_t> index_uses(Transactions& transactions);

}  // namespace witness
