/// Which versions of one register come before which others.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace witness {

/// Versions are small numbers; 0 is the value before the first write, and comes before all.
/// Edges are added source by source: a source that would close a circle is left out whole.
class VersionGraph {
 public:
  using Edge = std::pair<std::uint32_t, std::uint32_t>;

  void reset(std::uint32_t versions) {
    versions_ = versions;
    edges_.clear();
  }

  /// A version on a circle, if the edges would close one; nothing is added then. 0: none.
  /// An edge into 0 closes one with the edge that nobody needs to name. O(versions + edges).
  bool add(std::span<const Edge> edges, std::uint32_t& on_circle);

  const std::vector<Edge>& edges() const { return edges_; }

  /// Is there exactly one order of the versions that are `needed`? 0 stands first.
  bool is_total(const std::vector<bool>& needed) const;

  /// All versions in an order that the edges allow; what is not needed stands as early as it can.
  std::vector<std::uint32_t> sorted(const std::vector<bool>& needed) const {
    return order({}, nullptr, &needed);
  }

  /// Versions that no edge leads to, except 0.
  std::vector<std::uint32_t> minimal() const;

 private:
  std::vector<std::uint32_t> order(std::span<const Edge> more, bool* unique,
                                   const std::vector<bool>* needed) const;

  std::uint32_t versions_ = 0;
  std::vector<Edge> edges_;
};

}  // namespace witness
