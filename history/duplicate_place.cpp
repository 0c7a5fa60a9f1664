#include "history/duplicate_place.hpp"

#include "history/excerpt.hpp"
#include "witness/error.hpp"

namespace witness {

void refuse_duplicate(const History& history, const Duplicate& duplicate,
                      const HistoryFormat& /*format*/, const std::string_view* /*memory*/) {
  const Transactions& transactions = *history.transactions;
  const std::string rule = "value " + shown(duplicate.value, history.strings) +
                           " is written to key " +
                           quoted(shown(transactions.keys[duplicate.key], history.strings)) +
                           " twice; the version order would be ambiguous";
  const std::string note =
      "first written at line " + std::to_string(transactions.transactions[duplicate.first].line);
  throw InputError(history.name, {transactions.transactions[duplicate.second].line, 0}, rule, {},
                   note);
}

}  // namespace witness
