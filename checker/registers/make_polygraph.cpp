#include <algorithm>
#include <queue>

#include "checker/registers/polygraph.hpp"
#include "checker/transactions/transaction_graph.hpp"

namespace witness {
namespace {

using enum EdgeKind;
constexpr std::uint32_t kNone = kNoPosition;

class PolygraphMaker {
 public:
  PolygraphMaker(const Transactions& history, const RegisterChains& chains,
                 const std::vector<bool>& happened, Criterion criterion, TimeOrder order)
      : history_(history), chains_(chains), happened_(happened) {
    out_.criterion = criterion;
    out_.order = order;
    out_.transactions = static_cast<std::uint32_t>(history.transactions.size());
    out_.nodes = out_.transactions * out_.nodes_each();
    out_.key_begin = chains.key_begin;
  }

  Polygraph make() && {
    if (out_.nodes_each() == 2) {
      for (std::uint32_t i = 0; i < out_.transactions; ++i) {
        if (happened_[i]) add(out_.beginning(i), out_.commit(i), 0, ww);
      }
    }
    for (const Certain& each : chains_.read) {
      add(out_.commit(each.from), out_.beginning(each.to), each.key, wr);
    }
    for (const Certain& each : chains_.replaced) {
      add(out_.beginning(each.from), out_.commit(each.to), each.key, rw_item);
    }
    place_chains();
    add_open_reads();
    if (out_.order != TimeOrder::none) add_sessions();
    if (out_.order == TimeOrder::real_time) add_moments();
    assign_lanes();
    return std::move(out_);
  }

 private:
  void add(std::uint32_t from, std::uint32_t to, std::uint32_t key, EdgeKind kind) {
    if (from != to) out_.known.push_back({from, to, key, kind});
  }
  bool serial() const { return out_.criterion == Criterion::serializability; }

  void place_chains() {
    for (std::uint32_t number = 0; number < chains_.chains.size(); ++number) {
      const Chain& chain = chains_.chains[number];
      ChainNodes nodes;
      if (chain.head != kNone) {
        nodes.replaces = out_.beginning(chain.head);
        nodes.commits = out_.commit(chain.head);
      }
      if (chain.tail != kNone) nodes.written = out_.commit(chain.tail);
      if (chain.readers_begin < chain.readers_end) {
        const std::uint32_t relay = out_.nodes++;
        for (std::uint32_t i = chain.readers_begin; i < chain.readers_end; ++i) {
          add(out_.beginning(chains_.readers[i]), relay, chain.key, rw_item);
        }
        // In a graph of whole transactions both kinds of edges end at the same node.
        if (serial() && nodes.written != kNone) add(nodes.written, relay, chain.key, ww);
        (serial() ? nodes.written : nodes.missed) = relay;
      }
      out_.chains.push_back(nodes);
      out_.chain_key.push_back(chain.key);
    }
    for (std::uint32_t key = 0; key + 1 < out_.key_begin.size(); ++key) {
      for (std::uint32_t other = out_.key_begin[key] + 1; other < out_.key_begin[key + 1];
           ++other) {
        out_.for_edges(out_.key_begin[key], other,
                       [this](const PolyEdge& edge) { out_.known.push_back(edge); });
      }
    }
  }

  /// Each candidate is a selection: its writer comes before the reader, and the reader before who
  /// made the next version. What comes behind a chain's last version, is said by `behind_`.
  void add_open_reads() {
    for (const OpenRead& read : chains_.open_reads) {
      std::vector<Literal> group;
      for (std::uint32_t i = read.begin; i < read.end; ++i) {
        const Candidate& candidate = chains_.candidates[i];
        const Literal literal = ++selections_;
        group.push_back(literal);
        const auto select = [&](std::uint32_t from, std::uint32_t to, EdgeKind kind) {
          out_.selected.push_back({{from, to, read.key, kind}, literal});
        };
        if (candidate.writer != kNone) {
          select(out_.commit(candidate.writer), out_.beginning(read.reader), wr);
        }
        const std::uint32_t self = out_.beginning(read.reader);
        if (candidate.next != kNone) {
          if (candidate.next != read.reader) select(self, out_.commit(candidate.next), rw_item);
          continue;
        }
        for (std::uint32_t other = out_.key_begin[read.key]; other < out_.key_begin[read.key + 1];
             ++other) {
          behind(candidate.chain, other, literal, read);
        }
      }
      out_.one_of.push_back(std::move(group));
    }
  }

  void behind(std::uint32_t chain, std::uint32_t other, Literal literal, const OpenRead& read) {
    const Chain& second = chains_.chains[other];
    if (other == chain || second.head == kNone || second.head == read.reader) return;
    out_.missed_if.push_back(
        {chain,
         other,
         literal,
         {out_.beginning(read.reader), out_.commit(second.head), read.key, rw_item}});
  }

