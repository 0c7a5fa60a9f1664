/// Elements that go in once and come out at most once: what queues and stacks share.
#pragma once

#include <vector>

#include "checker/linearizability/calls.hpp"

namespace witness {

inline constexpr std::uint32_t kNoCall = 0xffffffffU;

/// An element with its two calls, and the places between which each of them takes effect. Of one
/// that nobody took out, both places of `out` are kOpenEnd.
struct ObjectElement {
  std::uint32_t in = kNoCall;
  std::uint32_t out = kNoCall;
  std::uint32_t in_start = 0;
  std::uint32_t in_finish = kOpenEnd;
  std::uint32_t out_start = kOpenEnd;
  std::uint32_t out_finish = kOpenEnd;

  /// It is surely there from `in_finish` to `out_start`.
  bool is_surely_there() const { return in_finish < out_start; }
};

struct ObjectElements {
  std::vector<ObjectElement> elements;   ///< that went in
  std::vector<std::uint32_t> open_outs;  ///< calls: nobody knows what they took
  std::vector<std::uint32_t> empties;    ///< calls that found nothing
  bool unique = true;                    ///< false: one went in twice, and the rest is void
  Judged judged;                         ///< yes, or what is wrong with one element
};

/// Leaves out what went in by an open call and never came out: it need not have gone in.
ObjectElements elements_of(const std::vector<Call>& calls, ObjectCall in, ObjectCall out,
                           const ObjectWords& words);

/// Times at which some element is surely there, as intervals that do not meet, in order.
struct Covered {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};
std::vector<Covered> covered(const std::vector<ObjectElement>& elements);

/// The first call that found nothing, though something was there all the time; kNoCall if none.
std::uint32_t wrong_empty(const ObjectElements& all, const std::vector<Call>& calls);

}  // namespace witness
