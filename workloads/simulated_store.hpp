/// A store in memory that keeps exactly the promise of one isolation level, and shows what that
/// level allows: its histories must be judged valid there, and often violated one level up.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "witness/transactions.hpp"
#include "workloads/generate.hpp"
#include "workloads/generate_random.hpp"

namespace witness {

/// One micro-operation. `seen`, of a read: the length of the list, or the register's value
/// (0: nil); it means something once the transaction has committed.
struct SimulatedStep {
  TxnOpKind kind = TxnOpKind::read;
  std::uint32_t key = 0;
  std::uint32_t value = 0;  ///< written; 1, 2, 3… of its key
  std::uint32_t seen = 0;
  std::uint32_t base = 0;  ///< of a read: how many versions of others it built on
};

struct SimulatedTransaction {
  std::vector<SimulatedStep> steps;
  std::uint64_t snapshot = 0;
};

/// Every key's versions in commit order, each with a stamp: its place in the serial order.
///   strict-serializable  reads and writes happen at the commit
///   serializable         sometimes at an older place in the serial order, where nobody looked yet
///   snapshot-isolation   reads at the beginning; who commits second to a key is refused
///   read-atomic          reads any mixture of recent versions that tears no transaction apart
///   read-committed       each read sees what is committed at its own time
class SimulatedStore {
 public:
  SimulatedStore(Datatype datatype, SimulatedLevel level, std::uint64_t clients, Dice& dice);

  /// True if `step` is to be called for each micro-operation before the commit.
  bool reads_early() const { return level_ == SimulatedLevel::read_committed; }
  /// True if `begin` is to be called.
  bool takes_snapshots() const { return level_ == SimulatedLevel::snapshot_isolation; }

  void begin(SimulatedTransaction& transaction) const { transaction.snapshot = now_; }
  void step(SimulatedTransaction& transaction, std::size_t step);
  /// Fills in what was read, and makes the writes visible. False: refused by a conflict, and
  /// nothing happened.
  bool commit(SimulatedTransaction& transaction);

  /// "1,3,2": the first elements of a list.
  std::string_view list_text(std::uint32_t key, std::uint32_t length) const;

  /// A key is kept while open transactions use it, or until it is retired.
  void open(const SimulatedTransaction& transaction);
  void close(const SimulatedTransaction& transaction);
  void retire(std::uint32_t key);

 private:
  struct Version {
    std::uint64_t stamp;
    std::uint32_t value;
    std::uint32_t text_end;
  };
  struct Key {
    std::vector<Version> versions;
    std::string text;
    std::uint64_t touched = 0;  // stamp of the last one that read or wrote it
    std::uint32_t users = 0;
    bool retired = false;
  };
  struct Wrote {
    std::uint32_t key;
    std::uint32_t versions;  // how many its key had then
  };
  struct Cut {
    std::uint32_t key;
    std::uint32_t low;  // versions that everybody sees
    std::uint32_t cut;  // versions that this transaction sees
  };

  Key& key(std::uint32_t id);
  void release(std::uint32_t id);
  /// How many versions of a key stand up to a stamp.
  std::uint32_t count_at(std::uint32_t id, std::uint64_t stamp);
  std::uint32_t count_now(std::uint32_t id) {
    return static_cast<std::uint32_t>(key(id).versions.size());
  }

  void read(SimulatedTransaction& transaction, std::size_t i, std::uint32_t base);
  void read_at(SimulatedTransaction& transaction, std::uint64_t stamp);
  void read_atomically(SimulatedTransaction& transaction);
  void choose_cuts(const SimulatedTransaction& transaction);
  bool raise_cuts();
  bool overtaken(const SimulatedTransaction& transaction);
  bool conflicts(const SimulatedTransaction& transaction);
  std::uint64_t serial_place(const SimulatedTransaction& transaction);
  void touch(const SimulatedTransaction& transaction, std::uint64_t stamp);
  void apply(const SimulatedTransaction& transaction, std::uint64_t stamp);

  Datatype datatype_;
  SimulatedLevel level_;
  Dice& dice_;
  std::uint64_t now_ = 0;  // stamp of the last commit
  std::uint64_t window_;   // how many commits back a stale read may look
  std::vector<std::unique_ptr<Key>> keys_;
  std::vector<std::vector<Wrote>> recent_;  // by stamp modulo its size; of read-atomic
  std::vector<Cut> cuts_;                   // of read-atomic, reused
};

}  // namespace witness
