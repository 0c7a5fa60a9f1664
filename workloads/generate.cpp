#include "workloads/generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "witness/error.hpp"
#include "workloads/generate_clients.hpp"

namespace witness {
namespace {

constexpr std::uint64_t kOperationsMax = 1'000'000'000;

void require(bool fits, const std::string& message) {
  if (!fits) throw UsageError(message);
}

void require_range(std::string_view option, std::uint64_t value, std::uint64_t low,
                   std::uint64_t high) {
  require(value >= low && value <= high,
          fmt::format("{} {}: from {} to {}", option, value, low, high));
}

void require_rate(std::string_view option, double value) {
  require(value >= 0 && value <= 1, fmt::format("{} {}: from 0 to 1", option, value));
}

bool suits(const Plant& plant, std::string_view shape) {
  if (shape == "list-append") return !plant.list.empty();
  if (shape == "rw-register") return !plant.reg.empty();
  return shape == "seat" && plant.seat;
}

void require_plant(const GenerateOptions& options) {
  if (options.plant.empty()) return;
  std::string possible;
  for (const Plant& plant : plants()) {
    if (!suits(plant, options.shape)) continue;
    if (plant.name == options.plant) return;
    possible += fmt::format("{}{}", possible.empty() ? "" : ", ", plant.name);
  }
  throw UsageError(
      fmt::format("--plant \"{}\": in {} there can be {}", options.plant, options.shape, possible));
}

void require_possible(const GenerateOptions& o) {
  if (std::ranges::find(kGenerateShapes, o.shape, &GenerateShape::name) == kGenerateShapes.end()) {
    std::string possible;
    for (const GenerateShape& shape : kGenerateShapes) {
      possible += fmt::format("{}{}", possible.empty() ? "" : ", ", shape.name);
    }
    throw UsageError(fmt::format("no shape \"{}\"; there are: {}", o.shape, possible));
  }
  require_range("--ops", o.operations, 0, kOperationsMax);
  require_range("--clients", o.clients, 1, 100'000);
  require_range("--keys", o.keys, 1, 1'000'000);
  require_range("--writes-per-key", o.writes_per_key, 1, 1'000'000);
  require_range("--ops-per-txn", o.steps_min, 1, o.steps_max);
  require_range("--ops-per-txn", o.steps_max, 1, 1'000);
  require_range("--plant-count", o.plant_count, 1, std::max<std::uint64_t>(1, o.operations));
  require_rate("--reads", o.reads);
  require_rate("--info", o.info);
  require_rate("--fail", o.fail);
  if (const auto* fraction = std::get_if<double>(&o.at)) require_rate("--at", *fraction);
  require(!is_object_shape(o.shape) || o.level == SimulatedLevel::strict_serializable,
          "--level: a generated history of objects is linearizable");
  require(o.shape != "seat" || o.level == SimulatedLevel::strict_serializable,
          "--level: a generated seat history is strict-serializable; plant double-acquisition "
          "for one that is not");
  require_plant(o);
}

nlohmann::ordered_json in_force(const GenerateOptions& o) {
  nlohmann::ordered_json json = {
      {"shape", o.shape},
      {"level", kSimulatedLevelNames[static_cast<std::size_t>(o.level)]},
      {"ops", o.operations},
      {"clients", o.clients},
      {"keys", o.keys},
      {"writes-per-key", o.writes_per_key},
      {"distribution", kKeyDistributionNames[static_cast<std::size_t>(o.distribution)]},
      {"info", o.info},
      {"fail", o.fail},
      {"seed", o.seed}};
  if (o.shape != "seat" && !is_object_shape(o.shape)) {
    json["ops-per-txn"] = fmt::format("{}-{}", o.steps_min, o.steps_max);
    json["reads"] = o.reads;
  }
  if (!o.plant.empty()) {
    json["plant"] = o.plant;
    json["plant-count"] = o.plant_count;
    std::visit([&](auto at) { json["at"] = at; }, o.at);
  }
  return json;
}

std::string header(const GenerateOptions& options) {
  nlohmann::ordered_json json = {{"schema", "witness.history/1"},
                                 {"workload", options.shape},
                                 {"seed", options.seed},
                                 {"clock", "monotonic-ns"}};
  if (options.shape == "seat") {
    json["variant"] = "guarded";
    json["initial"] = "free";
    json["capacity"] = 1;
  }
  if (options.shape == "stock") json["initial"] = std::to_string(options.operations / 2);
  if (options.shape == "register" || options.shape == "cas-register") json["initial"] = "0";
  json["generated"] = in_force(options);
  return json.dump();
}

}  // namespace

Generated generate(const GenerateOptions& asked, const std::string& path) {
  GenerateOptions options = asked;
  const bool sole = is_object_shape(options.shape);  // all clients work on one object
  if (options.keys == 0) options.keys = sole ? 1 : options.clients;
  require_possible(options);
  GenerateOutput out{path};
  out.line(header(options));
  const bool seat = options.shape == "seat";
  const Generated generated = seat ? generate_seat(options, out)
                              : is_object_shape(options.shape)
                                  ? generate_objects(options, out)
                                  : generate_transactions(options, out);
  out.finish(seat ? "complete" : "");
  return generated;
}

}  // namespace witness
