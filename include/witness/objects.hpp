/// Histories of objects: every operation is one call on a register, a lock, a set, a queue, …
///
/// Laid out for reading: 72 bytes an operation, and one flat array for the lists, sets and maps.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "witness/operation.hpp"
#include "witness/transactions.hpp"

namespace witness {

/// What the operations of a history work on. Names are those of Jepsen, Knossos and elle-cli where
/// they have one.
enum class ObjectKind : std::uint8_t {
  reg,             ///< read, write
  cas_register,    ///< read, write, cas
  multi_register,  ///< txn of reads and writes, all at once
  kv,              ///< get, put, append of texts, by key
  mutex,           ///< acquire, release: whoever
  lease,           ///< acquire, release by an owner, perhaps with a fencing token
  counter,         ///< add, read
  set,             ///< add, and a last read
  set_full,        ///< add, read at any time
  queue,           ///< enqueue, dequeue, in no order
  fifo_queue,      ///< enqueue, dequeue, first in first out
  stack,           ///< push, pop
  total_queue,     ///< enqueue, dequeue, drain: everything must come out
  stock,           ///< take one of N units, or be told that none is left
  unique_ids,      ///< generate
  bank,            ///< transfer, read of all accounts
  long_fork,       ///< write of one key, read of several
  comments,        ///< write of an id, read of all ids
  sequential,      ///< write of a key's parts in order, read of them in reverse
  causal_reverse,  ///< write of an id, read of all ids in one go
  stats,           ///< anything: did each kind of operation ever succeed?
};

struct ObjectKindInfo {
  std::string_view name;
  std::string_view about;
};

/// In the order of ObjectKind.
inline constexpr std::array kObjectKinds = {
    ObjectKindInfo{"register", "read, write"},
    ObjectKindInfo{"cas-register", "read, write, cas [old new]"},
    ObjectKindInfo{"multi-register", "txn [[read x nil] [write y 1]], all at once"},
    ObjectKindInfo{"kv", "get, put, append of texts, each with a key"},
    ObjectKindInfo{"mutex", "acquire, release"},
    ObjectKindInfo{"lease", "acquire, release by an owner; an acquisition may tell its token"},
    ObjectKindInfo{"counter", "add, read"},
    ObjectKindInfo{"set", "add, and a read at the end"},
    ObjectKindInfo{"set-full", "add, read at any time"},
    ObjectKindInfo{"queue", "enqueue, dequeue in any order"},
    ObjectKindInfo{"fifo-queue", "enqueue, dequeue, first in first out"},
    ObjectKindInfo{"stack", "push, pop"},
    ObjectKindInfo{"total-queue", "enqueue, dequeue, drain: everything comes out"},
    ObjectKindInfo{"stock", "take: true for a unit, false where none is left"},
    ObjectKindInfo{"unique-ids", "generate"},
    ObjectKindInfo{"bank", "transfer {from to amount}, read {account balance}"},
    ObjectKindInfo{"long-fork", "write [[w k 1]], read [[r k v] ...]"},
    ObjectKindInfo{"comments", "write of an id, read of all ids"},
    ObjectKindInfo{"sequential", "write of a key, read [key parts], the last part first"},
    ObjectKindInfo{"causal-reverse", "write of an id, read of all ids"},
    ObjectKindInfo{"stats", "anything: which operations ever succeeded"},
};
static_assert(kObjectKinds.size() == static_cast<std::size_t>(ObjectKind::stats) + 1);

enum class ObjectCall : std::uint8_t {
  read,
  write,
  cas,
  append,
  acquire,
  release,
  add,
  enqueue,
  dequeue,
  drain,
  push,
  pop,
  take,
  generate,
  transfer,
  txn,
  other,
};

/// An invocation and its completion.
struct ObjectOp {
  std::uint64_t index = 0;                  ///< of its invocation, as it stands in the file
  std::uint64_t complete_index = kNoIndex;  ///< of its completion
  Datum key;                                ///< nil: there is only one object
  Datum a;                                  ///< written, added, read, taken, …; of a cas the old
  Datum b;                                  ///< of a cas the new value; a token; nil
  std::uint32_t list_begin = 0;             ///< in Objects::data
  std::uint32_t list_size = 0;              ///< elements; of a map, keys and values in turn
  std::uint32_t invoke = 0;                 ///< its place among all events
  std::uint32_t complete = kNoPosition;     ///< the same; kNoPosition: it may still take effect
  std::uint32_t process = kNoPosition;      ///< position in Objects::processes; none: nameless
  std::uint16_t function = 0;               ///< position in Objects::functions
  ObjectCall call = ObjectCall::other;
  Completion told = Completion::info;
  bool has_list = false;  ///< it read a list, a set or a map (perhaps an empty one)

  static constexpr std::uint64_t kNoIndex = std::numeric_limits<std::uint64_t>::max();
  bool is_open() const { return complete == kNoPosition; }
};

struct Objects {
  ObjectKind kind = ObjectKind::reg;
  Datum initial;                ///< before the first write
  bool nil_reads_tell = false;  ///< a read of nil saw nothing there; else it saw nobody knows what
  bool failed_cas_tells = false;  ///< a failed cas did not find the old value; else it says nothing
  std::vector<ObjectOp> ops;      ///< in the order of their invocations
  std::vector<Datum> data;
  std::vector<std::int64_t> processes;  ///< as they stand in the file
  std::vector<std::string> functions;   ///< names, as they stand in the file
  std::uint32_t events = 0;

  std::span<const Datum> list_of(const ObjectOp& op) const {
    return std::span{data}.subspan(op.list_begin, op.list_size);
  }
};

}  // namespace witness
