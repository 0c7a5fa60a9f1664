#include "history/objects_builder.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <tuple>

#include "history/json_fault.hpp"
#include "witness/error.hpp"
#include "witness/huge_pages.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kOpsMost = 0x7fffffffU;

/// As --initial and a header have it: JSON or EDN of one datum, or a text.
Datum datum_of(std::string_view text, StringPool& strings) {
  if (text == "null" || text == "nil") return Datum{};
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_integer = error == std::errc{} && end == text.data() + text.size();
  if (is_integer && value >= Datum::kIntegerMin && value <= Datum::kIntegerMax) {
    return Datum::of(value);
  }
  if (text == "true" || text == "false")
    return Datum::text(strings.intern('#' + std::string{text}));
  if (!text.empty() && text.front() == ':') return Datum::text(strings.intern(text));
  if (text.size() > 1 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return Datum::text(strings.intern('"' + std::string{text}));
}

}  // namespace

void ObjectsBuilder::add(OpBlock& block, std::string_view /*text*/, std::uint64_t line) {
  block_ = &block;
  first_line_ = line;
  remap(block);
  for (const RawOp& op : block.ops) add_op(op);
}

void ObjectsBuilder::expect(double times) {
  const auto reserve = [times](auto& column) {
    column.reserve(static_cast<std::size_t>(static_cast<double>(column.size()) * times));
    advise_huge_pages(column);
  };
  reserve(columns_.ops);
  reserve(calls_);
}

/// Texts and functions get the ids of the history's own pools.
void ObjectsBuilder::remap(OpBlock& block) {
  remapped_.clear();
  for (StringId id = 0; id < block.names.size(); ++id) {
    remapped_.push_back(names_.intern(block.names[id]));
  }
  for (RawOp& op : block.ops) {
    if (op.f != kNoString) op.f = remapped_[op.f];
  }
  if (block.strings.size() == 0) return;
  remapped_.clear();
  for (StringId id = 0; id < block.strings.size(); ++id) {
    remapped_.push_back(strings_.intern(block.strings[id]));
  }
  for (Datum& cell : block.elements) {
    if (cell.is_text() && form_of(cell) == Form::scalar) {
      cell = Datum::text(remapped_[cell.text()]);
    }
  }
}

void ObjectsBuilder::add_op(const RawOp& op) {
  if (op.type == OpType::ignored && op.attempts > 0) {  // no operation at all
    ++marks_;
    return;
  }
  if (op.has_index && op.index < next_index_) {
    throw LineFault{op.offset, "index must grow from operation to operation",
                    std::to_string(next_index_ - 1) + " stands above"};
  }
  next_index_ = (op.has_index ? op.index : next_index_) + 1;
  if (op.type == OpType::ignored) return;
  if (columns_.events >= kOpsMost) {
    throw LineFault{op.offset, "more operations than this program can hold (2^30)", {}};
  }
  Process& process = process_of(op);
  if (op.type == OpType::invoke) {
    invoke(op, process);
  } else {
    complete(op, process);
  }
  ++columns_.events;
}

ObjectsBuilder::Process& ObjectsBuilder::process_of(const RawOp& op) {
  std::uint32_t& number = process_table_[static_cast<std::uint64_t>(op.process)];
  if (number == kNoPosition) {
    number = static_cast<std::uint32_t>(processes_.size());
    Process& process = processes_.emplace_back();
    if (op.process != kNoProcess) {
      process.position = static_cast<std::uint32_t>(columns_.processes.size());
      columns_.processes.push_back(op.process);
    }
  }
  return processes_[number];
}

std::uint32_t ObjectsBuilder::new_op(const RawOp& op, const Process& process) {
  const auto position = static_cast<std::uint32_t>(columns_.ops.size());
  ObjectOp& made = columns_.ops.emplace_back();
  made.index = next_index_ - 1;
  made.invoke = columns_.events;
  made.process = process.position;
  made.function =
      static_cast<std::uint16_t>(std::min<StringId>(op.f == kNoString ? 0xffff : op.f, 0xffff));
  if (op.extra > 0) {
    made.key = block_->elements.begin()[op.extra - 1];
  }
  calls_.emplace_back();
  return position;
}

RawValue ObjectsBuilder::value_of(const RawOp& op) {
  RawValue value;
  value.line =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(first_line_ + op.line, kNoPosition));
  if (!op.has_value) return value;
  const Datum* const cells = block_->elements.begin();
  value.value = cells[op.micro_ops.begin];
  if (form_of(value.value) == Form::scalar) return value;
  if (columns_.data.size() + op.micro_ops.size() > kOpsMost) {
    throw LineFault{op.offset, "more data than this program can hold (2^31 elements)", {}};
  }
  value.at = static_cast<std::uint32_t>(columns_.data.size());
  const std::size_t needed = columns_.data.size() + op.micro_ops.size();
  if (needed > columns_.data.capacity()) {
    columns_.data.reserve(std::max(needed, 2 * columns_.data.capacity()));
    advise_huge_pages(columns_.data);
  }
  columns_.data.insert(columns_.data.end(), cells + op.micro_ops.begin, cells + op.micro_ops.end);
  return value;
}

void ObjectsBuilder::invoke(const RawOp& op, Process& process) {
  const std::uint32_t position = new_op(op, process);
  calls_[position].asked = value_of(op);
  if (process.open == kNoPosition) {
    process.open = position;
  } else {
    if (!process.more) process.more = std::make_unique<std::deque<std::uint32_t>>();
    process.more->push_back(position);
  }
}

