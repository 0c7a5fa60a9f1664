#include "checker/linearizability/search_layout.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace witness {
namespace {

constexpr std::uint32_t kNone = SearchLayout::kNone;

/// Which calls are equal: numbers of classes, dense.
std::vector<std::uint32_t> classes_of(const std::vector<Call>& calls, const Objects& objects,
                                      std::uint32_t& count) {
  const auto list_of = [&](const Call& call) { return objects.list_of(objects.ops[call.op]); };
  const auto compare = [&](std::uint32_t i, std::uint32_t j) {
    const Call& a = calls[i];
    const Call& b = calls[j];
    if (a.call != b.call) return a.call < b.call ? -1 : 1;
    if (a.refused != b.refused) return a.refused ? -1 : 1;
    // Nobody knows what an open call returned.
    if (a.is_open() != b.is_open()) return a.is_open() ? -1 : 1;
    if (const auto order = a.a <=> b.a; order != 0) return order < 0 ? -1 : 1;
    if (const auto order = a.b <=> b.b; order != 0) return order < 0 ? -1 : 1;
    const auto left = list_of(a);
    const auto right = list_of(b);
    if (std::equal(left.begin(), left.end(), right.begin(), right.end())) return 0;
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end()) ? -1
                                                                                              : 1;
  };
  std::vector<std::uint32_t> order(calls.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t i, std::uint32_t j) { return compare(i, j) < 0; });
  std::vector<std::uint32_t> classes(calls.size());
  count = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && compare(order[i - 1], order[i]) != 0) ++count;
    classes[order[i]] = count;
  }
  if (!order.empty()) ++count;
  return classes;
}

void gather_open(const std::vector<Call>& calls, SearchLayout& layout) {
  std::vector<std::uint32_t> open_class(layout.classes, kNone);
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    if (!calls[i].is_open()) continue;
    std::uint32_t& open = open_class[layout.class_of[i]];
    if (open == kNone) {
      open = static_cast<std::uint32_t>(layout.open.size());
      layout.open.push_back({i});
    }
    layout.open[open].starts.push_back(calls[i].start);
  }
}

void line_up(const std::vector<Call>& calls, SearchLayout& layout) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> events;  // place, call
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    if (calls[i].is_open()) continue;
    events.emplace_back(calls[i].start, i);
    events.emplace_back(calls[i].finish, i);
  }
  std::ranges::sort(events);
  layout.slot.resize(calls.size());
  layout.next.assign(calls.size() + 1, kNone);
  layout.previous.assign(calls.size() + 1, kNone);
  std::vector<std::uint32_t> free;
  auto last = static_cast<std::uint32_t>(calls.size());  // the list's head
  for (const auto& [place, call] : events) {
    if (place == calls[call].start) {
      if (free.empty()) free.push_back(layout.slots++);
      layout.slot[call] = free.back();
      free.pop_back();
      layout.next[last] = call;
      layout.previous[call] = last;
      last = call;
    } else {
      free.push_back(layout.slot[call]);
      layout.returns.push_back(call);
    }
  }
}

}  // namespace

SearchLayout lay_out(const std::vector<Call>& calls, const Objects& objects,
                     const ObjectModel& model) {
  SearchLayout layout;
  layout.class_of = classes_of(calls, objects, layout.classes);
  gather_open(calls, layout);
  line_up(calls, layout);
  for (const Call& call : calls) {
    if (model.resets(call)) layout.resets.push_back(call.start);
  }
  return layout;
}

}  // namespace witness
