/// Calls laid out for a search: which are equal, which are open, in what order they return.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/linearizability/calls.hpp"
#include "checker/linearizability/model.hpp"

namespace witness {

struct SearchLayout {
  static constexpr std::uint32_t kNone = 0xffffffffU;

  /// Equal calls that are open.
  struct OpenClass {
    std::uint32_t call = 0;               ///< any of them
    std::vector<std::uint32_t> starts{};  ///< growing
  };

  std::vector<std::uint32_t> class_of;  ///< of each call; equal ones have equal numbers, dense
  std::uint32_t classes = 0;
  std::vector<std::uint32_t> slot;  ///< of each call that is not open: no two pending share one
  std::uint32_t slots = 0;
  std::vector<std::uint32_t> returns;   ///< calls, in the order of their returns
  std::vector<std::uint32_t> next;      ///< a list of calls by their starts, from behind all calls
  std::vector<std::uint32_t> previous;  ///< the same list, backwards
  std::vector<OpenClass> open;
  std::vector<std::uint32_t> resets;  ///< starts of calls that reset, growing
};

/// O(calls log calls).
SearchLayout lay_out(const std::vector<Call>& calls, const Objects& objects,
                     const ObjectModel& model);

}  // namespace witness
