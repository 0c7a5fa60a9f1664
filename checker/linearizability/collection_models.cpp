/// Objects that hold elements: sets, queues and stacks.
#include <algorithm>

#include "checker/linearizability/models.hpp"
#include "checker/linearizability/naming_model.hpp"
#include "checker/linearizability/states.hpp"

namespace witness {
namespace {

/// The state is the sorted sequence of elements.
class SetModel : public NamingModel {
 public:
  using NamingModel::NamingModel;
  State initial() override { return states_.intern({}); }
  State step(State state, const Call& call) override {
    const auto now = states_[state];
    if (call.call == ObjectCall::read) {
      read_.clear();
      for (const Datum element : list(call)) read_.push_back(element.bits());
      std::ranges::sort(read_);
      read_.erase(std::unique(read_.begin(), read_.end()), read_.end());
      return std::equal(now.begin(), now.end(), read_.begin(), read_.end()) ? state : kIllegal;
    }
    if (call.call != ObjectCall::add) return kIllegal;
    const auto at = std::lower_bound(now.begin(), now.end(), call.a.bits());
    if (at != now.end() && *at == call.a.bits()) return state;
    next_.assign(now.begin(), at);
    next_.push_back(call.a.bits());
    next_.insert(next_.end(), at, now.end());
    return states_.intern(next_);
  }
  std::string shown(State state) const override { return named(states_[state]); }
  std::uint64_t bytes() const override { return states_.bytes(); }

 private:
  SequenceStates states_;
  std::vector<std::uint64_t> read_;
  std::vector<std::uint64_t> next_;
};

/// The state is the sequence of elements, the next one to leave first (queue) or last (stack).
/// Leaving nothing (nil) is only possible where there is nothing.
class LineModel : public NamingModel {
 public:
  LineModel(const Objects& objects, const StringPool& strings)
      : NamingModel(objects, strings), stack_(objects.kind == ObjectKind::stack) {}
  State initial() override { return states_.intern({}); }
  State step(State state, const Call& call) override {
    const auto now = states_[state];
    next_.assign(now.begin(), now.end());
    switch (call.call) {
      case ObjectCall::enqueue:
      case ObjectCall::push:
        next_.push_back(call.a.bits());
        return states_.intern(next_);
      case ObjectCall::dequeue:
      case ObjectCall::pop: {
        if (reads_only(call)) return now.empty() ? state : kIllegal;
        if (now.empty()) return kIllegal;
        const auto leaves = stack_ ? next_.end() - 1 : next_.begin();
        if (!call.is_open() && *leaves != call.a.bits()) return kIllegal;
        next_.erase(leaves);
        return states_.intern(next_);
      }
      default:
        return kIllegal;
    }
  }
  bool reads_only(const Call& call) const override {
    return (call.call == ObjectCall::dequeue || call.call == ObjectCall::pop) && !call.is_open() &&
           call.a.is_nil();
  }
  std::string shown(State state) const override { return named(states_[state]); }
  std::uint64_t bytes() const override { return states_.bytes(); }

 private:
  bool stack_;
  SequenceStates states_;
  std::vector<std::uint64_t> next_;
};

}  // namespace

std::unique_ptr<ObjectModel> set_model(const Objects& objects, const StringPool& strings) {
  return std::make_unique<SetModel>(objects, strings);
}

std::unique_ptr<ObjectModel> line_model(const Objects& objects, const StringPool& strings) {
  return std::make_unique<LineModel>(objects, strings);
}

}  // namespace witness
