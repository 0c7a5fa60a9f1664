#include "checker/invariants/objects/object_invariants.hpp"

#include <array>

namespace witness {
namespace {

using enum AnomalyKind;
using Kind = ObjectKind;

// clang-format off
constexpr std::array kTable = {
    ObjectRules{Kind::reg, "", nullptr, 0, true},
    ObjectRules{Kind::cas_register, "", nullptr, 0, true},
    ObjectRules{Kind::multi_register, "", nullptr, 0, true},
    ObjectRules{Kind::kv, "", nullptr, 0, true},
    ObjectRules{Kind::mutex, "", nullptr, 0, true},
    ObjectRules{Kind::lease, "", nullptr, 0, true},
    ObjectRules{Kind::counter, "counter-in-bounds", judge_counter_bounds, kinds(counter_out_of_bounds), false},
    ObjectRules{Kind::set, "no-lost-elements", judge_set_elements, kinds(lost_element, unexpected_element), false},
    ObjectRules{Kind::set_full, "no-lost-elements", judge_set_full, kinds(lost_element, repeated_element), false},
    ObjectRules{Kind::queue, "no-unexpected-elements", judge_queue_elements, kinds(unexpected_element), false},
    ObjectRules{Kind::fifo_queue, "", nullptr, 0, true},
    ObjectRules{Kind::stack, "", nullptr, 0, true},
    ObjectRules{Kind::total_queue, "no-lost-elements", judge_total_queue, kinds(lost_element, unexpected_element), false},
    ObjectRules{Kind::stock, "", nullptr, 0, true},
    ObjectRules{Kind::unique_ids, "unique-ids", judge_unique_ids, kinds(duplicate_id), false},
    ObjectRules{Kind::bank, "constant-total", judge_bank, kinds(wrong_total, negative_balance, unexpected_account), false},
    ObjectRules{Kind::long_fork, "no-long-fork", judge_long_fork, kinds(long_fork), false},
    ObjectRules{Kind::comments, "no-causal-reverse", judge_comments, kinds(causal_reverse), false},
    ObjectRules{Kind::sequential, "no-nonsequential-read", judge_sequential, kinds(nonsequential_read), false},
    ObjectRules{Kind::causal_reverse, "no-causal-reverse", judge_comments, kinds(causal_reverse), false},
    ObjectRules{Kind::stats, "every-function-succeeded", judge_stats, kinds(never_succeeded), false},
};
// clang-format on
static_assert(kTable.size() == kObjectKinds.size());
static_assert([] {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].kind) != i) return false;
  }
  return true;
}());

}  // namespace

const ObjectRules& object_rules(ObjectKind kind) { return kTable[static_cast<std::size_t>(kind)]; }

}  // namespace witness
