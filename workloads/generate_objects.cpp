/// Objects: clients that call one register, lock, set, queue, … at once, each call taking effect at
/// one moment.
#include <fmt/format.h>

#include <array>
#include <deque>

#include "workloads/generate_clients.hpp"

namespace witness {
namespace {

constexpr std::array<std::string_view, 7> kShapes = {"register",   "cas-register", "mutex", "set",
                                                     "fifo-queue", "stack",        "stock"};
enum Shape : std::uint8_t { kRegister, kCasRegister, kMutex, kSet, kQueue, kStack, kStock };

enum class Phase : std::uint8_t { invoke, act, complete };

struct Client {
  Fate fate;
  Phase phase = Phase::invoke;
  bool holds = false;  ///< the lock
  std::uint64_t process = 0;
  std::string_view f;
  std::uint64_t key = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::string answer;  ///< its value, as JSON
};

class ObjectRun {
 public:
  ObjectRun(const GenerateOptions& options, GenerateOutput& out)
      : options_(options),
        out_(out),
        dice_(options.seed),
        shape_(static_cast<Shape>(std::ranges::find(kShapes, options.shape) - kShapes.begin())),
        clients_(options.clients),
        next_process_(options.clients),
        registers_(options.keys),
        left_(options.operations),
        stock_(options.operations / 2) {}

  Generated run() {
    run_clients(clients_, agenda_, dice_, [&](std::uint64_t time, std::uint32_t which) {
      now_ = time;
      step(which);
    });
    return {out_.operations(), {}};
  }

 private:
  void step(std::uint32_t which) {
    Client& client = clients_[which];
    switch (client.phase) {
      case Phase::invoke:
        if (left_ == 0) return;
        --left_;
        invoke(client);
        agenda_.push({now_ + work_time(dice_), which});
        return;
      case Phase::act:
        if (shape_ == kMutex && must_wait(client, which)) return;
        client.phase = Phase::complete;
        act(client);
        agenda_.push({now_ + message_time(dice_), which});
        return;
      case Phase::complete:
        complete(client);
        agenda_.push({now_ + think_time(dice_), which});
        return;
    }
  }

  void invoke(Client& client) {
    client.phase = Phase::act;
    client.fate = random_fate(options_, dice_);
    client.key = registers_.size() > 1 ? dice_.below(registers_.size()) : 0;
    client.a = client.b = 0;
    const bool reads = dice_.chance(options_.reads);
    switch (shape_) {
      case kRegister:
      case kCasRegister:
        client.f = reads ? "read" : "write";
        if (!reads && shape_ == kCasRegister && dice_.chance(0.5)) client.f = "cas";
        if (!reads) client.a = ++value_;
        if (client.f == "cas") {
          client.b = client.a;
          client.a = registers_[client.key];
        }
        break;
      case kMutex:
        client.f = client.holds ? "release" : "acquire";
        // A lock that nobody knows to be held would end the run.
        if (client.f == "release") client.fate.happens = true;
        if (client.f == "release") client.fate.told = Completion::ok;
        if (client.fate.told == Completion::info) client.fate.happens = false;
        break;
      case kSet:
        client.f = left_ == 0 || dice_.below(options_.operations / 8 + 1) == 0 ? "read" : "add";
        if (client.f == "add") client.a = ++value_;
        break;
      case kQueue:
      case kStack:
        client.f = reads ? (shape_ == kQueue ? "dequeue" : "pop")
                         : (shape_ == kQueue ? "enqueue" : "push");
        if (!reads) client.a = ++value_;
        // What an unknown call took out would be anybody's guess.
        if (reads && client.fate.told == Completion::info) client.fate.happens = false;
        break;
      case kStock:
        client.f = "take";
        break;
    }
    out_.begin_call(client.process, client.f, now_);
    out_.text(argument(client));
    end(client);
  }

  static std::string argument(const Client& client) {
    if (client.f == "cas") return fmt::format("[{},{}]", client.a, client.b);
    return client.a == 0 ? "null" : fmt::format("{}", client.a);
  }

  void end(const Client& client) {
    if (registers_.size() > 1) out_.text(fmt::format(R"(,"key":{})", client.key));
    out_.text("}");
    out_.end_line();
  }

  /// Who cannot have the lock now gets it from whoever releases it.
  bool must_wait(Client& client, std::uint32_t which) {
    if (client.f != "acquire" || !client.fate.happens || !locked_) return false;
    waiting_.push_back(which);
    return true;
  }

  void act(Client& client) {
    client.answer = argument(client);
    if (!client.fate.happens) return;
    std::uint64_t& value = registers_[client.key];
    switch (shape_) {
      case kRegister:
      case kCasRegister:
        if (client.f == "read") {
          client.answer = fmt::format("{}", value);
        } else if (client.f == "write") {
          value = client.a;
        } else if (value == client.a) {
          value = client.b;
        } else {
          client.fate.told = Completion::fail;
        }
        return;
      case kMutex:
        return lock(client);
      case kSet:
        if (client.f == "add") {
          elements_ += fmt::format("{}{}", elements_.empty() ? "" : ",", client.a);
        } else {
          client.answer = fmt::format("[{}]", elements_);
        }
        return;
      case kQueue:
      case kStack:
        return queue(client);
      case kStock:
        client.answer = stock_ > 0 ? "true" : "false";
        if (stock_ > 0) --stock_;
        return;
    }
  }

  void lock(Client& client) {
    client.holds = client.f == "acquire";
    locked_ = client.holds;
    if (locked_ || waiting_.empty()) return;
    agenda_.push({now_ + 1, waiting_.front()});
    waiting_.pop_front();
  }

  void queue(Client& client) {
    if (client.a != 0) {
      line_.push_back(client.a);
    } else if (line_.empty()) {
      client.fate.told = Completion::fail;
    } else if (shape_ == kStack) {
      client.answer = fmt::format("{}", line_.back());
      line_.pop_back();
    } else {
      client.answer = fmt::format("{}", line_.front());
      line_.pop_front();
    }
  }

  void complete(Client& client) {
    client.phase = Phase::invoke;
    const bool known = client.fate.told == Completion::ok;
    out_.begin_answer(client.fate.told, client.process, client.f, now_);
    out_.text(known ? client.answer : argument(client));
    end(client);
    if (client.fate.told == Completion::info) client.process = next_process_++;
  }

  const GenerateOptions& options_;
  GenerateOutput& out_;
  Dice dice_;
  Shape shape_;
  std::vector<Client> clients_;
  Agenda agenda_;
  std::uint64_t next_process_;
  std::uint64_t now_ = 0;
  std::uint64_t value_ = 0;  ///< the last one that was used
  std::vector<std::uint64_t> registers_;
  std::uint64_t left_;
  std::uint64_t stock_;
  std::string elements_;
  std::deque<std::uint64_t> line_;
  bool locked_ = false;
  std::deque<std::uint32_t> waiting_;
};

}  // namespace

bool is_object_shape(std::string_view shape) {
  return std::ranges::find(kShapes, shape) != kShapes.end();
}

Generated generate_objects(const GenerateOptions& options, GenerateOutput& out) {
  return ObjectRun{options, out}.run();
}

}  // namespace witness
