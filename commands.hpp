/// What every command shares: how it is listed, and how it talks.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace witness {

/// Runs the command whose options were parsed, and gives its exit code
/// (0 valid, 1 violated, 2 unknown, 3 threshold missed). Exceptions end in main.
using Action = std::function<int()>;

/// `define` adds the command's options to its own CLI11 app and returns what to do.
struct Command {
  std::string_view name;
  std::string_view summary;
  Action (*define)(CLI::App& app);
};

/// --quiet, --json and --color, the same for every command.
struct OutputOptions {
  bool quiet = false;
  bool json = false;
  std::string color = "auto";

  /// True if colour is wanted: --color, else NO_COLOR, else whether stdout is a terminal.
  bool use_color() const;
};
void add_output_options(CLI::App& app, OutputOptions& output);

/// Overwrites passwords in the process's own argument list, so that `ps` does not show
/// them. Call it after the arguments were parsed and copied.
void hide_passwords(int argc, char** argv);
/// The same for one text, in place: messages may repeat what was typed.
void blank_passwords(char* text);

/// Lays out --help; set it before the subcommands are added, which inherit it.
std::shared_ptr<CLI::FormatterBase> help_formatter();

Action record_command(CLI::App& app);
Action check_command(CLI::App& app);
Action audit_command(CLI::App& app);
Action generate_command(CLI::App& app);
Action convert_command(CLI::App& app);
Action list_command(CLI::App& app);

}  // namespace witness
