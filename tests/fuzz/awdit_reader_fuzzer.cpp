/// Any bytes read as awdit-test are a history of transactions or an InputError, however they are
/// cut.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/transactions_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  witness::fuzz::one_text({reinterpret_cast<const char*>(data), size}, "awdit-test");
  return 0;
}
