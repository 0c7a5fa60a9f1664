/// A bank: money moves and stays the same (Jepsen's workload `bank`).
///
/// The total is --initial, or what the first read shows. Balances must not be negative, every read
/// shows the same accounts, and each of them has a balance.
#include <fmt/format.h>

#include <algorithm>

#include "checker/invariants/objects/object_invariants.hpp"

namespace witness {
namespace {

__extension__ using Sum = __int128;

class Bank {
 public:
  Bank(const ObjectCase& judged, std::size_t key, Findings& findings)
      : judged_(judged), key_(key), findings_(findings) {
    if (judged.objects.initial.is_integer()) total_ = judged.objects.initial.integer();
  }

  InvariantResult judge() {
    for (const std::uint32_t position : judged_.groups.ops_of(key_)) {
      const ObjectOp& op = judged_.objects.ops[position];
      if (op.call == ObjectCall::read && op.told == Completion::ok && op.has_list)
        read(op, position);
    }
    if (!any_) return {std::nullopt, "the accounts were never read"};
    return {holds_, {}};
  }

 private:
  void read(const ObjectOp& op, std::uint32_t position) {
    const auto list = judged_.objects.list_of(op);
    std::vector<Datum> accounts;
    Sum sum = 0;
    std::string negative;
    bool whole = true;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
      accounts.push_back(list[i]);
      if (!list[i + 1].is_integer()) {
        whole = false;
        report(AnomalyKind::unexpected_account, op,
               fmt::format("{} saw no balance of account {}", name(position),
                           judged_.words.value(list[i])));
        continue;
      }
      sum += list[i + 1].integer();
      if (list[i + 1].integer() < 0 && negative.empty()) negative = judged_.words.value(list[i]);
    }
    std::ranges::sort(accounts);
    if (!any_) {
      accounts_ = accounts;
      if (!total_ && whole) total_ = sum;
    }
    any_ = true;
    if (accounts != accounts_) {
      report(AnomalyKind::unexpected_account, op,
             fmt::format("{} saw other accounts than the first read did", name(position)));
    }
    if (whole && total_ && sum != *total_) {
      report(AnomalyKind::wrong_total, op,
             fmt::format("{} saw a total of {}, and it should be {}", name(position), shown(sum),
                         shown(*total_)));
    }
    if (!negative.empty()) {
      report(AnomalyKind::negative_balance, op,
             fmt::format("{} saw account {} below zero", name(position), negative));
    }
  }

  static std::string shown(Sum sum) { return fmt::format("{}", static_cast<std::int64_t>(sum)); }
  std::string name(std::uint32_t position) const { return judged_.words.operation(position); }

  void report(AnomalyKind kind, const ObjectOp& op, std::string why) {
    holds_ = false;
    if (findings_.listed_enough(kind)) return findings_.add_unlisted(kind, judged_.key_text(key_));
    Anomaly anomaly{kind, judged_.key_text(key_)};
    anomaly.operations = {op.index};
    anomaly.explanation = std::move(why);
    anomaly.meaning = harm(kind);
    findings_.add(std::move(anomaly));
  }

  const ObjectCase& judged_;
  std::size_t key_;
  Findings& findings_;
  std::optional<Sum> total_;
  std::vector<Datum> accounts_;
  bool any_ = false;
  bool holds_ = true;
};

}  // namespace

InvariantResult judge_bank(const ObjectCase& judged, Findings& findings) {
  InvariantResult all;
  for (std::size_t key = 0; key < judged.groups.keys.size(); ++key) {
    const InvariantResult one = Bank{judged, key, findings}.judge();
    if (one.holds == false || all.holds == true) all = one.holds == true ? all : one;
  }
  return all;
}

}  // namespace witness
