/// Parses blocks of a text on several threads, and hands them out in order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "history/formats.hpp"
#include "history/text_blocks.hpp"

namespace witness {

/// A block of text, and what was made of it as if it began in the state that all blocks are assumed
/// to begin in.
struct ParsedBlock {
  TextBlock text;
  OpBlock ops;
};

/// A new parser for each thread.
using MakeParser = std::unique_ptr<BlockParser> (*)();

/// Threads run from construction to destruction; a few blocks more than there are threads exist at
/// any time. What throws on a thread is thrown by next().
class ParallelBlocks {
 public:
  /// Every block is parsed as if it began in `state`. `source` must outlive this object; nobody
  /// else may use it until stop().
  ParallelBlocks(TextBlocks& source, MakeParser make_parser, int state, unsigned threads);
  ~ParallelBlocks();
  ParallelBlocks(const ParallelBlocks&) = delete;
  ParallelBlocks& operator=(const ParallelBlocks&) = delete;

  /// The next block, or nullptr at the end. It is the caller's until the next call.
  ParsedBlock* next();

  /// No thread reads on. Blocks that were read already still come from next().
  void stop();

 private:
  enum class Slot : std::uint8_t { free, filled };
  struct Work {
    ParsedBlock block;
    std::exception_ptr error;
    Slot slot = Slot::free;
    bool is_end = false;
  };

  void work();
  void fill(Work& work, BlockParser& parser, std::unique_lock<std::mutex>& reading);

  TextBlocks& source_;
  MakeParser make_parser_;
  int state_;
  std::vector<Work> ring_;
  std::mutex mutex_;  ///< guards everything below, and the slots' states
  std::condition_variable filled_;
  std::condition_variable freed_;
  std::uint64_t reading_ = 0;  ///< number of the next block to be read
  std::uint64_t given_ = 0;    ///< of the next block to be given out
  bool holds_one_ = false;     ///< the caller has block given_ - 1
  bool stopped_ = false;
  std::mutex source_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace witness
