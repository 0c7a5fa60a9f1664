/// Work that goes key by key, shared between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "checker/in_threads.hpp"
#include "witness/transactions.hpp"

namespace witness {

/// How many threads are worth it for all keys of the history.
std::size_t key_parts(const Transactions& history);

/// Calls `work(part, first key, key after the last)` for each part in a thread of its own: each is
/// of consecutive keys of about the same number of uses. Rethrows what one of them threw.
void for_key_parts(const Transactions& history, std::size_t parts,
                   const std::function<void(std::size_t, std::uint32_t, std::uint32_t)>& work);

/// The same with consecutive transactions: `work(part, first, behind the last)`.
void for_transaction_parts(
    const Transactions& history, std::size_t parts,
    const std::function<void(std::size_t, std::uint32_t, std::uint32_t)>& work);

}  // namespace witness
