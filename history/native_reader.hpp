/// Native histories of operations: seats and stocks (FORMAT.md).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "history/byte_source.hpp"
#include "witness/history.hpp"

namespace witness {

/// Throws InputError. O(size) time; memory is that of the history plus one line.
History read_native(std::unique_ptr<ByteSource> bytes, const std::string& name);

/// The header in the first line of a text, if it is whole and without a fault.
std::optional<HistoryHeader> native_header_of(std::string_view line);

}  // namespace witness
