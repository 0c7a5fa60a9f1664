/// Data as EDN and as JSON.
#pragma once

#include <optional>
#include <string>

#include "witness/transactions.hpp"

namespace witness {

void append_edn(std::string& out, Datum datum, const StringPool& strings);

/// What JSON lacks is written as what comes nearest: a keyword as a string.
void append_json(std::string& out, Datum datum, const StringPool& strings);

/// Why not every datum of the history can be written, or would stay apart from all others.
std::optional<std::string> edn_refusal(const StringPool& strings);
std::optional<std::string> json_refusal(const StringPool& strings);

}  // namespace witness
