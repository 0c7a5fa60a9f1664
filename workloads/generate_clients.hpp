/// What the generators of every shape share: a run of clients in virtual time, and where planted
/// gadgets stand. Not for others than generate*.cpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "workloads/generate.hpp"
#include "workloads/generate_output.hpp"
#include "workloads/generate_plants.hpp"

namespace witness {

/// When each client acts next: time, then client, so that ties are decided the same everywhere.
using Agenda =
    std::priority_queue<std::pair<std::uint64_t, std::uint32_t>,
                        std::vector<std::pair<std::uint64_t, std::uint32_t>>, std::greater<>>;

/// How long things take, in virtual nanoseconds.
inline std::uint64_t think_time(Dice& dice) { return dice.between(500, 20'000); }
inline std::uint64_t message_time(Dice& dice) { return dice.between(1'000, 40'000); }
inline std::uint64_t work_time(Dice& dice) { return dice.between(5'000, 100'000); }

/// Numbers the processes of clients, and lets them act one after another: act(time, client) puts
/// itself on the agenda again. Until nobody is to act.
template <typename Clients, typename Act>
void run_clients(Clients& clients, Agenda& agenda, Dice& dice, const Act& act) {
  for (std::uint32_t i = 0; i < clients.size(); ++i) {
    clients[i].process = i;
    agenda.push({think_time(dice), i});
  }
  while (!agenda.empty()) {
    const auto [time, which] = agenda.top();
    agenda.pop();
    act(time, which);
  }
}

/// Before which transaction each copy of the plant stands, in ascending order. `length` is how
/// many transactions one copy has.
inline std::vector<std::uint64_t> plant_places(const GenerateOptions& options,
                                               std::uint64_t length) {
  std::vector<std::uint64_t> places;
  if (options.plant.empty()) return places;
  const std::uint64_t planted = options.plant_count * length;
  const std::uint64_t others = options.operations - std::min(options.operations, planted);
  if (options.plant_count > 1) {
    for (std::uint64_t i = 0; i < options.plant_count; ++i) {
      places.push_back(others * i / options.plant_count + others / (2 * options.plant_count));
    }
  } else if (const auto* index = std::get_if<std::uint64_t>(&options.at)) {
    places.push_back(std::min(*index, others));
  } else {
    const double place = std::get<double>(options.at) * static_cast<double>(others);
    places.push_back(static_cast<std::uint64_t>(place));
  }
  return places;
}

/// How the client of a random operation is told, and whether it really happened.
struct Fate {
  Completion told = Completion::ok;
  bool happens = true;
};
inline Fate random_fate(const GenerateOptions& options, Dice& dice) {
  if (dice.chance(options.fail)) return {Completion::fail, false};
  if (dice.chance(options.info)) return {Completion::info, dice.chance(0.5)};
  return {};
}

/// The shapes. `out` has its header already.
Generated generate_transactions(const GenerateOptions& options, GenerateOutput& out);
Generated generate_seat(const GenerateOptions& options, GenerateOutput& out);
Generated generate_objects(const GenerateOptions& options, GenerateOutput& out);

/// Is it a shape of calls on objects?
bool is_object_shape(std::string_view shape);

}  // namespace witness
