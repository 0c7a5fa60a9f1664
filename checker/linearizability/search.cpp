#include "checker/linearizability/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace witness {
namespace {

using State = ObjectModel::State;

/// Configurations that were expanded, in one arena of words: next return, state, which pending
/// calls are in the order, counts of open ones.
class Memory {
 public:
  Memory(std::size_t mask_words, std::size_t counts, Budget& budget)
      : head_(2 + mask_words), words_(head_ + counts), budget_(budget) {}
  ~Memory() { budget_.give_back(taken_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  enum class Answer : std::uint8_t { added, known, full };

  /// Was a configuration expanded that could do all that this one can?
  Answer add(const std::vector<std::uint64_t>& config) {
    if (2 * (size_ + 1) > slots_.size() && !grow()) return Answer::full;
    const std::uint64_t hash = hash_of(config.data());
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != kFree; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint64_t* const other = arena_.data() + slots_[at] * words_;
      if (!std::equal(other, other + head_, config.begin())) continue;
      bool covers = true;
      for (std::size_t i = head_; i < words_ && covers; ++i) covers = other[i] <= config[i];
      if (covers) return Answer::known;
    }
    if (arena_.size() + words_ > arena_.capacity() && !reserve(2 * arena_.capacity() + words_)) {
      return Answer::full;
    }
    slots_[at] = size_++;
    arena_.insert(arena_.end(), config.begin(), config.end());
    return Answer::added;
  }

  std::size_t words() const { return words_; }

 private:
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};

  std::uint64_t hash_of(const std::uint64_t* config) const {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < head_; ++i) {
      hash = (hash ^ config[i]) * 0x9e3779b97f4a7c15U;
      hash ^= hash >> 32U;
    }
    return hash;
  }

  /// Growing needs the old and the new.
  bool reserve(std::size_t words) {
    words = std::max<std::size_t>(words, 1024);
    if (!budget_.take(8 * words)) return false;
    const std::size_t old = arena_.capacity();
    arena_.reserve(words);
    budget_.give_back(8 * old);
    taken_ += 8 * (words - old);
    return true;
  }

  bool grow() {
    const std::size_t size = slots_.empty() ? 256 : 2 * slots_.size();
    if (!budget_.take(8 * size)) return false;
    std::vector<std::uint64_t> slots(size, kFree);
    budget_.give_back(8 * slots_.size());
    taken_ += 8 * (size - slots_.size());
    slots_.swap(slots);
    for (std::uint64_t i = 0; i < size_; ++i) {
      std::size_t at = hash_of(arena_.data() + i * words_) & (size - 1);
      while (slots_[at] != kFree) at = (at + 1) & (size - 1);
      slots_[at] = i;
    }
    return true;
  }

  std::size_t head_;
  std::size_t words_;
  Budget& budget_;
  std::vector<std::uint64_t> arena_;
  std::vector<std::uint64_t> slots_;  ///< a power of two of them
  std::size_t size_ = 0;
  std::uint64_t taken_ = 0;
};

/// Which calls are equal: numbers of classes, dense.
std::vector<std::uint32_t> classes_of(const std::vector<Call>& calls, const Objects& objects,
                                      std::uint32_t& count) {
  const auto list_of = [&](const Call& call) { return objects.list_of(objects.ops[call.op]); };
  const auto compare = [&](std::uint32_t i, std::uint32_t j) {
    const Call& a = calls[i];
    const Call& b = calls[j];
    if (a.call != b.call) return a.call < b.call ? -1 : 1;
    if (a.refused != b.refused) return a.refused ? -1 : 1;
    // Nobody knows what an open call returned.
    if (a.is_open() != b.is_open()) return a.is_open() ? -1 : 1;
    if (const auto order = a.a <=> b.a; order != 0) return order < 0 ? -1 : 1;
    if (const auto order = a.b <=> b.b; order != 0) return order < 0 ? -1 : 1;
    const auto left = list_of(a);
    const auto right = list_of(b);
    if (std::equal(left.begin(), left.end(), right.begin(), right.end())) return 0;
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end()) ? -1
                                                                                              : 1;
  };
  std::vector<std::uint32_t> order(calls.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t i, std::uint32_t j) { return compare(i, j) < 0; });
  std::vector<std::uint32_t> classes(calls.size());
  count = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && compare(order[i - 1], order[i]) != 0) ++count;
    classes[order[i]] = count;
  }
  if (!order.empty()) ++count;
  return classes;
}

