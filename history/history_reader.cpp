/// read_history and parse_history: finds out what a text is, and who reads it.
#include "history/history_reader.hpp"

#include <algorithm>
#include <array>

#include "history/byte_source.hpp"
#include "history/duplicate_place.hpp"
#include "history/excerpt.hpp"
#include "history/formats.hpp"
#include "history/json_fault.hpp"
#include "history/line_source.hpp"
#include "history/log_directory.hpp"
#include "history/native_reader.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

constexpr std::size_t kHeadBytes = std::size_t{4} << 10U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The beginning of a text: its first line at least, as far as it is no longer than a line may be.
std::string head_of(ByteSource& bytes) {
  std::string head;
  for (;;) {
    const std::size_t size = head.size();
    head.resize(size + std::max(kHeadBytes, size));
    const std::size_t more = bytes.read(std::span{head}.subspan(size));
    head.resize(size + more);
    const bool has_line = head.find('\n', size) != std::string::npos;
    if (more == 0 || (has_line && head.size() >= 64) || head.size() > kLineBytesMax) return head;
  }
}

std::string format_names() {
  std::string names;
  for (const HistoryFormat& format : kHistoryFormats) {
    names += (names.empty() ? "" : ", ") + std::string{format.name};
  }
  return names;
}

bool is_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_json_space);
}

/// A text without content can only be told by its name.
const HistoryFormat& format_of_nothing(const std::string& name) {
  for (const char* format : {"edn", "json"}) {
    if (name.ends_with(std::string{"."} + format)) return *format_by_name(format);
  }
  return *format_by_name("native");
}

const HistoryFormat& format_of(std::string_view head, const std::string& name,
                               const std::string& wanted) {
  if (wanted != "auto") {
    if (const HistoryFormat* format = format_by_name(wanted)) return *format;
    throw UsageError("no format is called " + quoted(wanted) + "; there are auto, " +
                     format_names());
  }
  if (is_blank(head.substr(0, head.find_last_not_of('\0') + 1))) return format_of_nothing(name);
  for (const HistoryFormat& format : kHistoryFormats) {
    if (format.looks_like(head)) return format;
  }
  const std::string line{head.substr(0, head.find('\n'))};
  throw InputError(name, {1, 1}, "this looks like none of the formats " + format_names(), line);
}

std::optional<Datatype> datatype_of(const std::string& workload) {
  for (std::size_t i = 0; i < kDatatypeNames.size(); ++i) {
    if (workload == kDatatypeNames[i]) return static_cast<Datatype>(i);
  }
  return std::nullopt;
}

