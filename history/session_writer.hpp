/// What the formats have in common that write one session after the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/history_writer.hpp"

namespace witness {

/// Transactions of registers, committed or aborted, in the order of their sessions. Of an aborted
/// one only the writes are known.
class SessionWriter : public HistoryWriter {
 public:
  Layout layout() const override { return Layout::sessions; }

  std::optional<std::string> refusal(const History& history,
                                     const std::vector<TxnEvent>& events) final;
  void event(const History& history, const TxnEvent& event, std::string& out) final;

 protected:
  /// Why the format cannot say this step of an operation that is called `name`, or nothing.
  virtual std::optional<std::string> op_refusal(const History& history, const TxnOp& op,
                                                const std::string& name) const = 0;
  virtual std::optional<std::string> history_refusal(const History& /*history*/) {
    return std::nullopt;
  }
  virtual bool has_aborted() const { return false; }

  /// `is_new_session`: it is the first one of its session.
  virtual void transaction(const History& history, std::uint32_t id, bool is_new_session,
                           std::string& out) = 0;

  /// The steps that are known of it.
  static std::vector<TxnOp> known_ops(const Transactions& all, std::uint32_t id);
  static bool is_initial(const Transactions& all, const TxnOp& op) {
    return op.value().is_nil() || op.value() == all.initial;
  }
  /// For formats in which 0 is what a register is before its first write.
  static std::optional<std::string> zero_refusal(const Transactions& all, const TxnOp& op,
                                                 const std::string& name);

 private:
  std::optional<std::string> transaction_refusal(const History& history, std::uint32_t id) const;

  std::uint32_t process_ = kNoPosition;
};

/// The decimal digits of a datum that is an integer from 0, of any size; else nothing.
std::optional<std::string> natural_text(Datum datum, const StringPool& strings);

/// A datum that is an integer of 64 bits, signed.
std::optional<std::int64_t> wide_integer(Datum datum, const StringPool& strings);

}  // namespace witness
