#include "checker/transactions/story.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/registers/patterns.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

constexpr std::size_t kElementsMost = 12;   ///< of a list that is shown
constexpr std::size_t kPairsMost = 10'000;  ///< of micro-operations that are looked at
constexpr std::size_t kOpsMost = 12;        ///< of a transaction that is shown

bool writes(const TxnOp& op) { return op.kind != TxnOpKind::read; }

}  // namespace

Story::Story(const History& history) : strings_(history.strings), history_(*history.transactions) {}

std::string Story::name(std::uint32_t transaction) const {
  return fmt::format("operation {}", history_.transactions[transaction].index);
}

std::string Story::key(std::uint32_t key) const { return shown(history_.keys[key], strings_); }

std::string Story::value(Datum datum) const { return shown(datum, strings_); }

/// What a read saw; of a long list its end.
std::string Story::state(const TxnOp& op) const {
  if (history_.datatype == Datatype::rw_register) return value(op.value());
  const auto elements = history_.elements(op.list());
  const std::size_t skipped = elements.size() > kElementsMost ? elements.size() - kElementsMost : 0;
  std::string text = skipped > 0 ? "[…" : "[";
  for (std::size_t i = skipped; i < elements.size(); ++i) {
    text += fmt::format("{}{}", text.size() > 1 ? " " : "", value(elements[i]));
  }
  return text + "]";
}

std::string Story::told(std::uint32_t transaction, const TxnOp& op) const {
  const std::string_view verb = kTxnOpNames[static_cast<std::size_t>(op.kind)];
  if (op.kind != TxnOpKind::read)
    return fmt::format("{} {} {}", verb, key(op.key), value(op.value()));
  if (!history_.transactions[transaction].reads_known)
    return fmt::format("{} {} ?", verb, key(op.key));
  return fmt::format("{} {} {}", verb, key(op.key), state(op));
}

Participant Story::participant(std::uint32_t transaction) const {
  const Transaction& self = history_.transactions[transaction];
  const auto ops = history_.ops_of(transaction);
  const std::int64_t process = history_.processes[self.process];
  std::string text = process < 0 ? std::string{} : fmt::format("process {}: ", process);
  for (std::size_t i = 0; i < std::min(ops.size(), kOpsMost); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", told(transaction, ops[i]));
  }
  if (ops.size() > kOpsMost) text += fmt::format(" and {} more", ops.size() - kOpsMost);
  if (self.told == Completion::fail) text += " (told fail)";
  if (self.told == Completion::info) text += " (told nothing)";
  return {self.index, text};
}

/// Where an appended element stands in the longest read of its key; kNoPosition if nobody saw it.
std::uint32_t Story::place_of(const TxnOp& write) const {
  const std::uint32_t list = history_.longest[write.key];
  if (list == kNoPosition) return kNoPosition;
  const auto& elements = history_.lists[list].elements;
  const auto found = std::ranges::find(elements, write.value());
  return found == elements.end() ? kNoPosition
                                 : static_cast<std::uint32_t>(found - elements.begin());
}

/// Calls use(first, second) for micro-operations of two transactions on one key, until it gives
/// false or too many were seen: an explanation must not cost more than the verdict.
template <typename Use>
void Story::for_pairs(std::uint32_t from, std::uint32_t to, Use use) const {
  std::vector<const TxnOp*> second;
  for (const TxnOp& op : history_.ops_of(to)) second.push_back(&op);
  std::ranges::stable_sort(second, {}, &TxnOp::key);
  std::size_t left = kPairsMost;
  for (const TxnOp& first : history_.ops_of(from)) {
    auto place = std::ranges::lower_bound(second, first.key, {}, &TxnOp::key);
    for (; place != second.end() && (*place)->key == first.key; ++place) {
      if (left-- == 0 || !use(first, **place)) return;
    }
  }
}

