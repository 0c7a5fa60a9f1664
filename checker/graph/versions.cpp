/// ww, wr and rw between transactions that read and wrote values.
#include "checker/graph/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "checker/words.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kInitial = kNoPosition - 1;

/// A read whose version is certain: `source` wrote it, or it is the key's first.
struct Placed {
  const Read* read;
  std::uint32_t vertex;
  std::uint32_t source;  ///< vertex, or kInitial
};

class Versions {
 public:
  Versions(const GraphInput& input, const std::vector<std::uint32_t>& vertex_of,
           DependencyGraph& graph, Findings& findings)
      : input_(input), vertex_of_(vertex_of), graph_(graph), findings_(findings) {
    for (const LedgerRow& row : input.history.ledger) holders_.insert(row.holder);
  }

  void infer() {
    std::vector<const Read*> reads;
    for (const Read& read : input_.accesses.reads) {
      if (vertex_of_[read.fate] != kNoPosition) reads.push_back(&read);
    }
    std::ranges::stable_sort(reads, {}, [](const Read* r) { return std::tuple{r->key, r->value}; });
    for (std::size_t i = 0; i < reads.size();) {
      std::size_t end = i;
      while (end < reads.size() && reads[end]->key == reads[i]->key &&
             reads[end]->value == reads[i]->value) {
        ++end;
      }
      infer_value(std::span{reads}.subspan(i, end - i));
      i = end;
    }
  }

 private:
  /// All reads of one value of one key.
  void infer_value(std::span<const Read* const> reads) {
    std::vector<Placed> placed;
    bool certain_loss = false;
    for (const Read* read : reads) {
      const Sources sources = input_.accesses.sources_of(input_.resolution, *read);
      if (sources.certain()) {
        placed.push_back({read, vertex_of_[read->fate],
                          sources.initial ? kInitial : vertex_of_[sources.a_committed]});
      } else if (sources.none()) {
        report_sourceless(*read, sources);
      }
    }
    std::ranges::stable_sort(placed, {}, &Placed::source);
    for (std::size_t i = 0; i < placed.size();) {
      std::size_t end = i;
      while (end < placed.size() && placed[end].source == placed[i].source) ++end;
      certain_loss = infer_version(std::span{placed}.subspan(i, end - i)) || certain_loss;
      i = end;
    }
    if (!certain_loss) count_replacements(reads);
  }

  /// All reads of one version. True if an update was lost.
  bool infer_version(std::span<const Placed> reads) {
    const std::uint32_t source = reads.front().source;
    const StringId key = reads.front().read->key;
    std::vector<std::uint32_t> replacers;
    std::vector<std::uint32_t> readers;
    for (const Placed& placed : reads) {
      auto& group = placed.read->replaces ? replacers : readers;
      if (group.empty() || group.back() != placed.vertex) group.push_back(placed.vertex);
      if (source == kInitial) continue;
      graph_.add(source, placed.vertex, EdgeKind::wr, key);
      ++graph_.dependencies;
      if (!placed.read->replaces) continue;
      graph_.add(source, placed.vertex, EdgeKind::ww, key);
      ++graph_.dependencies;
    }
    // A transaction that read the version twice and replaced it is a replacer only.
    std::erase_if(readers, [&](std::uint32_t reader) {
      return std::ranges::binary_search(replacers, reader);
    });
    add_replacements(readers, replacers, key);
    if (replacers.size() < 2) return false;
    report_lost_update(replacers, key, reads.front().read->value);
    return true;
  }

  /// Every reader and every replacer of a version comes before every other replacer.
  void add_replacements(const std::vector<std::uint32_t>& readers,
                        const std::vector<std::uint32_t>& replacers, StringId key) {
    const std::size_t n = replacers.size();
    if (n == 0) return;
    graph_.dependencies += readers.size() * n + n * (n - 1);
    if (n == 1) {
      for (const std::uint32_t reader : readers) {
        graph_.add(reader, replacers[0], EdgeKind::rw_item, key);
      }
      return;
    }
    // Relays up[i] reach replacers i, i+1, …; down[i] reach i, i-1, …
    const std::uint32_t up = graph_.vertices;
    const auto down = static_cast<std::uint32_t>(up + n);
    for (std::size_t i = 0; i < 2 * n; ++i) graph_.add_relay();
    for (std::uint32_t i = 0; i < n; ++i) {
      graph_.add(up + i, replacers[i], EdgeKind::rw_item, key);
      graph_.add(down + i, replacers[i], EdgeKind::rw_item, key);
      if (i > 0) {
        graph_.add(up + i - 1, up + i, EdgeKind::rw_item, key);
        graph_.add(down + i, down + i - 1, EdgeKind::rw_item, key);
        graph_.add(replacers[i], down + i - 1, EdgeKind::rw_item, key);
      }
      if (i + 1 < n) graph_.add(replacers[i], up + i + 1, EdgeKind::rw_item, key);
    }
    for (const std::uint32_t reader : readers) graph_.add(reader, up, EdgeKind::rw_item, key);
  }

