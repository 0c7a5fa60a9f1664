#include "checker/linearizability/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "checker/linearizability/configurations.hpp"
#include "checker/linearizability/search_layout.hpp"

namespace witness {
namespace {

using State = ObjectModel::State;

class Search {
 public:
  Search(std::vector<Call> calls, const Objects& objects, ObjectModel& model, Budget& budget,
         const ObjectWords& words)
      : calls_(std::move(calls)),
        model_(model),
        budget_(budget),
        words_(words),
        layout_(lay_out(calls_, objects, model)),
        next_(std::move(layout_.next)),
        previous_(std::move(layout_.previous)),
        best_(layout_.classes),
        mask_((layout_.slots + 63) / 64),
        counts_(layout_.open.size()),
        config_(2 + mask_.size() + counts_.size()) {}

  ~Search() { budget_.give_back(held_); }
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  Judged run() {
    ExpandedConfigurations expanded{mask_.size(), counts_.size(), budget_};
    state_ = model_.initial();
    settle();
    if (!enter(expanded)) return stopped();
    while (!frames_.empty()) {
      if (next_return_ == layout_.returns.size()) return {};
      Frame& frame = frames_.back();
      if (frame.next == frame.end) {
        leave();
        continue;
      }
      const std::uint32_t choice = choices_[frame.next++];
      const State state = state_after(choice);
      put(choice, state);
      settle();
      if (next_return_ == layout_.returns.size()) return {};
      if (!enter(expanded)) return stopped();
    }
    return violation();
  }

 private:
  using Answer = ExpandedConfigurations::Answer;
  static constexpr std::uint32_t kNone = SearchLayout::kNone;
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
  bool placed(std::uint32_t call) const {
    return (mask_[layout_.slot[call] / 64] >> (layout_.slot[call] % 64) & 1U) != 0;
  }
  void flip(std::uint32_t call) {
    mask_[layout_.slot[call] / 64] ^= std::uint64_t{1} << (layout_.slot[call] % 64);
  }

  State state_after(std::uint32_t choice) {
    const std::uint32_t call =
        (choice & kOpenBit) != 0 ? layout_.open[choice & ~kOpenBit].call : choice;
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
          next_return_ == layout_.returns.size() ? 0 : calls_[layout_.returns[next_return_]].finish;
      for (; from != kNone && calls_[from].start < limit; from = next_[from]) {
        if (placed(from) || !model_.reads_only(calls_[from])) continue;
        if (model_.step(state_, calls_[from]) == ObjectModel::kIllegal) continue;
        flip(from);
        trail_.push_back(from << 1U);
      }
      if (limit == 0 || !placed(layout_.returns[next_return_])) return;
      const std::uint32_t done = layout_.returns[next_return_++];
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
  bool enter(ExpandedConfigurations& expanded) {
    if (next_return_ == layout_.returns.size()) {
      frames_.push_back(made_);
      return true;
    }
    config_[0] = next_return_;
    config_[1] = state_;
    std::copy(mask_.begin(), mask_.end(), config_.begin() + 2);
    std::copy(counts_.begin(), counts_.end(),
              config_.begin() + 2 + static_cast<std::ptrdiff_t>(mask_.size()));
    const auto answer = expanded.add(config_);
    if (answer == Answer::full || (++entered_ % 256 == 0 && over())) return false;
    if (answer == Answer::known) {
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
    const std::uint32_t must = layout_.returns[next_return_];
    const std::uint32_t limit = calls_[must].finish;
    const Call* const read = next_read(limit);
    ++stamp_;
    for (std::uint32_t call = next_[calls_.size()]; call != kNone && calls_[call].start < limit;
         call = next_[call]) {
      if (placed(call) || model_.reads_only(calls_[call])) continue;
      Best& best = best_[layout_.class_of[call]];
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
    for (std::uint32_t open = 0; open < layout_.open.size(); ++open) {
      const std::vector<std::uint32_t>& starts = layout_.open[open].starts;
      const std::uint64_t used = counts_[open];
      if (used == starts.size() || starts[used] >= limit) continue;
      if (is_of_use(calls_[layout_.open[open].call], read)) choices_.push_back(open | kOpenBit);
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
    for (const SearchLayout::OpenClass& open : layout_.open) {
      if (model_.resets(calls_[open.call])) return nullptr;
    }
    const auto reset = std::ranges::lower_bound(layout_.resets, limit);
    for (std::size_t i = next_return_; i < layout_.returns.size(); ++i) {
      const Call& call = calls_[layout_.returns[i]];
      if (reset != layout_.resets.end() && call.finish > *reset) return nullptr;
      const bool returns_later = call.start > limit || !placed(layout_.returns[i]);
      if (returns_later && model_.reads_only(call)) return &call;
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
                        entered_, furthest_, layout_.returns.size()),
            {}};
  }

  Judged violation() {
    const std::uint32_t stuck = layout_.returns[furthest_];
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
  SearchLayout layout_;
  std::vector<std::uint32_t> next_;      ///< calls whose return was not passed, by their starts
  std::vector<std::uint32_t> previous_;  ///< (dancing links; the head is behind all calls)
  std::vector<Best> best_;               ///< by class
  std::uint64_t stamp_ = 0;

  // the configuration, and how it came about
  std::size_t next_return_ = 0;
  State state_ = 0;
  std::vector<std::uint64_t> mask_;    ///< pending calls that are in the order, by slot
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
