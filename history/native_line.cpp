#include "history/native_line.hpp"

#include <array>

#include "history/json_value.hpp"
#include "history/line_source.hpp"
#include "history/native_event.hpp"
#include "history/native_header.hpp"

namespace witness {
namespace {

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

/// What `type` can say, and what it makes of the line.
struct LineType {
  std::string_view name;
  EventKind kind;
  Completion told;
};
constexpr std::array kLineTypes = {
    LineType{"invoke", EventKind::invoke, Completion::info},
    LineType{"attempt", EventKind::attempt, Completion::info},
    LineType{"ok", EventKind::completion, Completion::ok},
    LineType{"fail", EventKind::completion, Completion::fail},
    LineType{"info", EventKind::completion, Completion::info},
    LineType{"outcome", EventKind::outcome, Completion::info},
    LineType{"ledger", EventKind::ledger, Completion::info},
    LineType{"state", EventKind::state, Completion::info},
};

void clear(Event& event) {
  std::vector<AttemptEvent> attempts = std::move(event.attempts);
  std::vector<MicroOp> micro_ops = std::move(event.micro_ops);
  attempts.clear();
  micro_ops.clear();
  event = Event{};
  event.attempts = std::move(attempts);
  event.micro_ops = std::move(micro_ops);
}

}  // namespace

struct NativeLineParser::State {
  simdjson::ondemand::parser simd;
  Event event;

  simdjson::ondemand::document document(std::string_view line) {
    return simd.iterate(line.data(), line.size(), line.size() + kLinePadding).value();
  }

  /// Runs `read` on the line's object. A line that is no JSON at all is refused for
  /// that, with its place, whatever `read` stumbled over.
  template <typename Read>
  auto guarded(std::string_view line, Read read) {
    try {
      auto json = document(line);
      if (json.type().value() != JsonType::object) {
        throw LineFault{0, "a line must be a JSON object", {}};
      }
      return read(json);
    } catch (const LineFault&) {
      refuse_malformed(line);
      throw;
    } catch (const simdjson::simdjson_error& error) {
      refuse_malformed(line);
      throw LineFault{0, std::string{"this JSON cannot be read: "} + error.what(), {}};
    }
  }

  static void refuse_malformed(std::string_view line) {
    if (auto fault = find_json_fault(line)) {
      throw LineFault{fault->offset, std::move(fault->rule), {}};
    }
  }
};

NativeLineParser::NativeLineParser() : state_(std::make_unique<State>()) {}
NativeLineParser::~NativeLineParser() = default;

std::optional<std::string> NativeLineParser::schema_of(std::string_view line) {
  try {
    auto json = state_->document(line);
    auto object = json.get_object().value();
    return std::string{object.find_field_unordered("schema").get_string().value()};
  } catch (const simdjson::simdjson_error&) {
    return std::nullopt;
  }
}

namespace {

void expect_end(simdjson::ondemand::document& json) {
  if (json.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    throw simdjson::simdjson_error{simdjson::TRAILING_CONTENT};
  }
}

/// Finds out what kind of line this is, from `type` or, for the end, `schema`.
void classify(simdjson::ondemand::document& json, std::string_view line, Event& event) {
  auto object = json.get_object().value();
  JsonValue type;
  const auto error = object.find_field_unordered("type").get(type);
  const JsonLine text{line};
  if (error == simdjson::SUCCESS) {
    event.type_offset = text.offset(type);
    const std::string_view name = text.string(type, "type");
    for (const LineType& known : kLineTypes) {
      if (known.name != name) continue;
      event.kind = known.kind;
      event.told = known.told;
    }
    return;
  }
  if (error != simdjson::NO_SUCH_FIELD) throw simdjson::simdjson_error{error};
  json.rewind();
  auto again = json.get_object().value();
  JsonValue end;
  bool is_end = false;
  if (again.find_field_unordered("end").get(end) == simdjson::SUCCESS) {
    is_end = text.boolean(end, "end");
  }
  if (is_end) {
    event.kind = EventKind::end;
    return;
  }
  json.rewind();
  auto third = json.get_object().value();
  JsonValue schema;
  if (third.find_field_unordered("schema").get(schema) == simdjson::SUCCESS) {
    throw LineFault{text.offset(schema), "a second header; one file holds one history", {}};
  }
  throw LineFault{0, "a line needs the field \"type\"", {}};
}

}  // namespace

HistoryHeader NativeLineParser::header(std::string_view line) {
  return state_->guarded(line, [&](simdjson::ondemand::document& json) {
    auto object = json.get_object().value();
    HistoryHeader header = native_header(object, line);
    expect_end(json);
    return header;
  });
}

const Event& NativeLineParser::event(std::string_view line, StringPool& strings, bool raw_values) {
  Event& event = state_->event;
  clear(event);
  state_->guarded(line, [&](simdjson::ondemand::document& json) {
    classify(json, line, event);
    json.rewind();
    auto object = json.get_object().value();
    read_native_event(object, line, event, strings, raw_values);
    expect_end(json);
  });
  return event;
}

}  // namespace witness
