#include "checker/models.hpp"

#include <algorithm>
#include <array>

namespace witness {
namespace {

using enum AnomalyKind;

constexpr std::string_view kAdya = "Adya 1999";
constexpr std::string_view kCerone = "Cerone and Gotsman 2018";
constexpr std::string_view kDaudjee = "Daudjee and Salem 2004, 2006";
constexpr std::string_view kHerlihy = "Papadimitriou 1979; Herlihy and Wing 1990";

enum Model : std::uint32_t { ru, rc, rr, si, ser, ss_si, ss_ser, strong_si, strict };

template <typename... Models>
constexpr std::uint32_t all(Models... each) {
  return (0U | ... | (1U << each));
}

// clang-format off
constexpr std::array kTable = {
    ConsistencyModel{"read-uncommitted", "PL-1", kinds(g0, garbage_read), 0, false, kAdya},
    ConsistencyModel{"read-committed", "PL-2", kinds(g1a, g1c), all(ru), false, kAdya},
    ConsistencyModel{"repeatable-read", "PL-2.99", kinds(g2_item), all(rc), false, kAdya},
    ConsistencyModel{"snapshot-isolation", "PL-SI", kinds(g_nonadjacent), all(rc), false, kCerone},
    ConsistencyModel{"serializable", "PL-3", kinds(g2), all(rr, si), false, kAdya},
    ConsistencyModel{"strong-session-snapshot-isolation", "strong-session-SI",
                     kinds(g1c_process, g_nonadjacent_process), all(si), false, kDaudjee},
    ConsistencyModel{"strong-session-serializable", "strong-session-PL-3",
                     kinds(g2_process), all(ser, ss_si), false, kDaudjee},
    ConsistencyModel{"strong-snapshot-isolation", "strong-SI",
                     kinds(g1c_realtime, g_nonadjacent_realtime), all(ss_si), true, kDaudjee},
    ConsistencyModel{"strict-serializable", "PL-SS", kinds(g2_realtime), all(ss_ser, strong_si),
                     true, kHerlihy},
};
// clang-format on

constexpr auto kImplied = [] {
  std::array<std::uint32_t, kTable.size()> closed{};
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    closed[i] = 1U << i;
    for (std::size_t below = 0; below < i; ++below) {
      if ((kTable[i].implies >> below & 1U) != 0) closed[i] |= closed[below];
    }
  }
  return closed;
}();

}  // namespace

std::span<const ConsistencyModel> model_table() { return kTable; }

std::optional<std::size_t> model_by_name(std::string_view name) {
  const auto found = std::ranges::find_if(kTable, [&](const ConsistencyModel& model) {
    return model.name == name || model.alias == name;
  });
  if (found == kTable.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kTable.begin());
}

KindSet forbidden_by(std::size_t model) {
  KindSet direct = 0;
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if ((kImplied[model] >> i & 1U) != 0) direct |= kTable[i].forbids;
  }
  KindSet forbidden = 0;
  for (const AnomalyInfo& anomaly : anomaly_table()) {
    if ((implied_by(anomaly.kind) & direct) != 0) forbidden |= kind_bit(anomaly.kind);
  }
  return forbidden;
}

bool covers(AnomalyKind other, AnomalyKind kind) {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    const KindSet forbidden = forbidden_by(i);
    if ((forbidden & kind_bit(kind)) != 0 && (forbidden & kind_bit(other)) == 0) return false;
  }
  return true;
}

ModelVerdict judge_models(KindSet found) {
  ModelVerdict verdict;
  std::uint32_t standing = 0;
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if ((forbidden_by(i) & found) != 0) {
      verdict.violated.emplace_back(kTable[i].name);
    } else {
      standing |= 1U << i;
    }
  }
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if ((standing >> i & 1U) == 0) continue;
    bool surpassed = false;
    for (std::size_t above = i + 1; above < kTable.size(); ++above) {
      surpassed = surpassed || ((standing >> above & 1U) != 0 && (kImplied[above] >> i & 1U) != 0);
    }
    if (!surpassed) verdict.strongest.emplace_back(kTable[i].name);
  }
  return verdict;
}

}  // namespace witness
