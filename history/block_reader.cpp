#include "history/block_reader.hpp"

#include <algorithm>

#include "history/count_lines.hpp"
#include "history/line_source.hpp"
#include "history/parallel_blocks.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

/// Where a text stands in its file.
struct Place {
  std::uint64_t line = 1;
  std::uint64_t column = 0;  ///< bytes of the first line that stand before the text

  void advance(std::string_view text) { advance(text, count_lines(text)); }

  void advance(std::string_view text, std::uint64_t lines) {
    const std::size_t feed = text.rfind('\n');
    line += lines;
    column = feed == std::string_view::npos ? column + text.size() : text.size() - feed - 1;
  }
};

/// Wider than anything that is shown around a caret.
constexpr std::size_t kExcerptBytes = 1024;

[[noreturn]] void refuse(const std::string& name, Place place, std::string_view text,
                         const LineFault& fault) {
  const std::size_t offset = std::min(fault.offset, text.size());
  place.advance(text.substr(0, offset));
  const std::size_t feed = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const std::size_t begin = feed == std::string_view::npos ? 0 : feed + 1;
  const std::size_t end = std::min(text.find('\n', offset), offset + kExcerptBytes);
  // Of a long line only the end is at hand; nobody sees what stands so far before the caret.
  const std::size_t before = static_cast<std::size_t>(place.column) - (offset - begin);
  std::string line;
  if (before < kLineBytesMax) {
    line.assign(before, ' ');
    line += text.substr(begin, end - begin);
  }
  throw InputError(name, {place.line, place.column + 1}, fault.rule, line, fault.note);
}

/// Offsets of micro-operations have 32 bits.
constexpr std::size_t kDocumentBytesMax = std::size_t{1} << 31U;

/// `Builder` takes the blocks in order: TransactionsBuilder or ObjectsBuilder.
template <typename Builder>
class Reader {
 public:
  Reader(const HistoryFormat& format, MakeParser make_parser, Builder& builder, History& history,
         const Cutting& cutting)
      : format_(format),
        make_parser_(make_parser),
        cutting_(cutting),
        parser_(make_parser()),
        builder_(builder),
        history_(history) {}

  /// `is_only`: its size tells that of the history.
  void read(HistoryFile& file, bool is_only) {
    name_ = file.name;
    state_ = 0;
    wanted_ = whole() ? kDocumentBytesMax : 0;
    place_ = {};
    offset_ = 0;
    rest_.clear();
    builder_.begin_file(file.session);
    if (!file.bytes) file.bytes = decompressed(open_file(file.name), file.name);
    TextBlocks blocks{std::move(file.bytes),
                      binary()                                ? TextBlocks::Kind::bytes
                      : format_.rules == PairingRules::native ? TextBlocks::Kind::native
                                                              : TextBlocks::Kind::text,
                      cutting_.block_bytes};
    const std::uint64_t bytes = std::min<std::uint64_t>(blocks.size_hint(), kDocumentBytesMax);
    if (whole()) rest_.room(static_cast<std::size_t>(bytes));
    TextBlock block;
    // A block shows in what state the next ones begin.
    for (bool first = true; blocks.next(block); first = false) {
      const auto size = static_cast<double>(block.buffer.size() + 1);
      serial(block);
      if (first && is_only) builder_.expect(1.02 * static_cast<double>(blocks.size_hint()) / size);
      const bool cut = format_.shape == Shape::stream && rest_.size() == 0;
      if (!block.last && cutting_.threads > 0 && cut) parallel(blocks);
    }
  }

 private:
  /// Takes what threads made of the blocks, where they have guessed right where these begin: behind
  /// a block that was whole, in the state in which it ended. Others are read again; too many of
  /// them in a row end it.
  void parallel(TextBlocks& source) {
    constexpr int kWrongMost = 64;
    ParallelBlocks blocks{source, make_parser_, state_, cutting_.threads};
    const int assumed = state_;
    int wrong = 0;
    while (ParsedBlock* block = blocks.next()) {
      if (state_ != assumed || rest_.size() > 0) {
        if (++wrong > kWrongMost) blocks.stop();
        serial(block->text);
        continue;
      }
      wrong = 0;
      const std::string_view text = block->text.buffer.text();
      take(block->ops, text);
      const std::size_t consumed = block->ops.consumed;
      place_.advance(text.substr(0, consumed), block->ops.lines);
      rest_.append(text.substr(consumed));
      if (block->text.nul_bytes > 0) drop(block->text.nul_bytes);
    }
  }

