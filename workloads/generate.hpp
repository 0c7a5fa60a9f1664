/// Synthetic histories: of a chosen shape, level, size and seed, with planted anomalies.
///
/// A few clients run transactions in virtual time on a simulated store that keeps exactly the
/// promise of its level; what they were told is written as a native history (history/FORMAT.md).
/// The same options give the same bytes on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace witness {

/// What a history can be of. One line each.
struct GenerateShape {
  std::string_view name;
  std::string_view about;
};
inline constexpr std::array kGenerateShapes = {
    GenerateShape{"list-append", "transactions that append to lists and read them"},
    GenerateShape{"rw-register", "transactions that write and read registers"},
    GenerateShape{"seat", "clients that all want the same seats"},
    GenerateShape{"register", "calls that write and read registers, every value once"},
    GenerateShape{"cas-register", "the same with compare-and-set"},
    GenerateShape{"mutex", "clients that acquire and release one lock"},
    GenerateShape{"set", "calls that add elements to a set, and now and then read all of it"},
    GenerateShape{"fifo-queue", "calls that enqueue and dequeue"},
    GenerateShape{"stack", "calls that push and pop"},
    GenerateShape{"stock", "clients that take units until none is left"},
};

/// What the simulated store promises, weakest first.
enum class SimulatedLevel : std::uint8_t {
  read_committed,
  read_atomic,
  snapshot_isolation,
  serializable,
  strict_serializable
};
inline constexpr std::array<std::string_view, 5> kSimulatedLevelNames = {
    "read-committed", "read-atomic", "snapshot-isolation", "serializable", "strict-serializable"};

/// Which of the living keys a micro-operation takes.
///   uniform  any, equally often
///   zipf     the n-th with weight 1/n
///   hot      nine of ten times one of the first tenth
enum class KeyDistribution : std::uint8_t { uniform, zipf, hot };
inline constexpr std::array<std::string_view, 3> kKeyDistributionNames = {"uniform", "zipf", "hot"};

struct GenerateOptions {
  std::string shape = "list-append";
  SimulatedLevel level = SimulatedLevel::strict_serializable;
  KeyDistribution distribution = KeyDistribution::uniform;
  std::uint64_t operations = 1000;  ///< transactions, planted ones included
  std::uint64_t clients = 20;       ///< so many operations are open at once, at most
  std::uint64_t keys = 0;           ///< alive at once; 0: as many as there are clients
  std::uint64_t writes_per_key = 32;
  std::uint64_t steps_min = 4;  ///< micro-operations of a transaction
  std::uint64_t steps_max = 4;
  double reads = 0.5;
  double info = 0.02;
  double fail = 0.02;
  std::uint64_t seed = 1;
  std::string plant;  ///< a name of plants() that its shape has; empty: none
  std::uint64_t plant_count = 1;
  /// Before which transaction: its number, or a fraction of all. Several copies stand evenly.
  std::variant<double, std::uint64_t> at = 0.5;
};

struct Generated {
  std::uint64_t operations = 0;
  std::optional<std::uint64_t> planted_at;  ///< index of the first planted line
};

/// Writes the history to `path`: "-" is standard output, a name that ends in .zst is compressed.
/// A planted anomaly stands on keys of its own, and its processes are its own, beside the clients.
/// O(size) time; memory is that of the keys alive. Throws UsageError for options that do not fit,
/// SystemError where the file cannot be written.
Generated generate(const GenerateOptions& options, const std::string& path);

}  // namespace witness
