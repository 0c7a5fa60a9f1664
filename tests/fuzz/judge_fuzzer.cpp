// Any bytes at all, in any format: they are a history that is judged and reported, or an
// InputError. Never a crash, and never an endless search. Of transactions, too: the same bytes get
// the same verdict twice, and no level holds that a violated one is implied by.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "witness/witness.hpp"

namespace {

bool among(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void must_agree_with_itself(const witness::History& history, const witness::Verdict& verdict) {
  if (witness::json_report(witness::check(history)) != witness::json_report(verdict)) std::abort();
  for (const char* model : {"read-committed", "snapshot-isolation", "serializable"}) {
    const witness::Verdict weaker = witness::check(history, {.models = {model}, .sessions = false});
    const bool violated = weaker.validity == witness::Validity::violated;
    // What nobody claimed may be left open: its search is short.
    const bool open = among(verdict.models_undecided, model);
    if (!open && violated != among(verdict.models_violated, model)) std::abort();
    if (violated && verdict.validity != witness::Validity::violated) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  try {
    const witness::History history = witness::parse_history(text, "fuzz.jsonl");
    const witness::Verdict verdict = witness::check(history);
    witness::text_report(verdict);
    witness::summary_line(verdict);
    if (!nlohmann::json::accept(witness::json_report(verdict))) std::abort();
    if (history.transactions) must_agree_with_itself(history, verdict);
  } catch (const witness::InputError&) {
    // ill-formed, and said so
  } catch (const witness::UsageError&) {
    // a workload that has no checker
  }
  return 0;
}
