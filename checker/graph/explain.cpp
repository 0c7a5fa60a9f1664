/// Every edge in one sentence, with what was read and written.
#include <fmt/format.h>

#include "checker/graph/dependency_graph.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

/// What a transaction wrote to a key, in the end.
StringId written(const GraphInput& input, const Fate& fate, StringId key) {
  if (fate.attempt == kNoPosition) return fate.id;
  StringId value = kNoString;
  for (const MicroOp& op : micro_ops_of(input.history, fate)) {
    if (op.kind != MicroOpKind::write || op.key != key) continue;
    value =
        op.value == kNoString && input.rules.values == ValueShape::identity ? fate.id : op.value;
  }
  return value;
}

/// What it read of the key and then replaced.
StringId replaced(const GraphInput& input, std::uint32_t fate, StringId key) {
  for (const Read& read : input.accesses.reads_of(fate)) {
    if (read.key == key && read.replaces) return read.value;
  }
  return kNoString;
}

bool read_value(const GraphInput& input, std::uint32_t fate, StringId key, StringId value) {
  for (const Read& read : input.accesses.reads_of(fate)) {
    if (read.key == key && read.value == value) return true;
  }
  return false;
}

/// What it counted of the key, last.
std::string counted(const GraphInput& input, const Fate& fate, StringId key) {
  std::string rows = "some";
  for (const MicroOp& op : micro_ops_of(input.history, fate)) {
    if (op.kind == MicroOpKind::insert && op.key == key) break;
    if (op.kind != MicroOpKind::count || op.key != key || op.value == kNoString) continue;
    rows = std::string{input.history.text(op.value)};
  }
  return fmt::format("{} row{}", rows, rows == "1" ? "" : "s");
}

struct Sentence {
  const GraphInput& input;
  std::uint32_t from_fate;
  std::uint32_t to_fate;
  StringId key_id;

  const Fate& from = input.resolution.fates[from_fate];
  const Fate& to = input.resolution.fates[to_fate];
  std::string a = name_of(input.history, from);
  std::string b = name_of(input.history, to);
  std::string key{input.history.text(key_id)};

  std::string_view text(StringId id) const {
    return id == kNoString ? std::string_view{"another value"} : input.history.text(id);
  }

  std::string ww() const {
    return fmt::format("{} wrote {} = {}, and {} replaced it by {}", a, key,
                       text(written(input, from, key_id)), b, text(written(input, to, key_id)));
  }
  std::string wr() const {
    const StringId value = written(input, from, key_id);
    if (value != kNoString && read_value(input, to_fate, key_id, value)) {
      return fmt::format("{} read {} = {}, which {} wrote", b, key, text(value), a);
    }
    return fmt::format("{} counted {} of {}, and one of them is from {}", b,
                       counted(input, to, key_id), key, a);
  }
  std::string rw_item() const {
    return fmt::format("{} read {} = {}, and {} replaced it by {}", a, key,
                       text(replaced(input, to_fate, key_id)), b, text(written(input, to, key_id)));
  }
  std::string rw_predicate() const {
    return fmt::format("{} counted {} of {}, and {} added one that it had not seen", a,
                       counted(input, from, key_id), key, b);
  }
  std::string process() const {
    return fmt::format("client {} ran {} before {}",
                       input.history.operations[from.operation].process, a, b);
  }
  std::string realtime() const {
    return fmt::format("{} ended {} before {} began", a, duration(to.start_ns - from.end_ns), b);
  }
};

}  // namespace

Step explain_edge(const GraphInput& input, std::uint32_t from_fate, std::uint32_t to_fate,
                  EdgeKind kind, StringId key) {
  const Sentence sentence{input, from_fate, to_fate, key};
  Step step;
  step.from = input.history.operations[sentence.from.operation].index;
  step.to = input.history.operations[sentence.to.operation].index;
  step.key = sentence.key;
  switch (kind) {
    case EdgeKind::ww:
      step.dependency = Dependency::ww;
      step.why = sentence.ww();
      break;
    case EdgeKind::wr:
      step.dependency = Dependency::wr;
      step.why = sentence.wr();
      break;
    case EdgeKind::rw_item:
      step.dependency = Dependency::rw;
      step.why = sentence.rw_item();
      break;
    case EdgeKind::rw_predicate:
      step.dependency = Dependency::rw;
      step.why = sentence.rw_predicate();
      break;
    case EdgeKind::process:
      step.dependency = Dependency::process;
      step.why = sentence.process();
      break;
    case EdgeKind::realtime:
      step.dependency = Dependency::realtime;
      step.why = sentence.realtime();
      break;
  }
  return step;
}

std::vector<Step> lost_update_steps(const GraphInput& input, std::uint32_t first_fate,
                                    std::uint32_t second_fate, StringId key) {
  return {explain_edge(input, first_fate, second_fate, EdgeKind::rw_item, key),
          explain_edge(input, second_fate, first_fate, EdgeKind::rw_item, key)};
}

}  // namespace witness
