/// `witness generate`: a synthetic history of a chosen shape, size, seed and planted anomaly.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "witness/error.hpp"
#include "workloads/generate.hpp"
#include "workloads/generate_plants.hpp"
#include "workloads/transaction_shape.hpp"

namespace witness {
namespace {

struct Arguments {
  GenerateOptions options;
  std::string level = "strict-serializable";
  std::string distribution = "uniform";
  std::string steps = "4";
  std::string at = "0.5";
  std::string output;
  bool quiet = false;
};

template <typename Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

template <typename Enum, std::size_t n>
Enum named(std::string_view option, std::string_view name,
           const std::array<std::string_view, n>& names) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    throw UsageError(fmt::format("{} \"{}\": one of {}", option, name, fmt::join(names, ", ")));
  }
  return static_cast<Enum>(found - names.begin());
}

GenerateOptions options_of(const Arguments& arguments, bool has_at) {
  GenerateOptions options = arguments.options;
  options.level = named<SimulatedLevel>("--level", arguments.level, kSimulatedLevelNames);
  options.distribution =
      named<KeyDistribution>("--distribution", arguments.distribution, kKeyDistributionNames);

  parse_steps(arguments.steps, options.steps_min, options.steps_max);

  double fraction = 0;
  std::uint64_t index = 0;
  if (arguments.at.find('.') == std::string::npos && parse(arguments.at, index)) {
    options.at = index;
  } else if (parse(arguments.at, fraction)) {
    options.at = fraction;
  } else {
    throw UsageError(fmt::format(
        "--at \"{}\": a fraction with a point, as in 0.5, or the number of a transaction, as in 7",
        arguments.at));
  }
  if (has_at && options.plant_count > 1) {
    throw UsageError("--at is for one copy; several (--plant-count) are spread evenly");
  }
  return options;
}

int run(const Arguments& arguments, bool has_at) {
  const GenerateOptions options = options_of(arguments, has_at);
  const Generated generated = generate(options, arguments.output);
  if (arguments.quiet || arguments.output == "-") return 0;
  fmt::print("{}: {} {} of {}\n", arguments.output, generated.operations,
             options.shape == "list-append" || options.shape == "rw-register" ? "transactions"
                                                                              : "operations",
             options.shape);
  if (generated.planted_at) {
    const auto plant = std::ranges::find(plants(), options.plant, &Plant::name);
    fmt::print(
        "planted {} at index {}{}: {}\n", plant->name, *generated.planted_at,
        options.plant_count == 1 ? "" : fmt::format(" and {} times more", options.plant_count - 1),
        plant->about);
  }
  fmt::print("next    witness check {}\n", arguments.output);
  return 0;
}

std::string plant_names() {
  std::string names;
  for (const Plant& plant : plants()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", plant.name);
  }
  return names;
}

template <std::size_t n>
std::string joined(const std::array<std::string_view, n>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

void add_options(CLI::App& app, Arguments& a) {
  std::string shapes;
  for (const GenerateShape& shape : kGenerateShapes) {
    shapes += fmt::format("{}{} ({})", shapes.empty() ? "" : ", ", shape.name, shape.about);
  }
  app.add_option("SHAPE", a.options.shape, shapes)->required()->type_name("");
  app.add_option("-o,--output", a.output, "The history (.jsonl, .jsonl.zst; - is stdout)")
      ->required();
  app.add_option("--level", a.level,
                 "What the simulated store promises: " + joined(kSimulatedLevelNames))
      ->capture_default_str();
  app.add_option("--ops", a.options.operations, "Transactions, planted ones included")
      ->capture_default_str();
  app.add_option("--clients", a.options.clients, "Concurrent clients")->capture_default_str();
  app.add_option("--keys", a.options.keys,
                 "Keys alive at once (default: as many as clients; objects: one)");
  app.add_option("--writes-per-key", a.options.writes_per_key,
                 "After so many writes a key is replaced by a new one")
      ->capture_default_str();
  app.add_option("--ops-per-txn", a.steps, "Micro-operations of a transaction: 4, or 1-8")
      ->capture_default_str();
  app.add_option("--reads", a.options.reads, "How many of them are reads, from 0 to 1")
      ->capture_default_str();
  app.add_option("--distribution", a.distribution,
                 "Which keys they take: " + joined(kKeyDistributionNames))
      ->capture_default_str();
  app.add_option("--info", a.options.info, "How many transactions have an unknown end")
      ->capture_default_str();
  app.add_option("--fail", a.options.fail, "How many are rolled back")->capture_default_str();
  app.add_option("--seed", a.options.seed, "Seed of every random choice")->capture_default_str();
  app.add_option("--plant", a.options.plant, "An anomaly: " + plant_names());
  app.add_option("--at", a.at, "Before which transaction: a fraction (0.5) or a number (7)")
      ->capture_default_str();
  app.add_option("--plant-count", a.options.plant_count, "So many copies of it, spread evenly")
      ->capture_default_str();
  app.add_flag("-q,--quiet", a.quiet, "Print nothing");
}

}  // namespace

Action generate_command(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_options(app, *arguments);
  app.footer(
      "Example: witness generate list-append --ops 10000 --plant G-single-item -o planted.jsonl");
  return [&app, arguments] { return run(*arguments, app.count("--at") > 0); };
}

}  // namespace witness