class Search {
 public:
  Search(std::vector<Call> calls, const Objects& objects, ObjectModel& model, Budget& budget,
         const ObjectWords& words)
      : calls_(std::move(calls)), model_(model), budget_(budget), words_(words) {
    std::uint32_t class_count = 0;
    class_ = classes_of(calls_, objects, class_count);
    best_.assign(class_count, {0, 0});
    lay_out();
  }

  ~Search() { budget_.give_back(held_); }
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  Judged run() {
    Memory memory{mask_.size(), counts_.size(), budget_};
    state_ = model_.initial();
    settle();
    if (!enter(memory)) return stopped();
    while (!frames_.empty()) {
      if (next_return_ == returns_.size()) return {};
      Frame& frame = frames_.back();
      if (frame.next == frame.end) {
        leave();
        continue;
      }
      const std::uint32_t choice = choices_[frame.next++];
      const State state = state_after(choice);
      put(choice, state);
      settle();
      if (next_return_ == returns_.size()) return {};
      if (!enter(memory)) return stopped();
    }
    return violation();
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffU;
  /// In choices_: an open call of a class, by its number among open classes.
  static constexpr std::uint32_t kOpenBit = 0x80000000U;

  struct Frame {
    std::size_t trail = 0;       ///< its length before the choice that led here
    State state = 0;             ///< before that choice
    std::uint32_t open = kNone;  ///< the open class that was chosen
    std::size_t begin = 0;       ///< half-open range in choices_
    std::size_t next = 0;
    std::size_t end = 0;
  };
  struct OpenClass {
    std::uint32_t call = 0;               ///< any of them
    std::vector<std::uint32_t> starts{};  ///< growing
  };

  /// Slots for pending calls, the list of calls by their starts, classes of open ones.
  void lay_out() {
    std::vector<std::uint32_t> open_class(best_.size(), kNone);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> events;  // place, call
    for (std::uint32_t i = 0; i < calls_.size(); ++i) {
      if (!calls_[i].is_open()) {
        events.emplace_back(calls_[i].start, i);
        events.emplace_back(calls_[i].finish, i);
        continue;
      }
      std::uint32_t& open = open_class[class_[i]];
      if (open == kNone) {
        open = static_cast<std::uint32_t>(open_.size());
        open_.push_back({i});
      }
      open_[open].starts.push_back(calls_[i].start);
    }
    counts_.assign(open_.size(), 0);
    std::ranges::sort(events);
    slot_.resize(calls_.size());
    std::vector<std::uint32_t> free;
    std::uint32_t slots = 0;
    next_.assign(calls_.size() + 1, kNone);
    previous_.assign(calls_.size() + 1, kNone);
    std::uint32_t last = static_cast<std::uint32_t>(calls_.size());  // the list's head
    for (const auto& [place, call] : events) {
      if (place == calls_[call].start) {
        if (free.empty()) free.push_back(slots++);
        slot_[call] = free.back();
        free.pop_back();
        next_[last] = call;
        previous_[call] = last;
        last = call;
      } else {
        free.push_back(slot_[call]);
        returns_.push_back(call);
      }
    }
    for (const Call& call : calls_) {
      if (model_.resets(call)) resets_.push_back(call.start);
    }
    mask_.assign((slots + 63) / 64, 0);
    config_.resize(2 + mask_.size() + counts_.size());
  }

  bool placed(std::uint32_t call) const {
    return (mask_[slot_[call] / 64] >> (slot_[call] % 64) & 1U) != 0;
  }
  void flip(std::uint32_t call) {
    mask_[slot_[call] / 64] ^= std::uint64_t{1} << (slot_[call] % 64);
  }

  State state_after(std::uint32_t choice) {
    const std::uint32_t call = (choice & kOpenBit) != 0 ? open_[choice & ~kOpenBit].call : choice;
    return model_.step(state_, calls_[call]);
  }

  /// Puts a call next in the order, in a frame that is not yet complete.
  void put(std::uint32_t choice, State state) {
    made_ = {trail_.size(), state_, kNone, 0, 0, 0};
    if ((choice & kOpenBit) != 0) {
      made_.open = choice & ~kOpenBit;
      ++counts_[made_.open];
    } else {
      flip(choice);
      trail_.push_back(choice << 1U);
    }
    state_ = state;
  }

  /// Puts what only reads and fits, and passes the returns of what is in the order.
  void settle() {
    std::uint32_t from = next_[calls_.size()];
    for (;;) {
      const std::uint32_t limit =
          next_return_ == returns_.size() ? 0 : calls_[returns_[next_return_]].finish;
      for (; from != kNone && calls_[from].start < limit; from = next_[from]) {
        if (placed(from) || !model_.reads_only(calls_[from])) continue;
        if (model_.step(state_, calls_[from]) == ObjectModel::kIllegal) continue;
        flip(from);
        trail_.push_back(from << 1U);
      }
      if (limit == 0 || !placed(returns_[next_return_])) return;
      const std::uint32_t done = returns_[next_return_++];
      if (from == done) from = next_[done];
      flip(done);
      next_[previous_[done]] = next_[done];
      if (next_[done] != kNone) previous_[next_[done]] = previous_[done];
      trail_.push_back(done << 1U | 1U);
    }
  }

  /// Takes back what the last frame did.
  void leave() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    choices_.resize(frame.begin);
    undo(frame);
  }

