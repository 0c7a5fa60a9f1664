#include "checker/check_objects.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/claims.hpp"
#include "checker/invariants/objects/object_invariants.hpp"
#include "checker/linearizability/judge_keys.hpp"
#include "checker/words.hpp"

namespace witness {
namespace {

using enum AnomalyKind;

constexpr std::string_view kLinearizable = "linearizable";

class ObjectJudgement {
 public:
  ObjectJudgement(const History& history, const CheckOptions& options)
      : history_(history),
        objects_(*history.objects),
        options_(options),
        begin_(Budget::Clock::now()),
        words_(objects_, history.strings),
        groups_(group_by_key(objects_)),
        rules_(object_rules(objects_.kind)) {
    const bool asked = !options.models.empty() || !options.anomalies.empty();
    if (asked || rules_.claims_linearizable) claims_ = look_up(options, kLinearizable);
  }

  Verdict judge() {
    verdict_.history = history_.name;
    count();
    const ObjectCase judged{history_, objects_, words_, groups_};
    if (rules_.judge != nullptr) invariant_ = rules_.judge(judged, findings_);
    if (wants_linearizability()) judge_linearizability(judged);
    decide();
    note();
    return std::move(verdict_);
  }

 private:
  bool wants_linearizability() const {
    if (!has_linearizability(objects_.kind)) return false;
    if (!claims_.models.empty()) return true;
    return std::ranges::any_of(claims_.anomalies, [](AnomalyKind kind) {
      return (implied_by(kind) & kind_bit(nonlinearizable)) != 0;
    });
  }

  // --- linearizability ----------------------------------------------------------------------

  void judge_linearizability(const ObjectCase& judged) {
    const std::uint64_t wanted = options_.memory_bytes.value_or(machine_bytes() / 2);
    const std::uint64_t used = resident_bytes();
    Budget budget{begin_ + options_.timeout.value_or(CheckOptions::kSearchTimeout),
                  wanted > used ? static_cast<std::int64_t>(wanted - used) : 0};
    linearizable_ = true;
    for (const KeyJudgement& key : judge_keys(objects_, history_.strings, groups_, budget)) {
      if (key.judged.result == Linearizable::no) {
        linearizable_ = false;
        report(judged, key);
      } else {
        if (linearizable_ == true) linearizable_ = std::nullopt;
        if (undecided_.empty()) undecided_ = why_undecided(judged, key);
      }
    }
    if (linearizable_ == false) undecided_.clear();
  }

  static std::string on_key(const ObjectCase& judged, std::uint32_t key) {
    const auto text = judged.key_text(key);
    return text.empty() ? std::string{} : fmt::format(" of {}", text[0]);
  }

  std::string why_undecided(const ObjectCase& judged, const KeyJudgement& key) const {
    return fmt::format("{}{}", key.judged.why,
                       groups_.keys.size() > 1 ? on_key(judged, key.key) : std::string{});
  }

  void report(const ObjectCase& judged, const KeyJudgement& key) {
    const AnomalyKind kind = key.judged.kind;
    if (findings_.listed_enough(kind)) {
      return findings_.add_unlisted(kind, judged.key_text(key.key));
    }
    Anomaly anomaly{kind, judged.key_text(key.key)};
    for (const std::uint32_t op : key.judged.ops) {
      const std::uint64_t index = objects_.ops[op].index;
      if (std::ranges::find(anomaly.operations, index) != anomaly.operations.end()) continue;
      anomaly.operations.push_back(index);
      if (anomaly.participants.size() < 8) anomaly.participants.push_back({index, words_.call(op)});
    }
    anomaly.explanation = key.judged.why;
    if (key.first_misfit != kNoPosition) {
      anomaly.explanation = fmt::format(
          "{}; the {} that returned before {} did can be put in order, and not with it",
          key.judged.why, plural(key.fitting, "call"), words_.operation(key.first_misfit));
    }
    anomaly.meaning = harm(kind);
    findings_.add(std::move(anomaly));
  }

  // --- claims -------------------------------------------------------------------------------

  void count() {
    Counts& counts = verdict_.counts;
    std::uint32_t busy_until = 0;
    for (const ObjectOp& op : objects_.ops) {
      ++counts.operations;
      counts.ok += op.told == Completion::ok;
      counts.fail += op.told == Completion::fail;
      counts.info += op.told == Completion::info;
      counts.overlaps += op.invoke < busy_until;
      if (!op.is_open()) busy_until = std::max(busy_until, op.complete);
    }
    counts.attempts = counts.operations;
    counts.committed = counts.ok;
    counts.aborted = counts.fail;
    counts.unresolved = counts.info;
  }

  std::string vacuous() const {
    if (objects_.ops.empty()) return "the history holds no operation";
    if (verdict_.counts.fail == verdict_.counts.operations && objects_.kind != ObjectKind::stats) {
      return "no operation succeeded, so nothing was put to the test";
    }
    const bool recorded = !history_.header.raw.empty();
    if (recorded && verdict_.counts.ok == 0) {
      return "no operation succeeded, so nothing was put to the test";
    }
    return {};
  }

