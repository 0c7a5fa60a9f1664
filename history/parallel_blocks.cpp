#include "history/parallel_blocks.hpp"

namespace witness {

ParallelBlocks::ParallelBlocks(TextBlocks& source, MakeParser make_parser, int state,
                               unsigned threads)
    : source_(source), make_parser_(make_parser), state_(state), ring_(2 * threads + 2) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ParallelBlocks::~ParallelBlocks() {
  stop();
  for (std::thread& thread : threads_) thread.join();
}

void ParallelBlocks::stop() {
  {
    const std::scoped_lock lock{mutex_};
    stopped_ = true;
    freed_.notify_all();
  }
  const std::scoped_lock reading{source_mutex_};  // whoever reads, reads to the end of its block
}

void ParallelBlocks::work() {
  const std::unique_ptr<BlockParser> parser = make_parser_();
  for (;;) {
    // Texts are read one after another: the number of a block is its place in the file.
    std::unique_lock reading{source_mutex_};
    std::uint64_t number = 0;
    {
      std::unique_lock lock{mutex_};
      freed_.wait(lock, [this] {
        return stopped_ || reading_ < given_ + ring_.size() - (holds_one_ ? 1 : 0);
      });
      if (stopped_) return;
      number = reading_++;
    }
    Work& work = ring_[number % ring_.size()];
    fill(work, *parser, reading);
    const std::scoped_lock lock{mutex_};
    work.slot = Slot::filled;
    filled_.notify_one();
  }
}

void ParallelBlocks::fill(Work& work, BlockParser& parser, std::unique_lock<std::mutex>& reading) {
  try {
    work.is_end = !source_.next(work.block.text);
    if (work.is_end || work.block.text.last) {
      const std::scoped_lock lock{mutex_};
      stopped_ = true;
      freed_.notify_all();
    }
    reading.unlock();
    if (work.is_end) return;
    work.block.ops.clear();
    work.block.ops.state = state_;
    parser.parse(work.block.text.buffer.text(), work.block.text.last, work.block.ops);
  } catch (...) {
    work.error = std::current_exception();
    const std::scoped_lock lock{mutex_};
    stopped_ = true;
    freed_.notify_all();
  }
}

ParsedBlock* ParallelBlocks::next() {
  std::unique_lock lock{mutex_};
  if (holds_one_) {
    ring_[(given_ - 1) % ring_.size()].slot = Slot::free;
    holds_one_ = false;
    freed_.notify_one();
  }
  Work& work = ring_[given_ % ring_.size()];
  filled_.wait(lock, [&] { return work.slot == Slot::filled || (stopped_ && given_ == reading_); });
  if (work.slot != Slot::filled || work.is_end) return nullptr;
  if (work.error) std::rethrow_exception(work.error);
  ++given_;
  holds_one_ = true;
  return &work.block;
}

}  // namespace witness
