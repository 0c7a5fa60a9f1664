#include "workloads/ending.hpp"

#include <fmt/format.h>

#include <iterator>

#include "history/native_writer.hpp"

namespace witness {

void append_error_fields(std::string& out, const Ending& ending) {
  fmt::format_to(std::back_inserter(out), R"(,"phase":"{}")",
                 kPhaseNames[static_cast<std::size_t>(ending.phase)]);
  if (ending.told == Completion::ok) return;
  fmt::format_to(std::back_inserter(out), R"(,"class":"{}")",
                 kErrorKindNames[static_cast<std::size_t>(ending.kind)]);
  if (!ending.sqlstate.empty()) {
    out += R"(,"sqlstate":)";
    append_json_string(out, ending.sqlstate);
  }
}

std::string error_field(const Ending& ending) {
  if (ending.told == Completion::ok) {
    return fmt::format(R"(,"error":{{"class":"rejected","message":"{}"}})", ending.rejection);
  }
  std::string out = ",\"error\":{";
  std::string fields;
  append_error_fields(fields, ending);
  out += fields.substr(1);
  out += ",\"message\":";
  append_json_string(out, ending.message);
  return out + "}";
}

}  // namespace witness
