#include "checker/graph/cycles.hpp"

#include <algorithm>
#include <array>

#include "checker/graph/projection.hpp"
#include "checker/graph/short_cycle.hpp"
#include "checker/graph/single.hpp"

namespace witness {
namespace {

using enum EdgeKind;

/// Relations in which a cycle is looked for, and with which it begins. `alternating`: no two rw
/// may follow each other. What a cycle is called, its own edges say.
struct Level {
  RelationSet relations;
  RelationSet first;
  bool alternating;
  AnomalyKind kind;  ///< the name that it can have at worst
};

constexpr RelationSet kItems = relations(ww, wr, rw_item);
constexpr RelationSet kDependencies = relations(ww, wr, rw_item, rw_predicate);
constexpr std::array kLevels = {
    Level{relations(ww), relations(ww), false, AnomalyKind::g0},
    Level{relations(ww, wr), relations(wr), false, AnomalyKind::g1c},
    Level{kItems, relations(rw_item), true, AnomalyKind::g_nonadjacent_item},
    Level{kDependencies, relations(rw_predicate), true, AnomalyKind::g_nonadjacent},
    Level{kItems, relations(rw_item), false, AnomalyKind::g2_item},
    Level{kDependencies, relations(rw_predicate), false, AnomalyKind::g2},
};

/// Time's relations, weakest first, and how far they move a kind in AnomalyKind.
struct Variant {
  RelationSet relations;
  unsigned offset;
};
constexpr std::array kVariants = {Variant{0, 0}, Variant{relations(process), kProcessOffset},
                                  Variant{relations(process, realtime), kRealtimeOffset}};

/// The plain name of a cycle by the edges with which its steps begin (Adya 1999; Kingsbury and
/// Alvaro 2020).
AnomalyKind classify(const std::vector<EdgeKind>& kinds) {
  std::size_t stale = 0;
  bool predicate = false;
  bool adjacent = false;
  bool reads = false;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    reads = reads || kinds[i] == wr;
    if (!is_rw(kinds[i])) continue;
    ++stale;
    predicate = predicate || kinds[i] == rw_predicate;
    adjacent = adjacent || (kinds.size() > 1 && is_rw(kinds[(i + 1) % kinds.size()]));
  }
  if (stale == 0) return reads ? AnomalyKind::g1c : AnomalyKind::g0;
  if (stale == 1) return predicate ? AnomalyKind::g_single : AnomalyKind::g_single_item;
  if (!adjacent) return predicate ? AnomalyKind::g_nonadjacent : AnomalyKind::g_nonadjacent_item;
  return predicate ? AnomalyKind::g2 : AnomalyKind::g2_item;
}

unsigned offset_of(const std::vector<EdgeKind>& kinds) {
  const auto has = [&](EdgeKind kind) { return std::ranges::find(kinds, kind) != kinds.end(); };
  return has(realtime) ? kRealtimeOffset : has(process) ? kProcessOffset : 0;
}

class Reporter {
 public:
  Reporter(const Suspects& suspects, const std::vector<KindSet>& reported,
           const CycleTeller& teller, Findings& findings)
      : suspects_(suspects),
        teller_(teller),
        findings_(findings),
        reported_(suspects.names.size()),
        known_(suspects.clusters) {
    for (std::uint32_t vertex = 0; vertex < suspects.transactions; ++vertex) {
      if (!reported.empty()) note(vertex, reported[suspects.names[vertex]]);
    }
    for (const Edge& edge : suspects.edges) present_ |= relations(edge.kind);
  }

  void look(const Level& level, const Variant& variant) {
    if ((level.first & present_) == 0) return;
    if (variant.offset != 0 && (variant.relations & present_) == 0) return;
    const AnomalyKind kind = shifted(level.kind, variant.offset);
    // Time joins what else is apart: one cycle of each kind is enough where time is needed.
    std::vector<bool> active(suspects_.clusters, true);
    if (variant.offset != 0) {
      for (std::uint32_t i = 0; i < suspects_.clusters; ++i) active[i] = !implied(known_[i], kind);
      if (std::ranges::find(active, true) == active.end()) return;
    }
    const auto wanted = static_cast<RelationSet>(level.relations | variant.relations);
    const Projection projection = project(suspects_, wanted, level.alternating, active);
    ShortCycle search(suspects_, projection);
    for (const auto& members : projection.cyclic) {
      KindSet already = 0;
      for (const std::uint32_t node : members) already |= reported_[projection.origins[node]];
      if (implied(already, kind)) continue;
      std::vector<std::uint32_t> cycle = search.through(members, level.first);
      if (level.alternating && variant.offset == 0 && !implied(already, AnomalyKind::g1c)) {
        prefer_single(projection, members, level, search, cycle);
      }
      if (!cycle.empty()) report(cycle, already);
    }
  }

