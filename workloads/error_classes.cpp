#include "workloads/error_classes.hpp"

namespace witness {
namespace {

Judged apply(const ErrorRule& rule, Phase phase, Engine engine) {
  Completion completion = rule.before;
  if (phase == Phase::commit) {
    completion = engine == Engine::postgresql ? rule.commit_postgresql : rule.commit_other;
  }
  return {rule.kind, completion, rule.retry && completion == Completion::fail, rule.reconnect};
}

bool is_indefinite_message(std::string_view message) {
  return message.find("Operation expired") != std::string_view::npos ||
         message.find("Timed out after deadline") != std::string_view::npos ||
         message.find("result is ambiguous") != std::string_view::npos;
}

}  // namespace

const ErrorRule& rule_for(std::string_view state) {
  const ErrorRule* best = &kErrorRules.back();
  for (const ErrorRule& rule : kErrorRules) {
    if (state.starts_with(rule.pattern) && rule.pattern.size() > best->pattern.size()) best = &rule;
  }
  return *best;
}

Judged judge(const SqlError& error, Phase phase, Engine engine, bool deadline_passed) {
  if (is_indefinite_message(error.what())) {
    return {ErrorKind::timeout, Completion::info, false, true};
  }
  std::string_view state = error.sqlstate();
  if (error.occ_code() == "OC001") state = error.occ_code();
  if (state.empty() && error.connection_lost())
    state = deadline_passed ? kDeadline : kConnectionLost;
  Judged judged = apply(rule_for(state), phase, engine);
  if (error.connection_lost()) judged.reconnect = true;
  return judged;
}

}  // namespace witness
