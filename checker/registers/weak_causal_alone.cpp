#include <algorithm>

#include "checker/registers/weak_edges.hpp"

namespace witness {
namespace {

/// A reader of a version of one key.
struct Reader {
  std::uint32_t source;
  std::uint32_t transaction;
  std::uint32_t op;
};

/// Reads of the key whose versions count, by version; of others nothing is inferred.
void collect_readers(const WeakInput& input, std::uint32_t key, std::vector<Reader>& readers) {
  readers.clear();
  const auto uses = input.history.uses_of(key);
  const auto sources = input.sources.of_key(input.history, key);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if (ReadSources::is_version(sources[i])) {
      readers.push_back({sources[i], uses[i].transaction, uses[i].op});
    }
  }
  std::ranges::sort(readers, {}, &Reader::source);
}

/// Calls use(source, its readers) for each version that was read.
template <typename Use>
void for_versions(std::span<const Reader> readers, Use use) {
  for (std::size_t i = 0; i < readers.size();) {
    std::size_t end = i + 1;
    while (end < readers.size() && readers[end].source == readers[i].source) ++end;
    use(readers[i].source, readers.subspan(i, end - i));
    i = end;
  }
}

/// Which of the transactions of a set of 64 come before a vertex.
class Bits {
 public:
  Bits(const WeakInput& input, std::span<const std::uint32_t> order)
      : input_(input), order_(order), before_(input.vertices()), own_(input.vertices()) {}

  void run(std::span<const std::uint32_t> some) {
    std::ranges::fill(own_, 0);
    for (std::size_t i = 0; i < some.size(); ++i) own_[some[i]] = std::uint64_t{1} << i;
    for (const std::uint32_t vertex : order_) {
      std::uint64_t bits = 0;
      for_predecessors(input_, false, vertex, [&](std::uint32_t before, EdgeKind) {
        bits |= before_[before] | own_[before];
      });
      before_[vertex] = bits;
    }
  }
  bool precedes(std::size_t i, std::uint32_t vertex) const {
    return (before_[vertex] >> i & 1U) != 0;
  }

 private:
  const WeakInput& input_;
  std::span<const std::uint32_t> order_;
  std::vector<std::uint64_t> before_;
  std::vector<std::uint64_t> own_;
};

}  // namespace

std::optional<CommitEdges> causal_edges_without_sessions(const WeakInput& input,
                                                         std::span<const std::uint32_t> order,
                                                         std::span<const std::uint32_t> writers,
                                                         const Deadline& deadline) {
  constexpr std::size_t kBits = 64;
  CommitEdges edges;
  Bits bits(input, order);
  std::vector<Reader> readers;
  for (std::size_t i = 0; i < writers.size(); i += kBits) {
    const auto some = writers.subspan(i, std::min(kBits, writers.size() - i));
    if (expired(deadline)) return std::nullopt;
    bits.run(some);
    for (std::size_t bit = 0; bit < some.size(); ++bit) {
      for (const std::uint32_t key : input.written.of(some[bit])) {
        collect_readers(input, key, readers);
        for_versions(readers, [&](std::uint32_t source, std::span<const Reader> all) {
          if (source == some[bit]) return;
          if (source != ReadSources::initial && bits.precedes(bit, source)) return;
          const auto reader = std::ranges::find_if(
              all, [&](const Reader& each) { return bits.precedes(bit, each.transaction); });
          if (reader == all.end()) return;
          edges.push_back(commit_edge(some[bit], source, reader->transaction, reader->op));
        });
      }
    }
  }
  return edges;
}

}  // namespace witness
