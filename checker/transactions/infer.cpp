#include "checker/transactions/infer.hpp"

#include "checker/transactions/key_parts.hpp"
#include "checker/transactions/list_inference.hpp"
#include "checker/transactions/register_inference.hpp"

namespace witness {
namespace {

void infer_keys(const Transactions& history, AssumptionSet assumed,
                const std::vector<std::uint32_t>& rank, const std::vector<bool>& observed,
                std::uint32_t begin, std::uint32_t end, Inferred& part) {
  part.arcs.reserve(2 * std::size_t{history.key_begin[end] - history.key_begin[begin]});
  if (history.datatype == Datatype::list_append) {
    ListInference inference(history, part);
    for (std::uint32_t key = begin; key < end; ++key) inference.infer(key);
  } else {
    RegisterInference inference(history, assumed, rank, observed, part);
    for (std::uint32_t key = begin; key < end; ++key) inference.infer(key);
  }
}

}  // namespace

std::vector<Inferred> infer(const Transactions& history, AssumptionSet assumed,
                            const std::vector<std::uint32_t>& rank) {
  const std::size_t parts = key_parts(history);
  std::vector<bool> observed;
  if (history.datatype == Datatype::rw_register) observed = observed_writers(history);
  std::vector<Inferred> inferred(parts);
  for_key_parts(history, parts, [&](std::size_t i, std::uint32_t begin, std::uint32_t end) {
    infer_keys(history, assumed, rank, observed, begin, end, inferred[i]);
  });
  return inferred;
}

}  // namespace witness
