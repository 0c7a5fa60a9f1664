/// Reads a history of transactions or objects block by block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <thread>

#include "history/formats.hpp"
#include "history/objects_builder.hpp"
#include "history/text_blocks.hpp"
#include "history/transactions_builder.hpp"
#include "witness/history.hpp"

namespace witness {

/// How the work is divided; the result does not depend on it.
struct Cutting {
  std::size_t block_bytes = kBlockBytes;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());  ///< 0: only the caller's
};

/// Fills the history; gives a value that is written to a key twice, which must be refused.
/// Throws InputError. O(size) time; memory beside the history: a few blocks.
std::optional<Duplicate> read_transactions(std::unique_ptr<ByteSource> bytes,
                                           const HistoryFormat& format,
                                           const BuilderOptions& options, History& history,
                                           const Cutting& cutting = {});

/// The same for calls on objects; `format` must have an object parser.
void read_objects(std::unique_ptr<ByteSource> bytes, const HistoryFormat& format,
                  const ObjectOptions& options, History& history, const Cutting& cutting = {});

}  // namespace witness
