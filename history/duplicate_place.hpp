/// Where a value is written for the second time.
#pragma once

#include <string_view>

#include "history/formats.hpp"
#include "history/transactions_builder.hpp"
#include "witness/history.hpp"

namespace witness {

/// Throws the InputError. Reads the file again up to the line in question, or `memory` if that is
/// where the history came from; standard input cannot be read again: then only the line is named.
[[noreturn]] void refuse_duplicate(const History& history, const Duplicate& duplicate,
                                   const HistoryFormat& format, const std::string_view* memory);

}  // namespace witness
