/// Stacks of elements that are all different, taken apart from the outside (in the manner of Lee
/// and Mathur 2025, Efficient decrease-and-conquer linearizability monitoring, and of Abdulla et
/// al. 2025, Efficient linearizability monitoring, sec. 5).
///
/// An element whose push and pop can be at one moment, in that order, can be added to any
/// legal order: it is left out. At a moment at which no other element is surely there, the stack
/// may be taken to be empty: let every element that lies there in a legal order be popped just
/// then, if its pop had begun, or else be pushed just behind it, if its push had not returned; what
/// is left keeps its order. So the history falls into parts that are covered all the time. In such
/// a part the stack is never empty, and so some element is pushed first and popped last: one that
/// can be. Any one will do: in a legal order it can be moved to the bottom. It is removed, and the
/// rest falls into parts again.
///
/// It can be at the bottom that is pushed before the first push of its part returned, and popped
/// after the last pop began. In what a part falls into, the first such return comes later and the
/// last such beginning earlier: what is fulfilled stays so, and every element is found once for
/// either. O(n log n).
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "checker/linearizability/elements.hpp"
#include "checker/linearizability/judges.hpp"
#include "checker/linearizability/range_trees.hpp"

namespace witness {
namespace {

/// Elements in the order of `in_finish`, all of them surely there for some time.
class Peeling {
 public:
  explicit Peeling(const std::vector<const ObjectElement*>& elements)
      : elements_(elements),
        slots_(slots_of(elements)),
        coverage_(counts_of(elements, slots_)),
        early_(column(elements, &ObjectElement::in_start)),
        late_(column(elements, &ObjectElement::out_finish)),
        last_(column(elements, &ObjectElement::out_start)),
        fulfilled_(elements.size(), 0) {}

  /// The elements of a part that has no bottom; none if all can be removed.
  std::vector<std::uint32_t> stuck() {
    cut({0, static_cast<std::uint32_t>(elements_.size())});
    while (!parts_.empty()) {
      const Part part = parts_.back();
      parts_.pop_back();
      if (!remove_bottoms(part)) return members(part);
      cut(part);
    }
    return {};
  }

 private:
  static constexpr std::uint32_t kNone = BestInRange<std::less<>>::kNone;

  /// Neighbours, of which some may have been removed.
  struct Part {
    std::uint32_t begin;
    std::uint32_t end;
  };
  /// Times stand for the slots that begin with them.
  struct Slots {
    std::uint32_t from;
    std::uint32_t to;
  };

  static std::vector<std::uint32_t> column(const std::vector<const ObjectElement*>& elements,
                                           std::uint32_t ObjectElement::*field) {
    std::vector<std::uint32_t> values;
    values.reserve(elements.size());
    for (const ObjectElement* each : elements) values.push_back(each->*field);
    return values;
  }

  static std::vector<Slots> slots_of(const std::vector<const ObjectElement*>& elements) {
    std::vector<std::uint32_t> times = column(elements, &ObjectElement::in_finish);
    const std::vector<std::uint32_t> ends = column(elements, &ObjectElement::out_start);
    times.insert(times.end(), ends.begin(), ends.end());
    std::ranges::sort(times);
    const auto slot = [&](std::uint32_t time) {
      return static_cast<std::uint32_t>(std::ranges::lower_bound(times, time) - times.begin());
    };
    std::vector<Slots> slots;
    slots.reserve(elements.size());
    for (const ObjectElement* each : elements) {
      slots.push_back({slot(each->in_finish), slot(each->out_start)});
    }
    return slots;
  }

  static std::vector<std::uint32_t> counts_of(const std::vector<const ObjectElement*>& elements,
                                              const std::vector<Slots>& slots) {
    std::vector<std::uint32_t> counts(2 * elements.size() + 1, 0);
    for (const Slots& each : slots) {
      ++counts[each.from];
      --counts[each.to];
    }
    for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
    return counts;
  }

  /// What is left of a part, into what is covered all the time. Single elements are done with.
  void cut(Part part) {
    std::uint32_t at = next(part.begin);
    while (at < part.end) {
      const std::size_t free = coverage_.first_free(slots_[at].from);
      const auto behind = std::lower_bound(
          slots_.begin() + at, slots_.begin() + part.end, free,
          [](const Slots& slots, std::size_t wanted) { return slots.from < wanted; });
      const auto end = static_cast<std::uint32_t>(behind - slots_.begin());
      if (next(at + 1) < end) parts_.push_back({at, end});
      at = next(end);
    }
  }

