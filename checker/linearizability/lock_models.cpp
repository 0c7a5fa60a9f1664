/// Locks: plain ones, and leases with fencing tokens.
#include "checker/linearizability/models.hpp"
#include "checker/linearizability/naming_model.hpp"
#include "checker/linearizability/states.hpp"

namespace witness {
namespace {

/// 0: free, 1: held. (Knossos' mutex.)
class MutexModel : public ObjectModel {
 public:
  State initial() override { return 0; }
  State step(State state, const Call& call) override {
    if (call.call == ObjectCall::acquire) return state == 0 ? 1 : kIllegal;
    if (call.call == ObjectCall::release) return state == 1 ? 0 : kIllegal;
    return kIllegal;
  }
  std::string shown(State state) const override { return state == 0 ? "nobody" : "a holder"; }
};

/// The state is its holder and the last token: a sequence of two.
class LeaseModel : public NamingModel {
 public:
  using NamingModel::NamingModel;
  State initial() override { return state_of(Datum{}, Datum{}); }

  State step(State state, const Call& call) override {
    const Datum holder = Datum::from_bits(states_[state][0]);
    const Datum token = Datum::from_bits(states_[state][1]);
    if (call.call == ObjectCall::release) {
      return holder == call.a && !holder.is_nil() ? state_of(Datum{}, token) : kIllegal;
    }
    if (call.call != ObjectCall::acquire || !holder.is_nil()) return kIllegal;
    if (call.b.is_nil()) return state_of(call.a, token);
    const bool grows = token.is_nil() || token.integer() < call.b.integer();
    return grows ? state_of(call.a, call.b) : kIllegal;
  }
  std::string shown(State state) const override {
    const Datum holder = Datum::from_bits(states_[state][0]);
    return holder.is_nil() ? "nobody" : named(holder.bits());
  }
  std::uint64_t bytes() const override { return states_.bytes(); }

 private:
  State state_of(Datum holder, Datum token) {
    return states_.intern(std::vector<std::uint64_t>{holder.bits(), token.bits()});
  }
  SequenceStates states_;
};

}  // namespace

std::unique_ptr<ObjectModel> mutex_model() { return std::make_unique<MutexModel>(); }

std::unique_ptr<ObjectModel> lease_model(const Objects& objects, const StringPool& strings) {
  return std::make_unique<LeaseModel>(objects, strings);
}

}  // namespace witness
