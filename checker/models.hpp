/// Consistency models, each by the anomalies that it forbids: one line each
/// (checker/MODELS.md says the same to people, and a test compares them).
///
/// A model also forbids what the models below it forbid, and every anomaly that
/// implies a forbidden one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/anomalies.hpp"

namespace witness {

/// Models as positions in the table, one bit each.
using ModelSet = std::uint64_t;

/// By which orders of transactions a model's own order must go.
enum class TimeOrder : std::uint8_t { none, session, real_time };

/// `forbids` is what the model adds to the models that it `implies`. `alias` is the literature's
/// other names, separated by spaces.
struct ConsistencyModel {
  std::string_view name;
  std::string_view alias;
  KindSet forbids;
  ModelSet implies;
  TimeOrder order;
  /// What the line forbids is all that the model forbids, and each of it is looked for: where
  /// nothing is found, it holds. Else it holds only where a stronger model does.
  bool decidable;
  std::string_view source;
};

/// Weakest first: a model stands below every model that it implies.
std::span<const ConsistencyModel> model_table();

/// By name or alias; nullopt if there is none.
std::optional<std::size_t> model_by_name(std::string_view name);

/// What the tools that know only sessions mean by the model's name: the model with the order of
/// sessions (Biswas and Enea 2019; Cobra, PolySI, AWDIT, Plume, dbcop). Itself where there is none.
std::size_t session_form(std::size_t model);

/// Everything that the model rules out, inherited and implied included.
KindSet forbidden_by(std::size_t model);

/// What a set of anomalies leaves standing. `possible` are those that could not be excluded.
struct ModelVerdict {
  ModelSet holds = 0;
  ModelSet ruled_out = 0;
  std::vector<std::string> strongest;         ///< of those that hold: implied by no other
  std::vector<std::string> violated;          ///< ruled out, weakest first
  std::vector<std::string> weakest_violated;  ///< ruled out, while all that they imply stand
  std::vector<std::string> also_violated;     ///< the other ones
  std::vector<std::string> undecided;
};
ModelVerdict judge_models(KindSet found, KindSet possible = 0);

/// What it says of one model: nothing where that is undecided.
std::optional<bool> holds(const ModelVerdict& verdict, std::size_t model);

}  // namespace witness
