#include "history/postgres/target.hpp"

#include <gmock/gmock.h>

#include "witness/error.hpp"

namespace witness {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "s3cr3t";

TEST(Target, AUriIsReadAsLibpqReadsIt) {
  const Target target = parse_target("postgresql://app:s3cr3t@db.example:5433/shop", "main");
  EXPECT_EQ(target.name, "main");
  EXPECT_EQ(parameter(target, "host"), "db.example");
  EXPECT_EQ(parameter(target, "port"), "5433");
  EXPECT_EQ(parameter(target, "password"), kSecret);
}

TEST(Target, ANameMayStandBeforeAUriOrPairs) {
  EXPECT_EQ(parse_target("eu=postgresql://app@db/shop", "main").name, "eu");
  const Target target = parse_target("eu-west=host=db dbname=shop", "main");
  EXPECT_EQ(target.name, "eu-west");
  EXPECT_EQ(parameter(target, "host"), "db");
}

TEST(Target, AKeywordIsNotAName) {
  const Target target = parse_target("host=db dbname=shop", "main");
  EXPECT_EQ(target.name, "main");
  EXPECT_EQ(parameter(target, "host"), "db");
}

TEST(Target, WhatIsNeitherIsRefused) {
  EXPECT_THROW(parse_target("nonsense", "main"), UsageError);
  EXPECT_THROW(parse_target("", "main"), UsageError);
  EXPECT_THROW(parse_target("postgresql://h/d?nosuchoption=1", "main"), UsageError);
}

TEST(Target, AnErrorNeverRepeatsTheInput) {
  for (const char* text : {"host=db password s3cr3t", "postgresql://app:s3cr3t@[::1/shop",
                           "postgresql://app:%zzs3cr3t@h/d", "password=s3cr3t nonsense s3cr3t"}) {
    try {
      parse_target(text, "main");
      FAIL() << text;
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr(kSecret)));
    }
  }
}

TEST(Target, NothingShownHoldsThePassword) {
  for (const char* text :
       {"postgresql://app:s3cr3t@db/shop", "host=db user=app password=s3cr3t",
        "postgresql://db/shop?user=app&password=s3cr3t", "host=db sslpassword=s3cr3t"}) {
    const Target target = parse_target(text, "main");
    EXPECT_THAT(describe(target), Not(HasSubstr(kSecret)));
    EXPECT_THAT(repeatable(target), Not(HasSubstr(kSecret)));
    EXPECT_THAT(describe(target), HasSubstr("db"));
  }
}

TEST(Target, ConninfoQuotesWhatItHolds) {
  Target target;
  set_parameter(target, "password", R"(it's a \ back)");
  EXPECT_EQ(conninfo(target), R"(password='it\'s a \\ back')");
  EXPECT_EQ(parameter(parse_target(conninfo(target), "x"), "password"), R"(it's a \ back)");
}

TEST(Target, WhatRepeatsARunLeadsToTheSamePlace) {
  const Target target = parse_target("eu=postgresql://app:s3cr3t@db:5433/shop", "main");
  const Target again = parse_target(repeatable(target), "main");
  EXPECT_EQ(again.name, "eu");
  EXPECT_EQ(describe(again), describe(target));
}

TEST(PasswordCommand, ItsOutputLosesOneNewline) {
  EXPECT_EQ(run_password_command("printf 'a\\n\\n'"), "a\n");
  EXPECT_EQ(run_password_command("printf abc"), "abc");
}

TEST(PasswordCommand, AFailureSaysHowItEndedAndNotWhatItPrinted) {
  try {
    run_password_command("echo s3cr3t; exit 3");
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_THAT(error.what(), HasSubstr("exit status 3"));
    EXPECT_THAT(error.what(), Not(HasSubstr(kSecret)));
  }
  EXPECT_THROW(run_password_command("true"), SystemError);
}

}  // namespace
}  // namespace witness
