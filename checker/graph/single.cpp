#include "checker/graph/single.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace witness {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;

class SingleSearch {
 public:
  SingleSearch(const Suspects& suspects, std::span<const std::uint32_t> members,
               RelationSet dependencies, RelationSet stale)
      : suspects_(suspects), dependencies_(dependencies), stale_(stale) {
    place_.assign(suspects.names.size(), kNone);
    for (const std::uint32_t member : members) place_[member] = 0;  // a member, not yet placed
    put_in_order(members);
    collect_stale(members);
  }

  std::optional<std::uint32_t> run() {
    for (std::size_t first = 0; first < stale_edges_.size(); first += 64) {
      const std::size_t count = std::min<std::size_t>(64, stale_edges_.size() - first);
      const auto found = run_batch(std::span{stale_edges_}.subspan(first, count));
      if (found) return found;
    }
    return std::nullopt;
  }

 private:
  bool carries(const Edge& edge) const {
    // Behind a relay the rw that entered it goes on.
    const bool goes_on = edge.relay && contains(stale_, edge.kind);
    return place_[edge.to] != kNone && (contains(dependencies_, edge.kind) || goes_on);
  }

  /// Kahn's order, the smallest number first: near the order of time, so that a batch spans little.
  void put_in_order(std::span<const std::uint32_t> members) {
    std::vector<std::uint32_t> before(suspects_.names.size());
    for (const std::uint32_t member : members) {
      for (const Edge& edge : suspects_.edges_from(member)) {
        if (carries(edge)) ++before[edge.to];
      }
    }
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free;
    for (const std::uint32_t member : members) {
      if (before[member] == 0) free.push(member);
    }
    while (!free.empty()) {
      const std::uint32_t vertex = free.top();
      free.pop();
      place_[vertex] = static_cast<std::uint32_t>(order_.size());
      order_.push_back(vertex);
      for (const Edge& edge : suspects_.edges_from(vertex)) {
        if (carries(edge) && --before[edge.to] == 0) free.push(edge.to);
      }
    }
  }

  /// Only an edge against the order can be closed by a path along it.
  void collect_stale(std::span<const std::uint32_t> members) {
    for (const std::uint32_t member : members) {
      for (std::uint32_t i = suspects_.begin[member]; i < suspects_.begin[member + 1]; ++i) {
        const Edge& edge = suspects_.edges[i];
        if (edge.relay || !contains(stale_, edge.kind) || place_[edge.to] == kNone) continue;
        if (place_[edge.to] < place_[member]) stale_edges_.push_back(i);
      }
    }
    std::ranges::stable_sort(
        stale_edges_, {}, [this](std::uint32_t edge) { return place_[suspects_.edges[edge].to]; });
    reached_.assign(order_.size(), 0);
  }

  std::optional<std::uint32_t> run_batch(std::span<const std::uint32_t> batch) {
    const std::uint32_t first = place_[suspects_.edges[batch.front()].to];
    std::uint32_t last = first;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Edge& edge = suspects_.edges[batch[i]];
      last = std::max(last, place_[edge.from]);
      reached_[place_[edge.to]] |= std::uint64_t{1} << i;
    }
    for (std::uint32_t place = first; place <= last; ++place) {
      const std::uint64_t bits = reached_[place];
      if (bits == 0) continue;
      for (const Edge& edge : suspects_.edges_from(order_[place])) {
        if (carries(edge) && place_[edge.to] <= last) reached_[place_[edge.to]] |= bits;
      }
    }
    std::optional<std::uint32_t> found;
    for (std::size_t i = 0; i < batch.size() && !found; ++i) {
      if ((reached_[place_[suspects_.edges[batch[i]].from]] >> i & 1U) != 0) found = batch[i];
    }
    std::fill(reached_.begin() + first, reached_.begin() + last + 1, 0);
    return found;
  }

  const Suspects& suspects_;
  RelationSet dependencies_;
  RelationSet stale_;
  std::vector<std::uint32_t> place_;  ///< in `order_`, of each vertex; kNone: no member
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> stale_edges_;
  std::vector<std::uint64_t> reached_;  ///< by place: from the ends of which edges of the batch
};

}  // namespace

std::optional<std::uint32_t> find_single(const Suspects& suspects,
                                         std::span<const std::uint32_t> members,
                                         RelationSet dependencies, RelationSet stale) {
  return SingleSearch{suspects, members, dependencies, stale}.run();
}

}  // namespace witness
