/// Objects that are a number: counters and stocks.
#include <fmt/format.h>

#include "checker/linearizability/models.hpp"
#include "checker/linearizability/naming_model.hpp"

namespace witness {
namespace {

/// The state is the sum, as an integer's bits.
class CounterModel : public NamingModel {
 public:
  using NamingModel::NamingModel;
  State initial() override { return objects_.initial.is_integer() ? objects_.initial.bits() : 0; }
  State step(State state, const Call& call) override {
    if (call.call == ObjectCall::read) return call.a.bits() == state ? state : kIllegal;
    if (call.call != ObjectCall::add || !call.a.is_integer()) return kIllegal;
    return state + call.a.bits();  // twice the sum, which may wrap around
  }
  std::string shown(State state) const override { return named(state); }
};

/// The state is how many units are left.
class StockModel : public NamingModel {
 public:
  using NamingModel::NamingModel;
  State initial() override {
    return objects_.initial.is_integer() ? static_cast<State>(objects_.initial.integer()) : 1;
  }
  State step(State state, const Call& call) override {
    if (call.call != ObjectCall::take) return kIllegal;
    if (reads_only(call)) return state == 0 ? state : kIllegal;
    return state == 0 ? kIllegal : state - 1;
  }
  bool reads_only(const Call& call) const override {
    return !call.is_open() && (call.a.is_nil() || named(call.a.bits()) == "false");
  }
  std::string shown(State state) const override { return fmt::format("{} units", state); }
};

}  // namespace

std::unique_ptr<ObjectModel> counter_model(const Objects& objects, const StringPool& strings) {
  return std::make_unique<CounterModel>(objects, strings);
}

std::unique_ptr<ObjectModel> stock_model(const Objects& objects, const StringPool& strings) {
  return std::make_unique<StockModel>(objects, strings);
}

}  // namespace witness
