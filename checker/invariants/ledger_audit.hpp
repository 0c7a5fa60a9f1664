/// At most N acquisitions of each resource, judged on a ledger that some other application wrote.
/// An audit proves that invariant and nothing else: not linearizability, not isolation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "witness/verdict.hpp"

namespace witness {

/// Counts rows as they come. Memory: one entry a resource, with at most kNamedRows rows by name;
/// and, for a union of several targets, every id once.
class LedgerAudit {
 public:
  static constexpr std::size_t kNamedRows = 20;

  /// `several_targets`: rows of different targets are one and the same if their ids are. Rows of
  /// one target are never the same: an id that stands twice there is two rows.
  LedgerAudit(std::uint64_t capacity, bool several_targets)
      : capacity_(capacity), several_targets_(several_targets) {}

  /// The rows that follow are another target's.
  void next_target() { ++target_; }

  /// A committed row. `id` is empty where rows have no name; among several targets such a row
  /// cannot be united, and leaves the verdict undecided.
  void add(std::string_view id, std::string_view resource, std::string_view holder);

  std::uint64_t rows() const { return rows_; }
  std::uint64_t resources() const { return resources_.size(); }
  std::uint64_t acquisitions(std::string_view resource) const;
  std::uint64_t oversold(std::string_view resource) const;
  std::uint64_t oversold() const;

  /// The verdict; `source` says where the ledger is. Rows that contradict each other between
  /// targets (same id, another resource or holder) leave it undecided unless it is violated.
  Verdict judge(const std::string& source) const;

 private:
  struct Row {
    std::string id;
    std::string holder;
  };
  /// An id among several targets: how often it stands in one of them, at most.
  struct Seen {
    std::string what;  // resource and holder
    std::uint64_t most = 0;
    std::uint64_t here = 0;
    std::uint64_t target = 0;
  };
  /// True if the row stands for one that an earlier target showed already.
  bool is_known(std::string_view id, std::string_view resource, std::string_view holder);
  struct Resource {
    std::uint64_t count = 0;
    std::vector<Row> named;
  };
  Anomaly anomaly(const std::string& name, const Resource& resource) const;

  std::uint64_t capacity_;
  bool several_targets_;
  std::uint64_t rows_ = 0;
  std::uint64_t contradictions_ = 0;
  std::uint64_t without_id_ = 0;
  std::uint64_t target_ = 0;
  std::unordered_map<std::string, Resource> resources_;
  std::unordered_map<std::string, Seen> seen_;  // by id
};

}  // namespace witness
