#include "checker/models.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace witness {
namespace {

using enum AnomalyKind;
using enum TimeOrder;

constexpr std::string_view kAdya = "Adya 1999";
constexpr std::string_view kBailisBiswas = "Bailis et al. 2013, 2014; Biswas and Enea 2019";
constexpr std::string_view kBernstein = "Bernstein et al. 1987";
constexpr std::string_view kBiswas = "Biswas and Enea 2019";
constexpr std::string_view kCerone15 = "Cerone, Bernardi and Gotsman 2015";
constexpr std::string_view kCeroneBiswas =
    "Cerone, Bernardi and Gotsman 2015; Biswas and Enea 2019";
constexpr std::string_view kCerone18 = "Cerone and Gotsman 2018";
constexpr std::string_view kDaudjee = "Daudjee and Salem 2004, 2006";
constexpr std::string_view kElle = "Kingsbury and Alvaro 2020";
constexpr std::string_view kHerlihy = "Papadimitriou 1979; Herlihy and Wing 1990";
constexpr std::string_view kLamport = "Lamport 1979";
constexpr std::string_view kPapadimitriou = "Papadimitriou 1979";
constexpr std::string_view kLipton = "Lipton and Sandberg 1988; Brzezinski et al. 2004";
constexpr std::string_view kTerry = "Terry et al. 1994; Brzezinski et al. 2004";

enum Model : std::uint32_t {
  ru,
  rc,
  cs,
  mv,
  msr,
  mav,
  cv,
  fcv,
  us,
  ra,
  cerone,
  prefix,
  ua,
  psi,
  rr,
  si,
  vs,
  ser,
  ss_ru,
  s_ru,
  ss_rc,
  s_rc,
  mr,
  mw,
  ryw,
  wfr,
  pram,
  ss_mav,
  ss_ra,
  causal,
  ss_si,
  s_si,
  ss_ser,
  sequential,
  lin,
  strict,
};

template <typename... Models>
constexpr ModelSet all(Models... each) {
  return (ModelSet{0} | ... | (ModelSet{1} << each));
}

// clang-format off
constexpr std::array kTable = {
    ConsistencyModel{"read-uncommitted", "PL-1",
                     kinds(g0, duplicate_elements, cyclic_versions, garbage_read), 0, none, true, kAdya},
    ConsistencyModel{"read-committed", "PL-2", kinds(g1a, g1b, g1c), all(ru), none, true, kAdya},
    ConsistencyModel{"cursor-stability", "PL-CS", kinds(lost_update), all(rc), none, true, kAdya},
    ConsistencyModel{"monotonic-view", "PL-2L", 0, all(rc), none, false, kAdya},
    ConsistencyModel{"monotonic-snapshot-read", "PL-MSR", 0, all(rc), none, false, kAdya},
    ConsistencyModel{"monotonic-atomic-view", "MAV", kinds(non_monotonic_read), all(rc), none, true,
                     kBailisBiswas},
    ConsistencyModel{"consistent-view", "PL-2+", kinds(g_single), all(cs, mv), none, true, kAdya},
    ConsistencyModel{"forward-consistent-view", "PL-FCV", 0, all(cv), none, false, kAdya},
    ConsistencyModel{"update-serializable", "PL-3U", 0, all(fcv), none, false, kAdya},
    ConsistencyModel{"read-atomic", "RA", kinds(internal, g1a, future_read, fractured_read), all(mav),
                     none, true, kCeroneBiswas},
    ConsistencyModel{"causal-cerone", "", kinds(internal, g1a, causal_conflict), all(ra), none, true,
                     kCeroneBiswas},
    ConsistencyModel{"prefix", "prefix-consistency", kinds(internal, g1a), all(cerone), none, false,
                     kCerone15},
    ConsistencyModel{"update-atomic", "UA", kinds(lost_update), all(ra), none, false, kCerone15},
    ConsistencyModel{"parallel-snapshot-isolation", "PSI", kinds(g_single), all(cerone, ua), none, true,
                     kCerone18},
    ConsistencyModel{"repeatable-read", "PL-2.99", kinds(g2_item), all(cs, mav), none, true, kAdya},
    ConsistencyModel{"snapshot-isolation", "PL-SI SI", kinds(g_nonadjacent),
                     all(fcv, msr, mav, psi, prefix), none, true, kCerone18},
    ConsistencyModel{"view-serializable", "1SR", 0, 0, none, false, kBernstein},
    ConsistencyModel{"serializable", "PL-3", kinds(g2), all(rr, us, si, vs), none, true, kAdya},
    ConsistencyModel{"strong-session-read-uncommitted", "strong-session-PL-1", kinds(g0_process), all(ru),
                     session, true, kElle},
    ConsistencyModel{"strong-read-uncommitted", "strong-PL-1", kinds(g0_realtime), all(ss_ru), real_time,
                     true, kElle},
    ConsistencyModel{"strong-session-read-committed", "strong-session-PL-2", kinds(g1c_process),
                     all(rc, ss_ru), session, true, kElle},
    ConsistencyModel{"strong-read-committed", "strong-PL-2", kinds(g1c_realtime), all(ss_rc, s_ru),
                     real_time, true, kElle},
    ConsistencyModel{"monotonic-reads", "MR", kinds(n_mr), 0, session, true, kTerry},
    ConsistencyModel{"monotonic-writes", "MW", kinds(n_mw), 0, session, true, kTerry},
    ConsistencyModel{"read-your-writes", "RYW", kinds(myr), 0, session, true, kTerry},
    ConsistencyModel{"writes-follow-reads", "WFR", kinds(mrwd), 0, session, true, kTerry},
    ConsistencyModel{"PRAM", "pram", kinds(pram_conflict), all(mr, mw, ryw), session, true, kLipton},
    ConsistencyModel{"strong-session-monotonic-atomic-view", "strong-session-MAV",
                     kinds(non_monotonic_read_process), all(mav, ss_rc), session, true, kBiswas},
    ConsistencyModel{"strong-session-read-atomic", "strong-session-RA", kinds(fractured_read_process),
                     all(ra, ss_mav), session, true, kBiswas},
    ConsistencyModel{"causal", "causal-consistency TCC", kinds(causal_conflict_process),
                     all(cerone, wfr, pram, ss_ra), session, true, kBiswas},
    ConsistencyModel{"strong-session-snapshot-isolation", "strong-session-SI",
                     kinds(g_nonadjacent_process), all(si, causal), session, true, kDaudjee},
    ConsistencyModel{"strong-snapshot-isolation", "strong-SI", kinds(g_nonadjacent_realtime),
                     all(ss_si, s_rc), real_time, true, kDaudjee},
    ConsistencyModel{"strong-session-serializable", "strong-session-PL-3 session-serializable",
                     kinds(g2_process), all(ser, ss_si), session, true, kDaudjee},
    ConsistencyModel{"sequential", "sequential-consistency", kinds(nonsequential_read), all(wfr, pram),
                     session, false, kLamport},
    ConsistencyModel{"linearizable", "linearizability",
                     kinds(nonlinearizable, causal_reverse), all(sequential),
                     real_time, false, kHerlihy},
    ConsistencyModel{"strict-serializable", "PL-SS strong-serializable", kinds(g2_realtime),
                     all(ss_ser, s_si, lin), real_time, true, kPapadimitriou},
};
// clang-format on
static_assert(kTable.size() <= 64);

constexpr auto kImplied = [] {
  std::array<ModelSet, kTable.size()> closed{};
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    closed[i] = ModelSet{1} << i;
    for (std::size_t below = 0; below < i; ++below) {
      if ((kTable[i].implies >> below & 1U) != 0) closed[i] |= closed[below];
    }
  }
  return closed;
}();

