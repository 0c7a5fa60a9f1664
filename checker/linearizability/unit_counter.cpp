/// A counter to which only one amount is ever added.
///
/// Additions differ in nothing but when they begin and return. A read that saw the k-th value
/// stands behind exactly k of them: those that returned before it began are among the first k,
/// those that began after it returned are not. So each addition has a range of places in which it
/// may stand, and giving every place to the addition whose range ends first (Jackson's rule, which
/// is optimal for unit jobs) decides. An addition that returned before another began has the range
/// that begins and ends no later, so that real time among additions holds by itself.
#include <fmt/format.h>

#include <algorithm>
#include <queue>

#include "checker/linearizability/judges.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;
constexpr std::uint32_t kNoLimit = 0xffffffffU;

struct Read {
  std::uint32_t call = 0;
  std::uint32_t before = 0;  ///< additions that stand before it
};

class UnitCounter {
 public:
  UnitCounter(const std::vector<Call>& calls, const Objects& objects, const ObjectWords& words)
      : calls_(calls),
        initial_(objects.initial.is_integer() ? objects.initial.integer() : 0),
        words_(words) {}

  Judged judge() {
    if (!take_adds()) return {Linearizable::unsuited, {}, {}};
    if (!take_reads() || !reads_in_order()) return std::move(judged_);
    give_ranges();
    return schedule() ? Judged{} : std::move(judged_);
  }

 private:
  bool take_adds() {
    for (std::uint32_t i = 0; i < calls_.size(); ++i) {
      const Call& call = calls_[i];
      if (call.call != ObjectCall::add) continue;
      if (!call.a.is_integer()) return false;
      if (adds_.empty()) amount_ = call.a.integer();
      if (amount_ == 0 || call.a.integer() != amount_) return false;
      adds_.push_back(i);
    }
    return true;
  }

  bool take_reads() {
    for (std::uint32_t i = 0; i < calls_.size(); ++i) {
      const Call& call = calls_[i];
      if (call.call != ObjectCall::read) continue;
      const std::int64_t sum = call.a.is_integer() ? call.a.integer() - initial_ : -1;
      const bool fits = call.a.is_integer() && (sum == 0 || (amount_ != 0 && sum % amount_ == 0));
      const std::int64_t before = sum == 0 || !fits ? 0 : sum / amount_;
      if (!fits || before < 0 || before > static_cast<std::int64_t>(adds_.size())) {
        return fail(fmt::format("{} saw a sum that no additions make", name(i)), i, kNone);
      }
      reads_.push_back({i, static_cast<std::uint32_t>(before)});
    }
    std::ranges::stable_sort(reads_, {}, &Read::before);
    return true;
  }

  /// Who saw less comes first.
  bool reads_in_order() {
    std::uint32_t latest = kNone;  // of reads that saw less
    std::uint32_t pending = kNone;
    for (std::size_t i = 0; i < reads_.size(); ++i) {
      if (i > 0 && reads_[i].before != reads_[i - 1].before) latest = pending;
      const std::uint32_t call = reads_[i].call;
      if (latest != kNone && calls_[call].finish < calls_[latest].start) {
        return fail(fmt::format("{} was over before {} began, which saw less of the counter",
                                name(call), name(latest)),
                    latest, call);
      }
      if (pending == kNone || calls_[call].start > calls_[pending].start) pending = call;
    }
    return true;
  }

  struct Event {
    std::uint32_t place = 0;
    std::uint32_t at = 0;  ///< in reads_ or adds_
    bool is_read = false;
  };

  /// From the reads before it and behind it, in real time.
  void give_ranges() {
    first_.assign(adds_.size(), 1);
    last_.assign(adds_.size(), kNoLimit);
    std::vector<Event> ends;    // of reads; starts of additions
    std::vector<Event> starts;  // of reads; ends of additions
    for (std::uint32_t i = 0; i < reads_.size(); ++i) {
      ends.push_back({calls_[reads_[i].call].finish, i, true});
      starts.push_back({calls_[reads_[i].call].start, i, true});
    }
    for (std::uint32_t i = 0; i < adds_.size(); ++i) {
      ends.push_back({calls_[adds_[i]].start, i, false});
      if (!calls_[adds_[i]].is_open()) starts.push_back({calls_[adds_[i]].finish, i, false});
    }
    std::ranges::sort(ends, {}, &Event::place);
    std::ranges::sort(starts, {}, &Event::place);
    std::uint32_t most = 0;
    for (const Event& event : ends) {
      if (event.is_read) {
        most = std::max(most, reads_[event.at].before);
      } else {
        first_[event.at] = most + 1;
      }
    }
    std::uint32_t least = kNoLimit;
    for (auto event = starts.rbegin(); event != starts.rend(); ++event) {
      if (event->is_read) {
        least = std::min(least, reads_[event->at].before);
      } else {
        last_[event->at] = least;
      }
    }
  }

  bool schedule() {
    std::vector<std::uint32_t> order(adds_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::uint32_t add) { return first_[add]; });
    const std::uint32_t places = reads_.empty() ? 0 : reads_.back().before;
    using Entry = std::pair<std::uint32_t, std::uint32_t>;  // last place, addition
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
    auto next = order.begin();
    for (std::uint32_t place = 1; place <= places; ++place) {
      for (; next != order.end() && first_[*next] <= place; ++next)
        ready.push({last_[*next], *next});
      if (ready.empty()) return too_much(place);
      const auto [last, add] = ready.top();
      ready.pop();
      if (last < place) return too_little(add);
    }
    for (; next != order.end(); ++next) ready.push({last_[*next], *next});
    return ready.empty() || ready.top().first == kNoLimit || too_little(ready.top().second);
  }

  /// Nobody is there for this place: the first read behind it saw too much.
  bool too_much(std::uint32_t place) {
    const auto read = std::ranges::lower_bound(reads_, place, {}, &Read::before);
    return fail(fmt::format("{} saw more than can have been added by then", name(read->call)),
                read->call, kNone);
  }

  /// A read that began after this addition had returned does not count it.
  bool too_little(std::uint32_t add) {
    std::uint32_t missed = kNone;
    for (const Read& read : reads_) {
      if (calls_[read.call].start > calls_[adds_[add]].finish) {
        missed = read.call;
        break;
      }
    }
    return fail(fmt::format("{} saw less than had surely been added before it began", name(missed)),
                missed, adds_[add]);
  }

  std::string name(std::uint32_t call) const { return words_.operation(calls_[call].op); }

  bool fail(std::string why, std::uint32_t a, std::uint32_t b) {
    judged_ = {Linearizable::no, std::move(why), {calls_[a].op}};
    if (b != kNone) judged_.ops.push_back(calls_[b].op);
    return false;
  }

  const std::vector<Call>& calls_;
  std::int64_t initial_;
  const ObjectWords& words_;
  std::int64_t amount_ = 0;
  std::vector<std::uint32_t> adds_;   ///< calls
  std::vector<Read> reads_;           ///< by what they saw
  std::vector<std::uint32_t> first_;  ///< place that each addition may have
  std::vector<std::uint32_t> last_;
  Judged judged_;
};

}  // namespace

Judged judge_counter(const std::vector<Call>& calls, const Objects& objects,
                     const ObjectWords& words) {
  return UnitCounter{calls, objects, words}.judge();
}

}  // namespace witness
