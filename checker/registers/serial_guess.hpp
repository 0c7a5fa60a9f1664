/// A likely order of transactions: they are run one after the other, as a database might have.
///
/// Who would replace a version that others have still to read waits for them. Where everybody waits
/// for somebody else, the one that is next in time goes on all the same. The order says nothing by
/// itself: it is checked, and else tells a search where to begin.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/registers/polygraph.hpp"

namespace witness {

struct SerialGuess {
  std::vector<std::uint32_t> order;  ///< transactions; all, if the known graph has no cycle
  /// Nobody went on before his time: the order is a serial execution of the history.
  bool serial = false;
};

/// `graph` is that of serializability. O((edges + transactions) log transactions), but
/// for those who wait for several keys again and again.
SerialGuess guess_serial_order(const Transactions& history, const RegisterChains& chains,
                               const Polygraph& graph);

}  // namespace witness
