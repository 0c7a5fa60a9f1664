/// Where a text stops being JSON.
#include "history/json_fault.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace witness {
namespace {

TEST(JsonFault, IsNothingForJson) {
  for (const char* text : {"{}", "[]", "0", "-0", "-1.5e+10", "\"\"", " \t\r\n{ } ", "null", "true",
                           "false", R"({"a":[1,{"b":[]},"\u00e9\ud83d\ude00\n"],"c":{}})",
                           "[\"é席😀\"]", "123456789012345678901234567890"}) {
    EXPECT_FALSE(find_json_fault(text).has_value()) << text;
  }
}

struct Case {
  std::string text;
  std::size_t offset;
  std::string rule;
};

TEST(JsonFault, SaysWhereAndWhy) {
  const Case cases[] = {
      {"", 0, "the line ends where a value should stand"},
      {"{", 1, "the line ends inside an object"},
      {"[1", 2, "the line ends inside a list"},
      {"{\"a\"", 4, "the line ends inside an object"},
      {"{\"a\":", 5, "the line ends where a value should stand"},
      {"{\"a\" 1}", 5, "a colon should stand between a field and its value"},
      {"{\"a\":1 \"b\":2}", 7, "a comma or } should stand here"},
      {"{\"a\":1,}", 7, "a field's name in double quotes should stand here"},
      {"{a:1}", 1, "a field's name in double quotes should stand here"},
      {"[1 2]", 3, "a comma or ] should stand here"},
      {"[1,]", 3, "a JSON value should stand here"},
      {"{\"a\":1]", 6, "a comma or } should stand here"},
      {"{} x", 3, "nothing may follow the value on its line"},
      {"[nul]", 1, "a JSON value should stand here"},
      {"[01]", 1, "a number may not begin with 0"},
      {"[-]", 1, "a number needs digits"},
      {"[1.]", 1, "a number needs digits after its point"},
      {"[1e+]", 1, "a number needs digits in its exponent"},
      {"[\"ab", 1, "this string has no end"},
      {"[\"ab\\", 1, "this string has no end"},
      {"[\"a\tb\"]", 3, "a control character must be escaped in a string"},
      {"[\"a\xFF\"]", 3, "this is not UTF-8"},
      {"[\"a\\x\"]", 3, "JSON has no such escape"},
      {"[\"\\u12g4\"]", 2, "\\u needs four hexadecimal digits"},
      {"[\"\\ud800\"]", 2, "half of a surrogate pair is no character"},
      {"[\"\\ud800\\u0041\"]", 2, "half of a surrogate pair is no character"},
      {"[\"\\udc00\"]", 2, "half of a surrogate pair is no character"},
      {"[NaN]", 1, "a JSON value should stand here"},
  };
  for (const Case& expected : cases) {
    const auto fault = find_json_fault(expected.text);
    ASSERT_TRUE(fault.has_value()) << expected.text;
    EXPECT_EQ(fault->offset, expected.offset) << expected.text;
    EXPECT_EQ(fault->rule, expected.rule) << expected.text;
  }
}

TEST(JsonFault, RefusesNestingBeyondItsLimitWithoutRecursion) {
  const std::string deepest(kJsonDepthMax, '[');
  EXPECT_FALSE(find_json_fault(deepest + std::string(kJsonDepthMax, ']')).has_value());
  const auto fault = find_json_fault(std::string(10'000'000, '['));
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->offset, kJsonDepthMax);
}

/// Texts that are nearly JSON: a valid one with a few bytes changed.
rc::Gen<std::string> nearly_json() {
  const std::string seed =
      R"({"a":[1,-2.5e3,"x\n\u00e9"],"b":{"c":null,"d":[true,false,{}]},"e":"é"})";
  const auto edit = rc::gen::pair(rc::gen::inRange<std::size_t>(0, seed.size()),
                                  rc::gen::elementOf(std::string{"{}[]\",:\\0-1.eEu tnf\x01\xC3"}));
  return rc::gen::map(rc::gen::container<std::vector<std::pair<std::size_t, char>>>(edit),
                      [seed](const std::vector<std::pair<std::size_t, char>>& edits) {
                        std::string text = seed;
                        for (std::size_t i = 0; i < edits.size() && i < 3; ++i) {
                          text[edits[i].first] = edits[i].second;
                        }
                        return text;
                      });
}

RC_GTEST_PROP(JsonFault, AgreesWithAnotherParserOnWhatIsJson, ()) {
  const std::string text = *nearly_json();
  RC_ASSERT(!find_json_fault(text).has_value() == nlohmann::json::accept(text));
}

TEST(CompactJson, DropsWhiteSpaceOutsideOfStringsOnly) {
  EXPECT_EQ(compact_json(" [ 1 , \"a b\\\" c\" , { \"x\" : [ ] } ] "), R"([1,"a b\" c",{"x":[]}])");
}

}  // namespace
}  // namespace witness
