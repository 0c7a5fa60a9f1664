/// Registers: one, many at once, and one that holds a text.
#include <fmt/format.h>

#include <algorithm>

#include "checker/datum_table.hpp"
#include "checker/linearizability/models.hpp"
#include "checker/linearizability/naming_model.hpp"
#include "checker/linearizability/states.hpp"

namespace witness {
namespace {

/// The state is the value's bits. (Knossos' register and cas-register.)
class RegisterModel : public NamingModel {
 public:
  using NamingModel::NamingModel;
  State initial() override { return objects_.initial.bits(); }

  State step(State state, const Call& call) override {
    switch (call.call) {
      case ObjectCall::read:
        return call.a.bits() == state ? state : kIllegal;
      case ObjectCall::write:
        return call.is_open() && call.a.bits() == state ? kIllegal : call.a.bits();
      case ObjectCall::cas:
        if (call.refused) return call.a.bits() != state ? state : kIllegal;
        return call.a.bits() == state ? call.b.bits() : kIllegal;
      default:
        return kIllegal;
    }
  }
  bool reads_only(const Call& call) const override {
    return call.call == ObjectCall::read || call.refused;
  }

  /// An open write is of use only where somebody needs its value: reads it, or exchanges it.
  /// (A refused cas may need any other value than its own.)
  void drop_open(std::vector<Call>& calls) const override {
    DatumTable needed;
    for (const Call& call : calls) {
      if (call.refused) return;
      if (!call.is_open() && call.call != ObjectCall::write) needed[call.a] = 1;
    }
    const auto writes = [](const Call& call) {
      return call.call == ObjectCall::cas ? call.b : call.a;
    };
    need_what_cas_need(calls, needed);
    std::erase_if(calls, [&](const Call& call) {
      return call.is_open() && needed.find(writes(call)) == kNoPosition;
    });
  }

  std::string shown(State state) const override { return named(state); }

 private:
  /// An open cas whose new value is needed needs its old one.
  static void need_what_cas_need(const std::vector<Call>& calls, DatumTable& needed) {
    DatumTable first;  // of those that write a value; `next` leads to the others
    std::vector<std::uint32_t> next(calls.size(), kNoPosition);
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < calls.size(); ++i) {
      if (!calls[i].is_open() || calls[i].call != ObjectCall::cas) continue;
      std::uint32_t& head = first[calls[i].b];
      next[i] = head;
      head = i;
    }
    const auto take = [&](Datum value) {
      std::uint32_t* const head = first.find(value) == kNoPosition ? nullptr : &first[value];
      if (head == nullptr) return;
      for (std::uint32_t i = *head; i != kNoPosition; i = next[i]) found.push_back(i);
      *head = kNoPosition;
    };
    for (const Call& call : calls) {
      if (needed.find(call.call == ObjectCall::cas ? call.b : call.a) != kNoPosition) {
        take(call.call == ObjectCall::cas ? call.b : call.a);
      }
    }
    while (!found.empty()) {
      const Datum old = calls[found.back()].a;
      found.pop_back();
      needed[old] = 1;
      take(old);
    }
  }
};

/// The state is the values of all keys, in the order of their first use.
class MultiRegisterModel : public NamingModel {
 public:
  MultiRegisterModel(const Objects& objects, const StringPool& strings)
      : NamingModel(objects, strings) {
    for (const ObjectOp& op : objects.ops) {
      const auto ops = objects.list_of(op);
      for (std::size_t i = 0; i + 2 < ops.size(); i += 3) {
        std::uint32_t& position = positions_[ops[i + 1]];
        if (position == kNoPosition) position = static_cast<std::uint32_t>(keys_++);
      }
    }
  }
  State initial() override {
    return states_.intern(std::vector<std::uint64_t>(keys_, objects_.initial.bits()));
  }

