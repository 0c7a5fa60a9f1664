/// The formats that histories are read in: one line each.
#pragma once

#include <array>
#include <string_view>

namespace witness {

struct HistoryFormat {
  std::string_view name;
  std::string_view about;
};

inline constexpr std::array kHistoryFormats = {
    HistoryFormat{"native",
                  "witness.history/1: JSON Lines, plain (.jsonl) or compressed (.jsonl.zst)"},
};

}  // namespace witness
