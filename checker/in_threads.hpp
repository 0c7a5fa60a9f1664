/// Work that is shared between threads.
#pragma once

#include <cstddef>
#include <functional>

namespace witness {

/// Calls `work(0)` … `work(parts - 1)`, each in a thread of its own. Rethrows what one of them
/// threw.
void in_threads(std::size_t parts, const std::function<void(std::size_t)>& work);

/// How many threads this machine runs at once; at least 1.
std::size_t threads_at_once();

}  // namespace witness
