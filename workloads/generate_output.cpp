#include "workloads/generate_output.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace witness {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 20U;

}  // namespace

GenerateOutput::GenerateOutput(const std::string& path) : sink_(path, TextSink::Flush::at_end) {
  buffer_.reserve(kBuffer + 4096);
}

std::uint64_t GenerateOutput::begin_call(std::uint64_t process, std::string_view f,
                                         std::uint64_t time_ns) {
  begin("invoke", process, f, time_ns);
  ++operations_;
  return next_index_ - 1;
}

void GenerateOutput::begin_answer(Completion told, std::uint64_t process, std::string_view f,
                                  std::uint64_t time_ns) {
  begin(kCompletionNames[static_cast<std::size_t>(told)], process, f, time_ns);
}

std::uint64_t GenerateOutput::begin_invoke(std::uint64_t process, std::string_view f,
                                           std::uint64_t time_ns) {
  const std::uint64_t index = begin_call(process, f, time_ns);
  text("[");
  return index;
}

std::uint64_t GenerateOutput::begin_completion(Completion told, std::uint64_t process,
                                               std::string_view f, std::uint64_t time_ns) {
  begin_answer(told, process, f, time_ns);
  text("[");
  return next_index_ - 1;
}

void GenerateOutput::begin_fact(std::string_view type) {
  text(R"({"index":)");
  number(next_index_++);
  text(R"(,"type":")");
  text(type);
  text("\"");
}

void GenerateOutput::begin(std::string_view type, std::uint64_t process, std::string_view f,
                           std::uint64_t time_ns) {
  time_ns_ = std::max(time_ns, time_ns_ + 1);
  begin_fact(type);
  text(R"(,"process":)");
  number(process);
  text(R"(,"f":")");
  text(f);
  text(R"(","time":)");
  number(time_ns_);
  text(R"(,"value":)");
}

void GenerateOutput::end_line() {
  buffer_ += '\n';
  if (buffer_.size() >= kBuffer) flush();
}

void GenerateOutput::line(std::string_view text) {
  buffer_ += text;
  end_line();
}

void GenerateOutput::number(std::uint64_t number) {
  const fmt::format_int digits{number};
  buffer_.append(digits.data(), digits.size());
}

void GenerateOutput::finish(std::string_view ledger) {
  buffer_ +=
      fmt::format("{{\"schema\":\"witness.history/1\",\"end\":true,\"operations\":{}{}}}\n",
                  operations_, ledger.empty() ? "" : fmt::format(R"(,"ledger":"{}")", ledger));
  flush();
  sink_.finish();
}

void GenerateOutput::flush() {
  sink_.write(buffer_);
  buffer_.clear();
}

}  // namespace witness
