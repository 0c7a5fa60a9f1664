/// What must come before what, and what is left to choose: a history is serializable, or snapshot
/// isolated, if some choice leaves its graph without a cycle.
///
/// (Papadimitriou 1979, polygraphs; Tan et al. 2020, Cobra; Zhang et al. 2023, Viper: the graph of
/// beginnings and commits.) Serializability: a node is a transaction. Snapshot isolation: a
/// transaction has two nodes, its beginning before its commit; who reads or replaces a version
/// begins after the commit that made it; who misses a version began before the commit that made it.
/// Nodes that stand for no transaction keep the graph linear: who read the last version of a chain
/// leads to one node, from where the chains behind it are reached; moments and joints stand for the
/// order of time and of sessions.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/graph/edge.hpp"
#include "checker/models.hpp"
#include "checker/registers/chains.hpp"

namespace witness {

enum class Criterion : std::uint8_t { serializability, snapshot_isolation };

/// An edge holds under a literal: 0 always, else the number of a choice or, negative, of its other
/// side.
using Literal = std::int32_t;

/// `kind` and `key` mean something where `from` is a transaction's node.
struct PolyEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t key = 0;
  EdgeKind kind = EdgeKind::ww;
};
struct ConditionalEdge {
  PolyEdge edge;
  Literal when = 0;
};

/// Where edges between a chain and those behind it begin, and where those into it end.
struct ChainNodes {
  std::uint32_t written = kNoPosition;   ///< ww edges begin here
  std::uint32_t missed = kNoPosition;    ///< rw edges begin here, if they do not begin at `written`
  std::uint32_t replaces = kNoPosition;  ///< ww edges end here
  std::uint32_t commits = kNoPosition;   ///< rw edges end here
};

/// Chains `first` and `second` of one key: the one before the other, or the other way round.
struct Choice {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  Choice other_side() const { return {second, first}; }
  /// A number of its own for each side of each choice.
  std::uint64_t bits() const { return std::uint64_t{first} << 32U | second; }
  friend bool operator==(const Choice&, const Choice&) = default;
};

/// Where `chain` comes before `other`, and a selection holds, a reader comes before the other one.
struct MissedIf {
  std::uint32_t chain = 0;
  std::uint32_t other = 0;
  Literal selection = 0;
  PolyEdge edge;
};

struct Polygraph {
  Criterion criterion = Criterion::serializability;
  TimeOrder order = TimeOrder::none;
  std::uint32_t transactions = 0;
  std::uint32_t nodes = 0;
  std::vector<PolyEdge> known;
  std::vector<ChainNodes> chains;         ///< of each chain of RegisterChains
  std::vector<std::uint32_t> chain_key;   ///< of each chain
  std::vector<std::uint32_t> key_begin;   ///< of each key's chains; the first is before all others
  std::vector<ConditionalEdge> selected;  ///< literals number the selections from 1
  std::vector<std::vector<Literal>> one_of;  ///< of the selections of each group exactly one holds
  std::vector<MissedIf> missed_if;
  std::vector<std::uint32_t> lane;   ///< of each node: nodes of a lane follow each other; or none
  std::vector<std::uint32_t> place;  ///< of each node on its lane, from 1
  std::uint32_t lanes = 0;

  std::size_t selected_count() const {
    std::size_t count = 0;
    for (const auto& group : one_of) count += group.size();
    return count;
  }
  std::uint32_t nodes_each() const { return criterion == Criterion::serializability ? 1 : 2; }
  std::uint32_t beginning(std::uint32_t transaction) const { return transaction * nodes_each(); }
  std::uint32_t commit(std::uint32_t transaction) const {
    return transaction * nodes_each() + nodes_each() - 1;
  }
  /// kNoPosition for nodes that stand for none.
  std::uint32_t transaction(std::uint32_t node) const {
    return node < transactions * nodes_each() ? node / nodes_each() : kNoPosition;
  }

  /// Calls use(edge) for what follows where `earlier` comes before `later`: one or two edges.
  template <typename Use>
  void for_edges(std::uint32_t earlier, std::uint32_t later, Use use) const {
    const ChainNodes& from = chains[earlier];
    const ChainNodes& to = chains[later];
    const std::uint32_t key = chain_key[earlier];
    if (from.written != kNoPosition) use(PolyEdge{from.written, to.replaces, key, EdgeKind::ww});
    if (from.missed != kNoPosition) use(PolyEdge{from.missed, to.commits, key, EdgeKind::rw_item});
  }
};

/// O(transactions + operations + chains).
Polygraph make_polygraph(const Transactions& history, const RegisterChains& chains,
                         const std::vector<bool>& happened, Criterion criterion, TimeOrder order);

}  // namespace witness
