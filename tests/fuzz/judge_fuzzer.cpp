// Any bytes at all: they are a history that is judged and reported, or an InputError. Never a
// crash, and never an endless search.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "witness/witness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  try {
    const witness::History history = witness::parse_history(text, "fuzz.jsonl");
    const witness::Verdict verdict = witness::check(history);
    witness::text_report(verdict);
    witness::summary_line(verdict);
    if (!nlohmann::json::accept(witness::json_report(verdict))) std::abort();
  } catch (const witness::InputError&) {
    // ill-formed, and said so
  } catch (const witness::UsageError&) {
    // a workload that has no checker
  }
  return 0;
}
