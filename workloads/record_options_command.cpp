#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <toml++/toml.h>
#include <algorithm>
#include <random>
#include <set>

#include "history/telemetry.hpp"
#include "witness/error.hpp"
#include "workloads/record_options.hpp"
#include "workloads/workload.hpp"

namespace witness {
namespace {

/// Options that say how to talk, not what to do; and --password-command, which may hold a secret.
const std::set<std::string> kNotInForce = {
    "help",   "json",     "quiet",   "color",   "config", "output", "password-command",
    "target", "no-check", "require", "workload"};

/// Options that only some workloads know.
struct OwnOption {
  std::string_view name;
  WorkloadKind kind;
};
constexpr std::array kOwnOptions = {
    OwnOption{"pick", WorkloadKind::acquisitions},
    OwnOption{"stock", WorkloadKind::acquisitions},
    OwnOption{"ops-per-txn", WorkloadKind::transactions},
    OwnOption{"reads", WorkloadKind::transactions},
    OwnOption{"writes-per-key", WorkloadKind::transactions},
};

bool knows(const WorkloadInfo& workload, std::string_view option) {
  return std::ranges::all_of(kOwnOptions, [&](const OwnOption& own) {
    return own.name != option || own.kind == workload.kind;
  });
}

void refuse_options_of_others(CLI::App& app, const WorkloadInfo& workload) {
  for (const OwnOption& own : kOwnOptions) {
    const std::string name = fmt::format("--{}", own.name);
    if (app.count(name) == 0 || knows(workload, own.name)) continue;
    std::string others;
    for (const WorkloadInfo& other : workloads()) {
      if (other.kind != own.kind) continue;
      others += fmt::format("{}{}", others.empty() ? "" : " and ", other.name);
    }
    throw UsageError(
        fmt::format("{} is an option of {}: {} has none", name, others, workload.name));
  }
}

std::vector<std::string> names_of(auto rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.emplace_back(row.name);
  return names;
}

std::string shell_quoted(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view{"-_./,:=@%+"}.find(c) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return quoted + "'";
}

double parse_rate(const std::string& text) {
  std::string number = text;
  if (number.ends_with("/s")) number.resize(number.size() - 2);
  std::size_t used = 0;
  double rate = -1;
  try {
    rate = std::stod(number, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != number.size() || !(rate >= 0) || rate > 1e9) {
    throw UsageError(fmt::format("--rate \"{}\": write operations a second, as in 200/s", text));
  }
  return rate;
}

/// Every option in force as name and text; secrets and output settings left out.
std::vector<std::pair<std::string, std::string>> options_in_force(CLI::App& app,
                                                                  const WorkloadInfo& workload) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty()) continue;
    const std::string name = option->get_lnames().front();
    if (kNotInForce.contains(name) || !knows(workload, name)) continue;
    std::string value;
    if (option->count() > 0) {
      value = fmt::format("{}", fmt::join(option->results(), ","));
    } else {
      value = option->get_default_str();
      if (value.starts_with('[') && value.ends_with(']')) value = value.substr(1, value.size() - 2);
    }
    if (!value.empty()) result.emplace_back(name, value);
  }
  return result;
}

std::string one_of_text(const toml::node& node) {
  if (const auto text = node.value<std::string>(); text && node.is_string()) return *text;
  if (node.is_integer()) return std::to_string(*node.value<std::int64_t>());
  if (node.is_floating_point()) return fmt::format("{}", *node.value<double>());
  if (node.is_boolean()) return *node.value<bool>() ? "true" : "false";
  return {};
}

}  // namespace

