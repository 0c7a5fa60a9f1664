/// Any bytes behind a header are a history of transactions or an InputError, however they are cut.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/transactions_fuzz.hpp"

namespace {
const std::string kHeader = R"({"schema":"witness.history/1","workload":"list-append"})"
                            "\n";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view lines{reinterpret_cast<const char*>(data), size};
  witness::fuzz::one_text(kHeader + std::string{lines}, "native");
  return 0;
}