  State step(State state, const Call& call) override {
    const auto values = states_[state];
    next_.assign(values.begin(), values.end());
    const auto ops = list(call);
    for (std::size_t i = 0; i + 2 < ops.size(); i += 3) {
      std::uint64_t& value = next_[positions_.find(ops[i + 1])];
      const Datum told = ops[i + 2];
      if (ops[i] == Datum::of(1)) {
        value = told.bits();
      } else if (!call.is_open() && (!told.is_nil() || objects_.nil_reads_tell) &&
                 told.bits() != value) {
        return kIllegal;
      }
    }
    return states_.intern(next_);
  }
  bool reads_only(const Call& call) const override {
    const auto ops = list(call);
    for (std::size_t i = 0; i + 2 < ops.size(); i += 3) {
      if (ops[i] == Datum::of(1)) return false;
    }
    return true;
  }
  std::string shown(State state) const override { return named(states_[state]); }
  std::uint64_t bytes() const override { return states_.bytes(); }

 private:
  DatumTable positions_;
  std::size_t keys_ = 0;
  SequenceStates states_;
  std::vector<std::uint64_t> next_;
};

/// The state is a text. (porcupine's model of a key-value store; nothing was put: "".) All texts
/// with which nothing begins that anybody read are one state: nobody can tell them apart.
class TextModel : public NamingModel {
 public:
  TextModel(const Objects& objects, const StringPool& strings, std::span<const std::uint32_t> ops)
      : NamingModel(objects, strings) {
    for (const std::uint32_t op : ops) {
      const ObjectOp& read = objects.ops[op];
      if (read.call != ObjectCall::read || read.told != Completion::ok) continue;
      read_.emplace_back(text_of(read.a));
    }
    std::ranges::sort(read_);
    read_.erase(std::unique(read_.begin(), read_.end()), read_.end());
  }
  State initial() override { return id_of(text_of(objects_.initial)); }

  State step(State state, const Call& call) override {
    switch (call.call) {
      case ObjectCall::read:
        return state != kUnread && texts_[static_cast<StringId>(state)] == text_of(call.a)
                   ? state
                   : kIllegal;
      case ObjectCall::write:
        return id_of(text_of(call.a));
      case ObjectCall::append:
        if (state == kUnread) return state;
        next_ = texts_[static_cast<StringId>(state)];
        next_ += text_of(call.a);
        return id_of(next_);
      default:
        return kIllegal;
    }
  }
  bool can_lead_to(State state, const Call& read) const override {
    return state != kUnread && text_of(read.a).starts_with(texts_[static_cast<StringId>(state)]);
  }
  bool resets(const Call& call) const override { return call.call == ObjectCall::write; }

  std::string shown(State state) const override {
    constexpr std::size_t kShown = 60;
    if (state == kUnread) return "a text that nobody read";
    const std::string_view text = texts_[static_cast<StringId>(state)];
    return text.size() <= kShown
               ? fmt::format("\"{}\"", text)
               : fmt::format("\"… {}\" ({} bytes)", text.substr(text.size() - kShown), text.size());
  }
  std::uint64_t bytes() const override { return bytes_; }

 private:
  static constexpr State kUnread = std::uint64_t{1} << 40U;

  std::string_view text_of(Datum datum) const {
    if (datum.is_nil()) return {};
    if (datum.is_text()) return strings_[datum.text()].substr(1);
    scratch_ = std::to_string(datum.integer());
    return scratch_;
  }
  State id_of(std::string_view text) {
    const auto read = std::ranges::lower_bound(read_, text);
    if (read == read_.end() || !read->starts_with(text)) return kUnread;
    const std::size_t before = texts_.size();
    const StringId id = texts_.intern(text);
    if (texts_.size() > before) bytes_ += text.size() + 32;
    return id;
  }

  StringPool texts_;
  std::vector<std::string> read_;  ///< what anybody read, sorted
  std::string next_;
  mutable std::string scratch_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<ObjectModel> register_model(const Objects& objects, const StringPool& strings) {
  return std::make_unique<RegisterModel>(objects, strings);
}

std::unique_ptr<ObjectModel> multi_register_model(const Objects& objects,
                                                  const StringPool& strings) {
  return std::make_unique<MultiRegisterModel>(objects, strings);
}

std::unique_ptr<ObjectModel> text_model(const Objects& objects, const StringPool& strings,
                                        std::span<const std::uint32_t> ops) {
  return std::make_unique<TextModel>(objects, strings, ops);
}

}  // namespace witness
