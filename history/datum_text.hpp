/// Data as EDN and as JSON.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "witness/transactions.hpp"

namespace witness {

void append_edn(std::string& out, Datum datum, const StringPool& strings);

/// What JSON lacks is written as what comes nearest: a keyword as a string.
void append_json(std::string& out, Datum datum, const StringPool& strings);

/// The text of a register that holds a list, as in StringPool: equal lists have equal texts, and
/// others have others. `edn`: where the elements come from, else from JSON.
std::string list_text(std::span<const Datum> list, const StringPool& strings, bool edn);

/// Why not every datum of the history can be written, or would stay apart from all others.
std::optional<std::string> edn_refusal(const StringPool& strings);
std::optional<std::string> json_refusal(const StringPool& strings);

}  // namespace witness