std::optional<ObjectKind> object_kind_of(const std::string& workload) {
  for (std::size_t i = 0; i < kObjectKinds.size(); ++i) {
    if (workload == kObjectKinds[i].name) return static_cast<ObjectKind>(i);
  }
  return std::nullopt;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

/// Does a text without a header hold calls on objects? By the first functions and values; where
/// both are possible, it holds transactions.
bool holds_objects(std::string_view head, const HistoryFormat& format) {
  if (format.parser == format.object_parser) return true;
  if (format.name != "edn" && format.name != "json") return false;
  constexpr std::size_t kLookedAt = std::size_t{64} << 10U;
  std::string packed;
  for (const char c : head.substr(0, kLookedAt)) {
    if (!is_json_space(c) && c != ',') packed += c;
  }
  const bool edn = format.name == "edn";
  if (edn ? has_any(packed, {"[[:read", "[[:write"})
          : has_any(packed, {"[[\"read\"", "[[\"write\""})) {
    return true;
  }
  if (edn ? has_any(packed, {"[[:r", "[[:w", "[[:append", "([:r", "([:w", "([:append"})
          : has_any(packed, {"[[\"r\"", "[[\"w\"", "[[\"append\""})) {
    return false;
  }
  for (std::size_t at = 0; (at = packed.find(edn ? ":f:" : "\"f\":\"", at)) != std::string::npos;) {
    at += edn ? 3 : 5;
    const std::size_t end = packed.find_first_of(edn ? ":}" : "\"", at);
    if (call_named(std::string_view{packed}.substr(at, end - at)) < ObjectCall::txn) return true;
  }
  return false;
}

ObjectOptions object_options(const ReadOptions& options, std::optional<ObjectKind> kind,
                             const HistoryFormat& format) {
  ObjectOptions made{kind, options.initial, options.nil_reads_tell, options.failed_cas_tells};
  made.native = format.name == "native";
  made.format_nil_reads_tell = made.format_failed_cas_tells = format.name == "etcd";
  return made;
}

BuilderOptions builder_options(const HistoryFormat& format, const ReadOptions& options) {
  BuilderOptions builder{.rules = format.rules,
                         .datatype = datatype_of(options.workload),
                         .initial = options.initial,
                         .format_initial = std::string{format.initial},
                         .complete = format.complete,
                         .edn = format.name == "edn"};
  if (!options.workload.empty() && !builder.datatype && !object_kind_of(options.workload)) {
    std::string names = "list-append, rw-register";
    for (const ObjectKindInfo& info : kObjectKinds) names += ", " + std::string{info.name};
    throw UsageError("no history of a workload " + quoted(options.workload) +
                     " can be read; there are " + names);
  }
  return builder;
}

/// Refuses it, or keeps it where that was asked for.
void judge_duplicate(History& history, const Duplicate& duplicate, const HistoryFormat& format,
                     const ReadOptions& options, const std::string_view* memory) {
  const bool allowed =
      options.duplicates && history.transactions->datatype == Datatype::rw_register;
  if (!allowed) refuse_duplicate(history, duplicate, format, memory);
  history.transactions->has_duplicates = true;
}

History read(std::unique_ptr<ByteSource> source, const std::string& name,
             const ReadOptions& options, const std::string_view* memory,
             const Cutting& cutting = {}) {
  std::unique_ptr<ByteSource> bytes = decompressed(std::move(source), name);
  std::string head = head_of(*bytes);
  std::string_view text = head;
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  const HistoryFormat& format = format_of(text, name, options.format);
  BuilderOptions builder = builder_options(format, options);
  const auto wanted = object_kind_of(options.workload);
  History history;
  if (format.name == "native") {
    auto header = native_header_of(text.substr(0, text.find('\n')));
    const auto kind = header ? wanted ? wanted : object_kind_of(header->workload) : std::nullopt;
    if (kind && !builder.datatype) {
      ObjectOptions objects = object_options(options, kind, format);
      if (!objects.initial && !header->initial.empty()) objects.initial = header->initial;
      history.header = std::move(*header);
      history.name = name;
      read_objects({name, 0, put_back(std::move(head), std::move(bytes))}, format, objects, history,
                   cutting);
      return history;
    }
    const auto datatype = header ? datatype_of(header->workload) : std::nullopt;
    if (!builder.datatype) builder.datatype = datatype;
    if (!header || !builder.datatype) {
      return read_native(put_back(std::move(head), std::move(bytes)), name);
    }
    history.header = std::move(*header);
  }
  history.name = name;
  const bool objects = wanted || (!builder.datatype && holds_objects(text, format));
  if (objects && format.object_parser != nullptr) {
    read_objects({name, 0, put_back(std::move(head), std::move(bytes))}, format,
                 object_options(options, wanted, format), history, cutting);
    return history;
  }
  if (wanted || format.parser == format.object_parser) {
    throw UsageError("the format " + std::string{format.name} + " holds no history of workload " +
                     quoted(options.workload));
  }
  std::vector<HistoryFile> files;
  files.push_back({name, 0, put_back(std::move(head), std::move(bytes))});
  const auto duplicate = read_transactions(std::move(files), format, builder, history, cutting);
  if (duplicate) judge_duplicate(history, *duplicate, format, options, memory);
  return history;
}

/// A directory of logs, one for each session.
History read_directory(const std::string& path, const ReadOptions& options) {
  const HistoryFormat* format = nullptr;
  std::vector<HistoryFile> files;
  for (const HistoryFormat& each : kHistoryFormats) {
    if (each.log_prefix.empty() || (options.format != "auto" && options.format != each.name)) {
      continue;
    }
    files = logs_in(path, each);
    format = &each;
    if (!files.empty()) break;
  }
  if (options.format != "auto" && format == nullptr) {
    const HistoryFormat& wanted = format_of({}, path, options.format);
    throw InputError(path, {},
                     "this is a directory, and " + std::string{wanted.name} + " is a file");
  }
  if (files.empty()) {
    throw InputError(path, {}, "this directory has no logs in it (cobra: T*.log, viper: J*.log)");
  }
  History history;
  history.name = path;
  const auto duplicate =
      read_transactions(std::move(files), *format, builder_options(*format, options), history);
  if (duplicate) judge_duplicate(history, *duplicate, *format, options, nullptr);
  return history;
}

}  // namespace

History read_history(const std::string& path, const ReadOptions& options) {
  if (is_directory(path)) return read_directory(path, options);
  return read(open_file(path), path, options, nullptr);
}

History parse_history(std::string_view text, const std::string& name, const ReadOptions& options) {
  return read(open_memory(text), name, options, &text);
}

History parse_history(std::string_view text, const std::string& name, const ReadOptions& options,
                      const Cutting& cutting) {
  return read(open_memory(text), name, options, &text, cutting);
}

}  // namespace witness
