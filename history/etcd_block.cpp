/// The log that porcupine keeps of etcd, as Jepsen printed it: one event a line.
///
///   INFO  jepsen.util - 4 <tab> :invoke <tab> :write <tab> 3
///   INFO  jepsen.util - 4 <tab> :ok     <tab> :read  <tab> nil
///   INFO  jepsen.util - 4 <tab> :info   <tab> :cas   <tab> :timed-out
///
/// Other lines are nobody's operation.
#include <array>
#include <charconv>

#include "history/cells.hpp"
#include "history/formats.hpp"

namespace witness {
namespace {

constexpr std::string_view kMark = "jepsen.util - ";

struct TypeName {
  std::string_view name;
  OpType type;
};
constexpr std::array kTypeNames = {TypeName{":invoke", OpType::invoke}, TypeName{":ok", OpType::ok},
                                   TypeName{":fail", OpType::fail},
                                   TypeName{":info", OpType::info}};

/// The next word, and what follows it.
std::string_view take_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
  const std::string_view word = text.substr(begin, end - begin);
  text.remove_prefix(end);
  return word;
}

class EtcdBlockParser : public BlockParser {
 public:
  void parse(std::string_view text, bool final, OpBlock& block) override {
    block.elements.reserve_for(text.size());
    while (block.consumed < text.size()) {
      const std::size_t feed = text.find('\n', block.consumed);
      if (feed == std::string_view::npos && !final) return;
      const std::size_t end = std::min(feed, text.size());
      std::string_view line = text.substr(block.consumed, end - block.consumed);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (!event(line, block)) {
        block.fault = LineFault{block.consumed, fault_, {}};
        return;
      }
      block.consumed = end;
      if (feed == std::string_view::npos) return;
      ++block.consumed;
      ++block.lines;
    }
  }

 private:
  bool event(std::string_view line, OpBlock& block) {
    const std::size_t mark = line.find(kMark);
    if (mark == std::string_view::npos) return true;
    std::string_view rest = line.substr(mark + kMark.size());
    RawOp op;
    op.offset = static_cast<std::uint32_t>(block.consumed);
    op.line = static_cast<std::uint32_t>(block.lines);
    const std::string_view process = take_word(rest);
    const auto [end, error] =
        std::from_chars(process.data(), process.data() + process.size(), op.process);
    if (error != std::errc{} || end != process.data() + process.size()) return true;
    const std::string_view type = take_word(rest);
    for (const TypeName& known : kTypeNames) {
      if (known.name == type) op.type = known.type;
    }
    if (op.type == OpType::ignored) {
      fault_ = "an event is :invoke, :ok, :fail or :info";
      return false;
    }
    const std::string_view f = take_word(rest);
    if (f != ":read" && f != ":write" && f != ":cas") {
      fault_ = "a function is :read, :write or :cas";
      return false;
    }
    op.f = block.names.intern(f.substr(1));
    // A read that failed saw nobody knows what.
    if (!value(rest, op, block)) {
      fault_ = "a value is nil, an integer, [old new] or :timed-out";
      return false;
    }
    block.ops.push_back(op);
    return true;
  }

  static bool integer(std::string_view word, OpBlock& block) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) return false;
    if (value < Datum::kIntegerMin || value > Datum::kIntegerMax) return false;
    block.elements.push_back(Datum::of(value));
    return true;
  }

  static bool value(std::string_view rest, RawOp& op, OpBlock& block) {
    std::string_view word = take_word(rest);
    if (word == "nil" || word == ":timed-out" || word.empty()) return true;
    const auto begin = static_cast<std::uint32_t>(block.elements.size());
    op.has_value = true;
    if (word.front() == '[') {
      block.elements.push_back(form_header(Form::vector, 2));
      const std::string_view second = take_word(rest);
      if (second.empty() || second.back() != ']') return false;
      if (!integer(word.substr(1), block)) return false;
      if (!integer(second.substr(0, second.size() - 1), block)) return false;
    } else if (!integer(word, block)) {
      return false;
    }
    op.micro_ops = {begin, static_cast<std::uint32_t>(block.elements.size())};
    return true;
  }

  std::string fault_;
};

}  // namespace

bool looks_like_etcd(std::string_view head) {
  return head.substr(0, head.find('\n')).find(kMark) != std::string_view::npos;
}

std::unique_ptr<BlockParser> etcd_object_parser() { return std::make_unique<EtcdBlockParser>(); }

}  // namespace witness
