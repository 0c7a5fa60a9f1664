/// Histories that others recorded or wrote, with the verdicts that they are known to have. They
/// stand beside the checkout (WITNESS_CORPORA, else ../shared/corpora), or the tests are skipped.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace witness::test {

/// One line of expectations.jsonl.
struct Expectation {
  std::string path;
  std::string format;
  std::string workload;
  std::string valid;  ///< "true", "false", "unknown", "rejected"
  std::vector<std::string> models;
  std::vector<std::string> anomalies;      ///< only these are asked for; empty: all
  std::vector<std::string> anomaly_types;  ///< what must be reported
  std::vector<std::string> ruled_out;      ///< models
  nlohmann::json options;                  ///< of the peer
};

inline std::filesystem::path corpora() {
  if (const char* folder = std::getenv("WITNESS_CORPORA")) return folder;
  return std::filesystem::path{WITNESS_SOURCE_DIR} / ".." / "shared" / "corpora";
}

/// Those of a workload; empty if there are no corpora here.
inline std::vector<Expectation> expectations(const std::string& workload) {
  std::vector<Expectation> found;
  std::ifstream file{corpora() / "expectations.jsonl"};
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json json = nlohmann::json::parse(line);
    if (json["workload"] != workload) continue;
    const nlohmann::json& valid = json["valid"];
    const auto list = [&](const char* name) {
      return json.value(name, std::vector<std::string>{});
    };
    found.push_back({json["path"], json["format"], workload,
                     valid.is_string() ? valid.get<std::string>() : valid.dump(), list("models"),
                     list("anomalies"), list("anomaly_types"), list("not"),
                     json.value("options", nlohmann::json::object())});
  }
  return found;
}

}  // namespace witness::test