/// The writes of two transactions to one key that stand closest behind each other.
Story::Change Story::replaced(std::uint32_t from, std::uint32_t to) const {
  Change best;
  std::uint32_t distance = kNoPosition;
  const bool lists = history_.datatype == Datatype::list_append;
  for_pairs(from, to, [&](const TxnOp& first, const TxnOp& second) {
    if (!writes(first) || !writes(second)) return true;
    const std::uint32_t place = lists ? place_of(first) : 0;
    const std::uint32_t later = lists ? place_of(second) : 1;
    if (place == kNoPosition || later <= place || later - place >= distance) return true;
    distance = later - place;
    best = {first.key, &first, &second};
    return distance > 1;
  });
  return best;
}

/// A read of the second transaction that shows a write of the first one.
Story::Change Story::seen(std::uint32_t from, std::uint32_t to) const {
  Change best;
  for_pairs(from, to, [&](const TxnOp& first, const TxnOp& second) {
    if (!writes(first) || writes(second)) return true;
    if (history_.datatype == Datatype::rw_register) {
      if (second.value() != first.value()) return true;
      best = {first.key, &first, &second};
      return false;
    }
    const auto elements = history_.elements(second.list());
    const bool last = !elements.empty() && elements.back() == first.value();
    if (last || std::ranges::find(elements, first.value()) != elements.end()) {
      best = {first.key, &first, &second};
    }
    return !last;
  });
  return best;
}

/// A read of the first transaction that lacks a write of the second one, the next one if possible.
Story::Change Story::missed(std::uint32_t from, std::uint32_t to) const {
  if (history_.datatype == Datatype::rw_register) return missed_in_register(from, to);
  Change best;
  std::uint32_t nearest = kNoPosition;
  for_pairs(from, to, [&](const TxnOp& first, const TxnOp& second) {
    if (writes(first) || !writes(second)) return true;
    const auto elements = history_.elements(first.list());
    const std::uint32_t place = place_of(second);
    if (place < elements.size() || (best.after != nullptr && place >= nearest)) return true;
    if (std::ranges::find(elements, second.value()) != elements.end()) return true;
    nearest = place;
    best = {first.key, &first, &second};
    return place > elements.size();
  });
  return best;
}

/// The same of a register: the second one wrote over the initial value, or over what it had read
/// itself; else an assumed order says so.
Story::Change Story::missed_in_register(std::uint32_t from, std::uint32_t to) const {
  Change replaced;
  Change assumed;
  for_pairs(from, to, [&](const TxnOp& first, const TxnOp& second) {
    if (writes(first) || !writes(second) || second.value() == first.value()) return true;
    const Change change{first.key, &first, &second};
    const auto ops = history_.ops_of(to);
    const bool read_it = std::ranges::any_of(ops, [&](const TxnOp& op) {
      return !writes(op) && op.key == first.key && op.value() == first.value();
    });
    if (first.value() == history_.initial || read_it) {
      replaced = change;
      return false;
    }
    if (assumed.before == nullptr) assumed = change;
    return true;
  });
  return replaced.before != nullptr ? replaced : assumed;
}

