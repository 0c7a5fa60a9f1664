/// `witness record`: runs a workload, saves its history, and judges the file that it saved.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "history/postgres/private_postgres.hpp"
#include "history/telemetry.hpp"
#include "witness/check.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"
#include "witness/report.hpp"
#include "workloads/record_options.hpp"
#include "workloads/run.hpp"
#include "workloads/workload.hpp"

namespace witness {
namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

/// The first signal ends the run cleanly; the second one has its usual effect.
class StopOnSignal {
 public:
  StopOnSignal() {
    struct sigaction action {};
    action.sa_handler = [](int) { stop_requested = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      struct sigaction inherited {};
      sigaction(signal, nullptr, &inherited);
      if (inherited.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);  // nohup
    }
    ::signal(SIGPIPE, SIG_IGN);
  }
};

/// One line on stderr, rewritten in place; silent where stderr is no terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted) : shown_(wanted && isatty(STDERR_FILENO) == 1) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void say(const std::string& text) {
    // A terminal that went away must not end the run.
    if (shown_) std::fputs(("\r\033[K" + text).c_str(), stderr);
  }
  void show(const Progress& p) {
    say(fmt::format("recording  {} operations   ok {}   fail {}   unknown {}   retries {}",
                    p.invoked.load(), p.ok.load(), p.fail.load(), p.info.load(), p.retries.load()));
  }
  void clear() { say(""); }

 private:
  bool shown_;
};

/// A new name in the current folder: seat-naive-1.jsonl, seat-naive-2.jsonl, …
std::string free_name(const RunOptions& options) {
  for (int n = 1;; ++n) {
    std::string name = fmt::format("{}-{}-{}.jsonl", options.workload, options.variant, n);
    if (::access(name.c_str(), F_OK) != 0) return name;
  }
}

void warn(const std::string& text) { std::fputs(("witness: " + text + "\n").c_str(), stderr); }

std::string opening(const RunOptions& options, const RunResult& result) {
  std::string text = fmt::format("{} · {} · {}", options.workload, options.variant,
                                 result.targets.front().isolation);
  for (const TargetInfo& target : result.targets) {
    text +=
        fmt::format(" · {}{}", result.targets.size() > 1 ? target.name + ": " : "", target.server);
  }
  return text + fmt::format(" · seed {}", options.seed);
}

/// Thresholds decide only over a valid run: a violation is never hidden behind a slow one.
int judge_requirements(const std::vector<Requirement>& requirements, const Telemetry& measured,
                       const Verdict& verdict, const OutputOptions& output) {
  int code = exit_code(verdict.validity);
  for (const Requirement& requirement : requirements) {
    const RequirementResult result = measure(requirement, measured, verdict);
    if (!output.json && (!output.quiet || !result.met)) {
      fmt::print("{} require {}: {}\n", result.met ? "✓" : "✗", result.text, result.shown);
    }
    if (!result.met && code == 0) code = 3;
  }
  return code;
}

int judge(const RunOptions& options, const RunResult& result, const OutputOptions& output,
          const std::vector<Requirement>& requirements) {
  const History history = read_history(result.path);
  const Verdict verdict = check(history);
  const Telemetry measured = telemetry(history);
  ReportStyle style;
  style.color = output.use_color();
  if (output.json) {
    fmt::print("{}\n", json_report(verdict));
  } else if (output.quiet) {
    fmt::print("{}\n", summary_line(verdict, style));
  } else {
    fmt::print("latency {}\nrepeat  {}\n\n{}", telemetry_line(measured), options.command,
               text_report(verdict, style));
  }
  return judge_requirements(requirements, measured, verdict, output);
}

int record_and_judge(CLI::App& app, RecordArguments& arguments, const OutputOptions& output) {
  std::vector<Requirement> requirements;
  for (const std::string& text : arguments.requirements) {
    requirements.push_back(parse_requirement(text));
  }
  RunOptions options = run_options(app, arguments);
  if (options.output.empty()) options.output = free_name(options);
  if (!requirements.empty() && (arguments.no_check || options.output == "-")) {
    throw UsageError("--require needs a judged run: leave out --no-check, and -o -");
  }

  const StopOnSignal stop_on_signal;
  const bool talk = !output.json && !output.quiet && options.output != "-";
  ProgressLine progress{talk};
  std::unique_ptr<PrivatePostgres> own;
  if (options.targets.empty()) {
    progress.say("starting a private PostgreSQL");
    own = std::make_unique<PrivatePostgres>();
    options.targets.push_back(parse_target(own->conninfo(), "main"));
  }
  const RunResult result = record(
      options, stop_requested, [&](const std::string& stage) { progress.say(stage); },
      [&](const Progress& now) { progress.show(now); });
  progress.clear();

  if (talk) {
    fmt::print("{}\nrecorded in {} after {:.1f} s{}\n", opening(options, result), result.path,
               result.seconds, stop_requested ? ", ended early" : "");
  }
  for (const std::string& note : result.notes) warn(note);
  if (!result.lost.empty()) warn("the database was lost: " + result.lost);
  own.reset();  // the file is judged with the server gone
  if (result.operations == 0 && !result.lost.empty()) {
    throw DatabaseError("the database was lost before there was anything to judge: " + result.lost);
  }
  if (arguments.no_check || result.path == "-") return 0;
  return judge(options, result, output, requirements);
}

}  // namespace

Action record_command(CLI::App& app) {
  auto arguments = std::make_shared<RecordArguments>();
  auto output = std::make_shared<OutputOptions>();
  add_record_options(app, *arguments);
  add_output_options(app, *output);
  app.footer(
      "Example: witness record seat --isolation read-committed --ladder 8,24,48,60\n"
      "         (sells seats on a private PostgreSQL, and names those that were sold twice)");
  return [&app, arguments, output] {
    if (!arguments->config.empty()) apply_config(app, arguments->config);
    return record_and_judge(app, *arguments, *output);
  };
}

}  // namespace witness
