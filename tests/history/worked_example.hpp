/// The worked example of FORMAT.md, taken out of the document itself, so that the
/// document and the reader cannot disagree.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace witness {

/// All lines of the example, each with its line feed.
inline std::string worked_example() {
  std::ifstream document{WITNESS_SOURCE_DIR "/history/FORMAT.md"};
  std::string line;
  while (std::getline(document, line) && line != "## A worked example") {
  }
  while (std::getline(document, line) && line != "```") {
  }
  std::string example;
  while (std::getline(document, line) && line != "```") example += line + '\n';
  EXPECT_FALSE(example.empty()) << "FORMAT.md has lost its example";
  return example;
}

}  // namespace witness
