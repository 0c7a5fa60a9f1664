/// `witness check HISTORY...`: judges saved histories.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "checker/models.hpp"
#include "checker/quantities.hpp"
#include "checker/transactions/assumptions.hpp"
#include "commands.hpp"
#include "witness/check.hpp"
#include "witness/error.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

constexpr int kBadInput = 254;

/// A kind of report that --report can write.
struct ReportKind {
  std::string_view name;
  std::string (*render)(const Verdict& verdict, const ReportStyle& style);
};
constexpr std::array kReportKinds = {
    ReportKind{"text", [](const Verdict& verdict,
                          const ReportStyle& style) { return text_report(verdict, style); }},
    ReportKind{"json", [](const Verdict& verdict,
                          const ReportStyle&) { return json_report(verdict) + "\n"; }},
};

struct Options {
  std::vector<std::string> histories;
  CheckOptions check;
  ReadOptions read;
  std::vector<std::string> reports;
  std::string timeout;
  std::string memory;
  std::string nil_reads;
  std::string failed_cas;
  std::string sessions = "auto";
  int explain = 3;
  bool elle_compat = false;
  OutputOptions output;
};

/// One KIND=PATH: what it holds is written once all histories are judged.
class ReportFile {
 public:
  explicit ReportFile(const std::string& wanted) {
    const auto equals = wanted.find('=');
    const std::string kind = wanted.substr(0, equals);
    const auto found = std::ranges::find(kReportKinds, kind, &ReportKind::name);
    if (equals == std::string::npos || found == kReportKinds.end()) {
      throw UsageError(
          fmt::format("--report {}: it is KIND=PATH, and KIND is text or json", escaped(wanted)));
    }
    render_ = found->render;
    path_ = wanted.substr(equals + 1);
    if (path_.empty()) throw UsageError("--report " + escaped(wanted) + ": the path is missing");
  }

  void add(const Verdict& verdict, const ReportStyle& style) { text_ += render_(verdict, style); }

  void write() const {
    const bool to_stdout = path_ == "-";
    std::FILE* file = to_stdout ? stdout : std::fopen(path_.c_str(), "wb");
    if (file == nullptr) {
      throw SystemError(
          fmt::format("{}: cannot write the report: {}", escaped(path_), std::strerror(errno)));
    }
    bool written = std::fwrite(text_.data(), 1, text_.size(), file) == text_.size();
    written = (to_stdout ? std::fflush(file) : std::fclose(file)) == 0 && written;
    if (!written) throw SystemError(escaped(path_) + ": the report could not be written");
  }

 private:
  std::string (*render_)(const Verdict&, const ReportStyle&) = nullptr;
  std::string path_;
  std::string text_;
};

bool is_group(std::string_view name) {
  const auto groups = anomaly_groups();
  return std::ranges::find(groups, name, &AnomalyGroup::label) != groups.end();
}

/// A typing error is found before the first history is read.
void look_up_names(const CheckOptions& options) {
  for (const std::string& name : options.models) {
    if (!model_by_name(name)) {
      throw UsageError(
          fmt::format("no model is called \"{}\"; see: witness list models", escaped(name)));
    }
  }
  for (const std::string& name : options.anomalies) {
    if (!anomaly_by_label(name) && !is_group(name)) {
      throw UsageError(
          fmt::format("no anomaly is called \"{}\"; see: witness list anomalies", escaped(name)));
    }
  }
  assumptions_by_name(options.assume);
}

void take_limits(Options& options) {
  if (!options.timeout.empty()) options.check.timeout = time_in("--timeout", options.timeout);
  if (!options.memory.empty()) options.check.memory_bytes = bytes_in("--memory", options.memory);
  options.read.nil_reads_tell = choice_in("--nil-reads", options.nil_reads, "unknown", "absent");
  options.read.failed_cas_tells =
      choice_in("--failed-cas", options.failed_cas, "ignored", "mismatch");
}

/// A history that cannot be opened is unreadable input, as an ill-formed one is.
Verdict judge(const std::string& path, const Options& options) {
  try {
    return check(read_history(path, options.read), options.check);
  } catch (const SystemError& error) {
    std::string rule = error.what();
    if (rule.starts_with(path + ": ")) rule.erase(0, path.size() + 2);
    throw InputError(path, {}, rule);
  } catch (const UsageError& error) {
    throw InputError(path, {}, error.what());
  }
}

class Run {
 public:
  explicit Run(Options& options) : options_(options) {
    take_limits(options);
    look_up_names(options.check);
    for (const std::string& wanted : options.reports) reports_.emplace_back(wanted);
    style_.color = options.output.use_color();
    style_.explain = options.explain;
  }

  int run() {
    for (const std::string& path : options_.histories) judge_one(path);
    if (several() && !options_.output.json && !options_.elle_compat) print_summary();
    for (const ReportFile& report : reports_) report.write();
    if (worst_ == Validity::violated) return exit_code(worst_);
    return unreadable_ ? kBadInput : exit_code(worst_);
  }

