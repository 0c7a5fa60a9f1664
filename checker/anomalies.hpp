/// Every anomaly that this checker can name: one line each, read by the judge, by
/// `witness list anomalies`, by the reports and by the tests.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "witness/verdict.hpp"

namespace witness {

/// `label` is what users see (the literature's name); `meaning` is one line.
struct AnomalyInfo {
  AnomalyKind kind;
  std::string_view label;
  std::string_view meaning;
  std::string_view source;
};

inline constexpr std::size_t kAnomalyKinds = static_cast<std::size_t>(AnomalyKind::g2_realtime) + 1;

/// A set of anomaly kinds, one bit each.
__extension__ using KindSet = unsigned __int128;
static_assert(kAnomalyKinds <= 128);

constexpr KindSet kind_bit(AnomalyKind kind) { return KindSet{1} << static_cast<unsigned>(kind); }

template <typename... Kinds>
constexpr KindSet kinds(Kinds... each) {
  return (KindSet{0} | ... | kind_bit(each));
}

/// In the order of AnomalyKind, so that a kind is its own position.
std::span<const AnomalyInfo> anomaly_table();

std::string_view label(AnomalyKind kind);

/// What it does to the people who use the database: one plain sentence. Empty where `meaning` says
/// it all.
std::string_view harm(AnomalyKind kind);

std::optional<AnomalyKind> anomaly_by_label(std::string_view label);

/// Kinds that the literature calls by one name: one line each.
struct AnomalyGroup {
  std::string_view label;
  KindSet kinds;
};
std::span<const AnomalyGroup> anomaly_groups();

/// How far the kinds of cycles that need session order, or real time, stand behind the plain ones.
inline constexpr unsigned kProcessOffset =
    static_cast<unsigned>(AnomalyKind::g0_process) - static_cast<unsigned>(AnomalyKind::g0);
inline constexpr unsigned kRealtimeOffset = 2 * kProcessOffset;
static_assert(static_cast<unsigned>(AnomalyKind::g0) + kRealtimeOffset ==
              static_cast<unsigned>(AnomalyKind::g0_realtime));

/// What breaks the guarantees of single operations in a session.
inline constexpr KindSet kSessionKinds =
    kinds(AnomalyKind::n_mr, AnomalyKind::n_mw, AnomalyKind::myr, AnomalyKind::mrwd,
          AnomalyKind::pram_conflict);

/// What the levels below snapshot isolation forbid of registers, whatever order of versions is
/// assumed: checker/registers/ looks for these, nobody else does.
inline constexpr KindSet kWeakKinds =
    kinds(AnomalyKind::n_mr, AnomalyKind::n_mw, AnomalyKind::myr, AnomalyKind::mrwd,
          AnomalyKind::pram_conflict, AnomalyKind::non_monotonic_read, AnomalyKind::fractured_read,
          AnomalyKind::causal_conflict, AnomalyKind::non_monotonic_read_process,
          AnomalyKind::fractured_read_process, AnomalyKind::causal_conflict_process);

/// A plain cycle's kind, moved by one of these.
constexpr AnomalyKind shifted(AnomalyKind kind, unsigned offset) {
  return static_cast<AnomalyKind>(static_cast<unsigned>(kind) + offset);
}

/// The kinds that are found whenever `kind` is: every G-single is a G2, every G2 is a
/// G2-process, … Reflexive and transitive.
KindSet implied_by(AnomalyKind kind);

/// The weak kinds that cannot be there because they imply one of those that are `absent`. Of single
/// operations little follows where transactions contradict themselves or saw dirty data: what
/// breaks a session's guarantee may be inside of one transaction.
KindSet excluded_by(KindSet absent, KindSet found);

/// `possible` without the weak kinds that imply something that is neither possible nor found.
KindSet still_possible(KindSet possible, KindSet found);

}  // namespace witness