std::string Story::why(std::uint32_t from, std::uint32_t to, EdgeKind kind,
                       std::string& key_name) const {
  const std::string a = name(from);
  const std::string b = name(to);
  const Transaction& first = history_.transactions[from];
  const Transaction& second = history_.transactions[to];
  const bool lists = history_.datatype == Datatype::list_append;
  if (kind == EdgeKind::process) {
    return fmt::format("process {} ran {} before {}", history_.processes[first.process], a, b);
  }
  if (kind == EdgeKind::realtime) {
    if (first.complete_ns < 0 || second.invoke_ns < first.complete_ns) {
      return fmt::format("{} ended before {} began", a, b);
    }
    return fmt::format("{} ended at {}, {} before {} began", a, duration(first.complete_ns),
                       duration(second.invoke_ns - first.complete_ns), b);
  }
  const Change change = kind == EdgeKind::ww   ? replaced(from, to)
                        : kind == EdgeKind::wr ? seen(from, to)
                                               : missed(from, to);
  if (change.before == nullptr) return fmt::format("{} comes before {}", a, b);
  key_name = key(change.key);
  if (kind == EdgeKind::ww) {
    const std::string old = value(change.before->value());
    const std::string next = value(change.after->value());
    if (!lists)
      return fmt::format("{} wrote {} = {}, and {} replaced it by {}", a, key_name, old, b, next);
    const bool observed = place_of(*change.after) != kNoPosition;
    return fmt::format("{} appended {} to {}, and {} appended {} {}", a, old, key_name, b, next,
                       observed ? "after it" : "later: no read shows it");
  }
  if (kind == EdgeKind::wr) {
    return fmt::format(
        "{} read {} = {}, {} {} {}", b, key_name, state(*change.after), lists ? "where" : "which",
        a, lists ? fmt::format("had appended {}", value(change.before->value())) : "wrote");
  }
  return lists ? fmt::format("{} read {} = {}, without {}, which {} appended", a, key_name,
                             state(*change.before), value(change.after->value()), b)
               : fmt::format("{} read {} = {}, which {} replaced by {}", a, key_name,
                             state(*change.before), b, value(change.after->value()));
}

Step Story::step(std::uint32_t from, std::uint32_t to, EdgeKind kind, StringId) const {
  Step step;
  step.from = history_.transactions[from].index;
  step.to = history_.transactions[to].index;
  step.dependency = kind == EdgeKind::ww        ? Dependency::ww
                    : kind == EdgeKind::wr      ? Dependency::wr
                    : kind == EdgeKind::process ? Dependency::process
                    : is_rw(kind)               ? Dependency::rw
                                                : Dependency::realtime;
  step.why = why(from, to, kind, step.key);
  return step;
}

void Story::describe(Anomaly& anomaly, const std::vector<std::uint32_t>& members) const {
  std::vector<std::string> names;
  for (const std::uint32_t member : members) {
    names.push_back(name(member));
    anomaly.operations.push_back(history_.transactions[member].index);
    anomaly.participants.push_back(participant(member));
  }
  sort_evidence(anomaly);
  anomaly.explanation = out_of_order(names);
  anomaly.meaning = harm(anomaly.kind);
  const auto needs = [&](Dependency dependency) {
    return std::ranges::find(anomaly.steps, dependency, &Step::dependency) != anomaly.steps.end();
  };
  if (needs(Dependency::realtime)) {
    anomaly.meaning += " It shows against the clock only.";
  } else if (needs(Dependency::process)) {
    anomaly.meaning += " It shows in the order of one client's operations only.";
  }
}

Anomaly Story::unseen_pair(AnomalyKind kind, std::uint32_t key_number, std::uint32_t first,
                           std::uint32_t second) const {
  Anomaly anomaly;
  anomaly.kind = kind;
  anomaly.keys.push_back(key(key_number));
  for (const std::uint32_t transaction : {first, second}) {
    anomaly.operations.push_back(history_.transactions[transaction].index);
    anomaly.participants.push_back(participant(transaction));
  }
  std::ranges::sort(anomaly.operations);
  anomaly.explanation = fmt::format(
      "{} and {} both wrote {}, and nobody read which came first: either way, the one that came "
      "second missed a write that it should have seen",
      name(first), name(second), anomaly.keys.front());
  anomaly.meaning = harm(kind);
  return anomaly;
}

Anomaly Story::told_otherwise(std::uint32_t transaction) const {
  const Transaction& self = history_.transactions[transaction];
  const bool lost = self.fate == Fated::aborted;
  Anomaly anomaly;
  anomaly.kind = lost ? AnomalyKind::lost_acquisition : AnomalyKind::phantom_acquisition;
  for (const TxnOp& op : history_.ops_of(transaction)) {
    const std::string name = key(op.key);
    const bool named = std::ranges::find(anomaly.keys, name) != anomaly.keys.end();
    if (writes(op) && !named && anomaly.keys.size() < kOpsMost) anomaly.keys.push_back(name);
  }
  anomaly.operations.push_back(self.index);
  anomaly.participants.push_back(participant(transaction));
  anomaly.explanation =
      fmt::format("{} was told {}, and the database holds that it {}", name(transaction),
                  lost ? "ok" : "fail", lost ? "aborted" : "committed");
  return anomaly;
}

