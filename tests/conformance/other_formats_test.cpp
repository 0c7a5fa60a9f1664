/// The histories of other tools are read, all of each.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "tests/conformance/expectations.hpp"
#include "tests/support/process.hpp"
#include "witness/history.hpp"

namespace witness {
namespace {

using test::Expectation;

/// Paths with their formats, once each, of these formats.
std::map<std::string, std::string> paths(const std::string& format) {
  std::map<std::string, std::string> found;
  for (const Expectation& expected : test::expectations("rw-register")) {
    if (expected.format != format) continue;
    std::filesystem::path path = test::corpora() / expected.path;
    // The baselines stand in a folder of their own.
    if (!std::filesystem::exists(path)) {
      path = path.parent_path() / "bsl" / path.filename();
    }
    found[path.string()] = format;
  }
  return found;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) {
    ++found;
  }
  return found;
}

/// Transactions and operations.
using Counts = std::pair<std::size_t, std::size_t>;

Counts counts_of(const std::string& path) {
  const History history = read_history(path);
  return {history.transactions->transactions.size(), history.transactions->ops.size()};
}

TEST(OtherFormats, AwditsTestsAreReadWhole) {
  const auto files = paths("awdit-test");
  if (files.empty()) GTEST_SKIP() << "no corpora at " << test::corpora() << "; set WITNESS_CORPORA";
  for (const auto& [path, format] : files) {
    const std::string text = '\n' + test::read_file(path);
    EXPECT_EQ(counts_of(path), Counts(1 + count(text, "\n-----") + count(text, "\n====="),
                                      count(text, "\nr ") + count(text, "\nw ")))
        << path;
  }
}

TEST(OtherFormats, CobrasLogsAreReadWhole) {
  const auto folders = paths("cobra");
  if (folders.empty()) {
    GTEST_SKIP() << "no corpora at " << test::corpora() << "; set WITNESS_CORPORA";
  }
  for (const auto& [path, format] : folders) {
    // Every record has a length: the bytes tell how many there are.
    const auto [transactions, operations] = counts_of(path);
    std::size_t bytes = 0;
    std::size_t commits = 0;
    for (const auto& entry : std::filesystem::directory_iterator{path}) {
      if (entry.path().extension() == ".log") bytes += entry.file_size();
      if (entry.path().extension() != ".debug") continue;
      commits += count(test::read_file(entry.path().string()), "successfully commit");
    }
    const History history = read_history(path);
    std::size_t reads = 0;
    for (const TxnOp& op : history.transactions->ops) reads += op.kind == TxnOpKind::read ? 1 : 0;
    EXPECT_EQ(bytes, 18 * transactions + 33 * reads + 25 * (operations - reads)) << path;
    for (const Transaction& one : history.transactions->transactions) {
      EXPECT_EQ(one.fate, Fated::committed);
    }
    if (commits > 0) {
      EXPECT_GE(commits, transactions) << path;  // fences are not logged
    }
  }
}

TEST(OtherFormats, PlumesTextsAreReadWhole) {
  const auto files = paths("plume");
  if (files.empty()) GTEST_SKIP() << "no corpora at " << test::corpora() << "; set WITNESS_CORPORA";
  for (const auto& [path, format] : files) {
    const std::string text = '\n' + test::read_file(path);
    EXPECT_EQ(counts_of(path).second, count(text, "\nr(") + count(text, "\nw(")) << path;
  }
}

}  // namespace
}  // namespace witness
