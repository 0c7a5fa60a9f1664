#include "history/history_writer.hpp"

#include <algorithm>

#include "history/excerpt.hpp"
#include "history/text_sink.hpp"
#include "witness/error.hpp"

namespace witness {

std::vector<TxnEvent> events_of(const History& history) {
  const Transactions& all = *history.transactions;
  std::vector<TxnEvent> events;
  events.reserve(2 * all.transactions.size());
  for (std::uint32_t id = 0; id < all.transactions.size(); ++id) {
    const Transaction& one = all.transactions[id];
    std::uint32_t attempts = 1;
    while (id + attempts < all.transactions.size() &&
           all.transactions[id + attempts].index == one.index) {
      ++attempts;
    }
    const bool bare = !all.has_real_time || one.complete_index == one.index;
    if (!bare) events.push_back({one.index, id, attempts, true, false});
    if (bare || one.complete_index != Transaction::kNoIndex) {
      events.push_back({bare ? one.index : one.complete_index, id, attempts, false, bare});
    }
    id += attempts - 1;
  }
  if (all.has_real_time) std::sort(events.begin(), events.end());
  return events;
}

std::vector<bool> nameless_processes(const Transactions& all) {
  std::vector<bool> nameless(all.processes.size());
  for (std::size_t i = 0; i < nameless.size(); ++i) nameless[i] = all.processes[i] == -1;
  std::vector<bool> met(nameless.size());
  for (const Transaction& one : all.transactions) {
    if (met[one.process]) nameless[one.process] = false;
    met[one.process] = true;
  }
  return nameless;
}

void write_history(const History& history, HistoryWriter& writer, std::string_view format,
                   const std::string& path) {
  constexpr std::size_t kBufferBytes = std::size_t{1} << 20U;
  const std::vector<TxnEvent> events = events_of(history);
  if (const auto refusal = writer.refusal(history, events)) {
    throw UsageError(printable(history.name) + " cannot be written as " + std::string{format} +
                     ": " + *refusal);
  }
  TextSink sink{path, TextSink::Flush::at_end};
  std::string out;
  writer.begin(history, out);
  for (const TxnEvent& event : events) {
    writer.event(history, event, out);
    if (out.size() < kBufferBytes) continue;
    sink.write(out);
    out.clear();
  }
  writer.end(history, out);
  sink.write(out);
  sink.finish();
}

}  // namespace witness
