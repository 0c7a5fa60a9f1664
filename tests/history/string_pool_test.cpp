#include "witness/string_pool.hpp"

#include <gtest/gtest.h>

#include <string>

namespace witness {
namespace {

TEST(StringPool, GivesEqualTextsEqualIdsInOrderOfFirstUse) {
  StringPool pool;
  EXPECT_EQ(pool.intern("A1"), 0U);
  EXPECT_EQ(pool.intern("free"), 1U);
  EXPECT_EQ(pool.intern("A1"), 0U);
  EXPECT_EQ(pool.size(), 2U);
  EXPECT_EQ(pool[1], "free");
}

TEST(StringPool, TellsTheEmptyTextFromNoText) {
  StringPool pool;
  EXPECT_EQ(pool.find(""), kNoString);
  EXPECT_EQ(pool.intern(""), 0U);
  EXPECT_EQ(pool.find(""), 0U);
  EXPECT_EQ(pool[kNoString], "");
  EXPECT_EQ(pool.find("x"), kNoString);
}

TEST(StringPool, KeepsViewsGoodWhileItGrowsAndMoves) {
  StringPool pool;
  const std::string_view first = pool[pool.intern("first")];
  const std::string long_text(200'000, 'x');
  const std::string_view second = pool[pool.intern(long_text)];
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_EQ(pool.intern("text " + std::to_string(i)), static_cast<StringId>(i + 2));
  }
  StringPool moved = std::move(pool);
  EXPECT_EQ(first, "first");
  EXPECT_EQ(second, long_text);
  EXPECT_EQ(moved.find("text 77777"), 77779U);
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_EQ(moved[static_cast<StringId>(i + 2)], "text " + std::to_string(i));
  }
}

TEST(StringPool, IsEmptyAndUsableAfterItWasMovedFrom) {
  StringPool pool;
  pool.intern("old");
  const StringPool moved = std::move(pool);
  EXPECT_EQ(pool.size(), 0U);
  EXPECT_EQ(pool.intern("new"), 0U);
  EXPECT_EQ(moved[0], "old");
}

TEST(StringPool, TakesTextsWithNulBytes) {
  StringPool pool;
  const std::string_view text{"a\0b", 3};
  EXPECT_EQ(pool[pool.intern(text)], text);
  EXPECT_EQ(pool.find("a"), kNoString);
}

}  // namespace
}  // namespace witness
