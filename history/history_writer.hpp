/// Histories of transactions as text: what `convert` writes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "witness/history.hpp"

namespace witness {

struct HistoryFormat;

/// An invocation, or a completion with what it told.
struct TxnEvent {
  std::uint64_t index = 0;
  std::uint32_t transaction = 0;  ///< the first attempt of its operation
  std::uint32_t attempts = 1;
  bool is_invocation = true;
  bool is_bare = false;  ///< a completion that nobody invoked

  friend bool operator<(const TxnEvent& a, const TxnEvent& b) { return a.index < b.index; }
};

/// In the order of the file. Of a history of sessions: a bare completion for each transaction.
std::vector<TxnEvent> events_of(const History& history);

/// Writes one format. A new one for each history.
class HistoryWriter {
 public:
  HistoryWriter() = default;
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;
  virtual ~HistoryWriter() = default;

  /// In what order the format has events: as they happened, or the completions of one session
  /// after the other, in one file or in a directory with a file for each.
  enum class Layout : std::uint8_t { events, sessions, files };
  virtual Layout layout() const { return Layout::events; }

  /// What of the history the format cannot say, as the end of a sentence; or nothing.
  virtual std::optional<std::string> refusal(const History& history,
                                             const std::vector<TxnEvent>& events) = 0;

  /// Each appends its text to `out`.
  virtual void begin(const History& /*history*/, std::string& /*out*/) {}
  virtual void event(const History& history, const TxnEvent& event, std::string& out) = 0;
  virtual void end(const History& /*history*/, std::string& /*out*/) {}
};

/// Of each process: whether the file may leave it out (it stands for an operation without one).
std::vector<bool> nameless_processes(const Transactions& all);

/// Writes all of it. Throws UsageError for what the format cannot say, before the file is
/// created, and SystemError.
void write_history(const History& history, HistoryWriter& writer, const HistoryFormat& format,
                   const std::string& path);

}  // namespace witness
