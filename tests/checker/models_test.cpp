/// The tables of models and anomalies, and the page that explains them.
#include "checker/models.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace witness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  while (!text.empty() && text.front() == ' ') text.erase(0, 1);
  return text;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    if (!trimmed(part).empty()) parts.push_back(trimmed(part));
  }
  return parts;
}

std::string page() {
  std::ifstream in(WITNESS_SOURCE_DIR "/checker/MODELS.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Models, ThePageSaysWhatTheTableSays) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : split(page(), '\n')) {
    if (!line.starts_with("| ") || line.starts_with("| ---") || line.starts_with("| model ")) {
      continue;
    }
    std::vector<std::string> cells;
    std::istringstream in(line.substr(1));
    for (std::string cell; std::getline(in, cell, '|');) cells.push_back(trimmed(cell));
    rows.push_back(cells);
  }
  ASSERT_EQ(rows.size(), model_table().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ConsistencyModel& model = model_table()[i];
    ASSERT_EQ(rows[i].size(), 5u);
    EXPECT_EQ(rows[i][0], model.name);
    EXPECT_EQ(rows[i][1], model.alias);
    KindSet forbids = 0;
    for (const std::string& name : split(rows[i][2], ',')) {
      const auto kind = anomaly_by_label(name);
      ASSERT_TRUE(kind) << name;
      forbids |= kind_bit(*kind);
    }
    EXPECT_EQ(forbids, model.forbids) << model.name;
    ModelSet implies = 0;
    for (const std::string& name : split(rows[i][3], ',')) {
      const auto below = model_by_name(name);
      ASSERT_TRUE(below) << name;
      implies |= ModelSet{1} << *below;
    }
    EXPECT_EQ(implies, model.implies) << model.name;
    EXPECT_EQ(rows[i][4], model.source);
  }
}

TEST(Models, ThePageListsTheImplicationsOfTheTable) {
  std::set<std::pair<AnomalyKind, AnomalyKind>> listed;
  for (const std::string& line : split(page(), '\n')) {
    const auto arrow = line.find(" → ");
    if (!line.starts_with("- ") || arrow == std::string::npos) continue;
    const auto from = anomaly_by_label(line.substr(2, arrow - 2));
    ASSERT_TRUE(from) << line;
    const std::string rest = line.substr(arrow + std::string{" → "}.size());
    for (const std::string& name : split(rest.substr(0, rest.find(':')), ',')) {
      const auto to = anomaly_by_label(name);
      ASSERT_TRUE(to) << line;
      EXPECT_NE(implied_by(*from) & kind_bit(*to), 0u) << line;
    }
    listed.emplace(*from, *from);
  }
  EXPECT_EQ(listed.size(), 26u);
}

TEST(Models, AStrongerModelForbidsAllThatAWeakerOneDoes) {
  for (std::size_t i = 0; i < model_table().size(); ++i) {
    for (std::size_t below = 0; below < i; ++below) {
      if ((model_table()[i].implies >> below & 1U) == 0) continue;
      EXPECT_EQ(forbidden_by(below) & ~forbidden_by(i), 0u) << model_table()[i].name;
    }
  }
}

TEST(Models, NothingFoundRulesNothingOut) {
  const ModelVerdict verdict = judge_models(0);
  EXPECT_THAT(verdict.strongest, ElementsAre("strict-serializable"));
  EXPECT_THAT(verdict.violated, IsEmpty());
}

TEST(Models, WriteSkewLeavesSnapshotIsolation) {
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::g2)).strongest,
              ElementsAre("repeatable-read", "strong-snapshot-isolation"));
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::g2_item)).strongest,
              ElementsAre("strong-snapshot-isolation"));
}

TEST(Models, ALostUpdateLeavesReadCommittedAndCausal) {
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::lost_update)).strongest,
              ElementsAre("strong-read-committed", "causal"));
}

TEST(Models, DirtyReadsAndGarbageLeaveNoTransactionsButSessions) {
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::g1a)).strongest,
              ElementsAre("strong-read-uncommitted", "writes-follow-reads", "PRAM"));
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::garbage_read)).strongest,
              ElementsAre("writes-follow-reads", "PRAM"));
}

TEST(Models, AnEarlyRejectionLeavesWhatDoesNotSpeakOfTime) {
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::early_rejection)).strongest,
              ElementsAre("strong-read-uncommitted", "strong-session-serializable"));
}

TEST(Models, AStaleReadLeavesReadAtomicWhereWeakLevelsWereLookedAt) {
  const KindSet stale = implied_by(AnomalyKind::g_single_item);
  EXPECT_THAT(judge_models(stale).strongest,
              ElementsAre("cursor-stability", "strong-read-committed", "causal"));
  const ModelVerdict open = judge_models(stale, kWeakKinds);
  EXPECT_THAT(open.undecided, Contains("read-atomic"));
  EXPECT_THAT(open.undecided, Contains("monotonic-writes"));
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::fractured_read)).violated,
              AllOf(Contains("read-atomic"), Contains("causal"), Contains("consistent-view")));
}

TEST(Models, WhatFollowsFromTheAbsenceOfStaleReadsIsNotOpen) {
  EXPECT_THAT(judge_models(0, kWeakKinds).undecided, IsEmpty());
  // Inside of one transaction a session's guarantee can be broken without any cycle.
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::internal), kWeakKinds).undecided,
              Contains("read-your-writes"));
}

TEST(Models, LedgerAnomaliesAccuseNoModel) {
  EXPECT_THAT(judge_models(implied_by(AnomalyKind::double_acquisition)).violated, IsEmpty());
}

TEST(Anomalies, LabelsAreUniqueAndFoundAgain) {
  for (const AnomalyInfo& anomaly : anomaly_table()) {
    EXPECT_EQ(anomaly_by_label(anomaly.label), anomaly.kind) << anomaly.label;
  }
  EXPECT_EQ(anomaly_by_label("g1a"), std::nullopt);
}

}  // namespace
}  // namespace witness
