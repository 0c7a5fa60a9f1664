#include "checker/anomalies.hpp"

#include <algorithm>

namespace witness {
namespace {

using enum AnomalyKind;

constexpr std::string_view kOurs = "witness";
constexpr std::string_view kAdya = "Adya 1999, Weak Consistency, ch. 3-4";
constexpr std::string_view kElle = "Kingsbury and Alvaro 2020, Elle, sec. 2-6";
constexpr std::string_view kCerone = "Cerone and Gotsman 2018, Analysing Snapshot Isolation";
constexpr std::string_view kCerone15 =
    "Cerone, Bernardi and Gotsman 2015, A Framework for Transactional Consistency Models";
constexpr std::string_view kBerenson = "Berenson et al. 1995, P4";
constexpr std::string_view kJepsen = "Kingsbury, Jepsen, its workload of that name";
constexpr std::string_view kKleppmann = "Kleppmann 2016, How to do distributed locking";
constexpr std::string_view kSovran = "Sovran et al. 2011, Transactional storage, sec. 3";
constexpr std::string_view kHerlihy = "Herlihy and Wing 1990, Linearizability";

constexpr std::string_view kBailis = "Bailis et al. 2013, Highly Available Transactions, app. A";
constexpr std::string_view kBiswas =
    "Biswas and Enea 2019, On the Complexity of Checking Transactional Consistency";

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
    AnomalyInfo{nonlinearizable, "nonlinearizable",
                "no order of the calls that respects real time explains what they returned",
                kHerlihy},
    AnomalyInfo{stale_token, "stale-token",
                "a lock was handed out with a token that is not above all earlier ones",
                kKleppmann},
    AnomalyInfo{lost_element, "lost-element",
                "what was acknowledged as added or enqueued never came out again", kJepsen},
    AnomalyInfo{unexpected_element, "unexpected-element",
                "something came out that nobody can have put in", kJepsen},
    AnomalyInfo{repeated_element, "repeated-element", "one element came out more than once",
                kJepsen},
    AnomalyInfo{stale_element, "stale-element",
                "a read missed what had been acknowledged or seen before it began", kJepsen},
    AnomalyInfo{counter_out_of_bounds, "counter-out-of-bounds",
                "a counter showed less than was surely added, or more than can have been", kJepsen},
    AnomalyInfo{wrong_total, "wrong-total", "a read of all accounts shows another sum of money",
                kJepsen},
    AnomalyInfo{negative_balance, "negative-balance", "an account went below zero", kJepsen},
    AnomalyInfo{unexpected_account, "unexpected-account",
                "a read shows an account too many, or one without a balance", kJepsen},
    AnomalyInfo{duplicate_id, "duplicate-id", "one identifier was given out twice", kJepsen},
    AnomalyInfo{long_fork, "long-fork", "two reads saw two writes in opposite orders", kSovran},
    AnomalyInfo{causal_reverse, "causal-reverse",
                "a write was visible while an acknowledged earlier one was not", kJepsen},
    AnomalyInfo{nonsequential_read, "nonsequential-read",
                "one client's later write was visible while its earlier one was not", kJepsen},
    AnomalyInfo{never_succeeded, "never-succeeded", "no operation of one kind ever succeeded",
                kJepsen},
    AnomalyInfo{g1a, "G1a", "a transaction read what an aborted one wrote", kAdya},
    AnomalyInfo{g1b, "G1b", "a transaction read what another one wrote and then replaced itself",
                kAdya},
    AnomalyInfo{garbage_read, "garbage-read", "a transaction read what nobody ever wrote", kElle},
    AnomalyInfo{internal, "internal", "a transaction's reads contradict its own reads and writes",
                kCerone15},
    AnomalyInfo{future_read, "future-read", "a transaction read what it wrote only later", kElle},
    AnomalyInfo{duplicate_elements, "duplicate-elements", "one write stands twice in a list",
                kElle},
    AnomalyInfo{incompatible_order, "incompatible-order",
                "two reads show the same key's history in different orders", kElle},
    AnomalyInfo{cyclic_versions, "cyclic-versions",
                "a key's versions follow each other in a circle", kElle},
    AnomalyInfo{dirty_update, "dirty-update",
                "a committed transaction built on what an aborted one wrote", kElle},
    AnomalyInfo{lost_update, "lost-update",
                "a transaction replaced a version that it had not read, having read an older one",
                kBerenson},
    AnomalyInfo{n_mr, "N-MR", "one client's later read saw an older version of a key", kBailis},
    AnomalyInfo{n_mw, "N-MW", "one client's writes took effect in another order", kBailis},
    AnomalyInfo{myr, "MYR", "a client's read missed what the client had written", kBailis},
    AnomalyInfo{mrwd, "MRWD", "a write comes before what its client had read", kBailis},
    AnomalyInfo{pram_conflict, "PRAM-conflict",
                "clients saw one client's writes in another order than it made them", kBailis},
    AnomalyInfo{non_monotonic_read, "non-monotonic-read",
                "a transaction saw a write of another one, then a version from before it", kBiswas},
    AnomalyInfo{fractured_read, "fractured-read",
                "a transaction saw one write of another one and missed another of its writes",
                kBiswas},
    AnomalyInfo{causal_conflict, "causal-conflict",
                "a transaction missed a write that what it saw depends on", kBiswas},
    AnomalyInfo{non_monotonic_read_process, "non-monotonic-read-process",
                "non-monotonic-read that needs the order of one client", kBiswas},
    AnomalyInfo{fractured_read_process, "fractured-read-process",
                "fractured-read that needs the order of one client", kBiswas},
    AnomalyInfo{causal_conflict_process, "causal-conflict-process",
                "causal-conflict that needs the order of one client", kBiswas},
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
// overwritten by it. Of two orders of one list at most one was committed, and what stands on an
// aborted version is aborted with it. A refusal before the last taker began read from the future.
//
// Weak kinds are cycles of reads-from (and session order) and of inferred edges: t2 before t1,
// where t3 read x from t1, t2 wrote x too, and t3 depends on t2. Take any order of x's versions.
// Where all these edges agree with it, the cycle is one of ww and wr, a G1c. Where one does not, t1
// comes first, and t3, which missed what replaced its version, comes before t2: with the way from
// t2 to t3 that is a cycle with one stale read. Both break all that forbids the one. Whatever a
// session guarantee forbids is a cycle of the same edges between single operations.
constexpr std::array kImplications = {
    Implication{lost_update, g_single_item},
    Implication{n_mr, pram_conflict},
    Implication{n_mw, pram_conflict},
    Implication{myr, pram_conflict},
    Implication{mrwd, causal_conflict_process},
    Implication{pram_conflict, causal_conflict_process},
    Implication{non_monotonic_read, fractured_read},
    Implication{non_monotonic_read, non_monotonic_read_process},
    Implication{fractured_read, causal_conflict},
    Implication{fractured_read, fractured_read_process},
    Implication{causal_conflict, g_single_item},
    Implication{causal_conflict, causal_conflict_process},
    Implication{non_monotonic_read_process, fractured_read_process},
    Implication{fractured_read_process, causal_conflict_process},
    Implication{causal_conflict_process, g_single_item_process},
    Implication{incompatible_order, g1a},
    Implication{dirty_update, g1a},
    Implication{future_read, g1c},
    Implication{early_rejection, g1c_realtime},
    Implication{long_fork, g_nonadjacent_item},
    Implication{stale_token, nonlinearizable},
    Implication{stale_element, nonlinearizable},
    Implication{counter_out_of_bounds, nonlinearizable},
    Implication{g0, g1c},
    Implication{g_single_item, g_single},
    Implication{g_single_item, g_nonadjacent_item},
    Implication{g_single, g_nonadjacent},
    Implication{g_nonadjacent_item, g_nonadjacent},
    Implication{g_nonadjacent_item, g2_item},
    Implication{g_nonadjacent, g2},
    Implication{g2_item, g2},
};

constexpr bool is_plain_cycle(AnomalyKind kind) { return kind >= g0 && kind <= g2; }

constexpr std::array<KindSet, kAnomalyKinds> close_implications() {
  std::array<KindSet, kAnomalyKinds> means{};
  const auto at = [](AnomalyKind kind) { return static_cast<std::size_t>(kind); };
  for (const AnomalyInfo& anomaly : kTable) {
    means[at(anomaly.kind)] |= kind_bit(anomaly.kind);
    if (anomaly.kind >= g0 && at(anomaly.kind) + kProcessOffset < kAnomalyKinds) {
      means[at(anomaly.kind)] |= KindSet{1} << (at(anomaly.kind) + kProcessOffset);
    }
  }
  for (const auto& [found, weaker] : kImplications) {
    means[at(found)] |= kind_bit(weaker);
    if (!is_plain_cycle(found)) continue;
    for (int variant = 1; variant <= 2; ++variant) {
      const auto shift = static_cast<std::size_t>(variant * kProcessOffset);
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

std::string_view harm(AnomalyKind kind) {
  const auto position = static_cast<unsigned>(kind);
  const auto first = static_cast<unsigned>(g0);
  const auto plain = position < first
                         ? kind
                         : static_cast<AnomalyKind>(first + (position - first) % kProcessOffset);
  switch (plain) {
    case g1a:
      return "Somebody acted on data that officially never existed.";
    case g1b:
      return "Somebody acted on a value that was never meant to be seen.";
    case garbage_read:
      return "The database made up data.";
    case nonlinearizable:
      return "Somebody saw a state that one object, working one call at a time, was never in.";
    case stale_token:
      return "The holder of an expired lock can still write over its successor.";
    case lost_element:
      return "Acknowledged data is gone.";
    case unexpected_element:
      return "The database made up data, or kept what it had refused.";
    case repeated_element:
      return "One piece of work is done twice.";
    case stale_element:
      return "Somebody did not see what had been acknowledged before they asked.";
    case counter_out_of_bounds:
      return "Increments were lost, or counted twice.";
    case wrong_total:
      return "Money appeared or vanished.";
    case negative_balance:
      return "More money was spent than there was.";
    case unexpected_account:
      return "A snapshot of all accounts is not one.";
    case duplicate_id:
      return "Two things have the same name.";
    case long_fork:
      return "Two clients saw the past in different orders: no snapshot contains what they saw.";
    case causal_reverse:
      return "An answer was visible before its question.";
    case nonsequential_read:
      return "What one client did in order was seen out of order.";
    case internal:
      return "Inside one transaction the data changed under its hands.";
    case future_read:
      return "A transaction saw its own writes before it made them.";
    case duplicate_elements:
      return "One write took effect twice.";
    case incompatible_order:
      return "Two clients saw different pasts: what one of them saw was lost or reordered.";
    case cyclic_versions:
      return "A key went back to a value that had been replaced.";
    case dirty_update:
      return "Data of a transaction that was rolled back lives on in committed data.";
    case lost_update:
      return "Somebody's committed change was overwritten by one who had not seen it.";
    case n_mr:
      return "A client went back in time between two of its reads.";
    case n_mw:
      return "A client's newer write is hidden by its older one.";
    case myr:
      return "A client did not see its own write.";
    case mrwd:
      return "An answer can be seen without what it answers.";
    case pram_conflict:
      return "Clients disagree on the order in which one of them wrote.";
    case non_monotonic_read:
    case non_monotonic_read_process:
      return "A transaction went back in time while it ran.";
    case fractured_read:
    case fractured_read_process:
      return "A transaction saw half of another one's change.";
    case causal_conflict:
    case causal_conflict_process:
      return "Somebody saw a consequence without its cause.";
    case g0:
      return "The writes of transactions are mixed: half of each one survives.";
    case g1c:
      return "Transactions saw each other's writes in a circle: none of them can have been first.";
    case g_single_item:
    case g_single:
      return "A transaction saw one part of another one's change and missed another part of it.";
    case g_nonadjacent_item:
    case g_nonadjacent:
      return "Transactions saw the past in different orders: no snapshot contains what they saw.";
    case g2_item:
    case g2:
      return "Transactions decided on data that the others were changing: together they can break "
             "a rule that each of them kept (write skew).";
    default:
      return {};
  }
}

std::span<const AnomalyGroup> anomaly_groups() {
  static constexpr std::array kGroups = {AnomalyGroup{"G1", kinds(g1a, g1b, g1c)}};
  return kGroups;
}

std::optional<AnomalyKind> anomaly_by_label(std::string_view text) {
  const auto found = std::ranges::find(kTable, text, &AnomalyInfo::label);
  if (found == kTable.end()) return std::nullopt;
  return found->kind;
}

KindSet implied_by(AnomalyKind kind) { return kMeans[static_cast<std::size_t>(kind)]; }

KindSet excluded_by(KindSet absent, KindSet found) {
  constexpr KindSet kElsewhere = kinds(g1a, g1b, garbage_read, internal, future_read, g1c_process);
  KindSet excluded = 0;
  for (const AnomalyInfo& info : kTable) {
    KindSet means = implied_by(info.kind);
    if ((kind_bit(info.kind) & kSessionKinds) != 0 && (found & kElsewhere) != 0)
      means &= kSessionKinds;
    if ((means & absent) != 0) excluded |= kind_bit(info.kind);
  }
  return excluded & kWeakKinds;
}

KindSet still_possible(KindSet possible, KindSet found) {
  KindSet absent = ~(possible | found);
  // Where time is needed, one cycle without two stale reads in a row is shown, and not searched
  // for one that has a single stale read.
  for (const unsigned offset : {kProcessOffset, kRealtimeOffset}) {
    const KindSet shown = kinds(g_nonadjacent_item, g_nonadjacent) << offset;
    if ((found & shown) != 0) absent &= ~(kinds(g_single_item, g_single) << offset);
  }
  return possible & ~excluded_by(absent, found);
}

}  // namespace witness
