#include "checker/linearizability/judges.hpp"

namespace witness {

ObjectJudge judge_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::reg:
    case ObjectKind::cas_register:
      return judge_unique_register;
    case ObjectKind::mutex:
      return judge_mutex;
    case ObjectKind::lease:
      return judge_lease;
    case ObjectKind::stock:
      return judge_stock_object;
    case ObjectKind::set:
    case ObjectKind::set_full:
      return judge_set;
    case ObjectKind::counter:
      return judge_counter;
    case ObjectKind::fifo_queue:
      return judge_queue;
    case ObjectKind::stack:
      return judge_stack;
    default:
      return nullptr;
  }
}

}  // namespace witness
