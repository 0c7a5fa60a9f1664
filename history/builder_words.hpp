/// What the parts of TransactionsBuilder say alike.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "history/op_block.hpp"

namespace witness {

/// Nothing for a line that is unknown.
inline std::string at_line(std::string_view what, std::uint64_t line) {
  if (line == 0) return {};
  return std::string{what} + " at line " + std::to_string(line);
}

inline std::string number(auto value) { return std::to_string(value); }

inline Completion told_of(OpType type) {
  return type == OpType::ok     ? Completion::ok
         : type == OpType::fail ? Completion::fail
                                : Completion::info;
}

inline Fated fate_of(Completion told) {
  return told == Completion::ok     ? Fated::committed
         : told == Completion::fail ? Fated::aborted
                                    : Fated::possible;
}

}  // namespace witness