  const Fate& fate_of(std::uint32_t vertex) const {
    return input_.resolution.fates[graph_.fates[vertex]];
  }
  std::uint64_t index_of(std::uint32_t fate) const {
    return input_.history.operations[input_.resolution.fates[fate].operation].index;
  }

  Anomaly about(AnomalyKind kind, StringId key, std::vector<std::uint32_t> vertices) const {
    Anomaly anomaly{kind, {std::string{input_.history.text(key)}}};
    anomaly.count = vertices.size();
    for (const std::uint32_t vertex : vertices) {
      anomaly.operations.push_back(index_of(graph_.fates[vertex]));
    }
    std::ranges::sort(anomaly.operations);
    anomaly.operations.erase(std::unique(anomaly.operations.begin(), anomaly.operations.end()),
                             anomaly.operations.end());
    return anomaly;
  }

  std::vector<std::string> names(const std::vector<std::uint32_t>& vertices) const {
    std::vector<std::string> texts;
    for (const std::uint32_t vertex : vertices) {
      texts.push_back(name_of(input_.history, fate_of(vertex)));
    }
    return texts;
  }

  void report_lost_update(const std::vector<std::uint32_t>& replacers, StringId key,
                          StringId value) {
    Anomaly lost = about(AnomalyKind::lost_update, key, replacers);
    lost.explanation =
        fmt::format("{} read {} = {}, and each replaced it: all but one were lost",
                    list(names(replacers)), lost.keys[0], input_.history.text(value));
    lost.steps =
        lost_update_steps(input_, graph_.fates[replacers[0]], graph_.fates[replacers[1]], key);
    Anomaly cycle = about(AnomalyKind::g_single_item, key, {replacers[0], replacers[1]});
    const std::vector<std::string> pair = names({replacers[0], replacers[1]});
    cycle.count = 1;
    cycle.explanation = fmt::format(
        "{} and {} each read the {} that the other replaced: whichever wrote last overwrote what "
        "it had not read",
        pair[0], pair[1], lost.keys[0]);
    cycle.steps = lost.steps;
    for (const std::uint32_t vertex : replacers) {
      graph_.reported[vertex] |=
          kind_bit(AnomalyKind::lost_update) | kind_bit(AnomalyKind::g_single_item);
    }
    findings_.add(std::move(lost));
    findings_.add(std::move(cycle));
  }

  /// More transactions replaced a value than ever wrote it: two of them replaced one
  /// version, though nobody can say which two.
  void count_replacements(std::span<const Read* const> reads) {
    std::vector<std::uint32_t> replacers;
    for (const Read* read : reads) {
      if (read->replaces) replacers.push_back(vertex_of_[read->fate]);
    }
    if (replacers.size() < 2) return;
    const StringId key = reads.front()->key;
    const StringId value = reads.front()->value;
    std::size_t versions = input_.accesses.unknown_writers(key);
    if (value == initial_value(input_.history, input_.rules)) ++versions;
    for (const Write& write : input_.accesses.writers_of(key, value)) {
      if (input_.resolution.fates[write.fate].outcome != Outcome::aborted) ++versions;
    }
    if (versions == 0 || replacers.size() <= versions) return;
    Anomaly lost = about(AnomalyKind::lost_update, key, replacers);
    lost.explanation = fmt::format("{} read {} = {} and replaced it, but it was there only {}",
                                   list(names(replacers)), lost.keys[0], input_.history.text(value),
                                   plural(versions, "time"));
    for (const std::uint32_t vertex : replacers) {
      graph_.reported[vertex] |= kind_bit(AnomalyKind::lost_update);
    }
    findings_.add(std::move(lost));
  }

  /// A value that no committed transaction wrote.
  void report_sourceless(const Read& read, const Sources& sources) {
    if (sources.aborted == 0 && holders_.contains(read.value)) return;  // unknown-holder says it
    const std::string_view value = input_.history.text(read.value);
    const std::string reader = name_of(input_.history, input_.resolution.fates[read.fate]);
    Anomaly anomaly = about(sources.aborted != 0 ? AnomalyKind::g1a : AnomalyKind::garbage_read,
                            read.key, {vertex_of_[read.fate]});
    if (sources.aborted != 0) {
      const Fate& writer = input_.resolution.fates[sources.an_aborted];
      anomaly.operations.push_back(index_of(sources.an_aborted));
      std::ranges::sort(anomaly.operations);
      anomaly.explanation = fmt::format(
          "{} read {} = {}, which {} wrote, and {} did not commit", reader, anomaly.keys[0], value,
          name_of(input_.history, writer), name_of(input_.history, writer));
    } else {
      anomaly.explanation =
          fmt::format("{} read {} = {}, which nobody had written", reader, anomaly.keys[0], value);
    }
    findings_.add(std::move(anomaly));
  }

  const GraphInput& input_;
  const std::vector<std::uint32_t>& vertex_of_;
  DependencyGraph& graph_;
  Findings& findings_;
  std::unordered_set<StringId> holders_;
};

}  // namespace

void infer_versions(const GraphInput& input, const std::vector<std::uint32_t>& vertex_of,
                    DependencyGraph& graph, Findings& findings) {
  Versions{input, vertex_of, graph, findings}.infer();
}

}  // namespace witness
