#include "history/duplicate_place.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "history/byte_source.hpp"
#include "history/excerpt.hpp"
#include "history/log_directory.hpp"
#include "history/text_blocks.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

/// What is read behind the beginning of the line: an operation that is longer has no caret.
constexpr std::size_t kBytesMax = std::size_t{4} << 20U;

/// The text from the beginning of a line on.
TextBuffer text_from(const std::string& name, const std::string_view* memory, std::uint64_t line) {
  TextBlocks blocks{decompressed(memory != nullptr ? open_memory(*memory) : open_file(name), name),
                    TextBlocks::Kind::text};
  TextBuffer text;
  TextBlock block;
  std::uint64_t above = line - 1;
  while (text.size() < kBytesMax && blocks.next(block)) {
    std::string_view part = block.buffer.text();
    while (above > 0) {
      const std::size_t feed = part.find('\n');
      if (feed == std::string_view::npos) break;
      part.remove_prefix(feed + 1);
      --above;
    }
    if (above == 0) text.append(part);
  }
  return text;
}

class Finder {
 public:
  Finder(const History& history, const Duplicate& duplicate)
      : history_(history), duplicate_(duplicate) {}

  /// Offset of the value in the text.
  std::optional<std::size_t> find(std::string_view text, const HistoryFormat& format) {
    OpBlock block;
    block.state = format.resume;
    format.parser()->parse(text, true, block);
    const std::vector<Transaction>& transactions = history_.transactions->transactions;
    const Transaction& first = transactions[duplicate_.first];
    const Transaction& second = transactions[duplicate_.second];
    // Without indices, operations are counted: from the first one on the line, or from the other
    // one if that is there, too.
    std::size_t target = format.rules == PairingRules::sessions ? transactions_before_on_line() : 0;
    bool counted = format.rules == PairingRules::sessions || first.line != second.line ||
                   duplicate_.first == duplicate_.second;
    for (std::size_t i = 0; i < block.ops.size(); ++i) {
      const RawOp& op = block.ops[i];
      const auto offset = in(op, block);
      if (!counted && offset) {
        target = i + static_cast<std::size_t>(second.index - first.index);
        counted = true;
      }
      if (offset &&
          (op.has_index && format.rules != PairingRules::sessions ? op.index == second.index
                                                                  : counted && i == target)) {
        return offset;
      }
    }
    return std::nullopt;
  }

 private:
  std::size_t transactions_before_on_line() const {
    const std::vector<Transaction>& transactions = history_.transactions->transactions;
    std::uint32_t first = duplicate_.second;
    while (first > 0 && transactions[first - 1].line == transactions[first].line) --first;
    return duplicate_.second - first;
  }

  std::optional<std::size_t> in(const RawOp& op, const OpBlock& block) const {
    const Transactions& transactions = *history_.transactions;
    int skip = duplicate_.first == duplicate_.second ? 1 : 0;
    for (const RawMicroOp& micro_op : block.micro_ops_of(op.micro_ops)) {
      if (micro_op.kind == TxnOpKind::read ||
          !same(micro_op.key, block.strings, transactions.keys[duplicate_.key]) ||
          !same(micro_op.value(), block.strings, duplicate_.value)) {
        continue;
      }
      if (skip-- == 0) return micro_op.offset;
    }
    return std::nullopt;
  }

  bool same(Datum read, const StringPool& strings, Datum kept) const {
    if (!read.is_text() || !kept.is_text()) return read == kept;
    return strings[read.text()] == history_.strings[kept.text()];
  }

  const History& history_;
  const Duplicate& duplicate_;
};

}  // namespace

void refuse_duplicate(const History& history, const Duplicate& duplicate,
                      const HistoryFormat& format, const std::string_view* memory) {
  const Transactions& transactions = *history.transactions;
  const std::string value = shown(duplicate.value, history.strings);
  const std::string rule = "value " + (duplicate.value.is_text() ? quoted(value) : value) +
                           " is written to key " +
                           quoted(shown(transactions.keys[duplicate.key], history.strings)) +
                           " twice; the version order would be ambiguous";
  const Transaction& writer = transactions.transactions[duplicate.first];
  const Transaction& again = transactions.transactions[duplicate.second];
  const bool has_lines = format.shape == Shape::stream || format.shape == Shape::document;
  if (!has_lines || (memory == nullptr && is_directory(history.name))) {
    throw InputError(
        history.name, {}, rule, {},
        "transactions " + std::to_string(writer.index) + " and " + std::to_string(again.index));
  }
  const std::string note = "first written at line " + std::to_string(writer.line);
  const std::uint64_t line = again.line;
  if (memory == nullptr && history.name == "-") {
    throw InputError(history.name, {line, 0}, rule, {}, note);
  }
  const TextBuffer buffer = text_from(history.name, memory, line);
  const std::string_view text = buffer.text();
  // The operation may stand behind the bracket of its list, or behind others.
  const char* const before = format.resume > 1 ? " \t\r[(," : " \t\r";
  const std::size_t first = std::min(text.find_first_not_of(before), text.size());
  TextBuffer operations;  // with padding behind it
  operations.append(text.substr(first));
  const auto offset = Finder{history, duplicate}.find(operations.text(), format);
  if (!offset) throw InputError(history.name, {line, 0}, rule, {}, note);
  const std::size_t at = first + *offset;
  const std::size_t feed = text.substr(0, at).rfind('\n');
  const std::size_t begin = feed == std::string_view::npos ? 0 : feed + 1;
  const auto lines = static_cast<std::uint64_t>(
      std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  throw InputError(history.name, {line + lines, at - begin + 1}, rule,
                   std::string{text.substr(begin, text.find('\n', begin) - begin)}, note);
}

}  // namespace witness
