/// What a reader says of an ill-formed text, and where.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "history/history_reader.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"

namespace witness {

/// `marked`: a text in which `^` stands before the place of the caret, and is no part of it. In
/// blocks, the message is the same.
inline void expect_refused(const std::string& marked, const std::string& rule,
                           const std::string& note = {}, const ReadOptions& options = {}) {
  const std::size_t at = marked.find('^');
  ASSERT_NE(at, std::string::npos) << marked;
  std::string text = marked;
  text.erase(at, 1);
  const std::size_t feed = text.substr(0, at).rfind('\n');
  const std::size_t begin = feed == std::string::npos ? 0 : feed + 1;
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  const InputError expected{"f",
                            {static_cast<std::uint64_t>(line), at - begin + 1},
                            rule,
                            text.substr(begin, text.find('\n', begin) - begin),
                            note};
  try {
    parse_history(text, "f", options);
    ADD_FAILURE() << "it was read: " << text;
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), std::string{expected.what()}) << text;
  }
  try {
    parse_history(text, "f", options, Cutting{30, 2});
    ADD_FAILURE() << "it was read in blocks: " << text;
  } catch (const InputError& error) {
    EXPECT_EQ(error.rule(), rule) << text;
    EXPECT_EQ(error.position().line, expected.position().line) << text;
    EXPECT_EQ(error.position().column, expected.position().column) << text;
  }
}

}  // namespace witness
