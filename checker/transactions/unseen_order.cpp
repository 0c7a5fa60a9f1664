#include "checker/transactions/unseen_order.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include "checker/graph/projection.hpp"

namespace witness {
namespace {

using enum EdgeKind;
using enum AnomalyKind;

/// More pairs, or more steps to look at them, and the question stays open.
constexpr std::size_t kPairsMost = 2000;
constexpr std::size_t kStepsMost = 5'000'000;

struct Pair {
  std::uint32_t key;
  std::uint32_t first;  ///< vertices of `suspects`; the first ended first
  std::uint32_t second;
};

/// How few rw a path needs, no two of them in a row: none, one, or more.
enum class Stale : std::uint8_t { none, one, more };

class UnseenOrders {
 public:
  UnseenOrders(const Suspects& suspects, std::span<const Inferred> inferred,
               const std::vector<std::uint32_t>& rank, const Story& story, Findings& findings)
      : suspects_(suspects), rank_(rank), story_(story), findings_(findings) {
    for (std::uint32_t i = 0; i < suspects.transactions; ++i) {
      vertex_of_.emplace_back(suspects.names[i], i);  // ascending
    }
    for (const Inferred& part : inferred) {
      for (const UnorderedWriters& group : part.unordered) groups_.push_back(&group);
    }
  }

  KindSet judge() {
    KindSet open = 0;
    if (groups_.empty() || vertex_of_.empty()) return open;
    open |= judge_variant(0, 0);
    open |= judge_variant(relations(process), kProcessOffset);
    open |= judge_variant(relations(process, realtime), kRealtimeOffset);
    return open;
  }

 private:
  bool found(AnomalyKind kind) const { return (findings_.found() & kind_bit(kind)) != 0; }

  /// Kinds that stay open with these relations of time.
  KindSet judge_variant(RelationSet time, unsigned offset) {
    const AnomalyKind single = shifted(g_single_item, offset);
    const AnomalyKind apart = shifted(g_nonadjacent_item, offset);
    const bool about_updates = offset == 0 && !found(lost_update);
    if (found(single) && !about_updates) return 0;
    relations_ = static_cast<RelationSet>(relations(ww, wr, rw_item) | time);
    bool too_many = false;
    const std::vector<Pair> pairs = contested(too_many);
    if (pairs.empty() && !too_many) return 0;
    const KindSet open =
        kinds(single, apart, shifted(g_single, offset), shifted(g_nonadjacent, offset)) |
        (about_updates ? kinds(lost_update) : 0);
    if (too_many) return open & ~findings_.found();
    std::vector<Edge> order;
    steps_ = 0;
    for (const Pair& pair : pairs) {
      const auto there = path(pair.first, pair.second);
      const auto back = path(pair.second, pair.first);
      if (there && back) {
        const bool one = *there != Stale::more && *back != Stale::more;
        report(pair, one ? single : apart);
      }
      const bool backwards = back && !there;
      order.push_back({backwards ? pair.second : pair.first, backwards ? pair.first : pair.second,
                       kNoString, ww, false});
    }
    if (steps_ < kStepsMost && works(order)) return 0;
    return open & ~findings_.found();
  }

  std::uint32_t vertex(std::uint32_t transaction) const {
    const auto place = std::ranges::lower_bound(vertex_of_, std::pair{transaction, 0U});
    return place != vertex_of_.end() && place->first == transaction ? place->second : kNoPosition;
  }