void add_record_options(CLI::App& app, RecordArguments& a) {
  std::vector<std::string> backoffs = names_of(kBackoffs);
  app.add_option("WORKLOAD", a.workload, "What to run: see witness list workloads");
  app.add_option("--target", a.targets,
                 "Where: a libpq URI or key=value, optionally name=… before it; repeatable. "
                 "Default: a private, throw-away PostgreSQL")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--variant", a.variant, "How its transaction is written (default: the first)");
  app.add_option("--isolation", a.isolation, "Isolation level; native sends none")
      ->check(CLI::IsMember({"read-committed", "repeatable-read", "serializable", "native"}))
      ->capture_default_str();
  auto* clients = app.add_option("--clients", a.clients, "Concurrent clients")
                      ->check(CLI::Range(1, 10000))
                      ->capture_default_str();
  app.add_option("--ladder", a.ladder, "Several runs of so many clients each: 8,24,48,60")
      ->delimiter(',')
      ->check(CLI::Range(1, 10000))
      ->excludes(clients);
  app.add_option("--ops", a.operations,
                 "Operations of each rung (default: clients × keys; 1000 transactions)");
  app.add_option("--duration", a.duration, "End each rung after this time")->capture_default_str();
  app.add_option("--rate", a.rate, "Open loop: start so many operations a second")
      ->capture_default_str();
  app.add_option("--keys", a.keys,
                 "Seats or products of each rung, or keys alive at once (default: the workload's)")
      ->check(CLI::Range(0, 1'000'000));
  app.add_option("--pick", a.pick,
                 "rounds: all clients want the same key in turn; uniform: any key (seat, drop)")
      ->check(CLI::IsMember({"rounds", "uniform"}))
      ->capture_default_str();
  app.add_option("--stock", a.stock, "Units of each product (drop)")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--ops-per-txn", a.steps,
                 "Micro-operations of a transaction: 4, or 1-8 (rw-register, list-append)")
      ->capture_default_str();
  app.add_option("--reads", a.reads, "How many of them are reads, from 0 to 1 (the same)")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--writes-per-key", a.writes_per_key,
                 "After so many writes a key is replaced by a new one (the same)")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--retries", a.retries, "Retry budget; several, as in 8,40, are a rung each")
      ->delimiter(',')
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  app.add_option("--backoff", a.backoff, "Wait between retries: see witness list backoffs")
      ->check(CLI::IsMember(backoffs))
      ->capture_default_str();
  app.add_option("--backoff-base", a.backoff_base, "Its first wait")->capture_default_str();
  app.add_option("--backoff-cap", a.backoff_cap, "Its longest wait")->capture_default_str();
  app.add_flag("--retry-info", a.retry_info,
               "Retry also when a COMMIT's outcome is unknown (a bug that applications have)");
  app.add_option("--overlap", a.overlap,
                 "How clients meet: barrier, delay or none (default: barrier; none with --rate)")
      ->check(CLI::IsMember({"barrier", "delay", "none"}));
  app.add_option("--overlap-delay", a.overlap_delay, "Longest pause of --overlap delay")
      ->capture_default_str();
  app.add_option("--hold", a.hold, "Pause before each COMMIT that writes, as a slow network would")
      ->capture_default_str();
  app.add_option("--timeout", a.timeout, "Deadline of one attempt")->capture_default_str();
  app.add_option("--reconnect", a.reconnect, "How long a database may be away")
      ->capture_default_str();
  app.add_option("--quiesce", a.quiesce, "How long to wait for leftover sessions after the run")
      ->capture_default_str();
  app.add_option("--seed", a.seed, "Seed of every random choice (default: a new one)");
  app.add_option("--password-command", a.password_command, "Prints the password; run by sh -c");
  app.add_option("--config", a.config, "TOML file with these options; the command line wins");
  app.add_option("-o,--output", a.output,
                 "The history (.jsonl, .jsonl.zst; - is stdout) (default: a new file here)");
  app.add_flag("--keep", a.keep, "Leave the tables in the database");
  app.add_flag("--no-check", a.no_check, "Record only");
  app.add_option("--require", a.requirements,
                 "Threshold: 'p99<200ms', 'retries.p99<5', 'overlap>=1000'")
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void apply_config(CLI::App& app, const std::string& path) {
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    if (error.source().begin.line == 0) {
      throw InputError(path, {}, std::string{error.description()});
    }
    throw InputError(path, {error.source().begin.line, error.source().begin.column},
                     std::string{error.description()});
  }
  for (const auto& [key, node] : table) {
    const Position position{key.source().begin.line, key.source().begin.column};
    const std::string name{key.str()};
    CLI::Option* option =
        name == "workload" ? app.get_option("WORKLOAD") : app.get_option_no_throw("--" + name);
    if (option == nullptr || name == "config" || name == "help") {
      throw InputError(path, position, fmt::format("there is no option \"{}\"", name));
    }
    const bool other_is_typed = (name == "ladder" && app.count("--clients") > 0) ||
                                (name == "clients" && app.count("--ladder") > 0);
    if (option->count() > 0 || other_is_typed) continue;
    std::vector<std::string> values;
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& each : *list) values.push_back(one_of_text(each));
    } else {
      values.push_back(one_of_text(node));
    }
    if (std::any_of(values.begin(), values.end(), [](auto& text) { return text.empty(); })) {
      throw InputError(path, position,
                       fmt::format("\"{}\" takes a text, a number or a list", name));
    }
    try {
      option->add_result(values);
      option->run_callback();
    } catch (const CLI::Error& error) {
      throw InputError(path, position, error.what());
    }
  }
}

