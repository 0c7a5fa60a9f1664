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

  void add(Anomaly anomaly, std::initializer_list<ObjectClaim> breaks = {}) {
    found_ |= implied_by(anomaly.kind);
    for (const ObjectClaim claim : breaks) broken_[at(claim)] = true;
    anomalies.push_back(std::move(anomaly));
  }

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
  std::array<bool, kObjectClaims> broken_{};
  std::array<std::string, kObjectClaims> undecided_;
};

}  // namespace witness
