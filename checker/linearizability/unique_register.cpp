/// Registers whose values are unique: zones (Gibbons and Korach 1997, Testing shared memories,
/// sec. 4; Golab, Li and Shah 2011, Analyzing consistency properties for fun and profit).
///
/// Each value has one writer, and the calls that saw it stand between that writer and the next
/// one. A compare-and-set sees the old value and writes the new one, so nothing stands between the
/// two: values that such calls link are one block. Inside a block the order is given, value by
/// value. Of two blocks A must come first if some call of A returned before some call of B began:
/// min finish(A) < max start(B). Were blocks in a circle, two of them would be in one: let A have
/// the circle's least finish, B come before C in it, and C before A. Then finish(A) <= finish(B) <
/// start(C), so A must come before C, too. Two blocks are in a circle where their forward zones
/// (min finish < max start) overlap, or where a backward zone lies inside a forward one: one pass
/// over the events.
///
/// Open writes took effect exactly if somebody saw their value.
#include <fmt/format.h>

#include <algorithm>

#include "checker/datum_table.hpp"
#include "checker/linearizability/judges.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kInitial = 0xfffffffeU;  ///< a writer: nobody
constexpr std::uint32_t kNone = 0xffffffffU;

/// The calls on one value: its write, and what saw it. Numbers of calls beside places.
struct Value {
  Datum value;
  std::uint32_t writer = kNone;  ///< a call, or kInitial
  std::uint32_t next = kNone;    ///< the value that a cas made of it
  std::uint32_t open_writer = kNone;
  bool needed = false;
  bool many_open = false;
  std::uint32_t first_return = kOpenEnd;  ///< of those that only read it
  std::uint32_t last_start = 0;
  std::uint32_t first_reader = kNone;
  std::uint32_t last_reader = kNone;
};

struct Zone {
  std::uint32_t finish = kOpenEnd;  ///< least
  std::uint32_t start = 0;          ///< greatest
  std::uint32_t finisher = kNone;   ///< calls
  std::uint32_t starter = kNone;

  void add_finish(std::uint32_t place, std::uint32_t call) {
    if (place < finish) finish = place, finisher = call;
  }
  void add_start(std::uint32_t place, std::uint32_t call) {
    if (starter == kNone || place > start) start = place, starter = call;
  }
};

class UniqueRegister {
 public:
  UniqueRegister(const std::vector<Call>& calls, const Objects& objects, const ObjectWords& words)
      : calls_(calls), objects_(objects), words_(words) {}

  Judged judge() {
    values_.reserve(calls_.size() / 2 + 1);
    value_of(objects_.initial).writer = kInitial;
    if (!take_writers()) return {Linearizable::unsuited, {}, {}};
    take_readers();
    if (!take_open_writers()) return {Linearizable::unsuited, {}, {}};
    if (!judged_.why.empty() || !link() || !make_blocks() || !compare_blocks()) {
      judged_.result = Linearizable::no;
    }
    return std::move(judged_);
  }

 private:
  Value& value_of(Datum datum) {
    std::uint32_t& number = table_[datum];
    if (number == kNoPosition) {
      number = static_cast<std::uint32_t>(values_.size());
      values_.push_back({datum});
    }
    return values_[number];
  }
  static Datum written(const Call& call) { return call.call == ObjectCall::cas ? call.b : call.a; }

  /// False: a value is written twice.
  bool take_writers() {
    for (std::uint32_t i = 0; i < calls_.size(); ++i) {
      const Call& call = calls_[i];
      if (call.refused) return false;
      if (call.call == ObjectCall::read) continue;
      Value& value = value_of(written(call));
      if (call.is_open()) {
        value.many_open = value.open_writer != kNone;
        value.open_writer = i;
      } else {
        if (value.writer != kNone) return false;
        value.writer = i;
      }
    }
    return true;
  }

  void take_readers() {
    for (std::uint32_t i = 0; i < calls_.size(); ++i) {
      const Call& call = calls_[i];
      if (call.is_open() || call.call == ObjectCall::write) continue;
      Value& value = value_of(call.a);
      value.needed = true;
      if (value.first_reader == kNone) value.first_reader = value.last_reader = i;
      if (call.call == ObjectCall::cas) continue;
      if (call.finish < value.first_return) {
        value.first_return = call.finish;
        value.first_reader = i;
      }
      if (call.start >= value.last_start) {
        value.last_start = call.start;
        value.last_reader = i;
      }
    }
  }

  /// Those whose values are needed. False: nobody knows which of several it was.
  bool take_open_writers() {
    for (std::uint32_t first = 0; first < values_.size(); ++first) {
      for (std::uint32_t at = first; values_[at].needed;) {
        Value& value = values_[at];
        if (value.open_writer == kNone) break;
        if (value.writer == value.open_writer) break;  // seen already
        if (value.writer != kNone || value.many_open) return false;
        value.writer = value.open_writer;
        if (calls_[value.writer].call != ObjectCall::cas) break;
        Value& old = value_of(calls_[value.writer].a);
        old.needed = true;
        if (old.first_reader == kNone) old.first_reader = old.last_reader = values_[at].writer;
        at = table_.find(old.value);
      }
    }
    for (const Value& value : values_) {
      if (!value.needed || value.writer != kNone) continue;
      const std::uint32_t op = calls_[value.first_reader].op;
      fail(fmt::format("{} saw {}, which nobody wrote", words_.operation(op),
                       words_.value(value.value)),
           {value.first_reader});
      break;
    }
    return true;
  }

