#include "checker/linearizability/elements.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/datum_table.hpp"

namespace witness {

ObjectElements elements_of(const std::vector<Call>& calls, ObjectCall in, ObjectCall out,
                           const ObjectWords& words) {
  ObjectElements all;
  DatumTable table;
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    if (calls[i].call != in) continue;
    std::uint32_t& number = table[calls[i].a];
    if (number != kNoPosition) {
      all.unique = false;
      return all;
    }
    number = static_cast<std::uint32_t>(all.elements.size());
    all.elements.push_back({i, kNoCall, calls[i].start, calls[i].finish});
  }
  const auto name = [&](std::uint32_t call) { return words.operation(calls[call].op); };
  const auto fail = [&](std::string why, std::uint32_t call, std::uint32_t other) {
    all.judged = {Linearizable::no, std::move(why), {calls[call].op}};
    if (other != kNoCall) all.judged.ops.push_back(calls[other].op);
  };
  for (std::uint32_t i = 0; i < calls.size(); ++i) {
    const Call& call = calls[i];
    if (call.call != out) continue;
    if (call.is_open()) {
      all.open_outs.push_back(i);
      continue;
    }
    if (call.a.is_nil()) {
      all.empties.push_back(i);
      continue;
    }
    const std::uint32_t number = table.find(call.a);
    if (number == kNoPosition) {
      fail(fmt::format("{} took out what nobody had put in", name(i)), i, kNoCall);
      return all;
    }
    ObjectElement& element = all.elements[number];
    if (element.out != kNoCall) {
      fail(fmt::format("{} and {} took out the same element", name(element.out), name(i)), i,
           element.out);
      return all;
    }
    element.out = i;
    element.out_start = call.start;
    element.out_finish = call.finish;
    if (call.finish < element.in_start) {
      fail(fmt::format("{} was over before {} began, which put it in", name(i), name(element.in)),
           i, element.in);
      return all;
    }
  }
  std::erase_if(all.elements, [](const ObjectElement& element) {
    return element.out == kNoCall && element.in_finish == kOpenEnd;
  });
  return all;
}

std::vector<Covered> covered(const std::vector<ObjectElement>& elements) {
  std::vector<Covered> parts;
  for (const ObjectElement& element : elements) {
    if (element.is_surely_there()) parts.push_back({element.in_finish, element.out_start});
  }
  std::ranges::sort(parts, {}, &Covered::from);
  std::vector<Covered> merged;
  for (const Covered& part : parts) {
    if (merged.empty() || part.from > merged.back().to) {
      merged.push_back(part);
    } else {
      merged.back().to = std::max(merged.back().to, part.to);
    }
  }
  return merged;
}

std::uint32_t wrong_empty(const ObjectElements& all, const std::vector<Call>& calls) {
  if (all.empties.empty()) return kNoCall;
  const std::vector<Covered> parts = covered(all.elements);
  for (const std::uint32_t empty : all.empties) {
    const auto behind = std::ranges::upper_bound(parts, calls[empty].start, {}, &Covered::from);
    if (behind != parts.begin() && (behind - 1)->to > calls[empty].finish) return empty;
  }
  return kNoCall;
}

}  // namespace witness
