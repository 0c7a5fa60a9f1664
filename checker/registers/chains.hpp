/// What is certain of the versions of registers whose order nobody recorded.
///
/// A transaction that read a version and wrote the key made the next one: under snapshot isolation
/// and all above it nobody's version can stand between (Tan et al. 2020, Cobra, sec. 4.2; Huang et
/// al. 2023, PolySI, sec. 4). The versions of a key so form chains. Of two chains the whole of one
/// comes before the whole of the other; which, is all that is left to decide.
#pragma once

#include <cstdint>
#include <vector>

#include "witness/transactions.hpp"

namespace witness {

/// Versions of one key, each made by who read the one before.
struct Chain {
  std::uint32_t key = 0;
  std::uint32_t head = kNoPosition;  ///< who wrote the first version; nobody: it is the initial one
  std::uint32_t tail = kNoPosition;  ///< who wrote the last one; nobody: only the initial one
  std::uint32_t readers_begin = 0;   ///< in RegisterChains::readers: who else read the last one
  std::uint32_t readers_end = 0;
};

/// A version that an ambiguous read may have read.
struct Candidate {
  std::uint32_t writer = kNoPosition;  ///< nobody: the initial version
  std::uint32_t chain = 0;
  std::uint32_t next = kNoPosition;  ///< who made the next version of the chain, if it is not last
};

/// A read of a value that several wrote (or that is also the initial one).
struct OpenRead {
  std::uint32_t reader = 0;
  std::uint32_t key = 0;
  std::uint32_t begin = 0;  ///< in RegisterChains::candidates
  std::uint32_t end = 0;
};

/// One transaction before another one, for what they did to a key.
struct Certain {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t key = 0;
};

/// Of each key, the chain of the initial version is the first.
struct RegisterChains {
  std::vector<Chain> chains;
  std::vector<std::uint32_t> key_begin;  ///< keys + 1 positions in `chains`
  std::vector<std::uint32_t> readers;
  std::vector<Certain> read;      ///< wr: `to` read what `from` wrote
  std::vector<Certain> replaced;  ///< rw: `from` read the version that `to` replaced
  std::vector<OpenRead> open_reads;
  std::vector<Candidate> candidates;
};

/// Who happened: all that committed, and those that perhaps did and whose writes were read, or may
/// have been. Nothing follows from whoever perhaps committed and was read by nobody: there is room
/// for him at the end of every order.
std::vector<bool> happened(const Transactions& history);

/// Reads of aborted, intermediate and foreign values are passed over. Linear in the operations.
RegisterChains find_chains(const Transactions& history, const std::vector<bool>& happened);

}  // namespace witness
