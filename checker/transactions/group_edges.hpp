/// rw edges from everybody of one group to everybody of another, in linear size.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/transactions/facts.hpp"

namespace witness {

/// Every reader comes before every writer other than himself. Both are ascending and distinct.
/// Small groups are joined directly. Else a chain of relays runs along the writers and one back: a
/// reader enters the first before the writers behind him and the other before those in front, so
/// that nobody comes before himself.
void add_group_edges(const std::vector<std::uint32_t>& readers,
                     const std::vector<std::uint32_t>& writers, Inferred& inferred);

}  // namespace witness
