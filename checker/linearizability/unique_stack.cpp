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
/// rest falls into parts again. O(n · depth of the stack).
#include <fmt/format.h>

#include <algorithm>

#include "checker/linearizability/elements.hpp"
#include "checker/linearizability/judges.hpp"

namespace witness {
namespace {

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
  using Part = std::vector<ObjectElement>;
  /// Above this, the general search is tried: elements that are looked at, for each of them.
  static constexpr std::uint64_t kWorkMost = 1000;

  Judged without_open_pops() {
    const std::uint32_t empty = wrong_empty(all_, calls_);
    if (empty != kNoCall) {
      return {Linearizable::no,
              fmt::format("{} found the stack empty, and there was something in it from before it "
                          "began until after it returned",
                          name(empty)),
              {calls_[empty].op}};
    }
    Part all = all_.elements;
    std::erase_if(all, [](const ObjectElement& element) { return !element.is_surely_there(); });
    std::ranges::sort(all, {}, &ObjectElement::in_finish);
    const std::uint64_t most = kWorkMost * (all.size() + 1000);
    std::uint64_t work = 0;
    std::vector<Part> parts;
    split(all, parts);
    while (!parts.empty()) {
      Part part = std::move(parts.back());
      parts.pop_back();
      work += part.size();
      if (work > most) return {Linearizable::unsuited, {}, {}};
      const std::size_t before = part.size();
      remove_bottoms(part);
      if (part.size() == before) return stuck(part);
      split(part, parts);
    }
    return {};
  }

  /// Into what is covered all the time. Elements stand in the order of `in_finish`, and stay so.
  static void split(const Part& all, std::vector<Part>& parts) {
    std::uint32_t to = 0;
    std::size_t begin = 0;
    const auto take = [&](std::size_t end) {
      if (end - begin > 1) {
        parts.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(begin),
                           all.begin() + static_cast<std::ptrdiff_t>(end));
      }
      begin = end;
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > begin && all[i].in_finish > to) take(i);
      to = i == begin ? all[i].out_start : std::max(to, all[i].out_start);
    }
    if (begin < all.size()) take(all.size());
  }

  /// Those that can be pushed before all others, and popped after all others.
  static void remove_bottoms(Part& part) {
    // Of pushes the first return, of pops the last start; of those who have them, the next ones.
    const auto first = part[0].in_finish;
    const auto second = part[1].in_finish;
    std::uint32_t last = 0;
    std::uint32_t next_to_last = 0;
    for (const ObjectElement& element : part) {
      if (element.out_start >= last) {
        next_to_last = last;
        last = element.out_start;
      } else {
        next_to_last = std::max(next_to_last, element.out_start);
      }
    }
    std::erase_if(part, [&](const ObjectElement& element) {
      const std::uint32_t least = element.in_finish == first ? second : first;
      const std::uint32_t most = element.out_start == last ? next_to_last : last;
      return element.in_start < least && element.out_finish >= most;
    });
  }

  Judged stuck(const Part& part) const {
    Judged judged{Linearizable::no, {}, {}};
    std::vector<std::string> names;
    for (const ObjectElement& element : part) {
      if (names.size() < 6) names.push_back(words_.value(calls_[element.in].a));
      if (judged.ops.size() < 16) judged.ops.push_back(calls_[element.in].op);
      if (judged.ops.size() < 16 && element.out != kNoCall) {
        judged.ops.push_back(calls_[element.out].op);
      }
    }
    judged.why = fmt::format(
        "one of the elements {}{} must have been below the others all the time, and none can have "
        "been",
        fmt::join(names, ", "), part.size() > names.size() ? ", …" : "");
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