  /// False: there is none.
  bool remove_bottoms(Part part) {
    const std::uint32_t first = elements_[part.begin]->in_finish;
    const std::uint32_t last = last_.value(last_.find(part.begin, part.end));
    bottoms_.clear();
    for (std::uint32_t at = early_.find(part.begin, part.end);
         at != kNone && early_.value(at) < first; at = early_.find(part.begin, part.end)) {
      early_.take_out(at);
      fulfil(at);
    }
    for (std::uint32_t at = late_.find(part.begin, part.end);
         at != kNone && late_.value(at) >= last; at = late_.find(part.begin, part.end)) {
      late_.take_out(at);
      fulfil(at);
    }
    for (const std::uint32_t at : bottoms_) remove(at);
    return !bottoms_.empty();
  }

  void fulfil(std::uint32_t at) {
    if (++fulfilled_[at] == kBoth) bottoms_.push_back(at);
  }

  void remove(std::uint32_t at) {
    coverage_.take_away(slots_[at].from, slots_[at].to);
    last_.take_out(at);
    fulfilled_[at] = kRemoved;
  }

  /// The first one from `at` on that is still there.
  std::uint32_t next(std::uint32_t at) {
    while (at < elements_.size() && fulfilled_[at] == kRemoved) ++at;
    return at;
  }

  std::vector<std::uint32_t> members(Part part) const {
    std::vector<std::uint32_t> all;
    for (std::uint32_t at = part.begin; at < part.end; ++at) {
      if (fulfilled_[at] != kRemoved) all.push_back(at);
    }
    return all;
  }

  static constexpr std::uint8_t kBoth = 2;
  static constexpr std::uint8_t kRemoved = 3;

  const std::vector<const ObjectElement*>& elements_;
  std::vector<Slots> slots_;
  Coverage coverage_;                    ///< by those that are there
  BestInRange<std::less<>> early_;       ///< beginnings of pushes that were not early enough yet
  BestInRange<std::greater<>> late_;     ///< ends of pops that were not late enough yet
  BestInRange<std::greater<>> last_;     ///< beginnings of pops
  std::vector<std::uint8_t> fulfilled_;  ///< how many of the two conditions
  std::vector<std::uint32_t> bottoms_;
  std::vector<Part> parts_;
};

class UniqueStack {
 public:
  UniqueStack(const std::vector<Call>& calls, const ObjectWords& words)
      : calls_(calls),
        words_(words),
        all_(elements_of(calls, ObjectCall::push, ObjectCall::pop, words)) {}

  Judged judge() {
    if (!all_.unique) return {Linearizable::unsuited, {}, {}};
    if (all_.judged.result != Linearizable::yes) return all_.judged;
    // Open pops need not have happened; where that does not do, somebody else must decide.
    Judged judged = without_open_pops();
    if (judged.result == Linearizable::no && !all_.open_outs.empty()) {
      return {Linearizable::unsuited, {}, {}};
    }
    return judged;
  }

 private:
  Judged without_open_pops() const {
    const std::uint32_t empty = wrong_empty(all_, calls_);
    if (empty != kNoCall) {
      return {Linearizable::no,
              fmt::format("{} found the stack empty, and there was something in it from before it "
                          "began until after it returned",
                          name(empty)),
              {calls_[empty].op}};
    }
    std::vector<const ObjectElement*> elements;
    for (const ObjectElement& each : all_.elements) {
      if (each.is_surely_there()) elements.push_back(&each);
    }
    std::ranges::sort(elements, {}, &ObjectElement::in_finish);
    const auto left = Peeling{elements}.stuck();
    if (left.empty()) return {};
    Judged judged{Linearizable::no, {}, {}};
    std::vector<std::string> names;
    for (const std::uint32_t place : left) {
      const ObjectElement& element = *elements[place];
      if (names.size() < 6) names.push_back(words_.value(calls_[element.in].a));
      if (judged.ops.size() < 16) judged.ops.push_back(calls_[element.in].op);
      if (judged.ops.size() < 16 && element.out != kNoCall) {
        judged.ops.push_back(calls_[element.out].op);
      }
    }
    judged.why = fmt::format(
        "one of the elements {}{} must have been below the others all the time, and none can have "
        "been",
        fmt::join(names, ", "), left.size() > names.size() ? ", …" : "");
    return judged;
  }

  std::string name(std::uint32_t call) const { return words_.operation(calls_[call].op); }

  const std::vector<Call>& calls_;
  const ObjectWords& words_;
  ObjectElements all_;
};

}  // namespace

Judged judge_stack(const std::vector<Call>& calls, const Objects& /*objects*/,
                   const ObjectWords& words) {
  return UniqueStack{calls, words}.judge();
}

}  // namespace witness
