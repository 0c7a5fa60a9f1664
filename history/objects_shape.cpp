/// From values as they came to keys, arguments and results.
#include <algorithm>
#include <string>
#include <vector>

#include "history/objects_builder.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

/// Is every value a pair of a key and something that the call can have? (jepsen.independent.)
bool has_keys(const Objects& objects, const std::vector<RawCall>& calls) {
  switch (objects.kind) {
    case ObjectKind::multi_register:
    case ObjectKind::kv:
    case ObjectKind::long_fork:
    case ObjectKind::sequential:
    case ObjectKind::stats:
    case ObjectKind::unique_ids:
      return false;
    default:
      break;
  }
  bool any = false;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    for (const RawValue* value : {&calls[i].asked, &calls[i].told}) {
      if (value->value.is_nil()) continue;
      if (!is_pair(objects, *value)) return false;
      const Datum second = objects.data[value->at + 2];
      const bool is_set = objects.kind == ObjectKind::set || objects.kind == ObjectKind::set_full ||
                          objects.kind == ObjectKind::comments ||
                          objects.kind == ObjectKind::causal_reverse;
      const ObjectCall call = objects.ops[i].call;
      if (call == ObjectCall::cas && form_of(second) == Form::scalar) return false;
      if (is_set && call == ObjectCall::read && form_of(second) == Form::scalar &&
          !second.is_nil()) {
        return false;
      }
      any = true;
    }
  }
  return any;
}

class Shaper {
 public:
  Shaper(Objects& objects, const std::vector<RawCall>& calls, StringPool& strings,
         const std::string& name)
      : objects_(objects), calls_(calls), strings_(strings), name_(name) {}

  void shape() {
    keyed_ = has_keys(objects_, calls_);
    for (std::size_t i = 0; i < calls_.size(); ++i) {
      op_ = &objects_.ops[i];
      RawValue asked = calls_[i].asked;
      RawValue told = calls_[i].told;
      line_ = std::max(asked.line, told.line);
      if (keyed_) {
        take_key(told);
        take_key(asked);
      }
      shape_one(asked, told);
    }
  }

 private:
  /// A pair: the key goes to the operation, what is left is the value.
  void take_key(RawValue& value) {
    if (value.value.is_nil()) return;
    op_->key = objects_.data[value.at + 1];
    value.at += 2;
    value.value = objects_.data[value.at];
  }

  void shape_one(const RawValue& asked, const RawValue& told) {
    const bool ok = op_->told == Completion::ok;
    const RawValue& either = asked.value.is_nil() ? told : asked;
    switch (op_->call) {
      case ObjectCall::read:
        if (ok) read(told);
        break;
      case ObjectCall::write:
        if (objects_.kind == ObjectKind::long_fork) {
          micro_ops(either);
        } else {
          op_->a = scalar(either);
        }
        break;
      case ObjectCall::cas:
        cas(either);
        break;
      case ObjectCall::acquire:
      case ObjectCall::release:
        lock(asked, ok ? told : asked);
        break;
      case ObjectCall::add:
        op_->a = scalar(either);
        if (objects_.kind == ObjectKind::counter && !op_->a.is_integer()) {
          refuse("a counter grows by integers");
        }
        break;
      case ObjectCall::append:
      case ObjectCall::enqueue:
      case ObjectCall::push:
        op_->a = scalar(either);
        break;
      case ObjectCall::dequeue:
      case ObjectCall::pop:
      case ObjectCall::take:
      case ObjectCall::generate:
        if (ok) op_->a = scalar(told);
        break;
      case ObjectCall::drain:
        if (ok) list(told);
        break;
      case ObjectCall::txn:
        if (objects_.kind == ObjectKind::multi_register) micro_ops(ok ? told : asked);
        break;
      case ObjectCall::transfer:
      case ObjectCall::other:
        break;
    }
  }

  void read(const RawValue& told) {
    switch (objects_.kind) {
      case ObjectKind::set:
      case ObjectKind::set_full:
      case ObjectKind::comments:
      case ObjectKind::causal_reverse:
        return list(told);
      case ObjectKind::bank:
        if (told.value.is_nil()) return;
        if (form_of(told.value) != Form::map) refuse("a read of a bank is a map of balances");
        return list(told);
      case ObjectKind::long_fork:
        return micro_ops(told);
      case ObjectKind::sequential: {
        if (!is_pair(objects_, told)) refuse("a read of sequential is [key [parts]]");
        op_->a = objects_.data[told.at + 1];
        return list({objects_.data[told.at + 2], told.at + 2, told.line});
      }
      case ObjectKind::multi_register:
        return micro_ops(told);
      default:
        op_->a = scalar(told);
    }
  }

  void cas(const RawValue& value) {
    if (form_of(value.value) != Form::vector || children_of(value.value) != 2) {
      refuse("a cas is [old new]");
    }
    const std::size_t second = behind_value(objects_.data, value.at + 1);
    op_->a = scalar_at(value.at + 1);
    op_->b = scalar_at(second);
  }

