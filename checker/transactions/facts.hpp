/// What inference hands on: arcs between transactions, and violations that are no cycles.
#pragma once

#include <cstdint>
#include <vector>

#include "checker/anomalies.hpp"
#include "checker/graph/edge.hpp"
#include "witness/transactions.hpp"

namespace witness {

/// An edge without its key: an explanation finds it again. 8 bytes.
class Arc {
 public:
  Arc(std::uint32_t from, std::uint32_t to, EdgeKind kind)
      : from_(from), to_and_kind_(to | static_cast<std::uint32_t>(kind) << kVertexBits) {}

  std::uint32_t from() const { return from_; }
  std::uint32_t to() const { return to_and_kind_ & kVertexMax; }
  EdgeKind kind() const { return static_cast<EdgeKind>(to_and_kind_ >> kVertexBits); }

  static constexpr unsigned kVertexBits = 29;
  static constexpr std::uint32_t kVertexMax = (1U << kVertexBits) - 1;

 private:
  std::uint32_t from_;
  std::uint32_t to_and_kind_;
};

/// How a lost update shows.
///   same_version   both read one version and replaced it
///   two_versions   it read the other one's version and another one, and replaced both
///   in_between     the other one's version stands between what it read and what it wrote
enum class LostUpdate : std::uint8_t { same_version, two_versions, in_between };

/// A violation that one key shows. Which of the fields mean something, and what, depends on the
/// kind (checker/transactions/explain_fact.cpp puts each into words).
struct Fact {
  AnomalyKind kind = AnomalyKind::g1a;
  std::uint32_t key = 0;
  std::uint32_t transaction = kNoPosition;  ///< who saw it, or did it
  std::uint32_t other = kNoPosition;        ///< who wrote, or did the same
  std::uint32_t op = kNoPosition;           ///< the micro-operation of `transaction` that shows it
  Datum value{};                            ///< the element or version in question
  std::uint64_t count = 1;                  ///< so many reads show the same
  LostUpdate lost = LostUpdate::same_version;
};

/// Transactions that wrote one key in an order that nothing shows. Of those that perhaps never
/// committed, only the ones count that others depend on: a cycle holds no other.
struct UnorderedWriters {
  std::uint32_t key = 0;
  std::vector<std::uint32_t> transactions;  ///< ascending, two or more
};

/// Arcs, relays and facts of some keys. Vertices 0 … transactions-1 are transactions; relays are
/// numbered from 0 here (`is_relay`), and get their places behind the transactions later.
struct Inferred {
  std::vector<Arc> arcs;
  /// An arc that begins or ends at a relay: relays are numbers with this bit.
  static constexpr std::uint32_t kRelay = 1U << (Arc::kVertexBits - 1);
  std::uint32_t relays = 0;
  std::vector<Fact> facts;
  std::vector<UnorderedWriters> unordered;  ///< of lists only
  std::uint64_t dependencies = 0;           ///< ww, wr and rw between transactions, relays unrolled

  // Of registers only.
  std::uint64_t keys_without_order = 0;
  std::uint32_t first_without_order = kNoPosition;  ///< such a key
  std::uint64_t ambiguous_reads = 0;            ///< of the initial value, which somebody wrote, too
  std::uint32_t first_ambiguous = kNoPosition;  ///< a key of which one was read
  std::uint64_t unwritten_reads = 0;            ///< of values that may be from before
  std::uint32_t first_unwritten = kNoPosition;  ///< a key of which one was read

  void add(std::uint32_t from, std::uint32_t to, EdgeKind kind) {
    if (from == to) return;
    arcs.emplace_back(from, to, kind);
    ++dependencies;
  }
};

}  // namespace witness
