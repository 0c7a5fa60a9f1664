/// A lease: a lock whose holder is known, perhaps with a fencing token (Kleppmann 2016).
///
/// An owner asks for one thing at a time, so its acquires and releases pair by themselves. Nothing
/// but refusals can stand between the two of a pair: it surely held from the return of its acquire
/// to the start of its release. Such holds overlap, or they have a given order, in which tokens
/// must grow; both are seen once they are sorted. An open acquire never needs to have happened; an
/// open release is best where it has.
#include <fmt/format.h>

#include <algorithm>

#include "checker/datum_table.hpp"
#include "checker/linearizability/judges.hpp"

namespace witness {
namespace {

struct Hold {
  std::uint32_t from = 0;
  std::uint32_t to = kOpenEnd;  ///< kOpenEnd: it was never released
  std::uint32_t acquire = 0;    ///< calls
  std::uint32_t release = kOpenEnd;
};

class Holds {
 public:
  Holds(const std::vector<Call>& calls, const ObjectWords& words) : calls_(calls), words_(words) {}

  Judged judge() {
    for (std::uint32_t i = 0; i < calls_.size(); ++i) {
      if (!take(i)) return std::move(judged_);
    }
    std::ranges::sort(holds_, {}, &Hold::from);
    const Hold* last = nullptr;
    const Hold* last_token = nullptr;
    for (const Hold& hold : holds_) {
      if (last != nullptr && hold.from < last->to) return overlap(*last, hold);
      last = &hold;
      const Datum token = calls_[hold.acquire].b;
      if (token.is_nil()) continue;
      if (last_token != nullptr && token.integer() <= calls_[last_token->acquire].b.integer()) {
        return stale(*last_token, hold);
      }
      last_token = &hold;
    }
    return {};
  }

 private:
  struct Owner {
    std::uint32_t busy_until = 0;
    std::uint32_t hold = kOpenEnd;  ///< position in holds_
  };

  bool take(std::uint32_t i) {
    const Call& call = calls_[i];
    std::uint32_t& number = owners_[call.a];
    if (number == kNoPosition) {
      number = static_cast<std::uint32_t>(known_.size());
      known_.emplace_back();
    }
    Owner& owner = known_[number];
    if (call.start < owner.busy_until) return stop({Linearizable::unsuited, {}, {}});
    owner.busy_until = call.finish;
    if (call.call == ObjectCall::acquire) {
      if (call.is_open()) return true;
      if (owner.hold != kOpenEnd) {
        const std::uint32_t first = holds_[owner.hold].acquire;
        return stop(
            {Linearizable::no,
             fmt::format("{} got the lock while its owner held it, since {}", name(i), name(first)),
             {call.op, calls_[first].op}});
      }
      owner.hold = static_cast<std::uint32_t>(holds_.size());
      holds_.push_back({call.finish, kOpenEnd, i});
    } else {
      if (owner.hold == kOpenEnd) {
        if (call.is_open()) return true;
        return stop({Linearizable::no,
                     fmt::format("{} released a lock that its owner did not hold", name(i)),
                     {call.op}});
      }
      holds_[owner.hold].to = call.start;
      holds_[owner.hold].release = i;
      owner.hold = kOpenEnd;
    }
    return true;
  }

  bool stop(Judged judged) {
    judged_ = std::move(judged);
    return false;
  }

  std::string name(std::uint32_t call) const { return words_.operation(calls_[call].op); }

  Judged overlap(const Hold& a, const Hold& b) const {
    Judged judged{Linearizable::no, {}, {calls_[b.acquire].op, calls_[a.acquire].op}};
    judged.why = fmt::format("{} got the lock while another owner held it, since {}",
                             name(b.acquire), name(a.acquire));
    if (a.release == kOpenEnd) return judged;
    judged.why += fmt::format(" and until {}", name(a.release));
    judged.ops.push_back(calls_[a.release].op);
    return judged;
  }

  Judged stale(const Hold& a, const Hold& b) const {
    return {Linearizable::no,
            fmt::format("{} got token {} after {} had got token {}: tokens must grow",
                        name(b.acquire), words_.value(calls_[b.acquire].b), name(a.acquire),
                        words_.value(calls_[a.acquire].b)),
            {calls_[b.acquire].op, calls_[a.acquire].op},
            AnomalyKind::stale_token};
  }

  const std::vector<Call>& calls_;
  const ObjectWords& words_;
  DatumTable owners_;
  std::vector<Owner> known_;
  std::vector<Hold> holds_;
  Judged judged_;
};

}  // namespace

Judged judge_lease(const std::vector<Call>& calls, const Objects& /*objects*/,
                   const ObjectWords& words) {
  return Holds{calls, words}.judge();
}

}  // namespace witness
