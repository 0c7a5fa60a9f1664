/// How one attempt ended, and how the history says it.
#pragma once

#include <string>
#include <string_view>

#include "witness/operation.hpp"
#include "workloads/error_classes.hpp"

namespace witness {

struct Ending {
  Completion told = Completion::ok;
  Phase phase = Phase::commit;
  ErrorKind kind = ErrorKind::unknown;
  bool retry = false;
  bool reconnect = false;
  std::string sqlstate;
  std::string message;
  std::string_view rejection;  ///< told ok, but the answer was no
  std::string notice;          ///< the server's, with its answer to COMMIT
};

/// `,"phase":…` and, unless it was told ok, class and SQLSTATE: fields of an attempt.
void append_error_fields(std::string& out, const Ending& ending);

/// `,"error":{…}` of an operation that did not do what it was to do.
std::string error_field(const Ending& ending);

}  // namespace witness
