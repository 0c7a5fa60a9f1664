#include "history/postgres/ledger_reader.hpp"

#include <fmt/format.h>

namespace witness {
namespace {

/// With parameters bound, even none, the server takes one statement only: a --where cannot
/// smuggle in a second one.
constexpr std::span<const std::string> kNoParameters;

std::string select(const LedgerMapping& mapping) {
  std::string sql = fmt::format("SELECT {}::text, {}::text, {}::text FROM {}",
                                mapping.id.empty() ? "NULL" : quote_identifier(mapping.id),
                                quote_identifier(mapping.resource),
                                quote_identifier(mapping.holder), quote_qualified(mapping.table));
  if (!mapping.where.empty()) sql += " WHERE (" + mapping.where + "\n)";  // a comment ends here
  return sql;
}

std::uint64_t hand_over(const Rows& rows, const std::function<void(const LedgerEntry&)>& each) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    each({rows.text(i, 0), rows.text(i, 1), rows.text(i, 2), !rows.is_null(i, 0),
          !rows.is_null(i, 1)});
  }
  return rows.size();
}

/// Aurora DSQL has no cursors (0A000).
bool open_cursor(Session& session, const std::string& query) {
  try {
    session.run("DECLARE witness_ledger NO SCROLL CURSOR FOR " + query, kNoParameters);
    return true;
  } catch (const SqlError& error) {
    if (error.sqlstate() != "0A000") throw;
    session.run("ROLLBACK");
    session.run("BEGIN READ ONLY");
    return false;
  }
}

}  // namespace

std::uint64_t read_ledger(Session& session, const LedgerMapping& mapping,
                          const std::function<void(const LedgerEntry&)>& each,
                          std::uint64_t page_rows) {
  const std::string query = select(mapping);
  if (!open_cursor(session, query)) return hand_over(session.run(query, kNoParameters), each);
  const std::string fetch = fmt::format("FETCH {} FROM witness_ledger", page_rows);
  std::uint64_t total = 0;
  for (std::uint64_t page = page_rows; page == page_rows; total += page) {
    page = hand_over(session.run(fetch), each);
  }
  session.run("CLOSE witness_ledger");
  return total;
}

}  // namespace witness
