/// How a fault in an input looks on a terminal.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "history/excerpt.hpp"
#include "history/utf8.hpp"
#include "witness/error.hpp"

namespace witness {
namespace {

/// Columns of the widest line.
std::size_t width(std::string_view text) {
  std::size_t widest = 0;
  std::size_t columns = 0;
  while (!text.empty()) {
    const utf8::Character character = utf8::decode(text);
    columns = character.code == U'\n' ? 0 : columns + utf8::columns(character.code);
    widest = std::max(widest, columns);
    text.remove_prefix(character.size);
  }
  return widest;
}

TEST(InputError, PointsAtTheColumnWithACaretAndANote) {
  const InputError error{"seats.jsonl",
                         {41, 45},
                         "value 7 is written to key \"x\" twice",
                         R"({"type":"ok","process":3,"value":[["append","x",7]]})",
                         "first written at line 12"};
  EXPECT_STREQ(error.what(),
               "seats.jsonl:41:45: value 7 is written to key \"x\" twice\n"
               "  {\"type\":\"ok\",\"process\":3,\"value\":[[\"append\",\"x\",7]]}\n"
               "                                              ^ first written at line 12");
  EXPECT_EQ(error.file(), "seats.jsonl");
  EXPECT_EQ(error.position().line, 41U);
  EXPECT_EQ(error.position().column, 45U);
  EXPECT_EQ(error.rule(), "value 7 is written to key \"x\" twice");
}

TEST(InputError, LeavesOutWhatIsNotKnown) {
  EXPECT_STREQ(InputError("a", {}, "cannot be opened").what(), "a: cannot be opened");
  EXPECT_STREQ(InputError("a", {3, 0}, "rule").what(), "a:3: rule");
  EXPECT_STREQ(InputError("a", {3, 0}, "rule", "text", "note").what(), "a:3: rule (note)");
  EXPECT_STREQ(InputError("a", {3, 5}, "rule").what(), "a:3:5: rule");
}

TEST(InputError, CannotDriveATerminalThroughAFileName) {
  EXPECT_STREQ(InputError("a\x1b[2J\nb", {}, "rule").what(), "a\\x1B[2J\\x0Ab: rule");
}

TEST(CaretExcerpt, MayPointBehindTheLastCharacter) {
  EXPECT_EQ(caret_excerpt("{", 1, ""), "  {\n   ^");
  EXPECT_EQ(caret_excerpt("{", 99, ""), "  {\n   ^");
  EXPECT_EQ(caret_excerpt("{\r\n", 3, ""), "  {\n   ^");
  EXPECT_EQ(caret_excerpt("", 0, ""), "  \n  ^");
}

TEST(CaretExcerpt, EscapesWhatIsNotPlainTextAndKeepsTheCaretInPlace) {
  EXPECT_EQ(caret_excerpt("\ta", 1, ""), "  \\ta\n    ^");
  EXPECT_EQ(caret_excerpt(std::string_view{"\0a", 2}, 1, ""), "  \\x00a\n      ^");
  EXPECT_EQ(caret_excerpt("\xFF\xC3(a", 3, ""), "  \\xFF\\xC3(a\n           ^");
  EXPECT_EQ(caret_excerpt("\xC2\x85x", 2, ""), "  \\xC2\\x85x\n          ^") << "a C1 control";
  EXPECT_EQ(caret_excerpt("\xE2\x80\xAEx", 3, ""), "  \\xE2\\x80\\xAEx\n              ^")
      << "a mark that turns the direction of the text";
}

TEST(CaretExcerpt, CountsTheColumnsOfATerminalNotBytes) {
  EXPECT_EQ(caret_excerpt("é!", 2, ""), "  é!\n   ^");
  EXPECT_EQ(caret_excerpt("席!", 3, ""), "  席!\n    ^");
  EXPECT_EQ(caret_excerpt("e\xCC\x81!", 3, ""), "  e\xCC\x81!\n   ^") << "a combining accent";
}

TEST(CaretExcerpt, ShowsALineThatJustFitsAsItIs) {
  const std::string line(98, 'a');
  EXPECT_EQ(caret_excerpt(line, 0, ""), "  " + line + "\n  ^");
  EXPECT_EQ(caret_excerpt(line, 97, ""), "  " + line + "\n" + std::string(99, ' ') + "^");
}

TEST(CaretExcerpt, CutsALongLineOnBothSidesOfTheCaret) {
  const std::string line = std::string(300, 'a') + "X" + std::string(300, 'b');
  EXPECT_EQ(caret_excerpt(line, 300, "here"), "  …" + std::string(60, 'a') + "X" +
                                                  std::string(35, 'b') + "…\n" +
                                                  std::string(63, ' ') + "^ here");
}

TEST(CaretExcerpt, PutsTheNoteInFrontOfTheCaretWhereThereIsNoRoomBehind) {
  const std::string line(90, 'a');
  EXPECT_EQ(caret_excerpt(line, 89, "first written at line 12"),
            "  " + line + "\n" + std::string(66, ' ') + "first written at line 12 ^");
}

TEST(CaretExcerpt, NeverExceedsAHundredColumns) {
  const std::string parts[] = {"a", "席", "\t", "\xFF", "e\xCC\x81", std::string(1, '\0')};
  for (const std::string& part : parts) {
    for (const std::size_t repeat : {1U, 49U, 98U, 99U, 120U}) {
      std::string line;
      for (std::size_t i = 0; i < repeat; ++i) line += part;
      for (std::size_t at = 0; at <= line.size(); ++at) {
        for (const char* note : {"", "first written at line 12",
                                 "a note of more than sixty columns, "
                                 "which is as long as they come"}) {
          const std::string shown = caret_excerpt(line, at, note);
          ASSERT_LE(width(shown), kMessageColumns) << shown;
          ASSERT_NE(shown.find('^'), std::string::npos);
        }
      }
    }
  }
}

TEST(CaretExcerpt, TakesNoTimeForALineOfManyMegabytes) {
  const std::string line(std::size_t{64} << 20U, 'a');
  for (int i = 0; i < 1000; ++i) {
    ASSERT_LE(width(caret_excerpt(line, line.size() / 2, "")), kMessageColumns);
  }
}

TEST(Quoted, CutsLongTextsAndEscapes) {
  EXPECT_EQ(quoted("sold"), "\"sold\"");
  EXPECT_EQ(quoted("a\nb"), "\"a\\x0Ab\"");
  EXPECT_EQ(quoted("abcdef", 3), "\"abc…\"");
}

TEST(Utf8, KnowsTheBordersOfTheEncoding) {
  for (const char* valid : {"a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                            "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(utf8::decode(valid).valid);
    EXPECT_EQ(utf8::decode(valid).size, std::string_view{valid}.size());
  }
  for (const char* invalid :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2(", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(utf8::decode(invalid).valid);
    EXPECT_EQ(utf8::decode(invalid).size, 1U);
  }
  EXPECT_EQ(utf8::find_invalid("aé\xFF"), 3U);
  EXPECT_EQ(utf8::find_invalid("aé"), std::string_view::npos);
}

}  // namespace
}  // namespace witness
