#include "checker/anomalies.hpp"

#include <algorithm>

namespace witness {
namespace {

using enum AnomalyKind;

constexpr std::string_view kOurs = "witness";
constexpr std::string_view kAdya = "Adya 1999, Weak Consistency, ch. 3-4";
constexpr std::string_view kElle = "Kingsbury and Alvaro 2020, Elle, sec. 2-6";
constexpr std::string_view kCerone = "Cerone and Gotsman 2018, Analysing Snapshot Isolation";
constexpr std::string_view kBerenson = "Berenson et al. 1995, P4";
constexpr std::string_view kHerlihy = "Herlihy and Wing 1990, Linearizability";

constexpr std::array kTable = {
    AnomalyInfo{double_acquisition, "double-acquisition",
                "one thing that can be held once is held by several", kOurs},
    AnomalyInfo{oversell, "oversell", "more units were acquired than there were", kOurs},
    AnomalyInfo{undersell, "undersell",
                "units are gone, or were refused as gone, that nobody holds", kOurs},
    AnomalyInfo{negative_stock, "negative-stock", "a stock went below zero", kOurs},
    AnomalyInfo{unknown_holder, "unknown-holder",
                "the ledger holds a row that no attempt of this history wrote", kOurs},
    AnomalyInfo{hidden_by_convergence, "hidden-by-convergence",
                "the application's table does not show what the ledger holds", kOurs},
    AnomalyInfo{lost_acquisition, "lost-acquisition",
                "a client was told that it holds what the database does not have", kOurs},
    AnomalyInfo{phantom_acquisition, "phantom-acquisition",
                "a client was told no, and the database holds its acquisition", kOurs},
    AnomalyInfo{double_apply, "double-apply", "two attempts of one operation committed", kOurs},
    AnomalyInfo{early_rejection, "early-rejection",
                "somebody was told that all is taken before the last taker had begun", kHerlihy},
    AnomalyInfo{g1a, "G1a", "a transaction read what an aborted one wrote", kAdya},
    AnomalyInfo{garbage_read, "garbage-read", "a transaction read what nobody ever wrote", kElle},
    AnomalyInfo{lost_update, "lost-update",
                "two transactions read one version and both replaced it", kBerenson},
    AnomalyInfo{g0, "G0", "a cycle of overwrites", kAdya},
    AnomalyInfo{g1c, "G1c", "a cycle of overwrites and reads of what was written", kAdya},
    AnomalyInfo{g_single_item, "G-single-item",
                "a cycle with exactly one read of a version that was replaced", kAdya},
    AnomalyInfo{g_single, "G-single",
                "a cycle with exactly one stale read, and it is of a predicate", kAdya},
    AnomalyInfo{g_nonadjacent_item, "G-nonadjacent-item",
                "a cycle with stale reads, no two of them in a row", kCerone},
    AnomalyInfo{g_nonadjacent, "G-nonadjacent",
                "a cycle with stale reads, predicates too, no two of them in a row", kCerone},
    AnomalyInfo{g2_item, "G2-item", "a cycle with stale reads in a row (write skew)", kAdya},
    AnomalyInfo{g2, "G2", "a cycle with stale reads in a row, predicates too (write skew)", kAdya},
    AnomalyInfo{g0_process, "G0-process", "G0 that needs the order of one client", kElle},
    AnomalyInfo{g1c_process, "G1c-process", "G1c that needs the order of one client", kElle},
    AnomalyInfo{g_single_item_process, "G-single-item-process",
                "G-single-item that needs the order of one client", kElle},
    AnomalyInfo{g_single_process, "G-single-process", "G-single that needs the order of one client",
                kElle},
    AnomalyInfo{g_nonadjacent_item_process, "G-nonadjacent-item-process",
                "G-nonadjacent-item that needs the order of one client", kElle},
    AnomalyInfo{g_nonadjacent_process, "G-nonadjacent-process",
                "G-nonadjacent that needs the order of one client", kElle},
    AnomalyInfo{g2_item_process, "G2-item-process", "G2-item that needs the order of one client",
                kElle},
    AnomalyInfo{g2_process, "G2-process", "G2 that needs the order of one client", kElle},
    AnomalyInfo{g0_realtime, "G0-realtime", "G0 that needs the order of real time", kElle},
    AnomalyInfo{g1c_realtime, "G1c-realtime", "G1c that needs the order of real time", kElle},
    AnomalyInfo{g_single_item_realtime, "G-single-item-realtime",
                "G-single-item that needs the order of real time", kElle},
    AnomalyInfo{g_single_realtime, "G-single-realtime",
                "G-single that needs the order of real time", kElle},
    AnomalyInfo{g_nonadjacent_item_realtime, "G-nonadjacent-item-realtime",
                "G-nonadjacent-item that needs the order of real time", kElle},
    AnomalyInfo{g_nonadjacent_realtime, "G-nonadjacent-realtime",
                "G-nonadjacent that needs the order of real time", kElle},
    AnomalyInfo{g2_item_realtime, "G2-item-realtime", "G2-item that needs the order of real time",
                kElle},
    AnomalyInfo{g2_realtime, "G2-realtime", "G2 that needs the order of real time", kElle},
};
static_assert(kTable.size() == kAnomalyKinds);
static_assert([] {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].kind) != i) return false;
  }
  return true;
}());

