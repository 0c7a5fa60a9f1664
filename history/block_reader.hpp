/// Reads a history of transactions block by block.
#pragma once

#include <cstddef>
#include <string>

#include "history/formats.hpp"
#include "history/text_blocks.hpp"
#include "history/transactions_builder.hpp"
#include "witness/history.hpp"

namespace witness {

/// Throws InputError. O(size) time; memory beside the history: a few blocks.
void read_transactions(std::unique_ptr<ByteSource> bytes, const HistoryFormat& format,
                       const BuilderOptions& options, History& history,
                       std::size_t block_bytes = kBlockBytes);

}  // namespace witness
