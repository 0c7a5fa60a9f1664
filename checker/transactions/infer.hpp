/// All keys of a history, in parts.
#pragma once

#include <vector>

#include "checker/transactions/assumptions.hpp"
#include "checker/transactions/facts.hpp"

namespace witness {

/// One part a thread, each of consecutive keys of about the same number of uses. What is found does
/// not depend on how many parts there are, but for the order of arcs.
std::vector<Inferred> infer(const Transactions& history, AssumptionSet assumed,
                            const std::vector<std::uint32_t>& rank);

}  // namespace witness
