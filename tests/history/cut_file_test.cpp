/// A history that was cut anywhere reads, and holds a beginning of the whole.
#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/history/worked_example.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

/// What a reader of lines would expect of the first lines of the example: how much
/// of each kind they hold.
struct Expected {
  std::size_t operations = 0;
  std::size_t completions = 0;
  std::size_t rows = 0;
  std::size_t states = 0;
  bool end = false;
};

bool has(std::string_view line, std::string_view part) {
  return line.find(part) != std::string_view::npos;
}

Expected expected_of(std::string_view whole_lines) {
  Expected expected;
  while (!whole_lines.empty()) {
    const std::size_t size = std::min(whole_lines.find('\n'), whole_lines.size() - 1) + 1;
    const std::string_view line = whole_lines.substr(0, size);
    expected.operations += has(line, R"("type":"invoke")") ? 1 : 0;
    expected.completions += has(line, R"("type":"ok","process")") ? 1 : 0;
    expected.rows += has(line, R"("evidence":"ledger")") ? 1 : 0;
    expected.states += has(line, R"("type":"state")") ? 1 : 0;
    expected.end = expected.end || has(line, R"("end":true)");
    whole_lines.remove_prefix(size);
  }
  return expected;
}

void expect_holds(const History& history, const Expected& expected, const History& whole) {
  ASSERT_EQ(history.operations.size(), expected.operations);
  ASSERT_EQ(history.attempts.size(), expected.completions) << "open operations have none";
  ASSERT_EQ(history.ledger.size(), expected.rows);
  ASSERT_EQ(history.states.size(), expected.states);
  ASSERT_EQ(history.damage.cut, !expected.end);
  std::size_t completions = 0;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    ASSERT_EQ(operation.index, whole.operations[i].index);
    ASSERT_EQ(operation.process, whole.operations[i].process);
    ASSERT_EQ(operation.invoke_ns, whole.operations[i].invoke_ns);
    ASSERT_EQ(history.text(operation.key), whole.text(whole.operations[i].key));
    if (operation.completed) {
      ++completions;
      ASSERT_EQ(operation.complete_ns, whole.operations[i].complete_ns);
      ASSERT_EQ(operation.told, whole.operations[i].told);
    } else {
      ASSERT_EQ(operation.told, Completion::info);
      ASSERT_EQ(operation.complete_ns, kNever);
    }
  }
  ASSERT_EQ(completions, expected.completions);
}

/// `text` is a beginning of the example.
void expect_reads(const std::string& text, const std::string& example, const History& whole) {
  // A last line without its line feed counts if the line feed is all that it lacks.
  const std::size_t lines_end = text.find_last_of('\n') + 1;  // 0 if there is none
  const bool whole_tail = text.size() < example.size() && example[text.size()] == '\n';
  const std::string used = whole_tail ? text : text.substr(0, lines_end);

  const History history = parse_history(text, "cut");
  expect_holds(history, expected_of(used), whole);
  const std::size_t dropped = text.size() - used.size();
  ASSERT_EQ(history.damage.dropped_bytes, dropped);
  if (dropped > 0) {
    ASSERT_EQ(history.damage.dropped_line,
              static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  }
  ASSERT_EQ(history.header.workload, used.empty() ? "" : "seat");
}

TEST(CutFile, ReadsAtEveryByteOfTheWorkedExample) {
  const std::string example = worked_example();
  const History whole = parse_history(example, "whole");
  for (std::size_t size = 0; size <= example.size(); ++size) {
    SCOPED_TRACE("cut after " + std::to_string(size) + " bytes");
    expect_reads(example.substr(0, size), example, whole);
    if (HasFatalFailure()) return;
  }
}

/// A power cut can leave the length of a file behind, without its content.
TEST(CutFile, ReadsAtEveryByteWithNulBytesBehindIt) {
  const std::string example = worked_example();
  const History whole = parse_history(example, "whole");
  for (std::size_t size = 0; size <= example.size(); ++size) {
    SCOPED_TRACE("cut after " + std::to_string(size) + " bytes");
    const std::string text = example.substr(0, size);
    const History cut = parse_history(text, "cut");
    const History padded = parse_history(text + std::string(100, '\0'), "padded");
    ASSERT_EQ(padded.operations.size(), cut.operations.size());
    ASSERT_EQ(padded.ledger.size(), cut.ledger.size());
    ASSERT_EQ(padded.damage.cut, cut.damage.cut);
    ASSERT_EQ(padded.damage.dropped_bytes, cut.damage.dropped_bytes + 100);
  }
}

/// As the recorder writes it: flushed after each line, or all at once.
std::string compressed(const std::string& text, bool flush_lines) {
  std::string out(ZSTD_compressBound(text.size()) + 4096, '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = flush_lines ? text.find('\n', at) + 1 : text.size();
    ZSTD_inBuffer input{text.data() + at, end - at, 0};
    EXPECT_EQ(ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush), 0U);
    at = end;
  }
  ZSTD_inBuffer nothing{nullptr, 0, 0};
  EXPECT_EQ(ZSTD_compressStream2(context, &output, &nothing, ZSTD_e_end), 0U);
  ZSTD_freeCCtx(context);
  out.resize(output.pos);
  return out;
}