  void undo(const Frame& frame) {
    while (trail_.size() > frame.trail) {
      const std::uint32_t entry = trail_.back();
      trail_.pop_back();
      const std::uint32_t call = entry >> 1U;
      if ((entry & 1U) != 0) {
        next_[previous_[call]] = call;
        if (next_[call] != kNone) previous_[next_[call]] = call;
        --next_return_;
      }
      flip(call);
    }
    if (frame.open != kNone) --counts_[frame.open];
    state_ = frame.state;
  }

  /// Makes a frame of what put() and settle() did, unless its configuration is known. False: a
  /// limit was reached.
  bool enter(Memory& memory) {
    if (next_return_ == returns_.size()) {
      frames_.push_back(made_);
      return true;
    }
    config_[0] = next_return_;
    config_[1] = state_;
    std::copy(mask_.begin(), mask_.end(), config_.begin() + 2);
    std::copy(counts_.begin(), counts_.end(),
              config_.begin() + 2 + static_cast<std::ptrdiff_t>(mask_.size()));
    const Memory::Answer answer = memory.add(config_);
    if (answer == Memory::Answer::full || (++entered_ % 256 == 0 && over())) return false;
    if (answer == Memory::Answer::known) {
      undo(made_);
      return true;
    }
    remember_furthest();
    made_.begin = made_.next = choices_.size();
    choose();
    made_.end = choices_.size();
    frames_.push_back(made_);
    return true;
  }

  /// Time, and what grows besides the memory of configurations.
  bool over() {
    if (budget_.expired()) return true;
    const std::uint64_t now = model_.bytes() + sizeof(Frame) * frames_.capacity() +
                              4 * (trail_.capacity() + choices_.capacity());
    if (now > held_) {
      if (!budget_.take(now - held_)) return true;
      held_ = now;
    }
    return false;
  }

  /// The call that must return next first, then others in the order of their returns, then open
  /// ones. Of equal calls only the one that returns first.
  void choose() {
    const std::uint32_t must = returns_[next_return_];
    const std::uint32_t limit = calls_[must].finish;
    const Call* const read = next_read(limit);
    ++stamp_;
    for (std::uint32_t call = next_[calls_.size()]; call != kNone && calls_[call].start < limit;
         call = next_[call]) {
      if (placed(call) || model_.reads_only(calls_[call])) continue;
      Best& best = best_[class_[call]];
      if (best.stamp == stamp_) {
        std::uint32_t& chosen = choices_[best.at];
        if (calls_[call].finish < calls_[chosen].finish) chosen = call;
        continue;
      }
      if (!is_of_use(calls_[call], read)) continue;
      best = {stamp_, choices_.size()};
      choices_.push_back(call);
    }
    std::sort(
        choices_.begin() + static_cast<std::ptrdiff_t>(made_.begin), choices_.end(),
        [&](std::uint32_t a, std::uint32_t b) { return calls_[a].finish < calls_[b].finish; });
    for (std::uint32_t open = 0; open < open_.size(); ++open) {
      const std::uint64_t used = counts_[open];
      if (used == open_[open].starts.size() || open_[open].starts[used] >= limit) continue;
      if (is_of_use(calls_[open_[open].call], read)) choices_.push_back(open | kOpenBit);
    }
  }

