#include "history/history_writer.hpp"

#include <algorithm>
#include <span>

#include "history/excerpt.hpp"
#include "history/log_directory.hpp"
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

namespace {

/// What is told of each transaction, one session after the other.
std::vector<TxnEvent> by_sessions(const Transactions& all, std::vector<TxnEvent> events) {
  const auto of = [&](const TxnEvent& event) { return all.transactions[event.transaction]; };
  events.erase(std::remove_if(events.begin(), events.end(),
                              [&](const TxnEvent& event) {
                                return event.is_invocation &&
                                       of(event).complete_index != Transaction::kNoIndex;
                              }),
               events.end());
  std::stable_sort(events.begin(), events.end(), [&](const TxnEvent& a, const TxnEvent& b) {
    return of(a).process < of(b).process;
  });
  return events;
}

void write_events(const History& history, HistoryWriter& writer, std::span<const TxnEvent> events,
                  const std::string& path) {
  constexpr std::size_t kBufferBytes = std::size_t{1} << 20U;
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

}  // namespace

void write_history(const History& history, HistoryWriter& writer, const HistoryFormat& format,
                   const std::string& path) {
  using Layout = HistoryWriter::Layout;
  const Transactions& all = *history.transactions;
  std::vector<TxnEvent> events = events_of(history);
  if (writer.layout() != Layout::events) events = by_sessions(all, std::move(events));
  if (const auto refusal = writer.refusal(history, events)) {
    throw UsageError(printable(history.name) + " cannot be written as " + std::string{format.name} +
                     ": " + *refusal);
  }
  if (writer.layout() != Layout::files) return write_events(history, writer, events, path);
  make_log_directory(path);
  const std::vector<std::int64_t> numbers = log_numbers(all);
  for (auto begin = events.begin(); begin != events.end();) {
    const std::uint32_t process = all.transactions[begin->transaction].process;
    const auto end = std::find_if(begin, events.end(), [&](const TxnEvent& event) {
      return all.transactions[event.transaction].process != process;
    });
    write_events(history, writer, {begin, end}, log_path(path, format, numbers[process]));
    begin = end;
  }
}

}  // namespace witness
