/// What a caller wants judged, and how what was found is told.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/findings.hpp"
#include "checker/models.hpp"
#include "witness/check.hpp"

namespace witness {

/// Names looked up. `models` are positions in the table.
struct Claims {
  std::vector<std::size_t> models;
  std::vector<AnomalyKind> anomalies;
  bool only_anomalies = false;
  bool linearizable = false;  ///< one of the models goes by real time
};

/// `otherwise` is claimed where the caller claims nothing. Throws UsageError for unknown names.
Claims look_up(const CheckOptions& options, std::string_view otherwise);

/// Every kind that implies one of these, these included.
KindSet implying(KindSet kinds);

/// Why a model that nothing speaks against is not said to hold.
std::string why_undecidable(std::size_t model);

/// Moves into the verdict what breaks a claim (`breaking`); says of the rest that it is there.
void take_anomalies(Findings& findings, KindSet breaking, Verdict& verdict);

/// Names of models, and which of the findings rule out the weakest.
void take_models(const ModelVerdict& models, const Findings& findings, Verdict& verdict);

/// "double-acquisition on A1, C7 (2 acquisitions too many); lost-update on the same".
std::string why_violated(const Verdict& verdict);

/// From the verdict's claims to its word and reason. `nothing_tested`: why what holds proves
/// nothing, or empty; `word` and `why_valid`: where every claim holds.
void conclude(const std::string& nothing_tested, std::string word, std::string why_valid,
              Verdict& verdict);

}  // namespace witness
