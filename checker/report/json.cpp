/// The verdict as programs read it: schema witness.verdict/1.
#include <nlohmann/json.hpp>

#include "checker/anomalies.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

using Json = nlohmann::ordered_json;

Json valid_word(Validity validity) {
  if (validity == Validity::unknown) return "unknown";
  return validity == Validity::valid;
}

Json claim_json(const Claim& claim) {
  Json json = {{"claim", claim.name}, {"holds", nullptr}};
  if (claim.holds) json["holds"] = *claim.holds;
  if (!claim.why.empty()) json["why"] = claim.why;
  return json;
}

Json step_json(const Step& step) {
  Json json = {{"from", step.from},
               {"to", step.to},
               {"dependency", kDependencyNames[static_cast<std::size_t>(step.dependency)]}};
  if (!step.key.empty()) json["key"] = step.key;
  json["why"] = step.why;
  return json;
}

Json anomaly_json(const Anomaly& anomaly) {
  Json json = {{"type", label(anomaly.kind)},
               {"keys", anomaly.keys},
               {"count", anomaly.count},
               {"operations", anomaly.operations}};
  if (!anomaly.steps.empty()) {
    for (const Step& step : anomaly.steps) json["steps"].push_back(step_json(step));
  }
  for (const Contradiction& each : anomaly.contradictions) {
    Json steps = Json::array();
    for (const Step& step : each.steps) steps.push_back(step_json(step));
    json["contradictions"].push_back({{"given", each.given}, {"steps", std::move(steps)}});
  }
  json["explanation"] = anomaly.explanation;
  for (const Participant& who : anomaly.participants) {
    json["participants"].push_back({{"operation", who.operation}, {"text", who.text}});
  }
  if (!anomaly.meaning.empty()) json["meaning"] = anomaly.meaning;
  return json;
}

Json models_json(const Verdict& verdict) {
  Json evidence = Json::object();
  for (const ModelEvidence& model : verdict.models_evidence) {
    evidence[model.model] = model.anomalies;
  }
  return {{"strongest", verdict.models_strongest},
          {"violated", verdict.models_violated},
          {"not", verdict.models_not},
          {"also_not", verdict.models_also_not},
          {"evidence", evidence},
          {"undecided", verdict.models_undecided}};
}

/// Of kinds of which only the first violations are listed: how many there are.
Json kind_counts_json(const std::vector<KindCount>& counts) {
  Json json = Json::object();
  for (const KindCount& count : counts) json[std::string{label(count.kind)}] = count.count;
  return json;
}

Json counts_json(const Counts& counts) {
  return {{"operations", counts.operations},
          {"ok", counts.ok},
          {"fail", counts.fail},
          {"rejected", counts.rejected},
          {"info", counts.info},
          {"attempts", counts.attempts},
          {"committed", counts.committed},
          {"aborted", counts.aborted},
          {"unresolved", counts.unresolved},
          {"oversold", counts.oversold},
          {"overlaps", counts.overlaps},
          {"edges", counts.edges}};
}

Json score_json(const ScoreLine& line) {
  Json json = {{"clients", line.clients},   {"confirmed", line.confirmed},
               {"told_ok", line.told_ok},   {"rejected", line.rejected},
               {"errors", line.errors},     {"unknown", line.unknown},
               {"oversold", line.oversold}, {"retries_max", line.retries_max}};
  if (line.retries_budget) json["retries_budget"] = *line.retries_budget;
  if (line.final_stock) json["final_stock"] = *line.final_stock;
  return json;
}

template <typename Items, typename ToJson>
Json array_of(const Items& items, ToJson to_json) {
  Json array = Json::array();
  for (const auto& item : items) array.push_back(to_json(item));
  return array;
}

}  // namespace

std::string json_report(const Verdict& verdict) {
  Json json = {
      {"schema", "witness.verdict/1"},
      {"history", verdict.history},
      {"verdict", kValidityNames[static_cast<std::size_t>(verdict.validity)]},
      {"valid", valid_word(verdict.validity)},
      {"word", verdict.word},
      {"reason", verdict.reason},
      {"claims", array_of(verdict.claims, claim_json)},
      {"models", models_json(verdict)},
      {"keys", verdict.keys},
      {"anomalies", array_of(verdict.anomalies, anomaly_json)},
      {"anomaly_counts", kind_counts_json(verdict.anomaly_counts)},
      {"counts", counts_json(verdict.counts)},
      {"score", array_of(verdict.score, score_json)},
      {"ledger_read", verdict.ledger_read},
      {"notes", verdict.notes},
      {"not_checked", verdict.not_checked},
  };
  if (!verdict.order.empty()) {
    json["order"] = {{"model", verdict.order_model}, {"operations", verdict.order}};
  }
  // Bytes that are no UTF-8 become U+FFFD: JSON cannot hold them.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace witness
