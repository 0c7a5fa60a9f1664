/// Which model is whose.
#include "checker/linearizability/models.hpp"

namespace witness {

std::unique_ptr<ObjectModel> model_of(const Objects& objects, const StringPool& strings,
                                      std::span<const std::uint32_t> ops) {
  switch (objects.kind) {
    case ObjectKind::reg:
    case ObjectKind::cas_register:
      return register_model(objects, strings);
    case ObjectKind::multi_register:
      return multi_register_model(objects, strings);
    case ObjectKind::kv:
      return text_model(objects, strings, ops);
    case ObjectKind::mutex:
      return mutex_model();
    case ObjectKind::lease:
      return lease_model(objects, strings);
    case ObjectKind::counter:
      return counter_model(objects, strings);
    case ObjectKind::stock:
      return stock_model(objects, strings);
    case ObjectKind::set:
    case ObjectKind::set_full:
      return set_model(objects, strings);
    case ObjectKind::fifo_queue:
    case ObjectKind::stack:
      return line_model(objects, strings);
    default:
      return nullptr;
  }
}

}  // namespace witness
