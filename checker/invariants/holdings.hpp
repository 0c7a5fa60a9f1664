/// Who holds what: all that is known of each key's units, gathered once for the
/// invariants and for linearizability.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/resolve.hpp"

namespace witness {

/// One committed acquisition. `fate` is kNoPosition for a ledger row of nobody.
struct Holder {
  std::uint32_t fate = kNoPosition;
  StringId name = kNoString;
  std::int64_t units = 1;
};

struct KeyHoldings {
  StringId key = kNoString;
  std::vector<Holder> holders;
  std::int64_t units = 0;                 ///< of all holders
  std::vector<std::uint32_t> unresolved;  ///< fates that may hold a unit each
  std::vector<std::uint32_t> open;        ///< operations without a completion, likewise
  std::vector<std::uint32_t> rejections;  ///< operations that were told: nothing is left
  StringId state = kNoString;             ///< the key's final value in the application's table
  bool writes_state = false;              ///< its acquisitions write that value (not only rows)

  std::int64_t possible() const {
    return static_cast<std::int64_t>(unresolved.size() + open.size());
  }
};

/// Sorted naturally by key. O(n log n).
std::vector<KeyHoldings> collect_holdings(const History& history, const Resolution& resolution);

/// A value as a number, if it is one.
std::optional<std::int64_t> as_number(std::string_view text);

}  // namespace witness
