/// The judge of list-append and rw-register histories.
#pragma once

#include "witness/check.hpp"

namespace witness {

/// Judges `history.transactions`, which must be there. Linear in the history; several threads;
/// deterministic. Throws UsageError for unknown names.
Verdict check_transactions(const History& history, const CheckOptions& options);

}  // namespace witness
