/// Bytes to lines: chunks, limits, compression, and files that end badly.
#include "history/line_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "witness/error.hpp"

namespace witness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Gives at most `step` bytes a call, as a pipe may.
class Trickle : public ByteSource {
 public:
  Trickle(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}

  std::size_t read(std::span<char> buffer) override {
    const std::size_t size = std::min({step_, buffer.size(), text_.size() - at_});
    std::copy_n(text_.data() + at_, size, buffer.data());
    at_ += size;
    return size;
  }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

/// An endless run of one byte, up to a size that no test should hold.
class Endless : public ByteSource {
 public:
  Endless(char byte, std::uint64_t size) : byte_(byte), left_(size) {}

  std::size_t read(std::span<char> buffer) override {
    const std::size_t size = std::min<std::uint64_t>(buffer.size(), left_);
    std::fill_n(buffer.begin(), size, byte_);
    left_ -= size;
    return size;
  }

 private:
  char byte_;
  std::uint64_t left_;
};

std::vector<std::string> lines_of(std::unique_ptr<ByteSource> bytes) {
  LineSource source{std::move(bytes), "input"};
  std::vector<std::string> lines;
  for (Line line; source.next(line);) {
    EXPECT_EQ(line.number, lines.size() + 1);
    lines.push_back(std::string{line.text} + (line.terminated ? "$" : "") +
                    (line.nul_bytes > 0 ? "+" + std::to_string(line.nul_bytes) : ""));
  }
  return lines;
}

std::vector<std::string> lines_of(std::string text, std::size_t step = 1000) {
  return lines_of(std::make_unique<Trickle>(std::move(text), step));
}

std::string compressed(std::string_view text) {
  std::string frame(ZSTD_compressBound(text.size()), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), text.data(), text.size(), 3));
  return frame;
}

std::vector<std::string> decompressed_lines(const std::string& bytes, std::size_t step = 1000) {
  return lines_of(decompressed(std::make_unique<Trickle>(bytes, step), "input"));
}

TEST(LineSource, TellsATerminatedLineFromAnUnfinishedOne) {
  EXPECT_THAT(lines_of(""), ElementsAre());
  EXPECT_THAT(lines_of("a\n\nb"), ElementsAre("a$", "$", "b"));
  EXPECT_THAT(lines_of("a\n"), ElementsAre("a$"));
}

TEST(LineSource, GivesTheSameLinesHoweverTheBytesArrive) {
  const std::string text = "first\n\nthird\nlast";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    EXPECT_THAT(lines_of(text, step), ElementsAre("first$", "$", "third$", "last"));
  }
}

TEST(LineSource, SkipsAByteOrderMark) {
  EXPECT_THAT(lines_of("\xEF\xBB\xBF{}\n\xEF\xBB\xBF\n"), ElementsAre("{}$", "\xEF\xBB\xBF$"));
}

TEST(LineSource, CountsNulBytesAtTheEndAndKeepsThoseInTheMiddle) {
  const std::string nul(3, '\0');
  for (std::size_t step = 1; step <= 8; ++step) {
    EXPECT_THAT(lines_of("a\nb" + nul, step), ElementsAre("a$", "b+3"));
    EXPECT_THAT(lines_of("a\n" + nul, step), ElementsAre("a$", "+3"));
    EXPECT_THAT(lines_of(nul, step), ElementsAre("+3"));
    EXPECT_THAT(lines_of("a" + nul + "b" + nul, step), ElementsAre("a" + nul + "b+3"));
    EXPECT_THAT(lines_of("a" + nul + "\n", step), ElementsAre("a" + nul + "$"));
    EXPECT_THAT(lines_of(nul + "\nx", step), ElementsAre(nul + "$", "x"));
  }
}

TEST(LineSource, TakesMorePaddingThanALineMayBeLong) {
  EXPECT_THAT(lines_of(std::make_unique<Endless>('\0', 3 * kLineBytesMax)),
              ElementsAre("+" + std::to_string(3 * kLineBytesMax)));
}

TEST(LineSource, TakesALineOfTheLimitAndRefusesALongerOne) {
  const std::string longest(kLineBytesMax, 'x');
  EXPECT_THAT(lines_of(longest + "\nb", std::size_t{1} << 30U), ElementsAre(longest + "$", "b"));
  LineSource source{std::make_unique<Endless>('x', std::uint64_t{1} << 40U), "big"};
  Line line;
  try {
    source.next(line);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("big:1:1: a line may not be longer than 64 MiB"));
  }
}

TEST(Decompressed, GoesByTheContentNotByTheName) {
  EXPECT_THAT(decompressed_lines(compressed("a\nb")), ElementsAre("a$", "b"));
  EXPECT_THAT(decompressed_lines("a\nb"), ElementsAre("a$", "b"));
  EXPECT_THAT(decompressed_lines(""), ElementsAre());
}

TEST(Decompressed, ReadsFramesOneAfterAnother) {
  const std::string skippable("\x50\x2A\x4D\x18\x02\x00\x00\x00??", 10);
  for (std::size_t step = 1; step <= 30; ++step) {
    EXPECT_THAT(
        decompressed_lines(skippable + compressed("a\nb") + skippable + compressed("c\n"), step),
        ElementsAre("a$", "bc$"));
  }
}

TEST(Decompressed, EndsWhereTheStreamWasCut) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i * i) + "\n";
  const std::string whole = compressed(text);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string read;
    for (const std::string& line : decompressed_lines(whole.substr(0, size))) {
      read += line.back() == '$' ? line.substr(0, line.size() - 1) + "\n" : line;
    }
    ASSERT_EQ(read, text.substr(0, read.size())) << "cut at " << size;
  }
}

TEST(Decompressed, TakesNulBytesBehindTheStreamForACut) {
  const std::string padded = compressed("a\nb\n") + std::string(5000, '\0');
  EXPECT_THAT(decompressed_lines(padded), ElementsAre("a$", "b$"));
}

TEST(Decompressed, RefusesAStreamThatIsDamagedInTheMiddle) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i * i) + "\n";
  std::string damaged = compressed(text);
  for (std::size_t i = 20; i < 60; ++i) damaged[i] = static_cast<char>(damaged[i] ^ 0x5A);
  try {
    decompressed_lines(damaged);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("input: the zstd stream is damaged: "));
  }
}

TEST(OpenFile, SaysWhyAFileCannotBeRead) {
  try {
    open_file("/nowhere/x.jsonl");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "/nowhere/x.jsonl: cannot be opened: No such file or directory");
  }
  try {
    lines_of(open_file("/"));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "/: cannot be read: Is a directory");
  }
}

}  // namespace
}  // namespace witness