  bool fail(std::string why, std::initializer_list<std::uint32_t> calls) {
    judged_.why = std::move(why);
    for (const std::uint32_t call : calls) {
      if (call < calls_.size()) judged_.ops.push_back(calls_[call].op);
    }
    return false;
  }

  std::string name(std::uint32_t call) const { return words_.operation(calls_[call].op); }

  /// Every cas that took effect leads from its old value to its new one.
  bool link() {
    for (std::uint32_t i = 0; i < values_.size(); ++i) {
      const std::uint32_t writer = values_[i].writer;
      if (writer == kNone || writer == kInitial) continue;
      const Call& call = calls_[writer];
      if (call.call != ObjectCall::cas) continue;
      Value& old = values_[table_.find(call.a)];
      if (old.next != kNone) {
        return fail(
            fmt::format("{} and {} both replaced {}, which was there only once",
                        name(values_[old.next].writer), name(writer), words_.value(old.value)),
            {values_[old.next].writer, writer});
      }
      old.next = i;
    }
    return true;
  }

  /// In a block, what stands later must not have returned before what stands earlier began.
  bool make_blocks() {
    block_.assign(values_.size(), kNone);
    for (std::uint32_t i = 0; i < values_.size(); ++i) {
      const std::uint32_t writer = values_[i].writer;
      const bool is_root =
          writer == kInitial || (writer != kNone && calls_[writer].call != ObjectCall::cas);
      if (!is_root) continue;
      Zone zone;
      for (std::uint32_t at = i; at != kNone; at = values_[at].next) {
        block_[at] = static_cast<std::uint32_t>(zones_.size());
        if (!add_writer(values_[at], zone) || !add_readers(values_[at], zone)) return false;
      }
      zones_.push_back(zone);
    }
    for (std::uint32_t i = 0; i < values_.size(); ++i) {
      if (values_[i].writer == kNone || block_[i] != kNone) continue;
      return fail(fmt::format("{} needs a value that can only come after its own, {}",
                              name(values_[i].writer), words_.value(values_[i].value)),
                  {values_[i].writer});
    }
    return true;
  }

  bool add_writer(const Value& value, Zone& zone) {
    if (value.writer == kInitial) {
      zone.add_finish(0, kInitial);
      zone.add_start(0, kInitial);
      return true;
    }
    const Call& call = calls_[value.writer];
    if (call.finish < zone.start) return early(value.writer, zone.starter, value.value);
    zone.add_finish(call.finish, value.writer);
    zone.add_start(call.start, value.writer);
    return true;
  }

  bool add_readers(const Value& value, Zone& zone) {
    if (value.first_return == kOpenEnd) return true;
    if (value.first_return < zone.start) {
      return early(value.first_reader, zone.starter, value.value);
    }
    zone.add_finish(value.first_return, value.first_reader);
    zone.add_start(value.last_start, value.last_reader);
    return true;
  }

  bool early(std::uint32_t call, std::uint32_t before, Datum value) {
    return fail(
        fmt::format("{} returned before {} began, and must come after it: {} came only then",
                    name(call), name(before), words_.value(value)),
        {call, before});
  }

  bool compare_blocks() {
    std::uint32_t last = 0;
    for (const Call& call : calls_)
      last = std::max({last, call.start, call.is_open() ? 0 : call.finish});
    std::vector<std::uint32_t> at(last + 1, kNone);  // where zones begin
    for (std::uint32_t i = 0; i < zones_.size(); ++i) {
      at[std::min(zones_[i].finish, zones_[i].start)] = i;
    }
    std::uint32_t forward = kNone;  // the last forward zone that began
    for (const std::uint32_t zone : at) {
      if (zone == kNone) continue;
      const bool is_forward = zones_[zone].finish < zones_[zone].start;
      if (forward != kNone && zones_[zone].finish < zones_[forward].start) {
        return conflict(forward, zone);
      }
      if (is_forward) forward = zone;
    }
    return true;
  }

  bool conflict(std::uint32_t a, std::uint32_t b) {
    const Zone& x = zones_[a];
    const Zone& y = zones_[b];
    const auto who = [&](std::uint32_t call) {
      return call == kInitial ? std::string{"the beginning"} : name(call);
    };
    return fail(
        fmt::format("{} was over before {} began, so {} came before {}; but {} was over before {} "
                    "began, so it was the other way round",
                    who(x.finisher), who(y.starter), value_shown(a), value_shown(b),
                    who(y.finisher), who(x.starter)),
        {x.starter, y.finisher, x.finisher, y.starter});
  }

  /// A value of a block, and how many more.
  std::string value_shown(std::uint32_t block) const {
    const auto first = std::ranges::find(block_, block);
    std::string text =
        words_.value(values_[static_cast<std::size_t>(first - block_.begin())].value);
    const auto more = std::count(first + 1, block_.end(), block);
    return more == 0 ? text : fmt::format("{} (and the {} that cas made of it)", text, more);
  }

  const std::vector<Call>& calls_;
  const Objects& objects_;
  const ObjectWords& words_;
  DatumTable table_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> block_;  ///< of each value
  std::vector<Zone> zones_;
  Judged judged_;
};

}  // namespace

Judged judge_unique_register(const std::vector<Call>& calls, const Objects& objects,
                             const ObjectWords& words) {
  return UniqueRegister{calls, objects, words}.judge();
}

}  // namespace witness
