/// Why one vertex of a graph comes before another.
#pragma once

#include <cstdint>

#include "witness/string_pool.hpp"

namespace witness {

/// rw edges of counted rows are kept apart: a cycle that needs one is G2, not G2-item.
enum class EdgeKind : std::uint8_t { ww, wr, rw_item, rw_predicate, process, realtime };

constexpr bool is_rw(EdgeKind kind) {
  return kind == EdgeKind::rw_item || kind == EdgeKind::rw_predicate;
}

/// `relay`: it begins at a relay vertex, and continues an edge of its kind.
struct Edge {
  std::uint32_t from;
  std::uint32_t to;
  StringId key;  ///< kNoString where nobody noted it
  EdgeKind kind;
  bool relay;
};

/// Relations as bits of EdgeKind.
using RelationSet = std::uint8_t;

template <typename... Kinds>
constexpr RelationSet relations(Kinds... each) {
  return static_cast<RelationSet>((0U | ... | (1U << static_cast<unsigned>(each))));
}
constexpr bool contains(RelationSet set, EdgeKind kind) {
  return (set >> static_cast<unsigned>(kind) & 1U) != 0;
}

}  // namespace witness
