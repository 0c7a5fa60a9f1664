// `witness convert` as a shell uses it.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/process.hpp"

namespace witness::test {
namespace {

using testing::HasSubstr;

/// A lost update: each read nothing before it appended.
const std::string kLostUpdate =
    R"({:index 0, :type :invoke, :process 0, :f :txn, :value [[:r 1 nil] [:append 1 1]]}
{:index 1, :type :invoke, :process 1, :f :txn, :value [[:r 1 nil] [:append 1 2]]}
{:index 2, :type :ok, :process 0, :f :txn, :value [[:r 1 []] [:append 1 1]]}
{:index 3, :type :ok, :process 1, :f :txn, :value [[:r 1 []] [:append 1 2]]}
{:index 4, :type :invoke, :process 0, :f :txn, :value [[:r 1 nil]]}
{:index 5, :type :ok, :process 0, :f :txn, :value [[:r 1 [1 2]]]}
)";

/// All that is said of a history, but for its name.
nlohmann::json verdict(const std::string& file) {
  nlohmann::json all = nlohmann::json::parse(witness({"check", "--json", file}).out);
  return {all["valid"], all["claims"]};
}

TEST(Convert, KeepsTheVerdictThroughEveryFormat) {
  const Folder folder;
  write_file(folder / "a.edn", kLostUpdate);
  std::string last = folder / "a.edn";
  const nlohmann::json expected = verdict(last);
  EXPECT_EQ(expected[0], false);
  for (const char* name : {"b.json", "c.jsonl", "d.jsonl.zst", "e.edn"}) {
    const Finished run = witness({"convert", last, folder / name});
    EXPECT_EQ(run.exit, 0) << run.err;
    last = folder / name;
    EXPECT_EQ(verdict(last), expected) << name;
  }
  EXPECT_EQ(read_file(last), kLostUpdate);
}

TEST(Convert, NeverOverwritesWhatItReads) {
  const Folder folder;
  write_file(folder / "a.edn", kLostUpdate);
  const Finished run = witness({"convert", "--to", "json", folder / "a.edn", folder / "./a.edn"});
  EXPECT_EQ(run.exit, 254);
  EXPECT_THAT(run.err, HasSubstr("would be overwritten"));
  EXPECT_EQ(read_file(folder / "a.edn"), kLostUpdate);
}

TEST(Convert, RefusesWhatTheFormatCannotSayBeforeItWrites) {
  const Folder folder;
  write_file(folder / "a.edn", kLostUpdate);
  write_file(folder / "kept.txt", "kept\n");
  const Finished run = witness({"convert", folder / "a.edn", folder / "kept.txt"});
  EXPECT_EQ(run.exit, 254);
  EXPECT_THAT(run.err, HasSubstr("cannot be written as plume: it has registers only, no lists"));
  EXPECT_EQ(read_file(folder / "kept.txt"), "kept\n");
  EXPECT_EQ(witness({"convert", folder / "a.edn", folder / "b.what"}).exit, 254);
  EXPECT_EQ(witness({"convert", "--to", "what", folder / "a.edn", folder / "b.edn"}).exit, 254);
}

}  // namespace
}  // namespace witness::test
