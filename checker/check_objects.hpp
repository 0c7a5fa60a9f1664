/// The judge of histories of objects.
#pragma once

#include "witness/check.hpp"

namespace witness {

/// Judges `history.objects`, which must be there. Throws UsageError for unknown names.
Verdict check_objects(const History& history, const CheckOptions& options);

}  // namespace witness
