#include "checker/transactions/group_edges.hpp"

#include <algorithm>

namespace witness {

void add_group_edges(const std::vector<std::uint32_t>& readers,
                     const std::vector<std::uint32_t>& writers, Inferred& inferred) {
  using enum EdgeKind;
  const std::size_t pairs = readers.size() * writers.size();
  if (pairs <= 4 * (readers.size() + writers.size())) {
    for (const std::uint32_t reader : readers) {
      for (const std::uint32_t writer : writers) inferred.add(reader, writer, rw_item);
    }
    return;
  }
  const auto count = static_cast<std::uint32_t>(writers.size());
  const std::uint32_t onward = inferred.relays | Inferred::kRelay;  // relay i: writers i, i+1, …
  const std::uint32_t backward = onward + count;                    // relay i: writers i, i-1, …
  inferred.relays += 2 * count;
  const auto join = [&](std::uint32_t from, std::uint32_t to) {
    inferred.arcs.emplace_back(from, to, rw_item);
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    join(onward + i, writers[i]);
    join(backward + i, writers[i]);
    if (i + 1 < count) join(onward + i, onward + i + 1);
    if (i > 0) join(backward + i, backward + i - 1);
  }
  for (const std::uint32_t reader : readers) {
    const auto place =
        static_cast<std::uint32_t>(std::ranges::lower_bound(writers, reader) - writers.begin());
    const bool writes = place < count && writers[place] == reader;
    const std::uint32_t behind = writes ? place + 1 : place;
    if (behind < count) join(reader, onward + behind);
    if (place > 0) join(reader, backward + place - 1);
    inferred.dependencies += count - (writes ? 1 : 0);
  }
}

}  // namespace witness
