/// Reads a history of transactions or objects block by block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

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

/// A file of a history: most have one, some one for each session.
struct HistoryFile {
  std::string name;
  std::int64_t session = 0;
  std::unique_ptr<ByteSource> bytes{};  ///< of what is open already; else the file of this name
};

/// Fills the history; gives a value that is written to a key twice, which must be refused.
/// Throws InputError. O(size) time; memory beside the history: a few blocks, or the whole text of
/// a format that cannot be cut.
std::optional<Duplicate> read_transactions(std::vector<HistoryFile> files,
                                           const HistoryFormat& format,
                                           const BuilderOptions& options, History& history,
                                           const Cutting& cutting = {});

/// The same for calls on objects; `format` must have an object parser.
void read_objects(HistoryFile file, const HistoryFormat& format, const ObjectOptions& options,
                  History& history, const Cutting& cutting = {});

}  // namespace witness
