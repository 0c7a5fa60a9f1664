/// How read_history() and parse_history() divide their work.
#pragma once

#include <string>
#include <string_view>

#include "history/block_reader.hpp"
#include "witness/history.hpp"

namespace witness {

/// As parse_history(), which the cutting must not change.
History parse_history(std::string_view text, const std::string& name, const ReadOptions& options,
                      const Cutting& cutting);

}  // namespace witness