TEST(CutFile, ReadsAtEveryByteOfTheCompressedExample) {
  const std::string example = worked_example();
  const History whole = parse_history(example, "whole");
  for (const bool flush_lines : {true, false}) {
    const std::string bytes = compressed(example, flush_lines);
    std::size_t operations = 0;
    bool was_cut = true;
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
      SCOPED_TRACE("cut after " + std::to_string(size) + " bytes");
      const History history = parse_history(bytes.substr(0, size), "cut.zst");
      ASSERT_GE(history.operations.size(), operations) << "more bytes, fewer operations";
      operations = history.operations.size();
      ASSERT_LE(operations, whole.operations.size());
      for (std::size_t i = 0; i < operations; ++i) {
        ASSERT_EQ(history.operations[i].index, whole.operations[i].index);
      }
      ASSERT_TRUE(was_cut || !history.damage.cut);
      was_cut = history.damage.cut;
    }
    EXPECT_EQ(operations, 2U);
    EXPECT_FALSE(was_cut);
  }
}

TEST(CutFile, HoldsEveryLineThatWasFlushedThroughZstd) {
  const std::string example = worked_example();
  const std::string first_lines = example.substr(0, example.find(R"({"index":3)"));
  std::string bytes = compressed(first_lines, true);
  bytes.resize(bytes.size() - 3);  // the empty block that ends the frame
  const History history = parse_history(bytes, "killed.zst");
  EXPECT_EQ(history.operations.size(), 2U);
  EXPECT_TRUE(history.operations[0].completed);
  EXPECT_FALSE(history.operations[1].completed);
  EXPECT_TRUE(history.damage.cut);
}

TEST(CutFile, IsAnEmptyHistoryIfNothingIsLeft) {
  for (const std::string& text :
       {std::string{}, std::string(10, '\0'), std::string{"{"}, std::string{" {\"sche"},
        std::string{"\xEF\xBB\xBF"}, std::string{R"({"schema":"witness.history/1","workl)"}}) {
    const History history = parse_history(text, "cut");
    EXPECT_TRUE(history.operations.empty());
    EXPECT_TRUE(history.damage.cut);
  }
}

TEST(CutFile, UsesAnUnfinishedLastLineThatIsWhole) {
  const History history = parse_history(
      R"({"schema":"witness.history/1"}
{"index":0,"type":"invoke","process":0,"f":"buy"})",
      "test");
  EXPECT_EQ(history.operations.size(), 1U);
  EXPECT_EQ(history.damage.dropped_bytes, 0U);
  EXPECT_TRUE(history.damage.cut);
}

TEST(CutFile, LeavesNothingOfADroppedLineBehind) {
  const History history = parse_history(
      R"({"schema":"witness.history/1"}
{"index":0,"type":"invoke","process":0,"f":"buy","value":[["w","A","x"]])",
      "test");
  EXPECT_EQ(history.operations.size(), 0U);
  EXPECT_EQ(history.strings.size(), 0U);
  EXPECT_EQ(history.damage.dropped_line, 2U);
}

TEST(CutFile, SaysWhatStandsBehindTheEndWithoutCallingItCut) {
  const History history = parse_history(
      R"({"schema":"witness.history/1"}
{"schema":"witness.history/1","end":true,"operations":0}
{"ind)",
      "test");
  EXPECT_FALSE(history.damage.cut);
  EXPECT_EQ(history.damage.dropped_bytes, 5U);
  EXPECT_EQ(history.damage.dropped_line, 3U);
}

}  // namespace
}  // namespace witness
