/// A set that only grows, and to which every element is added once.
///
/// Reads must be a chain by inclusion, and then their order is given: by size. An element was added
/// between the last read without it and the first one with it; one that nobody saw comes after all
/// reads, or never if it is open. So all calls stand in groups whose order is given, and inside a
/// group everything fits: nothing may return before something of an earlier group began. (As the
/// set of Emmi and Enea 2018, Sound, complete, and tractable linearizability monitoring, sec. 4,
/// with reads of the whole.) Linear in the elements that were read, beside sorting the reads.
#include <fmt/format.h>

#include <algorithm>

#include "checker/datum_table.hpp"
#include "checker/linearizability/judges.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;

struct Element {
  std::uint32_t add = kNone;    ///< a call
  std::uint32_t group = kNone;  ///< of reads: the first that has it
  std::uint32_t stamp = kNone;  ///< the read that was looked at last
};

class GrowingSet {
 public:
  GrowingSet(const std::vector<Call>& calls, const Objects& objects, const ObjectWords& words)
      : calls_(calls), objects_(objects), words_(words) {}

  Judged judge() {
    if (!take_adds()) return {Linearizable::unsuited, {}, {}};
    std::vector<std::uint32_t> reads;
    sizes_.resize(calls_.size());
    for (std::uint32_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i].call != ObjectCall::read || calls_[i].is_open()) continue;
      reads.push_back(i);
      if (!measure(i)) return std::move(judged_);
    }
    std::ranges::stable_sort(reads, {}, [&](std::uint32_t read) { return sizes_[read]; });
    if (!chain(reads)) return std::move(judged_);
    return in_order(reads) ? Judged{} : std::move(judged_);
  }

 private:
  bool take_adds() {
    for (std::uint32_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i].call != ObjectCall::add) continue;
      std::uint32_t& number = table_[calls_[i].a];
      if (number != kNoPosition) return false;
      number = static_cast<std::uint32_t>(elements_.size());
      elements_.push_back({i});
    }
    return true;
  }

  std::span<const Datum> list(std::uint32_t read) const {
    return objects_.list_of(objects_.ops[calls_[read].op]);
  }

  /// How many different elements a read has.
  bool measure(std::uint32_t read) {
    for (const Datum datum : list(read)) {
      const std::uint32_t number = table_.find(datum);
      if (number == kNoPosition) {
        return fail(fmt::format("{} saw {}, which nobody added", name(read), words_.value(datum)),
                    read, kNone);
      }
      if (elements_[number].stamp == read) continue;
      elements_[number].stamp = read;
      ++sizes_[read];
    }
    return true;
  }

  /// Is each read a part of the next one? Gives every element its group.
  bool chain(const std::vector<std::uint32_t>& reads) {
    for (Element& element : elements_) element.stamp = kNone;
    std::uint32_t seen = 0;
    std::uint32_t group = kNone;
    for (std::size_t i = 0; i < reads.size(); ++i) {
      const std::uint32_t read = reads[i];
      if (i == 0 || sizes_[read] != sizes_[reads[i - 1]]) ++group;
      std::uint32_t known = 0;
      for (const Datum datum : list(read)) {
        Element& element = elements_[table_.find(datum)];
        if (element.stamp == read) continue;
        element.stamp = read;
        if (element.group == kNone) {
          element.group = group;
        } else {
          ++known;
        }
      }
      if (known != seen) {
        return fail(fmt::format("{} and {} each saw an element that the other one did not",
                                name(read), name(reads[i - 1])),
                    read, reads[i - 1]);
      }
      seen = sizes_[read];
    }
    return true;
  }

  /// Adds of a group, then its reads, then the next group.
  bool in_order(const std::vector<std::uint32_t>& reads) {
    // By group, those that nobody saw last; in the order of calls.
    std::vector<std::uint32_t> ends(reads.size() + 2, 0);
    const auto group = [&](const Element& each) {
      return std::min<std::size_t>(each.group, reads.size());
    };
    const auto counts = [&](const Element& each) {
      return each.group != kNone || !calls_[each.add].is_open();
    };
    for (const Element& each : elements_) ends[group(each) + 1] += counts(each) ? 1 : 0;
    for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
    std::vector<std::uint32_t> calls(ends.back());
    for (const Element& each : elements_) {
      if (counts(each)) calls[ends[group(each)]++] = each.add;
    }
    const auto adds_of = [&](std::size_t each) {
      const std::size_t begin = each == 0 ? 0 : ends[each - 1];
      return std::span<const std::uint32_t>{calls}.subspan(begin, ends[each] - begin);
    };
    std::size_t current = 0;
    for (std::size_t i = 0; i < reads.size(); ++current) {
      if (!step(adds_of(current))) return false;
      const std::size_t first = i;
      while (i < reads.size() && sizes_[reads[i]] == sizes_[reads[first]]) ++i;
      if (!step({reads.begin() + static_cast<std::ptrdiff_t>(first),
                 reads.begin() + static_cast<std::ptrdiff_t>(i)})) {
        return false;
      }
    }
    return step(adds_of(reads.size()));
  }

  /// The next group of calls, in any order among themselves.
  bool step(std::span<const std::uint32_t> calls) {
    const std::uint32_t before = latest_;
    const std::uint32_t limit = before == kNone ? 0 : calls_[before].start;
    for (const std::uint32_t call : calls) {
      if (calls_[call].finish < limit) {
        return fail(fmt::format("{} was over before {} began, and must come after it", name(call),
                                name(before)),
                    call, before);
      }
      if (latest_ == kNone || calls_[call].start > calls_[latest_].start) latest_ = call;
    }
    return true;
  }

  std::string name(std::uint32_t call) const { return words_.operation(calls_[call].op); }

  bool fail(std::string why, std::uint32_t a, std::uint32_t b) {
    judged_ = {Linearizable::no, std::move(why), {calls_[a].op}};
    if (b != kNone) judged_.ops.push_back(calls_[b].op);
    return false;
  }

  const std::vector<Call>& calls_;
  const Objects& objects_;
  const ObjectWords& words_;
  DatumTable table_;
  std::vector<Element> elements_;
  std::vector<std::uint32_t> sizes_;  ///< of reads, by call
  std::uint32_t latest_ = kNone;      ///< the call of all earlier groups that began last
  Judged judged_;
};

}  // namespace

Judged judge_set(const std::vector<Call>& calls, const Objects& objects, const ObjectWords& words) {
  return GrowingSet{calls, objects, words}.judge();
}

}  // namespace witness
