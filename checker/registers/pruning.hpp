/// Choices that are none: one side would close a cycle with what is certain.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/registers/lane_clocks.hpp"
#include "checker/registers/orientation.hpp"
#include "checker/registers/polygraph.hpp"

namespace witness {

/// A choice that could only fall so: the other side closes a cycle with the first `limit` certain
/// edges.
struct Forced {
  Choice choice;
  std::uint32_t limit = 0;
};

/// What is certain, and what is left to choose.
struct Pruned {
  bool complete = false;              ///< false: choices were too many to keep, or time was up
  std::vector<PolyEdge> known;        ///< those of the graph, then those of forced choices
  std::vector<std::uint32_t> origin;  ///< of each known edge: the forced choice; or kNoPosition
  std::vector<Forced> forced;
  std::vector<Choice> open;
  bool known_cycle = false;  ///< what is certain has a cycle
  bool both_closed = false;  ///< the last two forced ones are the two sides of one choice
  LaneClocks clocks;         ///< over all of `known`, if they were not too large
  bool has_clocks = false;

  bool is_refuted() const { return known_cycle || both_closed; }
  /// About so many bytes a search needs for it.
  std::uint64_t search_bytes() const;
};

/// Again and again, until it decides no more. O(choices + (nodes + edges) * lanes) a round; nothing
/// is decided where clocks do not fit into half of the memory. (Tan et al. 2020, Cobra: pruning.)
Pruned prune(const Polygraph& graph, const SearchLimits& limits);

}  // namespace witness
