#include "history/native_event.hpp"

#include "history/excerpt.hpp"

namespace witness {
namespace {

/// Reads the fields of one line into an event.
class EventReader {
 public:
  EventReader(std::string_view line, Event& event, StringPool& strings, bool raw_values)
      : json_(line), event_(event), strings_(strings), raw_values_(raw_values) {}

  void read(JsonObject& fields) {
    for (auto field : fields) {
      name_ = field.unescaped_key();
      JsonValue value = field.value();
      if (!read_field(value)) json_.skip(value);
    }
    require_fields();
  }

 private:
  bool read_field(JsonValue& value) {
    const bool indexed = event_.kind != EventKind::end && event_.kind != EventKind::attempt &&
                         event_.kind != EventKind::ignored;
    if (indexed && name_ == "index") return number(value, event_.index);
    switch (event_.kind) {
      case EventKind::invoke:
      case EventKind::completion:
        return operation_field(value);
      case EventKind::attempt:
        if (name_ == "of") return number(value, event_.of);
        if (name_ == "attempt") return number(value, event_.attempt);
        return name_ == "value" && micro_ops(value, event_.value);
      case EventKind::outcome:
      case EventKind::ledger:
      case EventKind::state:
        return database_field(value);
      case EventKind::end:
        if (name_ == "operations") return number(value, event_.operations);
        if (name_ == "ledger") return word(value, event_.ledger, kLedgerStateNames);
        return false;
      case EventKind::ignored:
        return false;
    }
    return false;
  }

  bool operation_field(JsonValue& value) {
    if (name_ == "process") return integer(value, event_.process);
    if (name_ == "time") return time(value, event_.time_ns);
    if (name_ == "f") return text(value, event_.f);
    if (name_ == "value") return micro_ops(value, event_.value);
    if (event_.kind == EventKind::invoke) {
      return name_ == "scheduled" && time(value, event_.scheduled_ns);
    }
    if (name_ == "error") return error(value);
    if (name_ == "attempts") return attempts(value);
    return false;
  }

  bool database_field(JsonValue& value) {
    if (name_ == "key") return scalar(value, event_.key);
    if (name_ == "holder") return scalar(value, event_.holder);
    if (name_ == "amount") return integer(value, event_.amount);
    if (name_ == "value" && event_.kind == EventKind::state) return scalar(value, event_.state);
    if (event_.kind != EventKind::outcome) return false;
    if (name_ == "of") return number(value, event_.of);
    if (name_ == "attempt") return number(value, event_.attempt);
    if (name_ == "outcome") return word(value, event_.outcome, kOutcomeNames);
    if (name_ == "evidence") return word(value, event_.evidence, kEvidenceNames);
    return false;
  }

  bool error(JsonValue& value) {
    if (json_.is_null(value)) return false;
    for (auto field : json_.object(value, "error")) {
      name_ = field.unescaped_key();
      JsonValue part = field.value();
      const bool known = name_ == "class"      ? text(part, event_.error_class)
                         : name_ == "sqlstate" ? text(part, event_.error_sqlstate)
                         : name_ == "phase"    ? word(part, event_.error_phase, kPhaseNames)
                                               : false;
      if (!known) json_.skip(part);
    }
    return true;
  }

  bool attempts(JsonValue& value) {
    if (json_.is_null(value)) return false;
    for (auto element : json_.array(value, "attempts")) {
      JsonValue object = element.value();
      const std::uint32_t offset = json_.offset(object);
      JsonObject fields = json_.object(object, "attempts");
      AttemptEvent& attempt = event_.attempts.emplace_back();
      attempt.offset = offset;
      for (auto field : fields) {
        name_ = field.unescaped_key();
        JsonValue part = field.value();
        if (!attempt_field(part, attempt)) json_.skip(part);
      }
      if (!attempt.number.present) missing(offset, "an attempt", "attempt");
      if (!attempt.told.present) missing(offset, "an attempt", "type");
    }
    return true;
  }

  bool attempt_field(JsonValue& value, AttemptEvent& attempt) {
    if (name_ == "attempt") return number(value, attempt.number);
    if (name_ == "id") return text(value, attempt.id);
    if (name_ == "target") return text(value, attempt.target);
    if (name_ == "type") return word(value, attempt.told, kCompletionNames);
    if (name_ == "start") return time(value, attempt.start_ns);
    if (name_ == "end") return time(value, attempt.end_ns);
    if (name_ == "backoff") return time(value, attempt.backoff_ns);
    if (name_ == "sqlstate") return text(value, attempt.sqlstate);
    if (name_ == "phase") return word(value, attempt.phase, kPhaseNames);
    if (name_ == "value") return micro_ops(value, attempt.value);
    return false;
  }

  bool micro_ops(JsonValue& value, Field<MicroOpRange>& range) {
    if (json_.is_null(value)) return false;
    place(value, range);
    if (raw_values_) {
      json_.skip(value);
      return true;
    }
    range.value.begin = static_cast<std::uint32_t>(event_.micro_ops.size());
    for (auto element : json_.array(value, "value")) {
      JsonValue micro_op = element.value();
      event_.micro_ops.push_back(read_micro_op(micro_op));
    }
    range.value.end = static_cast<std::uint32_t>(event_.micro_ops.size());
    return true;
  }

