/// Why no order of versions will do, in words.
#pragma once

#include <vector>

#include "checker/registers/orientation.hpp"
#include "checker/transactions/story.hpp"

namespace witness {

/// Lemmas of a violated search as contradictions: what is assumed, and the cycle of transactions
/// that it closes.
Anomaly tell_refutation(const Transactions& history, const Polygraph& graph,
                        const RegisterChains& chains, const SearchResult& found, AnomalyKind kind,
                        const Story& story);

}  // namespace witness
