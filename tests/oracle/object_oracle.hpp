/// Small random histories of objects, and their linearizability straight from the definition.
/// Shares nothing with the checker: its own structures, its own objects.
#pragma once

#include <climits>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace witness::oracle {

/// A call of a client. `result` is what it returned: of reads, takings and the like; nothing is
/// INT_MIN. Of a set, `elements`.
struct ObjectStep {
  std::string f;
  int process = 0;
  int a = 0;
  int b = 0;
  int result = INT_MIN;
  std::vector<int> elements{};
  int invoked = 0;
  int returned = INT_MAX;  ///< INT_MAX: never
  bool refused = false;    ///< a cas that was answered no
};

struct SmallObject {
  std::string kind;
  int initial = 0;
  std::vector<ObjectStep> steps;
};

inline constexpr int kNothing = INT_MIN;

/// Does the call fit the state? Then it changes it. Of an open call the result does not count.
inline bool apply(const std::string& kind, const ObjectStep& step, std::vector<int>& state) {
  const bool open = step.returned == INT_MAX;
  if (kind == "kv") {
    if (step.f == "read") return state == step.elements;
    if (step.f == "write") state.clear();
    state.push_back(step.a);
    return true;
  }
  if (step.f == "read") {
    if (kind == "set") {
      return std::set<int>(state.begin(), state.end()) ==
             std::set<int>(step.elements.begin(), step.elements.end());
    }
    return state[0] == step.result;
  }
  if (step.f == "write") {
    state[0] = step.a;
    return true;
  }
  if (step.f == "cas") {
    if (step.refused) return state[0] != step.a;
    if (state[0] != step.a) return false;
    state[0] = step.b;
    return true;
  }
  if (step.f == "add") {
    if (kind == "set") {
      state.push_back(step.a);
    } else {
      state[0] += step.a;
    }
    return true;
  }
  if (step.f == "put-in") {
    state.push_back(step.a);
    return true;
  }
  if (step.f == "take-out") {
    if (!open && step.result == kNothing) return state.empty();
    if (state.empty()) return false;
    const auto leaves = kind == "stack" ? state.end() - 1 : state.begin();
    if (!open && *leaves != step.result) return false;
    state.erase(leaves);
    return true;
  }
  if (step.f == "acquire") {
    if (state[0] != -1) return false;
    if (kind == "lease") {
      if (!open && step.result != kNothing) {
        if (step.result <= state[1]) return false;
        state[1] = step.result;
      }
      state[0] = step.process;
    } else {
      state[0] = 0;
    }
    return true;
  }
  if (step.f == "release") {
    if (kind == "lease" ? state[0] != step.process : state[0] == -1) return false;
    state[0] = -1;
    return true;
  }
  if (step.f == "take") {
    if (!open && step.result == kNothing) return state[0] == 0;
    if (state[0] == 0) return false;
    --state[0];
    return true;
  }
  return false;
}

inline std::vector<int> first_state(const SmallObject& object) {
  if (object.kind == "kv" || object.kind == "set" || object.kind == "queue" ||
      object.kind == "stack")
    return {};
  if (object.kind == "mutex") return {-1};
  if (object.kind == "lease") return {-1, INT_MIN};
  return {object.initial};
}

/// Every order of the calls, some of the open ones left out.
inline bool can_go_on(const SmallObject& object, std::vector<bool>& placed,
                      const std::vector<int>& state) {
  bool all = true;
  int first_return = INT_MAX;
  for (std::size_t i = 0; i < object.steps.size(); ++i) {
    if (placed[i] || object.steps[i].returned == INT_MAX) continue;
    all = false;
    first_return = std::min(first_return, object.steps[i].returned);
  }
  if (all) return true;
  for (std::size_t i = 0; i < object.steps.size(); ++i) {
    if (placed[i] || object.steps[i].invoked > first_return) continue;
    std::vector<int> next = state;
    if (!apply(object.kind, object.steps[i], next)) continue;
    placed[i] = true;
    const bool found = can_go_on(object, placed, next);
    placed[i] = false;
    if (found) return true;
  }
  return false;
}

inline bool is_linearizable(const SmallObject& object) {
  std::vector<bool> placed(object.steps.size());
  return can_go_on(object, placed, first_state(object));
}

/// A few clients that work on a real object, whose answers are then perhaps changed.
class ObjectGenerator {
 public:
  explicit ObjectGenerator(unsigned seed) : random_(seed) {}

  SmallObject make(const std::string& kind, int steps_most) {
    object_ = {kind, kind == "stock" ? below(3) : 0, {}};
    state_ = first_state(object_);
    value_ = 0;
    token_ = 0;
    unique_ = below(10) != 0;
    clients_.assign(static_cast<std::size_t>(2 + below(3)), {});
    for (std::size_t i = 0; i < clients_.size(); ++i) clients_[i].process = static_cast<int>(i);
    next_process_ = static_cast<int>(clients_.size());
    const int steps = 2 + below(steps_most - 1);
    int time = 1;
    while (true) {
      std::vector<std::size_t> able;
      for (std::size_t i = 0; i < clients_.size(); ++i) {
        const bool more = static_cast<int>(object_.steps.size()) < steps;
        if (clients_[i].step >= 0 || more) able.push_back(i);
      }
      if (able.empty()) break;
      move(clients_[able[static_cast<std::size_t>(below(static_cast<int>(able.size())))]], time++);
    }
    std::erase_if(object_.steps, [](const ObjectStep& step) { return step.f == "failed"; });
    if (below(2) == 0) spoil();
    return object_;
  }