RunOptions run_options(CLI::App& app, const RecordArguments& a) {
  RunOptions options;
  if (a.workload.empty()) throw UsageError("which workload? See witness list workloads");
  const WorkloadInfo& info = workload_named(a.workload);
  options.workload = a.workload;
  options.variant = a.variant.empty() ? std::string{info.variants.front().name} : a.variant;
  variant_named(info, options.variant);
  refuse_options_of_others(app, info);
  options.isolation = a.isolation;
  options.clients = a.ladder.empty() ? std::vector{a.clients} : a.ladder;
  options.retries = a.retries;
  options.operations = a.operations;
  options.duration = std::chrono::nanoseconds{parse_duration_ns(a.duration)};
  options.rate_per_s = parse_rate(a.rate);
  options.keys = a.keys;
  options.pick_uniform = a.pick == "uniform";
  options.stock = a.stock;
  parse_steps(a.steps, options.shape.steps_min, options.shape.steps_max);
  if (info.kind == WorkloadKind::transactions && options.variant == "rmw" &&
      options.shape.steps_max < 2) {
    throw UsageError("--ops-per-txn 1: a transaction of rmw reads a key before it writes it");
  }
  options.shape.reads = a.reads;
  options.shape.writes_per_key = a.writes_per_key;
  options.backoff = *backoff_named(a.backoff);
  options.backoff_base = std::chrono::nanoseconds{parse_duration_ns(a.backoff_base)};
  options.backoff_cap = std::chrono::nanoseconds{parse_duration_ns(a.backoff_cap)};
  options.retry_info = a.retry_info;
  const std::string overlap =
      !a.overlap.empty() ? a.overlap : (options.rate_per_s > 0 ? "none" : "barrier");
  for (std::size_t i = 0; i < kOverlapNames.size(); ++i) {
    if (kOverlapNames[i] == overlap) options.overlap = static_cast<OverlapMode>(i);
  }
  if (options.rate_per_s > 0 && options.overlap == OverlapMode::barrier) {
    throw UsageError("--rate starts operations by the clock: --overlap barrier would stop it");
  }
  options.overlap_delay = std::chrono::nanoseconds{parse_duration_ns(a.overlap_delay)};
  options.hold = std::chrono::nanoseconds{parse_duration_ns(a.hold)};
  options.attempt_timeout = std::chrono::nanoseconds{parse_duration_ns(a.timeout)};
  if (options.attempt_timeout.count() == 0)
    throw UsageError("--timeout 0 leaves no time to answer");
  options.reconnect_patience = std::chrono::nanoseconds{parse_duration_ns(a.reconnect)};
  options.quiesce_patience = std::chrono::nanoseconds{parse_duration_ns(a.quiesce)};
  options.seed = app.get_option("--seed")->count() > 0 ? a.seed : std::random_device{}();
  options.keep = a.keep;
  options.output = a.output;

  std::set<std::string> names;
  for (std::size_t i = 0; i < a.targets.size(); ++i) {
    Target target =
        parse_target(a.targets[i], a.targets.size() == 1 ? "main" : fmt::format("t{}", i + 1));
    if (!names.insert(target.name).second) {
      throw UsageError(fmt::format("two targets are called {}", target.name));
    }
    if (!a.password_command.empty()) {
      set_parameter(target, "password", run_password_command(a.password_command));
    }
    options.targets.push_back(std::move(target));
  }

  options.in_force = options_in_force(app, info);
  options.command = "witness record " + a.workload;
  for (const Target& target : options.targets) {
    options.command += " --target " + shell_quoted(repeatable(target));
  }
  for (const auto& [name, value] : options.in_force) {
    const CLI::Option* option = app.get_option("--" + name);
    const bool flag = option->get_items_expected_min() == 0;
    if (name == "seed" || option->count() == 0 || (flag && value != "true")) continue;
    if (name == "clients" && !a.ladder.empty()) continue;
    options.command += " --" + name;
    if (!flag) options.command += " " + shell_quoted(value);
  }
  options.command += fmt::format(" --seed {}", options.seed);
  return options;
}

}  // namespace witness