std::uint32_t ObjectsBuilder::opened(const RawOp& op, Process& process, const RawValue& told) {
  const std::uint32_t sole = process.open;
  if (sole == kNoPosition) return sole;
  if (process.more && !process.more->empty()) return one_of_several(op, process, told);
  process.open = kNoPosition;
  return sole;
}

/// One of the same function, with the same value if there is one, else the oldest. It may have been
/// any other one that fits: the next of them may have begun as early.
std::uint32_t ObjectsBuilder::one_of_several(const RawOp& op, Process& process,
                                             const RawValue& told) {
  constexpr std::ptrdiff_t kLookedAt = 64;
  std::deque<std::uint32_t>& open = *process.more;
  open.push_front(process.open);
  const auto end = open.begin() + std::min<std::ptrdiff_t>(kLookedAt, std::ssize(open));
  const auto same_function = [&](std::uint32_t position) {
    return columns_.ops[position].function == op.f;
  };
  const auto same_value = [&](std::uint32_t position) {
    const Datum asked = calls_[position].asked.value;
    return same_function(position) && form_of(asked) == Form::scalar && asked == told.value;
  };
  auto found = std::find_if(open.begin(), end, same_value);
  if (found == end) found = std::find_if(open.begin(), end, same_function);
  if (found == end) found = open.begin();
  const std::uint32_t position = *found;
  const auto next = std::find_if(found + 1, end, same_function);
  if (next != end) {
    columns_.ops[*next].invoke = columns_.ops[position].invoke;
    displaced_ = true;
  }
  open.erase(found);
  process.open = open.front();
  open.pop_front();
  return position;
}

void ObjectsBuilder::complete(const RawOp& op, Process& process) {
  const RawValue told = value_of(op);
  std::uint32_t position = opened(op, process, told);
  if (position == kNoPosition) {  // nobody knows when it began
    position = new_op(op, process);
    columns_.ops[position].invoke = 0;
    displaced_ = true;
    calls_[position].asked.line = told.line;
  }
  ObjectOp& done = columns_.ops[position];
  calls_[position].told = told;
  done.complete_index = next_index_ - 1;
  done.told = op.type == OpType::ok     ? Completion::ok
              : op.type == OpType::fail ? Completion::fail
                                        : Completion::info;
  if (done.told != Completion::info) done.complete = columns_.events;
}

/// Events get new places, no two of them the same, and operations stand in the order of theirs.
void ObjectsBuilder::order_events() {
  struct Event {
    std::uint32_t place;
    bool is_end;
    std::uint32_t op;
    bool operator<(const Event& other) const {
      return std::tie(place, is_end, op) < std::tie(other.place, other.is_end, other.op);
    }
  };
  std::vector<Event> events;
  for (std::uint32_t i = 0; i < columns_.ops.size(); ++i) {
    events.push_back({columns_.ops[i].invoke, false, i});
    if (!columns_.ops[i].is_open()) events.push_back({columns_.ops[i].complete, true, i});
  }
  std::sort(events.begin(), events.end());
  std::vector<ObjectOp> ops;
  std::vector<RawCall> calls;
  std::vector<std::uint32_t> moved(columns_.ops.size());
  for (std::uint32_t place = 0; place < events.size(); ++place) {
    const Event& event = events[place];
    if (event.is_end) {
      ops[moved[event.op]].complete = place;
      continue;
    }
    moved[event.op] = static_cast<std::uint32_t>(ops.size());
    ops.push_back(columns_.ops[event.op]);
    ops.back().invoke = place;
    calls.push_back(calls_[event.op]);
  }
  columns_.events = static_cast<std::uint32_t>(events.size());
  columns_.ops = std::move(ops);
  calls_ = std::move(calls);
}

void ObjectsBuilder::finish(History& history) {
  if (displaced_) order_events();
  if (options_.native) history.damage.cut = marks_ < 2;
  for (StringId id = 0; id < names_.size() && id < 0xffff; ++id) {
    columns_.functions.emplace_back(names_[id]);
  }
  const auto nameless = static_cast<std::uint16_t>(columns_.functions.size());
  columns_.functions.emplace_back("");
  std::vector<ObjectCall> meant;  // by each function
  for (const std::string& function : columns_.functions) meant.push_back(call_named(function));
  for (ObjectOp& op : columns_.ops) {
    if (op.function == 0xffff) op.function = nameless;
    op.call = meant[op.function];
  }
  const auto kind = options_.kind ? options_.kind : kind_of_calls(columns_, calls_);
  if (!kind) {
    std::string names;
    for (const ObjectKindInfo& info : kObjectKinds) {
      names += (names.empty() ? "" : ", ") + std::string{info.name};
    }
    throw InputError(
        history.name, {},
        "the operations do not tell what they work on; say it by --workload, one of " + names);
  }
  columns_.kind = *kind;
  columns_.nil_reads_tell = options_.nil_reads_tell.value_or(options_.format_nil_reads_tell);
  columns_.failed_cas_tells = options_.failed_cas_tells.value_or(options_.format_failed_cas_tells);
  if (options_.initial) columns_.initial = datum_of(*options_.initial, strings_);
  shape_calls(columns_, calls_, strings_, history.name);
  history.header.workload = kObjectKinds[static_cast<std::size_t>(*kind)].name;
  history.strings = std::move(strings_);
  history.objects = std::move(columns_);
}

}  // namespace witness
