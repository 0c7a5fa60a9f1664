/// What the parts of the judge hand to each other: anomalies, and which claims they
/// break or leave undecided.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "checker/anomalies.hpp"

namespace witness {

/// Claims about the exclusive object. (Claims of consistency models follow from the
/// anomalies alone: checker/models.hpp.)
///   capacity      no key gave more units than it has
///   conserved     what left the stock is what somebody holds
///   reconciled    what clients were told is what is committed
///   linearizable  the object behaved as if operations took effect one at a time,
///                 each between its invocation and its completion
enum class ObjectClaim : std::uint8_t { capacity, conserved, reconciled, linearizable };
inline constexpr std::size_t kObjectClaims = 4;

class Findings {
 public:
  std::vector<Anomaly> anomalies;

  /// Of each kind, at most so many are listed where there can be as many as transactions.
  static constexpr std::uint64_t kListedMost = 1000;

  void add(Anomaly anomaly, std::initializer_list<ObjectClaim> breaks = {}) {
    found_ |= implied_by(anomaly.kind);
    ++counts_[static_cast<std::size_t>(anomaly.kind)];
    for (const ObjectClaim claim : breaks) broken_[at(claim)] = true;
    anomalies.push_back(std::move(anomaly));
  }

  /// One more, of which only the keys are kept.
  void add_unlisted(AnomalyKind kind, const std::vector<std::string>& keys) {
    found_ |= implied_by(kind);
    ++counts_[static_cast<std::size_t>(kind)];
    auto& all = unlisted_keys[static_cast<std::size_t>(kind)];
    all.insert(all.end(), keys.begin(), keys.end());
    unlisted_kinds |= kind_bit(kind);
  }
  bool listed_enough(AnomalyKind kind) const { return count(kind) >= kListedMost; }
  std::uint64_t count(AnomalyKind kind) const { return counts_[static_cast<std::size_t>(kind)]; }

  std::array<std::vector<std::string>, kAnomalyKinds> unlisted_keys;  ///< by kind
  KindSet unlisted_kinds = 0;

  /// The first reason is kept.
  void undecided(ObjectClaim claim, std::string why) {
    if (undecided_[at(claim)].empty()) undecided_[at(claim)] = std::move(why);
  }

  bool broken(ObjectClaim claim) const { return broken_[at(claim)]; }
  const std::string& why_undecided(ObjectClaim claim) const { return undecided_[at(claim)]; }

  /// All kinds found, those that they imply included.
  KindSet found() const { return found_; }

 private:
  static std::size_t at(ObjectClaim claim) { return static_cast<std::size_t>(claim); }

  KindSet found_ = 0;
  std::array<std::uint64_t, kAnomalyKinds> counts_{};
  std::array<bool, kObjectClaims> broken_{};
  std::array<std::string, kObjectClaims> undecided_;
};

}  // namespace witness
