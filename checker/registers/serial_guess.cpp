#include "checker/registers/serial_guess.hpp"

#include <algorithm>
#include <numeric>
#include <queue>
#include <set>

#include "checker/registers/adjacency.hpp"
#include "checker/transactions/transaction_graph.hpp"

namespace witness {
namespace {

constexpr std::uint32_t kNone = kNoPosition;

/// When each transaction probably took effect: by the clock, else by how much of its session was
/// done. Smaller is earlier; all are different.
std::vector<std::uint32_t> likely_places(const Transactions& history) {
  const auto count = static_cast<std::uint32_t>(history.transactions.size());
  std::vector<double> moment(count);
  if (history.has_real_time) {
    const std::vector<std::uint32_t> rank = ranks_of(history);
    for (std::uint32_t i = 0; i < count; ++i) {
      moment[i] = rank[i] != kNone ? rank[i] : history.transactions[i].began_after + 0.5;
    }
  } else {
    std::vector<std::uint32_t> length(history.processes.size());
    std::vector<std::uint32_t> place(count);
    for (std::uint32_t i = 0; i < count; ++i) place[i] = length[history.transactions[i].process]++;
    for (std::uint32_t i = 0; i < count; ++i) {
      moment[i] = (place[i] + 0.5) / length[history.transactions[i].process];
    }
  }
  std::vector<std::uint32_t> sorted(count);
  std::iota(sorted.begin(), sorted.end(), 0U);
  std::ranges::stable_sort(sorted, {}, [&](std::uint32_t i) { return moment[i]; });
  std::vector<std::uint32_t> places(count);
  for (std::uint32_t i = 0; i < count; ++i) places[sorted[i]] = i;
  return places;
}

class Execution {
 public:
  Execution(const Transactions& history, const RegisterChains& chains, const Polygraph& graph)
      : graph_(graph),
        hint_(likely_places(history)),
        followers_(graph.nodes, graph.known),
        waits_for_(graph.nodes),
        busy_(history.keys.size(), false),
        waiting_(history.keys.size()),
        parked_on_(graph.transactions, kNone) {
    for (const PolyEdge& edge : graph.known) ++waits_for_[edge.to];
    heads_begin_.assign(graph.transactions + 2, 0);
    for (const Chain& chain : chains.chains) {
      if (chain.head != kNone) ++heads_begin_[chain.head + 2];
    }
    std::partial_sum(heads_begin_.begin(), heads_begin_.end(), heads_begin_.begin());
    heads_.resize(heads_begin_.back());
    frees_.assign(graph.nodes, {});
    for (std::uint32_t i = 0; i < chains.chains.size(); ++i) {
      const Chain& chain = chains.chains[i];
      if (chain.head == kNone) continue;
      heads_[heads_begin_[chain.head + 1]++] = i;
      frees_[graph.chains[i].written].push_back(chain.key);
    }
    heads_begin_.pop_back();
  }

  SerialGuess run() {
    for (std::uint32_t node = 0; node < graph_.nodes; ++node) {
      if (waits_for_[node] == 0) release(node);
    }
    settle();
    while (!ready_.empty() || force_one()) {
      const std::uint32_t next = ready_.top().second;
      ready_.pop();
      const std::uint32_t key = forced_ == next ? kNone : blocked_on(next);
      if (key == kNone) {
        execute(next);
      } else {
        waiting_[key].emplace(hint_[next], next);
        parked_.emplace(hint_[next], next);
        parked_on_[next] = key;
        wake_others(next);
      }
    }
    guess_.serial = guess_.serial && guess_.order.size() == graph_.transactions;
    return std::move(guess_);
  }

 private:
  using Waiter = std::pair<std::uint32_t, std::uint32_t>;  // when it should be, who
  using Queue = std::priority_queue<Waiter, std::vector<Waiter>, std::greater<>>;

  std::span<const std::uint32_t> heads_of(std::uint32_t transaction) const {
    return std::span{heads_}.subspan(heads_begin_[transaction],
                                     heads_begin_[transaction + 1] - heads_begin_[transaction]);
  }
  std::uint32_t key_of(std::uint32_t chain) const { return graph_.chain_key[chain]; }

  /// A key with a version that has still to be read, or continued.
  std::uint32_t blocked_on(std::uint32_t transaction) const {
    for (const std::uint32_t chain : heads_of(transaction)) {
      if (busy_[key_of(chain)]) return key_of(chain);
    }
    return kNone;
  }

  /// It could not go on with a key that is free: somebody else may.
  void wake_others(std::uint32_t transaction) {
    for (const std::uint32_t chain : heads_of(transaction)) {
      if (!busy_[key_of(chain)]) wake_one(key_of(chain));
    }
  }

  void wake_one(std::uint32_t key) {
    Queue& queue = waiting_[key];
    while (!queue.empty()) {
      const Waiter next = queue.top();
      queue.pop();
      if (parked_on_[next.second] != key) continue;  // it was forced
      wake(next);
      return;
    }
  }

  void wake(Waiter waiter) {
    parked_on_[waiter.second] = kNone;
    parked_.erase(waiter);
    ready_.push(waiter);
  }

  bool force_one() {
    if (parked_.empty()) return false;
    guess_.serial = false;
    forced_ = parked_.begin()->second;
    wake(*parked_.begin());
    return true;
  }

  void execute(std::uint32_t transaction) {
    guess_.order.push_back(transaction);
    for (const std::uint32_t chain : heads_of(transaction)) busy_[key_of(chain)] = true;
    done_.push_back(transaction);
    settle();
  }

  void settle() {
    while (!done_.empty()) {
      const std::uint32_t node = done_.back();
      done_.pop_back();
      for (const std::uint32_t key : frees_[node]) {
        busy_[key] = false;
        wake_one(key);
      }
      for (const std::uint32_t edge : followers_.from(node)) {
        const std::uint32_t to = graph_.known[edge].to;
        if (--waits_for_[to] == 0) release(to);
      }
    }
  }

  void release(std::uint32_t node) {
    if (node < graph_.transactions) {
      ready_.emplace(hint_[node], node);
    } else {
      done_.push_back(node);
    }
  }

  const Polygraph& graph_;
  std::vector<std::uint32_t> hint_;
  Adjacency followers_;
  std::vector<std::uint32_t> waits_for_;  ///< of each node
  std::vector<std::uint32_t> heads_begin_;
  std::vector<std::uint32_t> heads_;               ///< chains, by who heads them
  std::vector<std::vector<std::uint32_t>> frees_;  ///< of each node: keys of chains that end there
  std::vector<bool> busy_;                         ///< of each key
  std::vector<Queue> waiting_;                     ///< for each key
  std::set<Waiter> parked_;                        ///< all who wait for keys
  std::vector<std::uint32_t> parked_on_;           ///< of each transaction: the key
  std::uint32_t forced_ = kNone;
  Queue ready_;
  std::vector<std::uint32_t> done_;
  SerialGuess guess_{{}, true};
};

}  // namespace

SerialGuess guess_serial_order(const Transactions& history, const RegisterChains& chains,
                               const Polygraph& graph) {
  return Execution{history, chains, graph}.run();
}

}  // namespace witness