std::string Story::sentence(const Fact& fact) const {
  using enum AnomalyKind;
  const std::string a = fact.transaction == kNoPosition ? "somebody" : name(fact.transaction);
  const std::string b = fact.other == kNoPosition ? "nobody" : name(fact.other);
  const std::string k = key(fact.key);
  const std::string v = value(fact.value);
  const std::string saw = fact.op == kNoPosition
                              ? std::string{}
                              : fmt::format("{} read {} = {}", a, k, state(history_.ops[fact.op]));
  const std::string others =
      fact.count > 1 ? fmt::format("; {} show it", plural(fact.count, "read")) : std::string{};
  switch (fact.kind) {
    case g1a:
      return fmt::format("{}: {} was written by {}, which aborted{}", saw, v, b, others);
    case g1b:
      return fmt::format("{}: {} is not the last that {} wrote to {}", saw, v, b, k);
    case garbage_read:
      return fmt::format("{}: nobody wrote {}{}", saw, v, others);
    case internal:
      if (fact.op == kNoPosition) {
        return fmt::format("{} wrote {} to {} after another value, and reads show it first", a, v,
                           k);
      }
      return fmt::format("{}, which contradicts its own earlier reads and writes of {}", saw, k);
    case future_read:
      return fmt::format("{}: it wrote {} only after that read", saw, v);
    case duplicate_elements:
      return fmt::format("{}: {} was written once and stands there more than once{}", saw, v,
                         others);
    case incompatible_order: {
      const std::uint32_t list = history_.longest[fact.key];
      const auto length = static_cast<std::uint32_t>(history_.lists[list].elements.size());
      TxnOp longest{TxnOp::pack({list, length}), fact.key, TxnOpKind::read};
      return fmt::format("{}, and another read shows {}: neither continues the other", saw,
                         state(longest));
    }
    case cyclic_versions:
      return fmt::format("{} = {} comes both before and after another value of {}", k, v, k);
    case dirty_update:
      return fmt::format("{} wrote {} = {} on top of what {} had written, which aborted", a, k, v,
                         b);
    case lost_update:
      switch (fact.lost) {
        case LostUpdate::same_version:
          return fmt::format("{} and {} read the same version of {}, and both replaced it", b, a,
                             k);
        case LostUpdate::two_versions:
          return fmt::format("{} read {} as {} wrote it and otherwise, and replaced both", a, k, b);
        case LostUpdate::in_between:
          return fmt::format("{} and replaced it, without the write of {} in between",
                             saw.empty() ? fmt::format("{} read {} = {}", a, k, v) : saw, b);
      }
      return {};
    default:
      return {};
  }
}

Anomaly Story::anomaly(const Fact& fact) const {
  Anomaly anomaly;
  anomaly.kind = fact.kind;
  anomaly.keys.push_back(key(fact.key));
  anomaly.count = fact.count;
  for (const std::uint32_t transaction : {fact.transaction, fact.other}) {
    if (transaction == kNoPosition) continue;
    const std::uint64_t index = history_.transactions[transaction].index;
    if (!anomaly.operations.empty() && anomaly.operations.back() == index) continue;
    anomaly.operations.push_back(index);
    anomaly.participants.push_back(participant(transaction));
  }
  std::ranges::sort(anomaly.operations);
  anomaly.explanation = sentence(fact);
  if (history_.datatype == Datatype::rw_register && !pattern_of(history_, fact).empty()) {
    anomaly.explanation += fmt::format(" (Plume: {})", pattern_of(history_, fact));
  }
  anomaly.meaning = harm(fact.kind);
  return anomaly;
}

}  // namespace witness
