/// Consistency models, each by the anomalies that it forbids: one line each
/// (checker/MODELS.md says the same to people, and a test compares them).
///
/// A model also forbids what the models below it forbid, and every anomaly that
/// implies a forbidden one. Only models are listed that this checker can decide for
/// every anomaly in their line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/anomalies.hpp"

namespace witness {

/// `forbids` is what the model adds to the models that it `implies` (positions in the
/// table as bits). `alias` is the literature's short name.
struct ConsistencyModel {
  std::string_view name;
  std::string_view alias;
  KindSet forbids;
  std::uint32_t implies;
  bool real_time;  ///< its orders respect real time across clients
  std::string_view source;
};

/// Weakest first: a model stands below every model that it implies.
std::span<const ConsistencyModel> model_table();

/// By name or alias; nullopt if there is none.
std::optional<std::size_t> model_by_name(std::string_view name);

/// Everything that the model rules out, inherited and implied included.
KindSet forbidden_by(std::size_t model);

/// True if whatever model forbids `kind` also forbids `other`: having found `other`,
/// a search for `kind` can rule out nothing more.
bool covers(AnomalyKind other, AnomalyKind kind);

/// What a set of anomalies leaves standing.
struct ModelVerdict {
  std::vector<std::string> strongest;  ///< not ruled out, and implied by no other such
  std::vector<std::string> violated;   ///< ruled out, weakest first
};
ModelVerdict judge_models(KindSet found);

}  // namespace witness