  MicroOp read_micro_op(JsonValue& value) {
    const std::uint32_t offset = json_.offset(value);
    if (value.type().value() != JsonType::array) {
      json_.refuse(value, "value", "a list of [kind, key, value]");
    }
    MicroOp micro_op{MicroOpKind::read, kNoString, kNoString};
    int parts = 0;
    for (auto element : value.get_array()) {
      JsonValue part = element.value();
      if (parts == 0) {
        micro_op.kind = micro_op_kind(part);
      } else if (parts == 1) {
        micro_op.key = interned(part, "key");
      } else if (parts == 2) {
        micro_op.value = part.type().value() == JsonType::array ? strings_.intern(json_.list(part))
                                                                : interned(part, "value");
      } else {
        throw LineFault{json_.offset(part), kArity, {}};
      }
      ++parts;
    }
    if (parts != 3) throw LineFault{offset, kArity, {}};
    return micro_op;
  }

  MicroOpKind micro_op_kind(JsonValue& value) {
    const std::uint32_t offset = json_.offset(value);
    const std::string_view name = json_.string(value, "kind");
    if (const auto kind = position_in(kMicroOpNames, name)) return static_cast<MicroOpKind>(*kind);
    throw LineFault{
        offset,
        "unknown micro-operation " + quoted(name) + "; it must be " + listed(kMicroOpNames),
        {}};
  }

  StringId interned(JsonValue& value, std::string_view field) {
    const auto text = json_.scalar(value, field, scratch_);
    return text ? strings_.intern(*text) : kNoString;
  }

  /// Notes where a field stands; a field may stand only once.
  template <typename T>
  void place(JsonValue& value, Field<T>& field) {
    if (field.present) {
      throw LineFault{json_.offset(value), "the field " + quoted(name_) + " stands twice", {}};
    }
    field.offset = json_.offset(value);
    field.present = true;
  }

  bool number(JsonValue& value, Field<std::uint64_t>& field) {
    place(value, field);
    field.value = json_.unsigned_integer(value, name_);
    return true;
  }

  bool integer(JsonValue& value, Field<std::int64_t>& field) {
    place(value, field);
    field.value = json_.integer(value, name_);
    return true;
  }

  /// Nanoseconds. Null is the same as no field.
  bool time(JsonValue& value, Field<std::int64_t>& field) {
    if (json_.is_null(value)) return false;
    place(value, field);
    const std::uint64_t time = json_.unsigned_integer(value, name_);
    if (time >= static_cast<std::uint64_t>(kNever)) {
      throw LineFault{field.offset, quoted(name_) + " is later than any clock can show", {}};
    }
    field.value = static_cast<std::int64_t>(time);
    return true;
  }

  bool text(JsonValue& value, Field<StringId>& field) {
    if (json_.is_null(value)) return false;
    place(value, field);
    field.value = strings_.intern(json_.string(value, name_));
    return true;
  }

  bool scalar(JsonValue& value, Field<StringId>& field) {
    place(value, field);
    field.value = interned(value, name_);
    return true;
  }

  /// One word of a table of names.
  template <typename T, typename Names>
  bool word(JsonValue& value, Field<T>& field, const Names& names) {
    if (json_.is_null(value)) return false;
    place(value, field);
    const std::string_view name = json_.string(value, name_);
    const auto position = position_in(names, name);
    if (!position) {
      throw LineFault{
          field.offset,
          "unknown " + std::string{name_} + ' ' + quoted(name) + "; it must be " + listed(names),
          {}};
    }
    field.value = static_cast<T>(*position);
    return true;
  }

  [[noreturn]] static void missing(std::size_t offset, std::string_view what,
                                   std::string_view field) {
    throw LineFault{offset, std::string{what} + " needs the field " + quoted(field), {}};
  }

  template <typename T>
  void require(const Field<T>& field, std::string_view what, std::string_view name) const {
    if (!field.present) missing(event_.type_offset, what, name);
  }

  void require_fields() const {
    switch (event_.kind) {
      case EventKind::invoke:
      case EventKind::completion: {
        const std::string_view what =
            event_.kind == EventKind::invoke ? "an invocation" : "a completion";
        require(event_.index, what, "index");
        require(event_.process, what, "process");
        break;
      }
      case EventKind::attempt:
        require(event_.of, "an attempt", "of");
        require(event_.attempt, "an attempt", "attempt");
        require(event_.value, "an attempt", "value");
        break;
      case EventKind::outcome:
        require(event_.index, "an outcome", "index");
        require(event_.of, "an outcome", "of");
        require(event_.attempt, "an outcome", "attempt");
        require(event_.outcome, "an outcome", "outcome");
        require(event_.evidence, "an outcome", "evidence");
        break;
      case EventKind::ledger:
        require(event_.index, "a ledger row", "index");
        require(event_.key, "a ledger row", "key");
        break;
      case EventKind::state:
        require(event_.index, "a state", "index");
        require(event_.key, "a state", "key");
        require(event_.state, "a state", "value");
        break;
      case EventKind::end:
      case EventKind::ignored:
        break;
    }
  }

  static constexpr const char* kArity = "a micro-operation has three parts: [kind, key, value]";

  JsonLine json_;
  Event& event_;
  StringPool& strings_;
  bool raw_values_;
  std::string_view name_;  ///< of the field that is being read
  std::string scratch_;
};

}  // namespace

void read_native_event(JsonObject& fields, std::string_view line, Event& event, StringPool& strings,
                       bool raw_values) {
  EventReader{line, event, strings, raw_values}.read(fields);
}

}  // namespace witness
