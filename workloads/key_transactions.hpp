/// Transactions over keys: what rw-register and list-append have in common. Which keys a
/// transaction takes is drawn from its client's dice; what it writes, nobody has written before.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "workloads/generate_random.hpp"
#include "workloads/workload.hpp"

namespace witness {

class KeyTransactions : public Workload {
 public:
  /// `reads_first`: a key is read before the transaction's first write to it.
  KeyTransactions(WorkloadOptions options, bool reads_first);

  Request request(const std::string& key, Dice& dice) final;
  bool renew(Request& request) final;
  std::string invocation(const Request& request) const final;
  Answer run(AttemptContext& attempt, const Request& request) const final;
  void read_states(Session& session,
                   const std::function<void(std::string_view, std::string_view)>& each) const final;

 protected:
  /// What a transaction has seen of a key, as the table has it; its own writes included.
  using Seen = std::unordered_map<std::int64_t, std::string>;

  /// A micro-operation's name: "w", "append".
  virtual std::string_view write_name() const = 0;
  /// A stored value as JSON.
  virtual std::string shown(std::string_view stored) const = 0;
  /// The parameters of the statement `write`, behind the key.
  virtual std::string stored(const TxnStep& step, Seen& seen) const = 0;
  /// Of a key without a row, as JSON.
  virtual std::string_view nothing() const = 0;

  PreparedStatement read_statement() const;

 private:
  void read(AttemptContext& attempt, std::int64_t key, Seen& seen) const;

  bool reads_first_;
  std::mutex mutex_;  // guards keys_
  KeyPool keys_;
  std::atomic<std::int64_t> next_value_ = 1;
};

}  // namespace witness