  /// Reads the unfinished rest of what came before, and the block.
  void serial(TextBlock& block) {
    if (rest_.size() == 0 && !whole()) {
      std::swap(rest_, block.buffer);
    } else {
      rest_.append(block.buffer.text());
    }
    if (whole() && rest_.size() > kDocumentBytesMax) {
      refuse({}, {0, "this format is read as a whole, and the file is longer than 2 GiB", {}});
    }
    if (rest_.size() > kLineBytesMax && is_open_line(block)) refuse_long();
    if ((rest_.size() < wanted_ || is_open_line(block)) && !block.last) return;
    ops_.clear();
    ops_.state = state_;
    parser_->parse(rest_.text(), block.last, ops_);
    take(ops_, rest_.text());
    const std::size_t consumed = ops_.consumed;
    place_.advance(rest_.text().substr(0, consumed), ops_.lines);
    offset_ += consumed;
    rest_.remove_prefix(consumed);
    // Twofold growth: what is unfinished is read again a constant number of times.
    wanted_ = whole() ? kDocumentBytesMax : 2 * rest_.size();
    if (block.nul_bytes > 0) drop(block.nul_bytes);
    if (rest_.size() > kLineBytesMax) refuse_long();
  }

  /// Of our own format, an operation is a line: before its end it need not be looked at.
  bool is_open_line(const TextBlock& block) const {
    return format_.rules == PairingRules::native && !block.ends_line;
  }
  [[noreturn]] void refuse_long() const {
    refuse(rest_.text(), {0, "an operation or a line may not be longer than 64 MiB", {}});
  }

  void take(OpBlock& ops, std::string_view text) {
    try {
      builder_.add(ops, text, binary() ? 0 : place_.line);
    } catch (const LineFault& fault) {
      refuse(text, fault);
    }
    if (ops.fault) refuse(text, *ops.fault);
    state_ = ops.state;
    if (ops.dropped == 0) return;
    Place end = place_;
    end.advance(text);
    history_.damage.dropped_line = end.line;
    history_.damage.dropped_bytes = ops.dropped;
  }

  [[noreturn]] void refuse(std::string_view text, const LineFault& fault) const {
    if (!binary()) witness::refuse(name_, place_, text, fault);
    throw InputError(name_, {},
                     "at byte " + std::to_string(offset_ + fault.offset) + ": " + fault.rule, {},
                     fault.note);
  }

  bool binary() const { return format_.shape == Shape::records || format_.shape == Shape::image; }
  bool whole() const { return format_.shape == Shape::document || format_.shape == Shape::image; }

  void drop(std::uint64_t nul_bytes) {
    history_.damage.dropped_line = place_.line;
    history_.damage.dropped_bytes += nul_bytes;
  }

  const HistoryFormat& format_;
  MakeParser make_parser_;
  const Cutting& cutting_;
  std::unique_ptr<BlockParser> parser_;
  Builder& builder_;
  History& history_;
  OpBlock ops_;
  TextBuffer rest_;
  std::size_t wanted_ = 0;
  int state_ = 0;
  std::string name_;
  Place place_;
  std::uint64_t offset_ = 0;  ///< bytes before the text
};

}  // namespace

std::optional<Duplicate> read_transactions(std::vector<HistoryFile> files,
                                           const HistoryFormat& format,
                                           const BuilderOptions& options, History& history,
                                           const Cutting& cutting) {
  TransactionsBuilder builder{options};
  Reader reader{format, format.parser, builder, history, cutting};
  for (HistoryFile& file : files) reader.read(file, files.size() == 1);
  return builder.finish(history);
}

void read_objects(HistoryFile file, const HistoryFormat& format, const ObjectOptions& options,
                  History& history, const Cutting& cutting) {
  ObjectsBuilder builder{options};
  Reader{format, format.object_parser, builder, history, cutting}.read(file, true);
  builder.finish(history);
}

}  // namespace witness
