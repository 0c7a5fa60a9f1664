/// A verdict as people and programs read it.
#pragma once

#include <string>
#include <string_view>

#include "witness/verdict.hpp"

namespace witness {

struct ReportStyle {
  bool color = false;
  int explain = 3;  ///< anomalies shown in full; the rest are counted
  int width = 100;  ///< columns
};

/// For a terminal: verdict first, then scoreboard, anomalies, what was and was
/// not checked. At most `width` columns; texts from the history are escaped
/// (control characters, also in keys). Ends with a newline.
std::string text_report(const Verdict& verdict, const ReportStyle& style = {});

/// One line for a summary of many files: "VIOLATED  path  reason".
std::string summary_line(const Verdict& verdict, const ReportStyle& style = {});

/// `witness.verdict/1`, one line of JSON, no newline at the end.
std::string json_report(const Verdict& verdict);

/// Makes text from a history safe to show: control characters and invalid UTF-8
/// become \xNN escapes.
std::string escaped(std::string_view text);

}  // namespace witness
