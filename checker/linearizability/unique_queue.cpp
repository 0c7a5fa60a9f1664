/// Queues of elements that are all different, by patterns of wrong pairs (Henzinger, Sezgin and
/// Vafeiadis 2013, Aspect-oriented linearizability proofs, sec. 3-4).
///
/// Such a history is linearizable iff every element comes out at most once, not before it goes in,
/// no element overtakes another one (a surely went in before b, and b surely came out before a),
/// and nobody finds the queue empty who was covered by elements that were surely there one after
/// another. Overtaking is found by the latest start of coming out among those that had gone in: one
/// pass over the places. A dequeue whose end nobody knows may have taken out any element that is
/// left over; who needs one, and by when, is matched in order.
#include <fmt/format.h>

#include <algorithm>

#include "checker/linearizability/elements.hpp"
#include "checker/linearizability/judges.hpp"

namespace witness {
namespace {

class UniqueQueue {
 public:
  UniqueQueue(const std::vector<Call>& calls, const ObjectWords& words)
      : calls_(calls),
        words_(words),
        all_(elements_of(calls, ObjectCall::enqueue, ObjectCall::dequeue, words)) {}

  Judged judge() {
    if (!all_.unique) return {Linearizable::unsuited, {}, {}};
    if (all_.judged.result != Linearizable::yes) return all_.judged;
    const bool left_over = std::ranges::any_of(
        all_.elements, [](const ObjectElement& element) { return element.out == kNoCall; });
    if (left_over && !all_.open_outs.empty()) {
      if (!all_.empties.empty()) return {Linearizable::unsuited, {}, {}};
      if (!match_open_outs()) return std::move(judged_);
    }
    if (!find_overtaken(!all_.open_outs.empty())) return std::move(judged_);
    const std::uint32_t empty = wrong_empty(all_, calls_);
    if (empty == kNoCall) return {};
    return {Linearizable::no,
            fmt::format("{} found the queue empty, and there was something in it from before it "
                        "began until after it returned",
                        name(empty)),
            {calls_[empty].op}};
  }

 private:
  /// `matched`: what is left over was taken care of.
  bool find_overtaken(bool matched) {
    std::vector<const ObjectElement*> by_in;
    std::vector<const ObjectElement*> by_in_start;
    for (const ObjectElement& element : all_.elements) {
      if (!matched || element.out != kNoCall) by_in.push_back(&element);
      if (element.out != kNoCall) by_in_start.push_back(&element);
    }
    std::ranges::sort(by_in, {}, &ObjectElement::in_finish);
    std::ranges::sort(by_in_start, {}, &ObjectElement::in_start);
    const ObjectElement* last_out = nullptr;
    auto next = by_in.begin();
    for (const ObjectElement* const b : by_in_start) {
      for (; next != by_in.end() && (*next)->in_finish < b->in_start; ++next) {
        if (last_out == nullptr || (*next)->out_start > last_out->out_start) last_out = *next;
      }
      if (last_out != nullptr && last_out->out_start > b->out_finish)
        return overtaken(*last_out, *b);
    }
    return true;
  }

  /// An element that is left over, and behind which others came out, was taken by an open call that
  /// began before the first of them had come out.
  bool match_open_outs() {
    struct Needs {
      std::uint32_t until;
      const ObjectElement* element;
      const ObjectElement* behind;
    };
    std::vector<const ObjectElement*> by_in_start;
    std::vector<const ObjectElement*> left;
    for (const ObjectElement& element : all_.elements) {
      (element.out == kNoCall ? left : by_in_start).push_back(&element);
    }
    std::ranges::sort(by_in_start, {}, &ObjectElement::in_start);
    std::ranges::sort(left, {}, &ObjectElement::in_finish);
    std::vector<Needs> needs;
    const ObjectElement* first_out = nullptr;  // of those that went in later
    auto later = by_in_start.rbegin();
    for (auto element = left.rbegin(); element != left.rend(); ++element) {
      for (; later != by_in_start.rend() && (*later)->in_start > (*element)->in_finish; ++later) {
        if (first_out == nullptr || (*later)->out_finish < first_out->out_finish)
          first_out = *later;
      }
      if (first_out != nullptr) needs.push_back({first_out->out_finish, *element, first_out});
    }
    std::ranges::sort(needs, {}, &Needs::until);
    std::vector<std::uint32_t> starts;
    for (const std::uint32_t out : all_.open_outs) starts.push_back(calls_[out].start);
    std::ranges::sort(starts);
    for (std::size_t i = 0; i < needs.size(); ++i) {
      if (i < starts.size() && starts[i] < needs[i].until) continue;
      return overtaken(*needs[i].element, *needs[i].behind);
    }
    return true;
  }

  bool overtaken(const ObjectElement& a, const ObjectElement& b) {
    judged_ = {Linearizable::no, {}, {calls_[b.out].op, calls_[a.in].op, calls_[b.in].op}};
    judged_.why = fmt::format("{} was over before {} began, but {} was over ", name(a.in),
                              name(b.in), name(b.out));
    if (a.out == kNoCall) {
      judged_.why += fmt::format("though nobody had taken {} out", words_.value(calls_[a.in].a));
    } else {
      judged_.why += fmt::format("before {} began", name(a.out));
      judged_.ops.push_back(calls_[a.out].op);
    }
    return false;
  }

  std::string name(std::uint32_t call) const { return words_.operation(calls_[call].op); }

  const std::vector<Call>& calls_;
  const ObjectWords& words_;
  ObjectElements all_;
  Judged judged_;
};

}  // namespace

Judged judge_queue(const std::vector<Call>& calls, const Objects& /*objects*/,
                   const ObjectWords& words) {
  return UniqueQueue{calls, words}.judge();
}

}  // namespace witness
