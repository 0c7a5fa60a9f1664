/// `witness list KIND`: prints the tables that the program itself reads.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "checker/anomalies.hpp"
#include "checker/models.hpp"
#include "checker/report/columns.hpp"
#include "commands.hpp"
#include "history/formats.hpp"
#include "witness/error.hpp"
#include "witness/objects.hpp"
#include "workloads/backoff.hpp"
#include "workloads/workload.hpp"

namespace witness {
namespace {

/// One line: its name, what it is, and where that is from (or empty).
struct Row {
  std::string name;
  std::string about;
  std::string source;
};

std::vector<Row> model_rows() {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < model_table().size(); ++i) {
    const ConsistencyModel& model = model_table()[i];
    std::string forbids;
    for (const AnomalyInfo& anomaly : anomaly_table()) {
      if ((model.forbids & kind_bit(anomaly.kind)) == 0) continue;
      forbids += fmt::format("{}{}", forbids.empty() ? "" : ", ", anomaly.label);
    }
    std::string implies;
    for (std::size_t below = 0; below < i; ++below) {
      if ((model.implies >> below & 1U) == 0) continue;
      implies += fmt::format("{}{}", implies.empty() ? "" : ", ", model_table()[below].name);
    }
    rows.push_back({std::string{model.name},
                    fmt::format("{}: forbids {}{}{}", model.alias, forbids,
                                implies.empty() ? "" : "; implies ", implies),
                    std::string{model.source}});
  }
  return rows;
}

std::vector<Row> anomaly_rows() {
  std::vector<Row> rows;
  for (const AnomalyInfo& anomaly : anomaly_table()) {
    rows.push_back(
        {std::string{anomaly.label}, std::string{anomaly.meaning}, std::string{anomaly.source}});
  }
  return rows;
}

std::vector<Row> workload_rows() {
  std::vector<Row> rows;
  for (const WorkloadInfo& workload : workloads()) {
    rows.push_back({std::string{workload.name}, std::string{workload.summary}, {}});
    for (const Variant& variant : workload.variants) {
      rows.push_back({fmt::format("  {}", variant.name), std::string{variant.summary}, {}});
    }
  }
  for (const ObjectKindInfo& kind : kObjectKinds) {
    rows.push_back({std::string{kind.name}, fmt::format("(only checked) {}", kind.about), {}});
  }
  return rows;
}

std::vector<Row> format_rows() {
  std::vector<Row> rows;
  for (const HistoryFormat& format : kHistoryFormats) {
    rows.push_back({std::string{format.name}, std::string{format.about}, {}});
  }
  return rows;
}

std::vector<Row> backoff_rows() {
  std::vector<Row> rows;
  for (const BackoffRow& backoff : kBackoffs) {
    rows.push_back({std::string{backoff.name}, std::string{backoff.formula}, {}});
  }
  return rows;
}

/// Faults come from outside so far: whoever kills, pauses or cuts is not of this program.
std::vector<Row> fault_rows() { return {}; }

/// What can be listed: one line each.
struct Listing {
  std::string_view kind;
  std::vector<Row> (*rows)();
};
constexpr std::array kListings = {
    Listing{"workloads", workload_rows}, Listing{"formats", format_rows},
    Listing{"models", model_rows},       Listing{"anomalies", anomaly_rows},
    Listing{"faults", fault_rows},       Listing{"backoffs", backoff_rows},
};

std::string kinds_text(std::string_view separator) {
  std::string text;
  for (const Listing& listing : kListings) {
    text += fmt::format("{}{}", text.empty() ? "" : separator, listing.kind);
  }
  return text;
}

void print_text(const std::vector<Row>& rows) {
  if (rows.empty()) fmt::print("(none)\n");
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, display_width(row.name));
  for (const Row& row : rows) {
    const std::string about = row.source.empty() ? row.about : row.about + " [" + row.source + "]";
    fmt::print("{}", wrapped(about, 100, fmt::format("{:<{}}  ", row.name, width),
                             std::string(width + 2, ' ')));
  }
}

void print_json(const std::vector<Row>& rows) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    nlohmann::ordered_json line = {{"name", row.name}, {"about", row.about}};
    if (!row.source.empty()) line["source"] = row.source;
    json.push_back(std::move(line));
  }
  fmt::print("{}\n", json.dump());
}

struct Options {
  std::string kind;
  OutputOptions output;
};

int run(const Options& options) {
  const auto found = std::ranges::find(kListings, options.kind, &Listing::kind);
  if (found == kListings.end()) {
    throw UsageError(
        fmt::format("nothing to list under \"{}\"; there are: {}", options.kind, kinds_text(", ")));
  }
  const std::vector<Row> rows = found->rows();
  if (options.output.json) {
    print_json(rows);
  } else if (options.output.quiet) {
    for (const Row& row : rows) fmt::print("{}\n", row.name);
  } else {
    print_text(rows);
  }
  return 0;
}

}  // namespace

Action list_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("kind", options->kind, "What to list: " + kinds_text(", "))
      ->required()
      ->type_name("KIND");
  add_output_options(app, options->output);
  app.footer("Example:\n  witness list models");
  return [options] { return run(*options); };
}

}  // namespace witness