  /// Also through transactions that did not happen.
  void add_sessions() {
    const std::uint32_t joints = out_.nodes;
    out_.nodes += history_.joints;
    for (std::uint32_t i = 0; i < out_.transactions; ++i) {
      if (out_.nodes_each() == 2 && !happened_[i])
        add(out_.beginning(i), out_.commit(i), 0, process);
      const std::uint32_t previous = history_.transactions[i].previous;
      if (previous != kNone) add(out_.commit(previous), out_.beginning(i), 0, process);
    }
    const auto earlier = [&](std::uint32_t number) {
      return number < out_.transactions ? out_.commit(number)
                                        : joints + (number - out_.transactions);
    };
    const auto later = [&](std::uint32_t number) {
      return number < out_.transactions ? out_.beginning(number)
                                        : joints + (number - out_.transactions);
    };
    for (const Transactions::After& after : history_.also_after) {
      add(earlier(after.earlier), later(after.later), 0, process);
    }
  }

  void add_moments() {
    const std::uint32_t first = out_.nodes;
    const auto count = static_cast<std::uint32_t>(history_.ended.size());
    out_.nodes += count;
    for (std::uint32_t i = 0; i < count; ++i) {
      add(out_.commit(history_.ended[i]), first + i, 0, realtime);
      if (i + 1 < count) add(first + i, first + i + 1, 0, realtime);
    }
    for (std::uint32_t i = 0; i < out_.transactions; ++i) {
      const std::uint32_t after = history_.transactions[i].began_after;
      if (after > 0) add(first + after - 1, out_.beginning(i), 0, realtime);
    }
  }

  // --- lanes ---
  void assign_lanes() {
    out_.lane.assign(out_.nodes, kNone);
    out_.place.assign(out_.nodes, 0);
    if (out_.order == TimeOrder::real_time) {
      lanes_in_time();
    } else if (out_.order == TimeOrder::session) {
      lanes_of_sessions();
    } else {
      lanes_of_reads();
    }
  }

  void put(std::uint32_t transaction, std::uint32_t lane, std::uint32_t after) {
    out_.lane[out_.beginning(transaction)] = lane;
    out_.lane[out_.commit(transaction)] = lane;
    out_.place[out_.beginning(transaction)] = after + 1;
    out_.place[out_.commit(transaction)] = after + out_.nodes_each();
  }
  std::uint32_t end_place(std::uint32_t transaction) const {
    return out_.place[out_.commit(transaction)];
  }

  /// Whoever began after the first end that is still free.
  void lanes_in_time() {
    const std::vector<std::uint32_t> rank = ranks_of(history_);
    using Tail = std::pair<std::uint32_t, std::uint32_t>;  // when it ended, who
    std::priority_queue<Tail, std::vector<Tail>, std::greater<>> tails;
    for (std::uint32_t i = 0; i < out_.transactions; ++i) {
      if (!happened_[i]) continue;
      if (!tails.empty() && tails.top().first < history_.transactions[i].began_after) {
        const std::uint32_t before = tails.top().second;
        tails.pop();
        put(i, out_.lane[out_.commit(before)], end_place(before));
      } else {
        put(i, out_.lanes++, 0);
      }
      if (rank[i] != kNone) tails.emplace(rank[i], i);
    }
  }

  void lanes_of_sessions() {
    std::vector<bool> followed(out_.transactions, false);
    for (std::uint32_t i = 0; i < out_.transactions; ++i) {
      const std::uint32_t previous = history_.transactions[i].previous;
      if (previous != kNone && previous < i && !followed[previous]) {
        followed[previous] = true;
        put(i, out_.lane[out_.commit(previous)], end_place(previous));
      } else {
        put(i, out_.lanes++, 0);
      }
    }
  }

  /// Who read from the end of a lane goes on with it.
  void lanes_of_reads() {
    std::vector<std::uint32_t> next(out_.transactions, kNone);
    std::vector<bool> follows(out_.transactions, false);
    for (const Certain& each : chains_.read) {
      if (next[each.from] != kNone || follows[each.to]) continue;
      next[each.from] = each.to;
      follows[each.to] = true;
    }
    for (std::uint32_t i = 0; i < out_.transactions; ++i) {
      if (!happened_[i] || follows[i]) continue;
      const std::uint32_t lane = out_.lanes++;
      std::uint32_t after = 0;
      for (std::uint32_t each = i; each != kNone; each = next[each]) {
        put(each, lane, after);
        after = end_place(each);
      }
    }
  }

  const Transactions& history_;
  const RegisterChains& chains_;
  const std::vector<bool>& happened_;
  Literal selections_ = 0;
  Polygraph out_;
};

}  // namespace

Polygraph make_polygraph(const Transactions& history, const RegisterChains& chains,
                         const std::vector<bool>& happened, Criterion criterion, TimeOrder order) {
  return PolygraphMaker{history, chains, happened, criterion, order}.make();
}

}  // namespace witness
