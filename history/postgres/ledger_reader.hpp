/// Reads a committed ledger out of a database, a page at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "history/postgres/session.hpp"

namespace witness {

/// Which columns of which table make a ledger. `table` and the columns are names, quoted
/// here; `where` is SQL, as its user wrote it.
struct LedgerMapping {
  std::string table;     ///< "op_log" or "schema.op_log"
  std::string resource;  ///< what can be held: seat, product
  std::string holder;    ///< who holds it
  std::string id;        ///< unique in the table; empty: rows have no name
  std::string where;     ///< without the word WHERE; empty: every row
};

/// A row of a ledger. The views live until the callback returns.
struct LedgerEntry {
  std::string_view id;  ///< "" where the mapping names none, or it is NULL
  std::string_view resource;
  std::string_view holder;
  bool has_id = true;        ///< false: NULL, or not asked for
  bool has_resource = true;  ///< false: NULL
};

/// Calls `each` for every row, within the transaction that the caller has begun. Memory is one page
/// of `page_rows` rows; where the engine has no cursors, the whole answer (in a transaction begun
/// anew). Gives the number of rows. Throws SqlError.
std::uint64_t read_ledger(Session& session, const LedgerMapping& mapping,
                          const std::function<void(const LedgerEntry&)>& each,
                          std::uint64_t page_rows = 10'000);

}  // namespace witness