  /// Pairs of one group in one component: between components, any order that follows the graph
  /// will do.
  std::vector<Pair> contested(bool& too_many) const {
    const Projection plain =
        project(suspects_, relations_, false, std::vector<bool>(suspects_.clusters, true));
    std::vector<std::uint32_t> component(suspects_.names.size(), kNoPosition);
    for (std::uint32_t i = 0; i < plain.cyclic.size(); ++i) {
      for (const std::uint32_t node : plain.cyclic[i]) component[plain.origins[node]] = i;
    }
    std::vector<Pair> pairs;
    for (const UnorderedWriters* group : groups_) {
      std::vector<std::array<std::uint32_t, 3>> members;  // component, rank, vertex
      for (const std::uint32_t transaction : group->transactions) {
        const std::uint32_t member = vertex(transaction);
        if (member == kNoPosition || component[member] == kNoPosition) continue;
        members.push_back({component[member], rank_[transaction], member});
      }
      std::ranges::sort(members);
      for (std::size_t i = 0; i < members.size(); ++i) {
        for (std::size_t j = i + 1; j < members.size() && members[i][0] == members[j][0]; ++j) {
          if (pairs.size() == kPairsMost) {
            too_many = true;
            return {};
          }
          pairs.push_back({group->key, members[i][2], members[j][2]});
        }
      }
    }
    return pairs;
  }

  /// The cheapest way from one to the other in which no two rw follow each other.
  std::optional<Stale> path(std::uint32_t from, std::uint32_t to) {
    // State: how many rw so far (0, 1, 2 for more), and whether the last edge was one.
    const auto number = [](std::uint32_t vertex, unsigned count, unsigned by_rw) {
      return vertex * 6 + count * 2 + by_rw;
    };
    if (seen_.empty()) seen_.resize(suspects_.names.size() * 6);
    std::array<std::deque<std::uint32_t>, 3> queues;  // by count
    std::vector<std::uint32_t> touched;
    const auto visit = [&](std::uint32_t vertex, unsigned count, unsigned by_rw) {
      const std::uint32_t node = number(vertex, count, by_rw);
      if (seen_[node]) return;
      seen_[node] = true;
      touched.push_back(node);
      queues[count].push_back(node);
    };
    std::optional<Stale> result;
    visit(from, 0, 0);
    for (unsigned count = 0; count < 3 && !result; ++count) {
      while (!queues[count].empty() && !result) {
        const std::uint32_t node = queues[count].front();
        queues[count].pop_front();
        const std::uint32_t vertex = node / 6;
        if (vertex == to) result = static_cast<Stale>(count);
        for (const Edge& edge : suspects_.edges_from(vertex)) {
          if (!contains(relations_, edge.kind) || ++steps_ >= kStepsMost) continue;
          const bool by_rw = node % 2 != 0;
          if (!is_rw(edge.kind)) {
            if (!(edge.relay && by_rw)) visit(edge.to, count, 0);
          } else if (edge.relay) {
            if (by_rw) visit(edge.to, count, 1);
          } else if (!by_rw) {
            visit(edge.to, std::min(count + 1, 2U), 1);
          }
        }
      }
    }
    for (const std::uint32_t node : touched) seen_[node] = false;
    return result;
  }

  /// With these writes in this order, is there no cycle without two rw in a row?
  bool works(const std::vector<Edge>& order) const {
    std::vector<Edge> edges = suspects_.edges;
    edges.insert(edges.end(), order.begin(), order.end());
    std::vector<std::uint32_t> names(suspects_.names.size());
    for (std::uint32_t i = 0; i < names.size(); ++i) names[i] = i;
    const Suspects more = find_suspects(std::move(names), suspects_.transactions, std::move(edges));
    return project(more, relations_, true, std::vector<bool>(more.clusters, true)).cyclic.empty();
  }

  void report(const Pair& pair, AnomalyKind kind) {
    const std::array members = {suspects_.names[pair.first], suspects_.names[pair.second]};
    findings_.add(story_.unseen_pair(kind, pair.key, members[0], members[1]));
  }

  const Suspects& suspects_;
  const std::vector<std::uint32_t>& rank_;
  const Story& story_;
  Findings& findings_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> vertex_of_;  ///< of transactions
  std::vector<const UnorderedWriters*> groups_;
  RelationSet relations_ = 0;
  std::vector<bool> seen_;
  std::size_t steps_ = 0;
};

}  // namespace

KindSet judge_unseen_orders(const Suspects& suspects, std::span<const Inferred> inferred,
                            const std::vector<std::uint32_t>& rank, const Story& story,
                            Findings& findings) {
  return UnseenOrders{suspects, inferred, rank, story, findings}.judge();
}

}  // namespace witness
