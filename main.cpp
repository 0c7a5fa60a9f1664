/// The front door: a list of commands, and the one place where errors become
/// messages and exit codes.
#include <fmt/format.h>

#include <unistd.h>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

constexpr std::array kCommands = {
    Command{"record", "Run a workload against a database, record its history, judge it",
            record_command},
    Command{"check", "Judge saved histories", check_command},
    Command{"audit", "Judge the ledger of a database", audit_command},
    Command{"generate", "Write a synthetic history, with a planted anomaly", generate_command},
    Command{"convert", "Write a history in another format", convert_command},
    Command{"list", "Print the tables: workloads, models, anomalies, backoffs, …", list_command},
};

constexpr int kUsage = 254;
constexpr int kCouldNotRun = 255;

int fail(bool json, std::string_view kind, std::string message, int code) {
  blank_passwords(message.data());
  if (json) {
    const nlohmann::json error = {{"schema", "witness.verdict/1"},
                                  {"error", {{"kind", kind}, {"message", message}}}};
    fmt::print("{}\n", error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  fmt::print(stderr, "witness: {}\n", message);
  return code;
}

int run(int argc, char** argv) {
  CLI::App app{"Judges whether a database kept its promise.", "witness"};
  app.set_version_flag("--version", std::string{"witness "} + WITNESS_VERSION);
  app.require_subcommand(1);
  app.formatter(help_formatter());
  app.footer(
      "Exit codes: 0 valid, 1 violated, 2 unknown, 3 threshold missed, 254 usage or bad input,\n"
      "255 could not run.   Start here: witness record seat --ladder 8,24");

  std::array<std::pair<CLI::App*, Action>, kCommands.size()> actions;
  for (std::size_t i = 0; i < kCommands.size(); ++i) {
    CLI::App* sub =
        app.add_subcommand(std::string{kCommands[i].name}, std::string{kCommands[i].summary});
    actions[i] = {sub, kCommands[i].define(*sub)};
  }

  bool json = false;
  for (int i = 1; i < argc; ++i) json = json || std::string_view{argv[i]} == "--json";
  try {
    app.parse(argc, argv);
    hide_passwords(argc, argv);
    for (const auto& [sub, action] : actions) {
      if (sub->parsed()) return action();
    }
    return kUsage;  // unreachable: a subcommand is required
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return fail(json, "usage", error.what(), kUsage);
  } catch (const UsageError& error) {
    return fail(json, "usage", error.what(), kUsage);
  } catch (const InputError& error) {
    return fail(json, "input", error.what(), kUsage);
  } catch (const DatabaseError& error) {
    return fail(json, "database", error.what(), kCouldNotRun);
  } catch (const SystemError& error) {
    return fail(json, "system", error.what(), kCouldNotRun);
  } catch (const std::exception& error) {
    return fail(json, "internal", error.what(), kCouldNotRun);
  }
}

}  // namespace

bool OutputOptions::use_color() const {
  if (color == "always") return true;
  if (color == "never") return false;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  return isatty(STDOUT_FILENO) == 1;
}

void add_output_options(CLI::App& app, OutputOptions& output) {
  app.add_flag("-q,--quiet", output.quiet, "Print one line only");
  app.add_flag("--json", output.json,
               "Print the verdict as JSON (witness.verdict/1), nothing else");
  app.add_option("--color", output.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

}  // namespace witness

int main(int argc, char** argv) { return witness::run(argc, argv); }
