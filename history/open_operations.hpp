/// The invocations of one process that wait for their completions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "witness/string_pool.hpp"

namespace witness {

struct OpenOperation {
  std::uint32_t transaction = 0;
  StringId f = kNoString;
  std::uint64_t line = 0;
};

/// What an operation had to wait for when it began.
struct Beginning {
  std::uint32_t began_after = 0;
  std::uint32_t previous = 0;  ///< as SessionOrder says it
};

/// Several that are open at once, by their shapes (what they were to do). Nobody knows which of
/// two alike ones a completion is of: each may have begun with the first of them. O(1) a call.
class OpenOperations {
 public:
  struct Taken {
    OpenOperation operation;
    std::optional<Beginning> beginning;  ///< where it may have begun earlier than was said
  };

  bool empty() const { return order_.empty(); }
  /// Whether all that are open are of one shape.
  bool are_alike() const { return queues_.size() <= 1; }

  /// Gives the earliest beginning that it may have.
  Beginning add(const OpenOperation& operation, const std::string& shape, Beginning own) {
    if (order_.empty()) {
      first_ = own;
      muddled_ = false;
    }
    const auto [place, is_new] = queues_.try_emplace(shape);
    order_.push_back({operation, &place->first, {}});
    const auto added = std::prev(order_.end());
    Queue& queue = place->second;
    if (is_new) {
      queue.oldest = added;
      queue.beginning = own;
    } else {
      queue.newest->next_alike = added;
    }
    queue.newest = added;
    ++queue.size;
    return queue.beginning;
  }

  /// The oldest one of a shape.
  std::optional<Taken> take(const std::string& shape) {
    const auto place = queues_.find(shape);
    if (place == queues_.end()) return std::nullopt;
    return take_from(place);
  }

  /// The oldest of all. Where others are open, it may have been each of them: from now on, each of
  /// them may have begun with the first. Only if there is one.
  Taken take_oldest() {
    muddled_ = muddled_ || !are_alike();
    return take_from(queues_.find(*order_.front().shape));
  }

 private:
  struct Waiting {
    OpenOperation operation;
    const std::string* shape;
    std::list<Waiting>::iterator next_alike;
  };
  struct Queue {
    std::list<Waiting>::iterator oldest, newest;
    std::size_t size = 0;
    Beginning beginning;  ///< of the first since there was none
  };
  using Queues = std::unordered_map<std::string, Queue>;

  Taken take_from(Queues::iterator place) {
    Queue& queue = place->second;
    const auto oldest = queue.oldest;
    Taken taken{oldest->operation, {}};
    if (muddled_) taken.beginning = first_;
    queue.oldest = oldest->next_alike;
    if (--queue.size == 0) queues_.erase(place);
    order_.erase(oldest);
    return taken;
  }

  std::list<Waiting> order_;  ///< oldest first
  Queues queues_;
  Beginning first_;       ///< of the first since none was open
  bool muddled_ = false;  ///< one that fitted none was taken for the oldest
};

}  // namespace witness