 private:
  struct Client {
    int process = 0;
    int step = -1;
    bool done = false;   ///< its effect is there
    bool holds = false;  ///< it got the lease
  };

  int below(int n) { return std::uniform_int_distribution<int>{0, n - 1}(random_); }

  int fresh() { return unique_ ? ++value_ : 1 + below(3); }

  void move(Client& client, int time) {
    if (client.step < 0) {
      invoke(client, time);
    } else if (!client.done) {
      client.done = true;
      if (!object_.steps[static_cast<std::size_t>(client.step)].refused) take_effect(client);
      if (below(10) == 0) forget(client);
    } else {
      object_.steps[static_cast<std::size_t>(client.step)].returned = time;
      client.step = -1;
    }
    if (client.step >= 0 && !client.done && below(15) == 0) forget(client);
  }

  /// Nobody will ever know.
  void forget(Client& client) {
    client.step = -1;
    client.process = next_process_++;
    client.holds = false;
  }

  void invoke(Client& client, int time) {
    ObjectStep step;
    const std::string& kind = object_.kind;
    const bool first = below(2) == 0;
    if (kind == "kv") {
      step.f = first ? "read" : below(4) == 0 ? "write" : "append";
      step.a = fresh();
    } else if (kind == "register" || kind == "cas-register") {
      step.f = first ? "read" : "write";
      if (kind == "cas-register" && below(3) == 0) step.f = "cas";
      step.a = step.f == "cas" ? below(value_ + 2) : fresh();
      step.b = step.f == "cas" ? fresh() : 0;
    } else if (kind == "counter" || kind == "set") {
      step.f = first ? "read" : "add";
      step.a = kind == "set" ? fresh() : 2;
    } else if (kind == "queue" || kind == "stack") {
      step.f = first ? "take-out" : "put-in";
      step.a = fresh();
    } else if (kind == "stock") {
      step.f = "take";
    } else {
      step.f = first ? "acquire" : "release";
      if (kind == "lease") step.f = client.holds ? "release" : "acquire";
    }
    step.process = client.process;
    step.invoked = time;
    client.step = static_cast<int>(object_.steps.size());
    client.done = false;
    object_.steps.push_back(step);
  }

  void take_effect(Client& client) {
    ObjectStep& step = object_.steps[static_cast<std::size_t>(client.step)];
    if (step.f == "read") {
      if (object_.kind == "set" || object_.kind == "kv") {
        step.elements = state_;
      } else {
        step.result = state_[0];
      }
      return;
    }
    if (step.f == "take-out" && !state_.empty()) {
      step.result = object_.kind == "stack" ? state_.back() : state_.front();
    }
    if (step.f == "take" && state_[0] > 0) step.result = 1;
    if (step.f == "acquire" && object_.kind == "lease" && below(3) > 0) step.result = ++token_;
    step.returned = 0;  // it is not open now
    if (!apply(object_.kind, step, state_)) {
      if (step.f == "cas") {
        step.refused = true;
      } else {
        step.f = "failed";
      }
    } else if (object_.kind == "lease") {
      client.holds = step.f == "acquire";
    }
    step.returned = INT_MAX;
  }

  void spoil() {
    if (object_.steps.empty()) return;
    ObjectStep& step =
        object_.steps[static_cast<std::size_t>(below(static_cast<int>(object_.steps.size())))];
    if (step.f == "read" && (object_.kind == "set" || object_.kind == "kv")) {
      if (!step.elements.empty() && below(2) == 0) {
        step.elements.pop_back();
      } else {
        step.elements.push_back(1 + below(value_ + 1));
      }
    } else if (step.f == "read") {
      step.result = object_.kind == "counter" ? 2 * below(4) : below(value_ + 2);
    } else if (step.f == "take-out") {
      step.result = below(4) == 0 ? kNothing : 1 + below(value_ + 1);
    } else if (step.f == "take") {
      step.result = below(2) == 0 ? kNothing : 1;
    } else if (step.f == "acquire" && object_.kind == "lease") {
      step.result = 1 + below(4);
    } else if (step.f == "cas" && !step.refused) {
      step.a = below(value_ + 2);
    } else if (step.f == "acquire" || step.f == "release") {
      step.f = step.f == "acquire" ? "release" : "acquire";
    }
  }

  std::mt19937 random_;
  SmallObject object_;
  std::vector<int> state_;
  std::vector<Client> clients_;
  int value_ = 0;
  int token_ = 0;
  int next_process_ = 0;
  bool unique_ = true;
};

inline std::string shown(const SmallObject& object) {
  std::string text = object.kind + ", initially " + std::to_string(object.initial) + "\n";
  for (const ObjectStep& step : object.steps) {
    text += "  " + std::to_string(step.invoked) + "-" +
            (step.returned == INT_MAX ? "" : std::to_string(step.returned)) + " process " +
            std::to_string(step.process) + ": " + step.f + " " + std::to_string(step.a) + " " +
            std::to_string(step.b) + (step.refused ? " refused" : "") + " -> " +
            (step.result == kNothing ? "nothing" : std::to_string(step.result));
    for (const int element : step.elements) text += " " + std::to_string(element);
    text += "\n";
  }
  return text;
}

}  // namespace witness::oracle
