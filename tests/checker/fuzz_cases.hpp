/// How many random cases a test runs: WITNESS_FUZZ_CASES, or what the test says.
#pragma once

#include <cstdlib>
#include <string>

namespace witness::testing {

inline std::uint64_t fuzz_cases(std::uint64_t usual) {
  const char* wanted = std::getenv("WITNESS_FUZZ_CASES");
  return wanted == nullptr ? usual : std::stoull(wanted);
}

}  // namespace witness::testing
