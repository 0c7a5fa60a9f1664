/// What each transaction of a process has to follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "witness/transactions.hpp"

namespace witness {

/// The joints of all processes (Transactions::also_after), while transactions are counted still.
class Joints {
 public:
  /// Predecessors with this bit are joints, others are transactions.
  static constexpr std::uint32_t kBit = 0x80000000U;

  static bool is_joint(std::uint32_t predecessor) {
    return predecessor != kNoPosition && (predecessor & kBit) != 0;
  }

  std::uint32_t add() { return kBit | count_++; }
  void follow(std::uint32_t joint, std::uint32_t earlier) { pairs_.push_back({joint, earlier}); }

  /// Joints get numbers from transactions.size() on, and nobody's `previous` is one.
  void finish(Transactions& all) {
    if (count_ == 0) return;
    for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
      std::uint32_t& previous = all.transactions[id].previous;
      if (!is_joint(previous)) continue;
      follow(id, previous);
      previous = kNoPosition;
    }
    const auto joints = static_cast<std::uint32_t>(all.transactions.size());
    const auto number = [joints](std::uint32_t vertex) {
      return is_joint(vertex) ? joints + (vertex & ~kBit) : vertex;
    };
    for (Transactions::After& pair : pairs_) {
      pair = {number(pair.later), number(pair.earlier)};
    }
    all.joints = count_;
    all.also_after = std::move(pairs_);
  }

 private:
  std::uint32_t count_ = 0;
  std::vector<Transactions::After> pairs_;
};

/// One process. A transaction follows all that ended before it began; of those only the ones that
/// no other of them follows are named. O(1) a transaction: where that is more than one, they are
/// gathered in a joint, once for all that follow.
class SessionOrder {
 public:
  /// The predecessor of a transaction that begins now: a transaction, a joint, or kNoPosition.
  std::uint32_t begin(Joints& joints) {
    if (ended_.empty()) return base_;
    if (ended_.size() == 1 && ended_.front().predecessor == base_) {
      base_ = ended_.front().transaction;
    } else {
      const std::uint32_t joint = joints.add();
      for (const Ended& ended : ended_) joints.follow(joint, ended.transaction);
      if (base_ != kNoPosition) joints.follow(joint, base_);
      base_ = joint;
    }
    ended_.clear();
    return base_;
  }

  void end(std::uint32_t transaction, std::uint32_t predecessor) {
    ended_.push_back({transaction, predecessor});
  }
  /// Of one operation's attempts, only the last one that ended counts.
  void end_instead(std::uint32_t transaction, std::uint32_t predecessor) {
    ended_.clear();
    end(transaction, predecessor);
  }

 private:
  struct Ended {
    std::uint32_t transaction;
    std::uint32_t predecessor;
  };

  std::uint32_t base_ = kNoPosition;  ///< all that ended, but for `ended_`
  std::vector<Ended> ended_;          ///< since the last beginning
};

}  // namespace witness