struct Implication {
  AnomalyKind found;
  AnomalyKind means;
};

// A cycle of fewer relations is also a cycle of more. A lost update is a G-single-item
// whichever of the two versions came first: one overwrote what the other had read, and was
// overwritten by it. A refusal before the last taker began read from the future.
constexpr std::array kImplications = {
    Implication{lost_update, g_single_item},
    Implication{early_rejection, g1c_realtime},
    Implication{g0, g1c},
    Implication{g_single_item, g_single},
    Implication{g_single_item, g_nonadjacent_item},
    Implication{g_single, g_nonadjacent},
    Implication{g_nonadjacent_item, g_nonadjacent},
    Implication{g_nonadjacent_item, g2_item},
    Implication{g_nonadjacent, g2},
    Implication{g2_item, g2},
};

constexpr int kCycleKinds = 8;  // g0 … g2, then the same with process, then with realtime

constexpr bool is_plain_cycle(AnomalyKind kind) { return kind >= g0 && kind <= g2; }

constexpr std::array<KindSet, kAnomalyKinds> close_implications() {
  std::array<KindSet, kAnomalyKinds> means{};
  const auto at = [](AnomalyKind kind) { return static_cast<std::size_t>(kind); };
  for (const AnomalyInfo& anomaly : kTable) {
    means[at(anomaly.kind)] |= kind_bit(anomaly.kind);
    if (anomaly.kind >= g0 && at(anomaly.kind) + kCycleKinds < kAnomalyKinds) {
      means[at(anomaly.kind)] |= KindSet{1} << (at(anomaly.kind) + kCycleKinds);
    }
  }
  for (const auto& [found, weaker] : kImplications) {
    means[at(found)] |= kind_bit(weaker);
    if (!is_plain_cycle(found)) continue;
    for (int variant = 1; variant <= 2; ++variant) {
      const auto shift = static_cast<std::size_t>(variant * kCycleKinds);
      means[at(found) + shift] |= KindSet{1} << (at(weaker) + shift);
    }
  }
  for (std::size_t middle = 0; middle < kAnomalyKinds; ++middle) {
    for (auto& set : means) {
      if ((set >> middle & 1U) != 0) set |= means[middle];
    }
  }
  return means;
}
constexpr auto kMeans = close_implications();

}  // namespace

std::span<const AnomalyInfo> anomaly_table() { return kTable; }

std::string_view label(AnomalyKind kind) { return kTable[static_cast<std::size_t>(kind)].label; }

std::optional<AnomalyKind> anomaly_by_label(std::string_view text) {
  const auto found = std::ranges::find(kTable, text, &AnomalyInfo::label);
  if (found == kTable.end()) return std::nullopt;
  return found->kind;
}

KindSet implied_by(AnomalyKind kind) { return kMeans[static_cast<std::size_t>(kind)]; }

}  // namespace witness
