/// From names of functions and values to calls, and to what they are called on.
#include <algorithm>
#include <array>
#include <bitset>

#include "history/objects_builder.hpp"

namespace witness {
namespace {

struct CallName {
  std::string_view name;
  ObjectCall call;
};
constexpr std::array kCallNames = {
    CallName{"read", ObjectCall::read},         CallName{"get", ObjectCall::read},
    CallName{"write", ObjectCall::write},       CallName{"put", ObjectCall::write},
    CallName{"cas", ObjectCall::cas},           CallName{"append", ObjectCall::append},
    CallName{"acquire", ObjectCall::acquire},   CallName{"release", ObjectCall::release},
    CallName{"add", ObjectCall::add},           CallName{"enqueue", ObjectCall::enqueue},
    CallName{"dequeue", ObjectCall::dequeue},   CallName{"drain", ObjectCall::drain},
    CallName{"push", ObjectCall::push},         CallName{"pop", ObjectCall::pop},
    CallName{"take", ObjectCall::take},         CallName{"generate", ObjectCall::generate},
    CallName{"transfer", ObjectCall::transfer}, CallName{"txn", ObjectCall::txn},
};

}  // namespace

ObjectCall call_named(std::string_view name) {
  const auto found = std::ranges::find(kCallNames, name, &CallName::name);
  return found == kCallNames.end() ? ObjectCall::other : found->call;
}

std::optional<ObjectKind> kind_of_calls(const Objects& objects, const std::vector<RawCall>& calls) {
  std::bitset<static_cast<std::size_t>(ObjectCall::other) + 1> has;
  bool text_names = false;
  bool reads_forms = false;
  bool reads_map = false;
  bool grew_after_read = false;
  bool was_read = false;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const ObjectOp& op = objects.ops[i];
    const std::string& name = objects.functions[op.function];
    has.set(static_cast<std::size_t>(op.call));
    text_names = text_names || name == "get" || name == "put" || name == "append";
    if (op.call == ObjectCall::add) grew_after_read = grew_after_read || was_read;
    if (op.call != ObjectCall::read || op.told != Completion::ok) continue;
    was_read = true;
    const RawValue& told = calls[i].told;
    const bool pair = is_pair(objects, told);
    const Datum inner = pair ? objects.data[told.at + 2] : told.value;
    reads_map = reads_map || form_of(told.value) == Form::map;
    reads_forms = reads_forms || (has_form(told) && (!pair || form_of(inner) != Form::scalar));
  }
  const auto calls_any = [&](auto... each) { return (has[static_cast<std::size_t>(each)] || ...); };
  using enum ObjectCall;
  if (text_names) return ObjectKind::kv;
  if (calls_any(txn)) return ObjectKind::multi_register;
  if (calls_any(cas)) return ObjectKind::cas_register;
  if (calls_any(acquire, release)) return ObjectKind::mutex;
  if (calls_any(drain)) return ObjectKind::total_queue;
  if (calls_any(enqueue, dequeue)) return ObjectKind::queue;
  if (calls_any(push, pop)) return ObjectKind::stack;
  if (calls_any(take)) return ObjectKind::stock;
  if (calls_any(generate)) return ObjectKind::unique_ids;
  if (calls_any(transfer) || reads_map) return ObjectKind::bank;
  if (calls_any(add) && reads_forms) {
    return grew_after_read ? ObjectKind::set_full : ObjectKind::set;
  }
  if (calls_any(add)) return ObjectKind::counter;
  if (calls_any(read, write) && !reads_forms) return ObjectKind::reg;
  return std::nullopt;
}

}  // namespace witness