  /// Of a lease: nil, an owner, a token, or [owner token].
  void lock(const RawValue& asked, const RawValue& told) {
    if (objects_.kind != ObjectKind::lease) return;
    const RawValue& owner = asked.value.is_nil() ? told : asked;
    if (form_of(told.value) == Form::vector && children_of(told.value) == 2) {
      op_->a = scalar_at(told.at + 1);
      op_->b = scalar_at(behind_value(objects_.data, told.at + 1));
    } else if (!has_form(owner) && !asked.value.is_nil()) {
      op_->a = owner.value;
      if (told.value != asked.value) op_->b = scalar(told);
    } else {
      op_->b = scalar(told);
    }
    if (op_->a.is_nil() && op_->process != kNoPosition) {
      op_->a = Datum::of(objects_.processes[op_->process]);
    }
    if (op_->call == ObjectCall::release) op_->b = Datum{};
    if (!op_->b.is_nil() && !op_->b.is_integer()) refuse("a fencing token is an integer");
  }

  Datum scalar(const RawValue& value) {
    return has_form(value) ? scalar_at(value.at) : value.value;
  }

  /// A form is known by its text.
  Datum scalar_at(std::size_t at) {
    const Datum cell = objects_.data[at];
    if (form_of(cell) == Form::scalar) return cell;
    return Datum::text(strings_.intern('#' + value_text(objects_.data, at, strings_)));
  }

  /// The elements of a collection, where they stand if they are plain.
  void list(const RawValue& value) {
    if (value.value.is_nil()) return;
    if (!has_form(value)) refuse("a list, a set or a map should be read here");
    const std::size_t count = children_of(value.value);
    op_->has_list = true;
    op_->list_begin = value.at + 1;
    op_->list_size = static_cast<std::uint32_t>(count);
    const auto begin = objects_.data.begin() + value.at + 1;
    const bool plain = std::all_of(begin, begin + static_cast<std::ptrdiff_t>(count),
                                   [](Datum cell) { return form_of(cell) == Form::scalar; });
    if (plain) return;
    std::vector<Datum> elements;
    std::size_t at = value.at + 1;
    for (std::size_t i = 0; i < count; ++i) {
      elements.push_back(scalar_at(at));
      at = behind_value(objects_.data, at);
    }
    append(elements);
  }

  void append(const std::vector<Datum>& elements) {
    op_->has_list = true;
    op_->list_begin = static_cast<std::uint32_t>(objects_.data.size());
    op_->list_size = static_cast<std::uint32_t>(elements.size());
    objects_.data.insert(objects_.data.end(), elements.begin(), elements.end());
  }

  /// [[:r k v] [:w k v]]: 0 or 1, key, value.
  void micro_ops(const RawValue& value) {
    if (value.value.is_nil()) return;
    if (form_of(value.value) != Form::vector) refuse(kMicroOps);
    std::vector<Datum> flat;
    std::size_t at = value.at + 1;
    for (std::size_t i = 0; i < children_of(value.value); ++i) {
      const Datum op = objects_.data[at];
      if (form_of(op) != Form::vector || children_of(op) < 2 || children_of(op) > 3) {
        refuse(kMicroOps);
      }
      const std::string_view kind = text_of(objects_.data[at + 1]);
      const bool writes = kind == "w" || kind == "write";
      if (!writes && kind != "r" && kind != "read") refuse(kMicroOps);
      flat.push_back(Datum::of(writes ? 1 : 0));
      flat.push_back(scalar_at(at + 2));
      const std::size_t value_at = behind_value(objects_.data, at + 2);
      flat.push_back(children_of(op) == 3 ? scalar_at(value_at) : Datum{});
      at = behind_value(objects_.data, at);
    }
    append(flat);
  }

  static constexpr const char* kMicroOps =
      "the value must be a list of [r key value] or [w key value]";

  std::string_view text_of(Datum cell) const {
    if (!cell.is_text() || form_of(cell) != Form::scalar) return {};
    return strings_[cell.text()].substr(1);
  }

  [[noreturn]] void refuse(const std::string& rule) const {
    throw InputError(name_, {line_, 0},
                     rule + " (workload " +
                         std::string{kObjectKinds[static_cast<std::size_t>(objects_.kind)].name} +
                         ", operation " + std::to_string(op_->index) + ")");
  }

  Objects& objects_;
  const std::vector<RawCall>& calls_;
  StringPool& strings_;
  const std::string& name_;
  bool keyed_ = false;
  ObjectOp* op_ = nullptr;
  std::uint32_t line_ = 0;
};

}  // namespace

void shape_calls(Objects& objects, const std::vector<RawCall>& calls, StringPool& strings,
                 const std::string& name) {
  Shaper{objects, calls, strings, name}.shape();
}

}  // namespace witness
