/// Pairs invocations with completions and lays out the columns of a History.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "history/event.hpp"
#include "witness/history.hpp"

namespace witness {

/// Takes events in the order of the file. Holds, beside the History itself, one
/// small record for every process. Each add() throws LineFault where the event
/// contradicts what stood before it; the builder is then of no further use.
class HistoryBuilder {
 public:
  explicit HistoryBuilder(std::string name);

  StringPool& strings() { return history_.strings; }
  void set_header(HistoryHeader header) { history_.header = std::move(header); }
  bool ended() const { return end_line_ != 0; }

  /// `line` counts from 1; messages name it.
  void add(const Event& event, std::uint64_t line);

  /// Bytes of an unfinished last line that were of no use.
  void drop(std::uint64_t line, std::uint64_t bytes);

  /// Open operations stay info, without attempts. Call once.
  History finish();

 private:
  /// A process has at most one open operation, and none after an info.
  struct Process {
    std::uint32_t open = kNoPosition;  ///< position in History::operations
    bool retired = false;
    std::uint64_t line = 0;          ///< of its last event
    std::vector<MicroOp> micro_ops;  ///< of the open invocation
  };
  /// What is needed of an attempt only while reading.
  struct AttemptNote {
    std::uint64_t outcome_line = 0;  ///< 0: none
  };

  void grow_index(const Event& event);
  std::int64_t time_of(const Event& event);
  void invoke(const Event& event, std::uint64_t line);
  void complete(const Event& event, std::uint64_t line);
  Process& open_process(const Event& event);
  void add_attempts(const Event& event, Operation& operation, const Process& process);
  void add_attempt(const Event& event, std::size_t number, Operation& operation,
                   const Process& process);
  void add_single_attempt(const Event& event, Operation& operation, const Process& process);
  void add_open_attempt(Operation& operation, const Process& process);
  void set_micro_ops(Attempt& attempt, std::span<const MicroOp> micro_ops);
  void outcome(const Event& event, std::uint64_t line);
  std::uint32_t attempt_of(const Event& event);
  void ledger_row(const Event& event);
  void end(const Event& event, std::uint64_t line);
  void order_attempts();

  History history_;
  std::unordered_map<std::int64_t, Process> processes_;
  std::vector<AttemptNote> notes_;  ///< of each attempt
  std::uint64_t next_index_ = 0;
  std::uint64_t end_line_ = 0;
  int timed_ = -1;  ///< whether operations have a time; -1: none seen yet
  bool ledger_seen_ = false;
};

}  // namespace witness
