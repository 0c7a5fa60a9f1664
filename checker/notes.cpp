#include "checker/notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checker/words.hpp"

namespace witness {
namespace {

/// What a level, in the server's own words, leaves open.
struct IsolationNote {
  std::string_view level;
  std::string_view meaning;
};
constexpr std::array kIsolationNotes = {
    IsolationNote{
        "read uncommitted",
        "in PostgreSQL this is read committed: it says nothing of transactions that read, "
        "decide and write without a guard"},
    IsolationNote{"read committed",
                  "it says nothing of other transactions at this level, where reads that are "
                  "followed by unguarded writes lose updates"},
    IsolationNote{"repeatable read",
                  "in PostgreSQL and Aurora DSQL this is snapshot isolation: it says nothing of "
                  "transactions that read one key and write another, which may skew"},
    IsolationNote{"snapshot",
                  "it says nothing of transactions that read one key and write another, which may "
                  "skew"},
    IsolationNote{
        "serializable",
        "that level promises a serial order for all transactions, and promises nothing of real "
        "time"},
};

bool single_key(const History& history) {
  return std::ranges::all_of(history.attempts, [&](const Attempt& attempt) {
    const auto ops = history.micro_ops_of(attempt);
    return std::ranges::all_of(ops, [&](const MicroOp& op) { return op.key == ops[0].key; });
  });
}

std::string isolation_note(const History& history, const TargetInfo& target) {
  const std::string where = target.server.empty() ? target.name : target.server;
  const auto known = std::ranges::find(kIsolationNotes, target.isolation, &IsolationNote::level);
  const bool says_more = known != kIsolationNotes.end();
  return fmt::format("isolation: {} ran at {}; what is shown is shown for these {}transactions{}{}",
                     where.empty() ? "the database" : where,
                     target.isolation.empty() ? "a level that nobody recorded" : target.isolation,
                     single_key(history) ? "single-key " : "", says_more ? "; " : "",
                     says_more ? known->meaning : std::string_view{});
}

void add_isolation(const History& history, std::vector<std::string>& notes) {
  for (const TargetInfo& target : history.header.targets) {
    std::string note = isolation_note(history, target);
    if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
  }
  if (history.header.targets.empty()) notes.push_back(isolation_note(history, TargetInfo{}));
}

void add_damage(const History& history, std::vector<std::string>& notes) {
  if (!history.damage.cut) return;
  const auto open = static_cast<std::uint64_t>(std::ranges::count_if(
      history.operations, [](const Operation& operation) { return !operation.completed; }));
  notes.push_back(fmt::format(
      "the file was cut: it has no end line{}; {} open",
      history.damage.dropped_bytes == 0
          ? std::string{}
          : fmt::format(", and {} of line {} were dropped",
                        plural(history.damage.dropped_bytes, "byte"), history.damage.dropped_line),
      open == 1 ? "1 operation stays" : fmt::format("{} operations stay", open)));
}

void add_ledger(const Case& judged, std::vector<std::string>& notes) {
  if (!judged.ledger_read) {
    notes.emplace_back("no ledger was read: who holds what is judged by what clients were told");
  } else if (judged.history.ledger_state != LedgerState::complete) {
    notes.emplace_back(
        "the ledger was read only in part: attempts without a row in it are judged by what their "
        "clients were told");
  }
}

void add_unresolved(const Case& judged, std::vector<std::string>& notes) {
  std::uint64_t writers = judged.resolution.open_acquisitions.size();
  std::uint64_t observed = 0;
  for (const Fate& fate : judged.resolution.fates) {
    if (fate.outcome == Outcome::unresolved && fate.acquires) ++writers;
    if (fate.observed) ++observed;
  }
  if (writers == 0) return;
  std::string note =
      fmt::format("{} unresolved: nobody knows whether {} committed",
                  writers == 1 ? "1 attempt is" : fmt::format("{} attempts are", writers),
                  writers == 1 ? "it" : "they");
  if (observed != 0) {
    note += fmt::format("; {} read by a committed transaction, and stand in the graph as committed",
                        observed == 1 ? "1 was" : fmt::format("{} were", observed));
  }
  notes.push_back(std::move(note));
}

}  // namespace

std::vector<std::string> notes_on(const Case& judged, const Counts& counts) {
  std::vector<std::string> notes;
  add_isolation(judged.history, notes);
  add_damage(judged.history, notes);
  add_ledger(judged, notes);
  add_unresolved(judged, notes);
  notes.push_back(fmt::format(
      "exercised: {} met another one in time on the same key; {} found",
      plural(counts.overlaps, "transaction"),
      counts.edges == 1 ? "1 dependency was" : fmt::format("{} dependencies were", counts.edges)));
  return notes;
}

std::vector<std::string> not_checked_in(const Case& judged, const Accesses& accesses) {
  std::vector<std::string> gaps;
  if (accesses.counts.empty()) {
    gaps.emplace_back("predicate reads: no transaction of this history makes any");
  }
  if (single_key(judged.history)) {
    gaps.emplace_back("transactions over several keys: there are none in this history");
  }
  if (judged.rules.values == ValueShape::amount) {
    if (const std::string why = why_no_stock_compared(judged); !why.empty()) {
      gaps.push_back("stock-conserved: " + why);
    }
  }
  if (!judged.ledger_read) {
    gaps.emplace_back("what is committed: no ledger was read");
  }
  return gaps;
}

}  // namespace witness
