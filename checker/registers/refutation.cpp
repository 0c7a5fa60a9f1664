#include "checker/registers/refutation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/words.hpp"

namespace witness {
namespace {

class Refutation {
 public:
  Refutation(const Transactions& history, const Polygraph& graph, const RegisterChains& chains,
             const Story& story)
      : history_(history), graph_(graph), chains_(chains), story_(story) {}

  Anomaly tell(const SearchResult& found, AnomalyKind kind) {
    Anomaly anomaly;
    anomaly.kind = kind;
    for (const Lemma& lemma : found.lemmas) anomaly.contradictions.push_back(contradiction(lemma));
    std::ranges::stable_sort(anomaly.contradictions, {}, [](const Contradiction& each) {
      return std::pair{each.given.size(), each.steps.size()};
    });
    if (anomaly.contradictions.size() == 1 && anomaly.contradictions.front().given.empty()) {
      anomaly.steps = std::move(anomaly.contradictions.front().steps);
      anomaly.contradictions.clear();
    }
    for (const std::uint32_t key : keys_) anomaly.keys.push_back(story_.key(key));
    story_.describe(anomaly, members_);
    if (!anomaly.contradictions.empty()) {
      anomaly.explanation = explanation(anomaly, found.told_all);
    }
    return anomaly;
  }

 private:
  static void note(std::vector<std::uint32_t>& all, std::uint32_t one) {
    if (std::ranges::find(all, one) == all.end()) all.push_back(one);
  }

  std::string explanation(const Anomaly& anomaly, bool told_all) const {
    const bool snapshot = graph_.criterion == Criterion::snapshot_isolation;
    if (!told_all) {
      return fmt::format(
          "no order of versions will do; time was up before all was told, and these are {} of the "
          "cycles that show it",
          anomaly.contradictions.size());
    }
    return fmt::format("no order of the versions of {} will do: each closes one of {} {}",
                       list(anomaly.keys, 6), plural(anomaly.contradictions.size(), "cycle"),
                       snapshot ? "that no snapshots allow" : "of transactions");
  }

  /// Nodes that stand for no transaction, and both nodes of one, are passed over.
  Contradiction contradiction(Lemma lemma) {
    const auto begins = [this](const LemmaEdge& each) {
      return graph_.transaction(each.edge.from) != kNoPosition;
    };
    std::rotate(lemma.begin(), std::ranges::find_if(lemma, begins), lemma.end());
    Contradiction told;
    for (std::size_t i = 0; i < lemma.size();) {
      std::size_t end = i;
      while (graph_.transaction(lemma[end].edge.to) == kNoPosition) ++end;
      add_step(std::span{lemma}.subspan(i, end + 1 - i), told);
      i = end + 1;
    }
    return told;
  }

  void add_step(std::span<const LemmaEdge> edges, Contradiction& told) {
    const std::uint32_t from = graph_.transaction(edges.front().edge.from);
    const std::uint32_t to = graph_.transaction(edges.back().edge.to);
    if (from == to) return;
    const PolyEdge& first = edges.front().edge;
    note(members_, from);
    note(members_, to);
    Step step = story_.step(from, to, first.kind, kNoString);
    const bool of_a_key =
        first.kind == EdgeKind::ww || first.kind == EdgeKind::wr || is_rw(first.kind);
    if (of_a_key) {
      note(keys_, first.key);
      step.key = story_.key(first.key);
    }
    for (const LemmaEdge& each : edges) {
      if (each.given) step.why = assume(*each.given, from, to, first, told);
      if (each.selection != 0) assume_read(each.selection, told);
    }
    told.steps.push_back(std::move(step));
  }

  /// Gives why the step stands where the choice falls so.
  std::string assume(const Choice& choice, std::uint32_t from, std::uint32_t to,
                     const PolyEdge& edge, Contradiction& told) {
    const Chain& first = chains_.chains[choice.first];
    const Chain& second = chains_.chains[choice.second];
    note(keys_, first.key);
    for (const std::uint32_t each : {first.tail, second.head}) {
      if (each != kNoPosition) note(members_, each);
    }
    const std::string key = story_.key(first.key);
    const std::string a = first.tail == kNoPosition ? "nobody" : name(first.tail);
    const std::string b = name(second.head);
    std::string given = fmt::format("{} wrote {} before {}", a, key, b);
    if (std::ranges::find(told.given, given) == told.given.end()) {
      told.given.push_back(std::move(given));
    }
    if (edge.kind == EdgeKind::ww) {
      return fmt::format("{} wrote {} = {}, and then {} replaced it by {}", name(from), key,
                         written(from, first.key), name(to), written(to, first.key));
    }
    return fmt::format("{} read {} = {}, which {} replaced by {}", name(from), key,
                       first.tail == kNoPosition ? "nil" : written(first.tail, first.key), name(to),
                       written(to, first.key));
  }

  void assume_read(Literal selection, Contradiction& told) {
    for (const OpenRead& read : chains_.open_reads) {
      const auto number = static_cast<std::uint32_t>(selection) - 1;
      if (number < read.begin || number >= read.end) continue;
      const std::uint32_t writer = chains_.candidates[number].writer;
      note(members_, read.reader);
      if (writer != kNoPosition) note(members_, writer);
      const std::string who =
          writer == kNoPosition ? "was there at first" : name(writer) + " wrote";
      std::string given = fmt::format("{} read the value of {} that {}", name(read.reader),
                                      story_.key(read.key), who);
      if (std::ranges::find(told.given, given) == told.given.end()) {
        told.given.push_back(std::move(given));
      }
    }
  }

  std::string name(std::uint32_t transaction) const {
    return fmt::format("operation {}", history_.transactions[transaction].index);
  }
  std::string written(std::uint32_t transaction, std::uint32_t key) const {
    Datum value;
    for (const TxnOp& op : history_.ops_of(transaction)) {
      if (op.key == key && op.kind == TxnOpKind::write) value = op.value();
    }
    return story_.value(value);
  }

  const Transactions& history_;
  const Polygraph& graph_;
  const RegisterChains& chains_;
  const Story& story_;
  std::vector<std::uint32_t> members_;
  std::vector<std::uint32_t> keys_;
};

}  // namespace

Anomaly tell_refutation(const Transactions& history, const Polygraph& graph,
                        const RegisterChains& chains, const SearchResult& found, AnomalyKind kind,
                        const Story& story) {
  return Refutation{history, graph, chains, story}.tell(found, kind);
}

}  // namespace witness
