/// The calls on one object, as judges of linearizability see them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "witness/history.hpp"
#include "witness/verdict.hpp"

namespace witness {

/// Never: it may still take effect at any time.
inline constexpr std::uint32_t kOpenEnd = 0xffffffffU;

/// It takes effect at one moment after `start` and before `finish`: places among all events, from
/// 1 (0 is before everything), no two of them equal. An open one may never take effect.
struct Call {
  Datum a;
  Datum b;
  std::uint32_t start = 0;
  std::uint32_t finish = kOpenEnd;
  std::uint32_t op = 0;  ///< position in Objects::ops
  ObjectCall call = ObjectCall::other;
  /// A compare-and-set that was answered "no": the old value was not there.
  bool refused = false;

  bool is_open() const { return finish == kOpenEnd; }
};

/// Calls on one key, in the order of their starts, as far as they matter to its linearizability:
/// failed ones do not, nor open ones that change nothing, nor reads that tell nothing.
/// `cut`: only the events before it count; whoever had not returned by then is open.
std::vector<Call> calls_of(const Objects& objects, std::span<const std::uint32_t> ops,
                           std::uint32_t cut = kOpenEnd);

/// Positions in Objects::ops, grouped by key, keys in the order of their first use.
struct KeyGroups {
  std::vector<Datum> keys;
  std::vector<std::uint32_t> begin;  ///< keys.size() + 1 positions in `ops`
  std::vector<std::uint32_t> ops;

  std::span<const std::uint32_t> ops_of(std::size_t key) const {
    return std::span{ops}.subspan(begin[key], begin[key + 1] - begin[key]);
  }
};
KeyGroups group_by_key(const Objects& objects);

/// What a judge says of one object. `ops` are those that contradict each other.
enum class Linearizable : std::uint8_t {
  yes,
  no,
  unknown,   ///< a limit was reached
  unsuited,  ///< the judge's assumptions do not hold here
};
struct Judged {
  Linearizable result = Linearizable::yes;
  std::string why{};                 ///< one sentence without its full stop
  std::vector<std::uint32_t> ops{};  ///< positions in Objects::ops
  AnomalyKind kind = AnomalyKind::nonlinearizable;
};

/// Names for sentences.
class ObjectWords {
 public:
  ObjectWords(const Objects& objects, const StringPool& strings)
      : objects_(objects), strings_(strings) {}

  std::string value(Datum datum) const { return shown(datum, strings_); }
  std::string list(std::uint32_t op) const;  ///< "[1 2 3]", cut where it is long
  std::string call(std::uint32_t op) const;  ///< "process 3: cas 1 to 2"
  /// "operation 7 (write 3)"
  std::string operation(std::uint32_t op) const;

 private:
  std::string what(std::uint32_t op) const;

  const Objects& objects_;
  const StringPool& strings_;
};

}  // namespace witness