 private:
  static bool implied(KindSet found, AnomalyKind kind) { return (found & kind_bit(kind)) != 0; }

  void note(std::uint32_t vertex, KindSet kinds) {
    for (const AnomalyInfo& info : anomaly_table()) {
      if ((kinds & kind_bit(info.kind)) != 0) reported_[vertex] |= implied_by(info.kind);
    }
    known_[suspects_.cluster[vertex]] |= reported_[vertex];
  }

  /// A search that was cut off may have missed a cycle with one rw, which is another name.
  void prefer_single(const Projection& projection, const std::vector<std::uint32_t>& members,
                     const Level& level, ShortCycle& search, std::vector<std::uint32_t>& cycle) {
    const auto stale = std::ranges::count_if(cycle, [&](std::uint32_t edge) {
      return is_rw(suspects_.edges[edge].kind) && !suspects_.edges[edge].relay;
    });
    if (search.exhaustive() || stale < 2) return;
    std::vector<std::uint32_t> vertices;
    for (const std::uint32_t node : members) vertices.push_back(projection.origins[node]);
    vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());
    const auto edge =
        find_single(suspects_, vertices, relations(ww, wr),
                    static_cast<RelationSet>(level.relations & relations(rw_item, rw_predicate)));
    if (edge) cycle = search.through_edge(members, *edge);
  }

  /// Told from its first transaction on.
  std::vector<std::uint32_t> rotated(std::vector<std::uint32_t> cycle) const {
    const auto first = std::ranges::min_element(
        cycle, {}, [this](std::uint32_t edge) { return suspects_.edges[edge].from; });
    std::rotate(cycle.begin(), first, cycle.end());
    return cycle;
  }

  void report(const std::vector<std::uint32_t>& cycle, KindSet already) {
    std::vector<std::uint32_t> members;
    std::vector<EdgeKind> kinds;
    std::vector<const Edge*> entries;  // where each step began, before any relay
    std::vector<std::uint32_t> targets;
    for (const std::uint32_t position : rotated(cycle)) {
      const Edge& edge = suspects_.edges[position];
      if (!edge.relay) {
        entries.push_back(&edge);
        members.push_back(edge.from);
        kinds.push_back(edge.kind);
        targets.push_back(edge.to);
      } else {
        targets.back() = edge.to;
      }
    }
    Anomaly anomaly{};
    anomaly.kind = shifted(classify(kinds), offset_of(kinds));
    if (implied(already, anomaly.kind)) return;
    for (const std::uint32_t member : members) note(member, kind_bit(anomaly.kind));
    std::vector<std::uint32_t> names;
    for (std::size_t i = 0; i < members.size(); ++i) {
      names.push_back(suspects_.names[members[i]]);
      anomaly.steps.push_back(
          teller_.step(names.back(), suspects_.names[targets[i]], kinds[i], entries[i]->key));
    }
    tell(std::move(anomaly), names);
  }

  void tell(Anomaly anomaly, const std::vector<std::uint32_t>& names) {
    if (findings_.listed_enough(anomaly.kind)) {
      std::vector<std::string> keys;
      for (const Step& step : anomaly.steps) {
        if (!step.key.empty()) keys.push_back(step.key);
      }
      findings_.add_unlisted(anomaly.kind, keys);
      return;
    }
    teller_.describe(anomaly, names);
    findings_.add(std::move(anomaly));
  }

  const Suspects& suspects_;
  const CycleTeller& teller_;
  Findings& findings_;
  std::vector<KindSet> reported_;  ///< of each vertex: kinds reported of it, and what they imply
  std::vector<KindSet> known_;     ///< the same of each cluster
  RelationSet present_ = 0;
};

}  // namespace

void report_cycles(const Suspects& suspects, const std::vector<KindSet>& reported,
                   const CycleTeller& teller, Findings& findings) {
  if (suspects.names.empty()) return;
  Reporter reporter(suspects, reported, teller, findings);
  for (const Variant& variant : kVariants) {
    for (const Level& level : kLevels) reporter.look(level, variant);
  }
}

}  // namespace witness
