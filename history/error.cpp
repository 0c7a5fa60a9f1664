#include "witness/error.hpp"

#include "history/excerpt.hpp"

namespace witness {
namespace {

std::string message(const std::string& file, Position position, const std::string& rule,
                    const std::string& excerpt, const std::string& note) {
  std::string text = printable(file);
  if (position.line != 0) {
    text += ':' + std::to_string(position.line);
    if (position.column != 0) text += ':' + std::to_string(position.column);
  }
  text += ": " + rule;
  if (excerpt.empty() || position.column == 0) {
    return note.empty() ? text : text + " (" + note + ')';
  }
  return text + '\n' + caret_excerpt(excerpt, position.column - 1, note);
}

}  // namespace

InputError::InputError(std::string file, Position position, std::string rule, std::string excerpt,
                       std::string note)
    : std::runtime_error(message(file, position, rule, excerpt, note)),
      file_(std::move(file)),
      position_(position),
      rule_(std::move(rule)) {}

}  // namespace witness
