/// Plume's names of what reads of registers show: "transactional anomalous patterns" (Liu et al.
/// 2024, Plume, table 1).
#pragma once

#include <cstddef>
#include <string_view>

#include "checker/transactions/facts.hpp"

namespace witness {

/// Of a fact about one read; empty if it has no name there.
std::string_view pattern_of(const Transactions& history, const Fact& fact);

/// Of a cycle with so many inferred edges: with one, what is known already contradicts it (…CO);
/// several contradict each other (…AO). Empty for other kinds.
std::string_view pattern_of(AnomalyKind kind, std::size_t inferred);

/// The plain form of a weak kind's or a G1c's -process form; other kinds as they are.
AnomalyKind without_sessions(AnomalyKind kind);

}  // namespace witness
