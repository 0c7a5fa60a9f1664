/// Serializability and snapshot isolation of registers whose order of versions nobody recorded,
/// plain, with the order of sessions, and with real time.
#pragma once

#include <string>

#include "checker/findings.hpp"
#include "checker/registers/orientation.hpp"
#include "checker/transactions/story.hpp"
#include "witness/history.hpp"

namespace witness {

/// What a search found beside the violations that it added to the findings.
struct StrongLevels {
  KindSet excluded = 0;   ///< some order of versions, the same for each level, shows none of these
  std::string undecided;  ///< why a level that a claim needs stays open, if one does
  /// Of the last level that was found to hold: transactions as they took effect.
  std::vector<std::uint32_t> order;
  std::string order_model;
};

/// `open`: kinds that are neither found nor excluded; `claims`: for each claim, the kinds that it
/// forbids. For each claim the weakest level that would decide it is searched to the end; where one
/// is violated, the levels below are tried a little, to tell where the boundary lies.
StrongLevels judge_strong_levels(const History& history, KindSet open,
                                 const std::vector<KindSet>& claims, const SearchLimits& limits,
                                 const Story& story, Findings& findings);

}  // namespace witness
