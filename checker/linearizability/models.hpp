/// The sequential objects, by family: what each call does to a state, in a few lines each.
#pragma once

#include "checker/linearizability/model.hpp"

namespace witness {

// register_models.cpp
std::unique_ptr<ObjectModel> register_model(const Objects& objects, const StringPool& strings);
std::unique_ptr<ObjectModel> multi_register_model(const Objects& objects,
                                                  const StringPool& strings);
std::unique_ptr<ObjectModel> text_model(const Objects& objects, const StringPool& strings,
                                        std::span<const std::uint32_t> ops);

// lock_models.cpp
std::unique_ptr<ObjectModel> mutex_model();
std::unique_ptr<ObjectModel> lease_model(const Objects& objects, const StringPool& strings);

// number_models.cpp
std::unique_ptr<ObjectModel> counter_model(const Objects& objects, const StringPool& strings);
std::unique_ptr<ObjectModel> stock_model(const Objects& objects, const StringPool& strings);

// collection_models.cpp
std::unique_ptr<ObjectModel> set_model(const Objects& objects, const StringPool& strings);
/// Queues and stacks.
std::unique_ptr<ObjectModel> line_model(const Objects& objects, const StringPool& strings);

}  // namespace witness