  void decide() {
    KindSet breaking = 0;
    if (!claims_.only_anomalies && rules_.judge != nullptr) {
      breaking |= rules_.kinds;
      verdict_.claims.push_back({std::string{rules_.claim}, invariant_.holds, invariant_.why});
    }
    for (const std::size_t model : claims_.models) {
      breaking |= forbidden_by(model);
      verdict_.claims.push_back(decided_model(model));
    }
    for (const AnomalyKind kind : claims_.anomalies) {
      breaking |= implying(kind_bit(kind));
      verdict_.claims.push_back(decided_anomaly(kind));
    }
    take_ruled_out();
    take_anomalies(findings_, breaking, verdict_);
    conclude(vacuous(), word(), why_valid(), verdict_);
  }

  /// One call is a transaction of its own: what is linearizable keeps every model's promise.
  Claim decided_model(std::size_t model) const {
    std::string name{model_table()[model].name};
    if ((findings_.found() & forbidden_by(model)) != 0) return {std::move(name), false, {}};
    if (linearizable_ == true) return {std::move(name), true, {}};
    if (!has_linearizability(objects_.kind)) {
      return {std::move(name), std::nullopt,
              fmt::format("of {} only its own claim is decided",
                          kObjectKinds[static_cast<std::size_t>(objects_.kind)].name)};
    }
    if (linearizable_ == false) return {std::move(name), std::nullopt, why_undecidable(model)};
    return {std::move(name), std::nullopt, undecided_};
  }

  Claim decided_anomaly(AnomalyKind kind) const {
    std::string name = fmt::format("no-{}", label(kind));
    if ((findings_.found() & kind_bit(kind)) != 0) return {std::move(name), false, {}};
    if ((rules_.kinds & kind_bit(kind)) != 0) {
      if (invariant_.holds) return {std::move(name), true, {}};
      return {std::move(name), std::nullopt, invariant_.why};
    }
    if (linearizable_ == true) return {std::move(name), true, {}};
    if (!undecided_.empty()) return {std::move(name), std::nullopt, undecided_};
    return {std::move(name), std::nullopt,
            fmt::format("it is not looked for in histories of {}",
                        kObjectKinds[static_cast<std::size_t>(objects_.kind)].name)};
  }

  void take_ruled_out() {
    if (linearizable_ == true) {
      verdict_.models_strongest = {std::string{kLinearizable}};
      return;
    }
    // Nothing is said to hold because it was not looked for.
    take_models(judge_models(findings_.found(), ~KindSet{0}), findings_, verdict_);
  }

  std::string word() const {
    if (linearizable_ == true) return std::string{kLinearizable};
    return std::string{rules_.claim.empty() ? "no-anomaly-asked-for" : rules_.claim};
  }

  std::string why_valid() const {
    return fmt::format("every claim holds: {} on {}; {} began while another one ran",
                       plural(verdict_.counts.operations, "call"),
                       plural(groups_.keys.size(), "object"), verdict_.counts.overlaps);
  }

  void note() {
    std::vector<std::string>& notes = verdict_.notes;
    const std::string_view kind = kObjectKinds[static_cast<std::size_t>(objects_.kind)].name;
    notes.push_back(
        fmt::format("judged as {}, initially {}", kind, words_.value(objects_.initial)));
    const bool is_register = objects_.kind == ObjectKind::reg ||
                             objects_.kind == ObjectKind::cas_register ||
                             objects_.kind == ObjectKind::multi_register;
    if (is_register) {
      notes.emplace_back(objects_.nil_reads_tell
                             ? "a read of nil saw that nothing was there (--nil-reads absent)"
                             : "a read of nil says nothing (--nil-reads unknown)");
    }
    if (objects_.kind == ObjectKind::cas_register) {
      notes.emplace_back(objects_.failed_cas_tells
                             ? "a failed cas did not find its old value (--failed-cas mismatch)"
                             : "a failed cas says nothing (--failed-cas ignored)");
    }
    if (history_.damage.cut && !history_.header.raw.empty()) {
      notes.push_back(fmt::format("the file is cut: {} dropped at its end",
                                  plural(history_.damage.dropped_bytes, "byte")));
    }
    if (verdict_.counts.info > 0) {
      notes.push_back(
          fmt::format("nobody knows how {} ended: each may have taken effect at any time "
                      "after it began, or never",
                      plural(verdict_.counts.info, "call")));
    }
    if (rules_.judge != nullptr && linearizable_ != true && has_linearizability(objects_.kind) &&
        !wants_linearizability()) {
      verdict_.not_checked.push_back("linearizable: ask for it by --model linearizable");
    }
  }

  const History& history_;
  const Objects& objects_;
  const CheckOptions& options_;
  Budget::Clock::time_point begin_;
  ObjectWords words_;
  KeyGroups groups_;
  const ObjectRules& rules_;
  Claims claims_;
  Findings findings_;
  InvariantResult invariant_;
  std::optional<bool> linearizable_;
  std::string undecided_;
  Verdict verdict_;
};

}  // namespace

Verdict check_objects(const History& history, const CheckOptions& options) {
  return ObjectJudgement{history, options}.judge();
}

}  // namespace witness
