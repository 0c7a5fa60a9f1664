#include "history/native_header.hpp"

namespace witness {
namespace {

void skip_rest(const JsonLine& json, JsonValue& value) { json.skip(value); }

void read_text(const JsonLine& json, JsonValue& value, std::string_view field, std::string& text) {
  std::string scratch;
  if (const auto scalar = json.scalar(value, field, scratch)) text = *scalar;
}

void read_string(const JsonLine& json, JsonValue& value, std::string_view field,
                 std::string& text) {
  if (json.is_null(value)) return skip_rest(json, value);
  text = json.string(value, field);
}

TargetInfo target(const JsonLine& json, JsonValue& element) {
  TargetInfo info;
  for (auto field : json.object(element, "target")) {
    const std::string_view name = field.unescaped_key();
    JsonValue value = field.value();
    if (name == "name") {
      read_string(json, value, "name", info.name);
    } else if (name == "server") {
      read_string(json, value, "server", info.server);
    } else if (name == "isolation") {
      read_string(json, value, "isolation", info.isolation);
    } else {
      json.skip(value);
    }
  }
  return info;
}

LadderStep ladder_step(const JsonLine& json, JsonValue& element) {
  LadderStep step;
  for (auto field : json.object(element, "ladder")) {
    const std::string_view name = field.unescaped_key();
    JsonValue value = field.value();
    if (name == "clients") {
      step.clients = json.unsigned_integer(value, "clients");
    } else if (name == "retries") {
      step.retries = json.unsigned_integer(value, "retries");
    } else if (name == "keys") {
      for (auto key : json.array(value, "keys")) {
        JsonValue text = key.value();
        read_text(json, text, "keys", step.keys.emplace_back());
      }
    } else {
      json.skip(value);
    }
  }
  return step;
}

}  // namespace

HistoryHeader native_header(JsonObject& fields, std::string_view line) {
  const JsonLine json{line};
  HistoryHeader header;
  header.raw = line;
  for (auto field : fields) {
    const std::string_view name = field.unescaped_key();
    JsonValue value = field.value();
    if (name == "workload") {
      read_string(json, value, "workload", header.workload);
    } else if (name == "variant") {
      read_string(json, value, "variant", header.variant);
    } else if (name == "isolation") {
      read_string(json, value, "isolation", header.isolation);
    } else if (name == "initial") {
      read_text(json, value, "initial", header.initial);
    } else if (name == "earlier_writes") {
      header.earlier_writes = json.boolean(value, "earlier_writes");
    } else if (name == "seed") {
      header.seed = json.unsigned_integer(value, "seed");
    } else if (name == "capacity") {
      header.capacity = json.unsigned_integer(value, "capacity");
    } else if (name == "target") {
      for (auto element : json.array(value, "target")) {
        JsonValue object = element.value();
        header.targets.push_back(target(json, object));
      }
    } else if (name == "ladder") {
      for (auto element : json.array(value, "ladder")) {
        JsonValue object = element.value();
        header.ladder.push_back(ladder_step(json, object));
      }
    } else {
      json.skip(value);
    }
  }
  return header;
}

}  // namespace witness
