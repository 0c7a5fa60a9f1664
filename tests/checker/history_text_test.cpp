#include "tests/checker/history_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <stdexcept>
#include <string>
#include <vector>

namespace witness::testing {
namespace {

using Words = std::vector<std::string_view>;

Words split(std::string_view text, std::string_view separators) {
  Words words;
  while (!text.empty()) {
    const auto end = text.find_first_of(separators);
    if (const auto word = text.substr(0, end); !word.empty()) words.push_back(word);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

std::int64_t number(std::string_view text) {
  if (text == "?") return kNever;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) throw std::invalid_argument("not a number: " + std::string{text});
  return value;
}

class Builder {
 public:
  explicit Builder(std::string_view text) {
    history_.name = "test.jsonl";
    for (std::string_view line : split(text, "\n")) {
      const auto colon = line.find(": ");
      const Words words = split(line.substr(0, colon), " ");
      const std::string_view steps = colon == std::string_view::npos ? "" : line.substr(colon + 2);
      if (!words.empty()) add(words, steps, colon != std::string_view::npos);
    }
  }

  History take() { return std::move(history_); }

 private:
  void add(const Words& words, std::string_view steps, bool has_steps) {
    if (words[0] == "op") return add_operation(words, steps, has_steps);
    if (words[0] == "try") return add_attempt(words[1], words.at(2), words, 3, steps);
    if (words[0] == "open") return add_open(words);
    if (words[0] == "ledger") return add_row(words);
    if (words[0] == "state") {
      history_.states.push_back({id(words.at(1)), id(words.at(2))});
      return;
    }
    history_.header.workload = words[0];
    history_.header.initial = words.at(1);
    history_.header.capacity = static_cast<std::uint64_t>(number(words.at(2)));
    for (std::size_t i = 0; i < kLedgerStateNames.size(); ++i) {
      if (kLedgerStateNames[i] == words.at(3)) history_.ledger_state = LedgerState(i);
    }
  }

  StringId id(std::string_view text) { return history_.strings.intern(text); }

  static std::pair<std::int64_t, std::int64_t> times(std::string_view text) {
    const auto dash = text.find('-');
    return {number(text.substr(0, dash)), number(text.substr(dash + 1))};
  }

  Operation& begin(std::string_view process) {
    Operation operation;
    operation.index = history_.operations.size();
    operation.process = number(process);
    operation.f = id(history_.header.workload == "seat" ? "acquire" : "buy");
    operation.attempts_begin = operation.attempts_end =
        static_cast<std::uint32_t>(history_.attempts.size());
    return history_.operations.emplace_back(operation);
  }

  static Completion completion(std::string_view told) {
    return told == "ok" ? Completion::ok : told == "info" ? Completion::info : Completion::fail;
  }

  void add_operation(const Words& words, std::string_view steps, bool has_steps) {
    Operation& operation = begin(words.at(1));
    std::tie(operation.invoke_ns, operation.complete_ns) = times(words.at(2));
    operation.completed = true;
    operation.told = completion(words.at(3));
    operation.rejected = words.at(3) == "rejected";
    if (operation.told == Completion::info) operation.complete_ns = kNever;
    if (!has_steps) return;
    add_attempt(words[2], operation.rejected ? "ok" : words[3], words, 4, steps);
  }

  void add_attempt(std::string_view when, std::string_view told, const Words& words,
                   std::size_t next, std::string_view steps) {
    Operation& operation = history_.operations.back();
    Attempt attempt;
    attempt.operation = static_cast<std::uint32_t>(history_.operations.size() - 1);
    attempt.number = operation.attempts_end - operation.attempts_begin + 1;
    std::tie(attempt.start_ns, attempt.end_ns) = times(when);
    attempt.told = completion(told);
    attempt.phase = Phase::commit;
    attempt.id = id(fmt::format("a-{}-{}-{}", operation.process, operation.index, attempt.number));
    attempt.micro_ops_begin = static_cast<std::uint32_t>(history_.micro_ops.size());
    for (const std::string_view step : split(steps, ",")) add_step(step, attempt);
    attempt.micro_ops_end = static_cast<std::uint32_t>(history_.micro_ops.size());
    for (; next < words.size(); ++next) set_outcome(words[next], attempt);
    history_.attempts.push_back(attempt);
    ++operation.attempts_end;
    if (operation.key == kNoString && attempt.micro_ops_begin != attempt.micro_ops_end) {
      operation.key = history_.micro_ops[attempt.micro_ops_begin].key;
    }
  }

  void add_step(std::string_view text, Attempt& attempt) {
    const Words words = split(text, " ");
    MicroOp op{MicroOpKind::read, id(words.at(1)),
               words.at(2) == "null" ? kNoString : id(words.at(2))};
    for (std::size_t i = 0; i < kMicroOpNames.size(); ++i) {
      if (kMicroOpNames[i] == words.at(0)) op.kind = MicroOpKind(i);
    }
    const bool is_identity = history_.header.workload == "seat" || op.kind == MicroOpKind::insert;
    if ((op.kind == MicroOpKind::write || op.kind == MicroOpKind::insert) && is_identity &&
        op.value != kNoString) {
      attempt.id = op.value;
    }
    history_.micro_ops.push_back(op);
  }

  static void set_outcome(std::string_view word, Attempt& attempt) {
    attempt.evidence = Evidence::ledger;
    if (word == "committed") attempt.outcome = Outcome::committed;
    if (word == "aborted") {
      attempt.outcome = Outcome::aborted;
      attempt.evidence = Evidence::ledger_absent;
    }
  }

  void add_open(const Words& words) {
    Operation& operation = begin(words.at(1));
    operation.invoke_ns = number(words.at(2));
    operation.key = id(words.at(3));
  }

  void add_row(const Words& words) {
    LedgerRow row{id(words.at(1)), id(words.at(2))};
    for (std::uint32_t i = 0; i < history_.attempts.size(); ++i) {
      if (history_.attempts[i].id == row.holder) row.attempt = i;
    }
    history_.ledger.push_back(row);
  }

  History history_;
};

}  // namespace

History history_of(std::string_view text) { return Builder{text}.take(); }

TEST(HistoryText, GivesWhatItSays) {
  const History history = history_of(R"(
seat free 1 complete
op 0 1-9 ok committed: r A1 free, w A1 a
op 1 2-8 rejected: r A1 sold
open 2 6 A1)");
  ASSERT_EQ(history.operations.size(), 3u);
  EXPECT_EQ(history.attempts[0].outcome, Outcome::committed);
  EXPECT_EQ(history.text(history.attempts[0].id), "a");
  EXPECT_TRUE(history.operations[1].rejected);
  EXPECT_FALSE(history.operations[2].completed);
}

}  // namespace witness::testing