 private:
  bool several() const { return options_.histories.size() > 1; }

  void judge_one(const std::string& path) {
    try {
      const Verdict verdict = judge(path, options_);
      worst_ = worst(worst_, verdict.validity);
      for (ReportFile& report : reports_) report.add(verdict, ReportStyle{false, options_.explain});
      print(verdict);
    } catch (const InputError& error) {
      if (!several()) throw;  // main says it
      unreadable_ = true;
      print_error(path, error);
    }
    std::fflush(stdout);
  }

  void print(const Verdict& verdict) {
    constexpr std::array<std::string_view, 3> kElleWords = {"true", "false", "unknown"};
    if (options_.elle_compat) {
      fmt::print("{}\t{}\n", escaped(verdict.history),
                 kElleWords[static_cast<std::size_t>(verdict.validity)]);
    } else if (options_.output.json) {
      fmt::print("{}\n", json_report(verdict));
    } else if (several()) {
      summary_.push_back(summary_line(verdict, style_));
      if (!options_.output.quiet) fmt::print("{}\n", text_report(verdict, style_));
    } else {
      fmt::print("{}", options_.output.quiet ? summary_line(verdict, style_) + "\n"
                                             : text_report(verdict, style_));
    }
  }

  void print_error(const std::string& path, const InputError& error) {
    if (options_.output.json) {
      const nlohmann::json json = {{"schema", "witness.verdict/1"},
                                   {"history", path},
                                   {"error", {{"kind", "input"}, {"message", error.what()}}}};
      fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    fmt::print(stderr, "witness: {}\n", error.what());
    summary_.push_back(fmt::format("! UNREADABLE  {}", escaped(path)));
  }

  void print_summary() const {
    for (const std::string& line : summary_) fmt::print("{}\n", line);
  }

  const Options& options_;
  std::vector<ReportFile> reports_;
  std::vector<std::string> summary_;
  ReportStyle style_;
  Validity worst_ = Validity::valid;
  bool unreadable_ = false;
};

std::string workload_names() {
  std::string names = "list-append, rw-register";
  for (const ObjectKindInfo& info : kObjectKinds) names += ", " + std::string{info.name};
  return names;
}

}  // namespace

Action check_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("history", options->histories, "Histories to judge; - is standard input")
      ->required()
      ->type_name("HISTORY");
  app.add_option("--model", options->check.models,
                 "Consistency model to claim (repeatable; else the workload's own)")
      ->type_name("M")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--anomaly", options->check.anomalies, "Let only this anomaly count (repeatable)")
      ->type_name("A")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--assume", options->check.assume,
                 "Version order of registers: wfr-keys, sequential-keys, linearizable-keys or "
                 "commit-order (repeatable)")
      ->type_name("A")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--format", options->read.format,
                 "Format of the histories (auto; see: witness list formats)")
      ->type_name("F");
  app.add_option("--workload", options->read.workload,
                 "What a file holds that does not say it: " + workload_names())
      ->type_name("W");
  app.add_option("--initial", options->read.initial,
                 "The value before the first write; of a stock its units, of a bank its total")
      ->type_name("VALUE");
  app.add_option("--nil-reads", options->nil_reads,
                 "Registers: a read of nil says nothing (unknown) or that nothing was there "
                 "(absent); as the format's tool has it")
      ->type_name("R");
  app.add_option("--failed-cas", options->failed_cas,
                 "Registers: a failed cas says nothing (ignored) or that the old value was not "
                 "there (mismatch); as the format's tool has it")
      ->type_name("R");
  app.add_option("--timeout", options->timeout,
                 "Limit of searches that may take long, of each history: 500ms, 60s, 5m (60s)")
      ->type_name("T");
  app.add_option("--memory", options->memory,
                 "Limit of the whole process in such a search: 512M, 4G (half of the machine's)")
      ->type_name("SIZE");
  app.add_flag("--duplicates", options->read.duplicates,
               "Judge registers whose values are written more than once, too");
  app.add_option(
         "--sessions", options->sessions,
         "Judge models with the order of sessions: yes, no, or auto (as the format's tools)")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "yes", "no"}));
  app.add_flag("--order", options->check.tell_order,
               "Show an order in which the transactions of a valid history took effect");
  app.add_option("--report", options->reports, "Write a report: text or json (repeatable)")
      ->type_name("KIND=PATH")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--explain", options->explain, "Anomalies to show in full (3)")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--elle-compat", options->elle_compat,
               "Print path<TAB>true|false|unknown and nothing else");
  add_output_options(app, options->output);
  app.footer(
      "Exit codes: 0 valid, 1 violated, 2 unknown, 254 unreadable. The worst of several wins.\n"
      "Example:\n"
      "  witness record seat --no-check -o seats.jsonl; witness check seats.jsonl --explain 5");
  return [options] {
    if (options->sessions != "auto") options->check.sessions = options->sessions == "yes";
    return Run{*options}.run();
  };
}

}  // namespace witness