constexpr bool in(ModelSet models, std::size_t model) { return (models >> model & 1U) != 0; }

/// Is `name` one of the words of `alias`?
bool has_word(std::string_view alias, std::string_view name) {
  while (!alias.empty()) {
    const std::size_t end = std::min(alias.find(' '), alias.size());
    if (alias.substr(0, end) == name) return true;
    alias.remove_prefix(std::min(end + 1, alias.size()));
  }
  return false;
}

}  // namespace

std::span<const ConsistencyModel> model_table() { return kTable; }

std::optional<std::size_t> model_by_name(std::string_view name) {
  const auto found = std::ranges::find_if(kTable, [&](const ConsistencyModel& model) {
    return model.name == name || has_word(model.alias, name);
  });
  if (found == kTable.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kTable.begin());
}

std::size_t session_form(std::size_t model) {
  constexpr std::array kForms = {std::pair{ru, ss_ru},      std::pair{rc, ss_mav},
                                 std::pair{mav, ss_mav},    std::pair{ra, ss_ra},
                                 std::pair{cerone, causal}, std::pair{si, ss_si},
                                 std::pair{ser, ss_ser}};
  const auto found = std::ranges::find(kForms, model, [](const auto& form) { return form.first; });
  return found == kForms.end() ? model : std::size_t{found->second};
}

KindSet forbidden_by(std::size_t model) {
  KindSet direct = 0;
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (in(kImplied[model], i)) direct |= kTable[i].forbids;
  }
  KindSet forbidden = 0;
  for (const AnomalyInfo& anomaly : anomaly_table()) {
    if ((implied_by(anomaly.kind) & direct) != 0) forbidden |= kind_bit(anomaly.kind);
  }
  return forbidden;
}

ModelVerdict judge_models(KindSet found, KindSet possible) {
  possible = still_possible(possible, found);
  ModelVerdict verdict;
  ModelSet& violated = verdict.ruled_out;
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    const KindSet forbidden = forbidden_by(i);
    if ((forbidden & found) != 0) {
      violated |= ModelSet{1} << i;
    } else if (kTable[i].decidable && (forbidden & possible) == 0) {
      verdict.holds |= kImplied[i];
    }
  }
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    const std::string name{kTable[i].name};
    if (in(violated, i)) {
      verdict.violated.push_back(name);
      const bool weakest = (kImplied[i] & violated) == ModelSet{1} << i;
      (weakest ? verdict.weakest_violated : verdict.also_violated).push_back(name);
    } else if (!in(verdict.holds, i)) {
      verdict.undecided.push_back(name);
    } else {
      bool surpassed = false;
      for (std::size_t above = i + 1; above < kTable.size(); ++above) {
        surpassed = surpassed || (in(verdict.holds, above) && in(kImplied[above], i));
      }
      if (!surpassed) verdict.strongest.push_back(name);
    }
  }
  return verdict;
}

std::optional<bool> holds(const ModelVerdict& verdict, std::size_t model) {
  if (in(verdict.ruled_out, model)) return false;
  if (in(verdict.holds, model)) return true;
  return std::nullopt;
}

}  // namespace witness
