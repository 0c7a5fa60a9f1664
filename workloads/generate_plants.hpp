/// Anomalies to plant: each a small gadget of transactions, as a script.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "workloads/generate_output.hpp"
#include "workloads/generate_random.hpp"

namespace witness {

/// A script lists its transactions and then in which order they are invoked and completed:
///
///     A +x1 y=2 | B~A +x2 | C! x= | ABBACC
///
/// A appends (or writes) 1 to x and reads 2 in y; B is of the same process as A; C, which reads
/// nothing in x, fails. A is invoked, B is invoked, B completes, A completes… "x=12" reads the
/// list [1,2]. Every value is one digit; keys and processes are new for each copy.
struct Plant {
  std::string_view name;
  std::string_view about;
  std::string_view list;  ///< its script for list-append; empty: it does not make sense there
  std::string_view reg;   ///< for rw-register
  bool seat = false;      ///< whether generate_seat.cpp can plant it
};

std::span<const Plant> plants();

/// A script, ready to be written many times.
class Gadget {
 public:
  Gadget(std::string_view script, bool lists);

  std::size_t transactions() const { return transactions_.size(); }
  /// Writes one copy at a time, with new keys and with process numbers from `next_process` on.
  /// Gives the index of its first line.
  std::uint64_t write(GenerateOutput& out, KeyPool& keys, std::uint64_t& next_process,
                      std::uint64_t time_ns) const;

 private:
  struct Step {
    bool writes;
    std::uint32_t key;        // counted in this gadget
    std::string_view values;  // digits
  };
  struct Member {
    char name = 0;
    char same_process = 0;  // as this other one
    bool fails = false;
    std::vector<Step> steps;
  };

  void add_member(std::string_view text);
  void add_step(Member& member, std::string_view text);
  void write_steps(GenerateOutput& out, const Member& member, std::uint32_t first_key,
                   bool completed) const;
  std::size_t find(char name) const;

  bool lists_;
  std::vector<Member> transactions_;
  std::vector<char> keys_;
  std::string_view order_;
};

}  // namespace witness
