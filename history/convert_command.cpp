/// `witness convert IN OUT`: the same history in another format.
#include <sys/stat.h>

#include <memory>
#include <string>

#include "commands.hpp"
#include "history/formats.hpp"
#include "history/history_writer.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

struct Options {
  std::string in;
  std::string out;
  std::string to;
  ReadOptions read;
};

/// Those that can be read, or written.
std::string format_names(bool written) {
  std::string names;
  for (const HistoryFormat& format : kHistoryFormats) {
    if (written && format.writer == nullptr) continue;
    names += (names.empty() ? "" : ", ") + std::string{format.name};
  }
  return names;
}

std::string extensions() {
  std::string names;
  for (const HistoryFormat& format : kHistoryFormats) {
    if (format.writer == nullptr) continue;
    names += (names.empty() ? "" : ", ") + std::string{format.extension};
  }
  return names;
}

/// By --to, else by the name of the file.
const HistoryFormat& target_of(const Options& options) {
  if (!options.to.empty()) {
    const HistoryFormat* format = format_by_name(options.to);
    if (format != nullptr && format->writer != nullptr) return *format;
    throw UsageError("--to " + escaped(options.to) + ": there are " + format_names(true));
  }
  std::string_view name = options.out;
  if (name.ends_with(".zst")) name.remove_suffix(4);
  for (const HistoryFormat& format : kHistoryFormats) {
    if (format.writer != nullptr && name.ends_with(format.extension)) return format;
  }
  throw UsageError("the name " + escaped(options.out) +
                   " does not tell the format; add --to, one of " + format_names(true));
}

bool is_same_file(const std::string& in, const std::string& out) {
  struct stat a {};
  struct stat b {};
  if (in == "-" || out == "-") return false;
  return ::stat(in.c_str(), &a) == 0 && ::stat(out.c_str(), &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

int convert(const Options& options) {
  const HistoryFormat& target = target_of(options);
  if (is_same_file(options.in, options.out)) {
    throw UsageError(escaped(options.out) + " would be overwritten while it is read");
  }
  const History history = read_history(options.in, options.read);
  if (!history.transactions) {
    throw InputError(options.in, {},
                     "only list-append and rw-register histories can be converted, not one of "
                     "workload \"" +
                         escaped(history.header.workload) + '"');
  }
  write_history(history, *target.writer(), target, options.out);
  return 0;
}

}  // namespace

Action convert_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("in", options->in, "The history; - is standard input")
      ->required()
      ->type_name("IN");
  app.add_option("out", options->out,
                 "The new file, or directory; - is standard output; .zst compresses it")
      ->required()
      ->type_name("OUT");
  app.add_option("--from", options->read.format, "Format of IN: " + format_names(false) + " (auto)")
      ->type_name("FORMAT");
  app.add_option("--to", options->to, "Format of OUT (else by its name: " + extensions() + ")")
      ->type_name("FORMAT");
  app.add_option("--workload", options->read.workload,
                 "What IN holds, if it does not say: list-append, rw-register")
      ->type_name("W");
  app.footer(
      "What the new format cannot say is refused by name. Formats: witness list formats\n"
      "Example: witness generate list-append --ops 100 -o la.jsonl; witness convert la.jsonl "
      "la.edn");
  return [options] { return convert(*options); };
}

}  // namespace witness
