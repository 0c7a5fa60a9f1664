#include "checker/invariants/ledger_audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/words.hpp"

namespace witness {

bool LedgerAudit::is_known(std::string_view id, std::string_view resource,
                           std::string_view holder) {
  std::string what = fmt::format("{}\x1f{}", resource, holder);
  Seen& seen = seen_[std::string{id}];
  if (seen.target != target_) {
    seen.target = target_;
    seen.here = 0;
  }
  if (seen.most == 0)
    seen.what = std::move(what);
  else if (seen.what != what)
    ++contradictions_;
  if (++seen.here <= seen.most) return true;
  seen.most = seen.here;
  return false;
}

void LedgerAudit::add(std::string_view id, std::string_view resource, std::string_view holder) {
  if (several_targets_) {
    if (id.empty()) {
      ++without_id_;
      return;
    }
    if (is_known(id, resource, holder)) return;
  }
  ++rows_;
  Resource& here = resources_[std::string{resource}];
  ++here.count;
  if (here.named.size() < kNamedRows) here.named.push_back({std::string{id}, std::string{holder}});
}

std::uint64_t LedgerAudit::acquisitions(std::string_view resource) const {
  const auto found = resources_.find(std::string{resource});
  return found == resources_.end() ? 0 : found->second.count;
}

std::uint64_t LedgerAudit::oversold(std::string_view resource) const {
  const std::uint64_t count = acquisitions(resource);
  return count > capacity_ ? count - capacity_ : 0;
}

std::uint64_t LedgerAudit::oversold() const {
  std::uint64_t total = 0;
  for (const auto& [name, resource] : resources_) {
    if (resource.count > capacity_) total += resource.count - capacity_;
  }
  return total;
}

Anomaly LedgerAudit::anomaly(const std::string& name, const Resource& resource) const {
  std::vector<std::string> holders;
  std::vector<std::string> ids;
  for (const Row& row : resource.named) {
    if (std::find(holders.begin(), holders.end(), row.holder) == holders.end()) {
      holders.push_back(row.holder);
    }
    if (!row.id.empty()) ids.push_back(row.id);
  }
  Anomaly found;
  found.kind = capacity_ == 1 ? AnomalyKind::double_acquisition : AnomalyKind::oversell;
  found.keys = {name};
  found.count = resource.count;
  found.explanation = fmt::format("{} was acquired {} times, {} at most: held by {}", name,
                                  resource.count, capacity_, list(holders));
  if (!ids.empty()) found.explanation += fmt::format("; rows {}", list(ids));
  return found;
}

Verdict LedgerAudit::judge(const std::string& source) const {
  Verdict verdict;
  verdict.history = source;
  verdict.ledger_read = true;
  const std::string claim = capacity_ == 1 ? "at-most-one-acquisition" : "at-most-N-acquisitions";

  std::vector<std::string> broken;
  for (const auto& [name, resource] : resources_) {
    if (resource.count > capacity_) broken.push_back(name);
  }
  std::sort(broken.begin(), broken.end(), natural_less);
  for (const std::string& name : broken) {
    verdict.anomalies.push_back(anomaly(name, resources_.at(name)));
  }
  verdict.keys = broken;
  verdict.counts.committed = rows_;
  verdict.counts.oversold = oversold();

  Claim at_most{claim, broken.empty(), {}};
  if (!broken.empty()) {
    verdict.validity = Validity::violated;
    verdict.word = "violated";
    verdict.reason = fmt::format(
        "{} of {} given more than {}: {}", plural(broken.size(), "resource"), resources_.size(),
        capacity_ == 1 ? "once" : std::to_string(capacity_) + " times", list(broken));
  } else if (rows_ == 0 || contradictions_ + without_id_ > 0) {
    at_most.holds.reset();
    at_most.why = contradictions_ > 0 ? fmt::format("the targets contradict each other about {}",
                                                    plural(contradictions_, "row"))
                  : without_id_ > 0
                      ? fmt::format("{} without an id cannot be united", plural(without_id_, "row"))
                      : "no row of the ledger matched: this proves nothing";
    verdict.word = "unknown";
    verdict.reason = at_most.why;
  } else {
    verdict.validity = Validity::valid;
    verdict.word = claim;
    verdict.reason = fmt::format("{} of {}, none given more than {}", plural(rows_, "acquisition"),
                                 plural(resources_.size(), "resource"),
                                 capacity_ == 1 ? "once" : std::to_string(capacity_) + " times");
  }
  verdict.claims = {at_most};
  verdict.not_checked = {
      "isolation and linearizability: a ledger alone proves the invariant and no more"};
  return verdict;
}

}  // namespace witness
