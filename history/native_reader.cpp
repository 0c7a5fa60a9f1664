/// Lines -> events -> History. What is special here is how a file begins, and how it ends before
/// its time.
#include "history/native_reader.hpp"

#include <algorithm>

#include "history/excerpt.hpp"
#include "history/history_builder.hpp"
#include "history/json_fault.hpp"
#include "history/line_fault.hpp"
#include "history/line_source.hpp"
#include "history/native_line.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

constexpr const char* kNotNative =
    R"(not a witness history: its first line should be {"schema":"witness.history/1",…})";

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_json_space);
}

/// Is this how a header begins, cut anywhere? White space between tokens is free.
bool begins_like_header(std::string_view text) {
  constexpr std::string_view kStart = R"({"schema":"witness.history/)";
  std::size_t matched = 0;
  bool in_string = false;
  for (const char c : text) {
    if (matched == kStart.size()) return true;
    if (!in_string && is_json_space(c)) continue;
    if (c != kStart[matched]) return false;
    if (c == '"') in_string = !in_string;
    ++matched;
  }
  return true;
}

/// `witness.history/1`, or a later minor version of it.
bool is_known_schema(std::string_view schema) {
  return schema == kNativeSchema || (schema.substr(0, kNativeSchema.size()) == kNativeSchema &&
                                     schema[kNativeSchema.size()] == '.');
}

class NativeReader {
 public:
  NativeReader(LineSource lines, const std::string& name)
      : lines_(std::move(lines)), name_(name), builder_(name) {}

  History read() {
    Line line;
    bool has_header = false;
    while (lines_.next(line)) {
      try {
        if (!line.terminated && !is_whole(line.text)) {
          if (!has_header) expect_cut_header(line.text);
          builder_.drop(line.number, line.text.size() + line.nul_bytes);
          break;
        }
        if (line.nul_bytes > 0) builder_.drop(line.number, line.nul_bytes);
        if (!has_header) {
          read_header(line.text);
          has_header = true;
        } else if (!is_blank(line.text)) {
          builder_.add(parser_.event(line.text, builder_.strings()), line.number);
        }
      } catch (const LineFault& fault) {
        throw InputError(name_, {line.number, fault.offset + 1}, fault.rule, std::string{line.text},
                         fault.note);
      }
    }
    return builder_.finish();
  }

 private:
  static bool is_whole(std::string_view text) {
    return is_blank(text) ? false : !find_json_fault(text).has_value() && first_of(text) == '{';
  }

  static char first_of(std::string_view text) {
    while (!text.empty() && is_json_space(text.front())) text.remove_prefix(1);
    return text.empty() ? '\0' : text.front();
  }

  static void expect_cut_header(std::string_view text) {
    if (!begins_like_header(text)) throw LineFault{0, kNotNative, {}};
  }

  void read_header(std::string_view text) {
    const auto schema = parser_.schema_of(text);
    if (!schema) {
      // A header of ours with a fault deserves the fault; all else is another format.
      if (const auto fault = find_json_fault(text);
          fault && !is_blank(text) && begins_like_header(text)) {
        throw LineFault{fault->offset, fault->rule, {}};
      }
      throw LineFault{0, kNotNative, {}};
    }
    if (!is_known_schema(*schema)) {
      const std::size_t at = text.find(*schema);
      throw LineFault{
          at == std::string_view::npos ? 0 : at,
          "this program reads " + std::string{kNativeSchema} + ", not " + quoted(*schema),
          {}};
    }
    builder_.set_header(parser_.header(text));
  }

  LineSource lines_;
  const std::string& name_;
  NativeLineParser parser_;
  HistoryBuilder builder_;
};

}  // namespace

History read_native(std::unique_ptr<ByteSource> bytes, const std::string& name) {
  return NativeReader{LineSource{std::move(bytes), name}, name}.read();
}

std::optional<HistoryHeader> native_header_of(std::string_view line) {
  const std::string padded = std::string{line} + std::string(kLinePadding, '\0');
  const std::string_view text{padded.data(), line.size()};
  NativeLineParser parser;
  try {
    const auto schema = parser.schema_of(text);
    if (!schema || !is_known_schema(*schema)) return std::nullopt;
    return parser.header(text);
  } catch (const LineFault&) {
    return std::nullopt;
  }
}

}  // namespace witness
