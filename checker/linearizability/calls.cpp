#include "checker/linearizability/calls.hpp"

#include <fmt/format.h>

#include "checker/datum_table.hpp"
#include "witness/huge_pages.hpp"

namespace witness {
namespace {

bool is_register(ObjectKind kind) {
  return kind == ObjectKind::reg || kind == ObjectKind::cas_register;
}

/// What it returned is no longer known.
void forget_result(Call& call) {
  switch (call.call) {
    case ObjectCall::dequeue:
    case ObjectCall::pop:
    case ObjectCall::take:
      call.a = Datum{};
      break;
    case ObjectCall::acquire:
      call.b = Datum{};
      break;
    default:
      break;
  }
}

/// Does its effect matter, where nobody knows what it returned?
bool can_matter_open(ObjectCall call) {
  switch (call) {
    case ObjectCall::read:
    case ObjectCall::generate:
    case ObjectCall::drain:
    case ObjectCall::other:
      return false;
    default:
      return true;
  }
}

bool txn_writes(const Objects& objects, const ObjectOp& op) {
  const auto list = objects.list_of(op);
  for (std::size_t i = 0; i + 2 < list.size(); i += 3) {
    if (list[i] == Datum::of(1)) return true;
  }
  return false;
}

}  // namespace

std::vector<Call> calls_of(const Objects& objects, std::span<const std::uint32_t> ops,
                           std::uint32_t cut) {
  std::vector<Call> calls;
  calls.reserve(ops.size());
  advise_huge_pages(calls);
  for (const std::uint32_t position : ops) {
    const ObjectOp& op = objects.ops[position];
    if (op.invoke + 1 >= cut) break;  // in the order of their beginnings
    Call call{op.a, op.b, op.invoke + 1, kOpenEnd, position, op.call};
    const bool ended = op.told != Completion::info && !op.is_open() && op.complete + 1 < cut;
    if (op.told == Completion::fail && ended) {
      if (op.call != ObjectCall::cas || !objects.failed_cas_tells) continue;
      call.refused = true;
    }
    if (ended) {
      call.finish = op.complete + 1;
      const bool tells_nothing = op.call == ObjectCall::read && op.a.is_nil() &&
                                 is_register(objects.kind) && !objects.nil_reads_tell;
      if (tells_nothing) continue;
    } else if (!can_matter_open(op.call) || op.told == Completion::fail) {
      continue;
    } else if (op.call == ObjectCall::txn && !txn_writes(objects, op)) {
      continue;
    } else {
      forget_result(call);
    }
    calls.push_back(call);
  }
  return calls;
}

KeyGroups group_by_key(const Objects& objects) {
  KeyGroups groups;
  DatumTable table;
  std::vector<std::uint32_t> key_of(objects.ops.size());
  std::vector<std::uint32_t> counts;
  for (std::size_t i = 0; i < objects.ops.size(); ++i) {
    const Datum datum = objects.ops[i].key;
    if (i > 0 && datum == objects.ops[i - 1].key) {  // often there is one object only
      key_of[i] = key_of[i - 1];
    } else {
      std::uint32_t& key = table[datum];
      if (key == kNoPosition) {
        key = static_cast<std::uint32_t>(groups.keys.size());
        groups.keys.push_back(datum);
        counts.push_back(0);
      }
      key_of[i] = key;
    }
    ++counts[key_of[i]];
  }
  groups.begin.assign(1, 0);
  for (const std::uint32_t count : counts) groups.begin.push_back(groups.begin.back() + count);
  std::vector<std::uint32_t> next(groups.begin.begin(), groups.begin.end() - 1);
  groups.ops.resize(objects.ops.size());
  for (std::size_t i = 0; i < key_of.size(); ++i) {
    groups.ops[next[key_of[i]]++] = static_cast<std::uint32_t>(i);
  }
  return groups;
}

std::string ObjectWords::list(std::uint32_t op) const {
  constexpr std::size_t kShown = 12;
  const auto data = objects_.list_of(objects_.ops[op]);
  std::string text = "[";
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (i == kShown) {
      text += fmt::format(" … {} more", data.size() - i);
      break;
    }
    if (i > 0) text += ' ';
    text += value(data[i]);
  }
  text += ']';
  return text;
}

std::string ObjectWords::what(std::uint32_t position) const {
  const ObjectOp& op = objects_.ops[position];
  const std::string& name = objects_.functions[op.function];
  std::string text = name;
  if (op.call == ObjectCall::cas) {
    text += fmt::format(" {} to {}", value(op.a), value(op.b));
  } else if (op.call == ObjectCall::txn) {
    const auto data = objects_.list_of(op);
    for (std::size_t i = 0; i + 2 < data.size(); i += 3) {
      text +=
          fmt::format("{} {} {} {}", i == 0 ? "" : ",", data[i] == Datum::of(1) ? "write" : "read",
                      value(data[i + 1]), value(data[i + 2]));
    }
  } else if (op.has_list) {
    text += ' ';
    text += list(position);
  } else if (!op.a.is_nil() || (op.call == ObjectCall::read && op.told == Completion::ok)) {
    text += ' ';
    text += value(op.a);
  }
  if (op.told == Completion::fail) text += ", which failed";
  if (op.told == Completion::info) text += ", whose end nobody knows";
  return text;
}

std::string ObjectWords::call(std::uint32_t position) const {
  const ObjectOp& op = objects_.ops[position];
  if (op.process == kNoPosition) return what(position);
  return fmt::format("process {}: {}", objects_.processes[op.process], what(position));
}

std::string ObjectWords::operation(std::uint32_t position) const {
  return fmt::format("operation {} ({})", objects_.ops[position].index, what(position));
}

}  // namespace witness