  bool is_of_use(const Call& call, const Call* read) {
    const State state = model_.step(state_, call);
    return state != ObjectModel::kIllegal && (read == nullptr || model_.can_lead_to(state, *read));
  }

  /// The next read that will return, unless something may reset the state before.
  const Call* next_read(std::uint32_t limit) const {
    for (std::uint32_t call = next_[calls_.size()]; call != kNone && calls_[call].start < limit;
         call = next_[call]) {
      if (!placed(call) && model_.resets(calls_[call])) return nullptr;
    }
    for (const OpenClass& open : open_) {
      if (model_.resets(calls_[open.call])) return nullptr;
    }
    const auto reset = std::ranges::lower_bound(resets_, limit);
    for (std::size_t i = next_return_; i < returns_.size(); ++i) {
      const Call& call = calls_[returns_[i]];
      if (reset != resets_.end() && call.finish > *reset) return nullptr;
      if (model_.reads_only(call) && (call.start > limit || !placed(returns_[i]))) return &call;
    }
    return nullptr;
  }

  void remember_furthest() {
    if (next_return_ < furthest_) return;
    if (next_return_ > furthest_) furthest_states_.clear();
    furthest_ = next_return_;
    if (furthest_states_.size() < 4 &&
        std::ranges::find(furthest_states_, state_) == furthest_states_.end()) {
      furthest_states_.push_back(state_);
    }
  }

  Judged stopped() {
    return {Linearizable::unknown,
            fmt::format("the search reached its limit after {} configurations, with {} of {} calls "
                        "in order",
                        entered_, furthest_, returns_.size()),
            {}};
  }

  Judged violation() {
    const std::uint32_t stuck = returns_[furthest_];
    Judged judged{Linearizable::no, {}, {calls_[stuck].op}};
    std::string states;
    for (const State state : furthest_states_) {
      if (!states.empty()) states += " or ";
      states += model_.shown(state);
    }
    for (std::uint32_t i = 0; i < calls_.size() && judged.ops.size() < 16; ++i) {
      const Call& call = calls_[i];
      const bool meets = call.start < calls_[stuck].finish && call.finish > calls_[stuck].finish;
      if (meets && !model_.reads_only(call)) judged.ops.push_back(call.op);
    }
    judged.why = fmt::format(
        "the {} calls that returned before {} did can be put in order, and then the object holds "
        "{}{}; {} fits behind none of these orders",
        furthest_, words_.operation(calls_[stuck].op), states,
        furthest_states_.size() == 4 ? " or the like" : "", words_.operation(calls_[stuck].op));
    return judged;
  }

  struct Best {
    std::uint64_t stamp = 0;
    std::size_t at = 0;  ///< in choices_
  };

  std::vector<Call> calls_;
  ObjectModel& model_;
  Budget& budget_;
  const ObjectWords& words_;
  std::vector<std::uint32_t> class_;     ///< of each call
  std::vector<std::uint32_t> slot_;      ///< of each call: its bit in mask_
  std::vector<std::uint32_t> returns_;   ///< calls, in the order of their returns
  std::vector<std::uint32_t> next_;      ///< calls whose return was not passed, by their starts
  std::vector<std::uint32_t> previous_;  ///< (dancing links; the head is behind all calls)
  std::vector<OpenClass> open_;
  std::vector<Best> best_;  ///< by class
  std::uint64_t stamp_ = 0;
  std::vector<std::uint32_t> resets_;  ///< starts of calls that reset, growing

  // the configuration, and how it came about
  std::size_t next_return_ = 0;
  State state_ = 0;
  std::vector<std::uint64_t> mask_;    ///< pending calls that are in the order
  std::vector<std::uint64_t> counts_;  ///< of open calls, by class
  std::vector<std::uint32_t> trail_;   ///< calls that were put (lowest bit 0) or passed (1)
  std::vector<std::uint32_t> choices_;
  std::vector<Frame> frames_;
  Frame made_;
  std::vector<std::uint64_t> config_;

  std::size_t furthest_ = 0;
  std::vector<State> furthest_states_;
  std::uint64_t entered_ = 0;
  std::uint64_t held_ = 0;
};

}  // namespace

Judged search(std::vector<Call> calls, const Objects& objects, ObjectModel& model, Budget& budget,
              const ObjectWords& words) {
  model.drop_open(calls);
  return Search{std::move(calls), objects, model, budget, words}.run();
}

}  // namespace witness
