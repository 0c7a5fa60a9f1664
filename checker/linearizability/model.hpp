/// What a sequential object does: the only thing that the general search knows of one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/linearizability/calls.hpp"

namespace witness {

/// States are numbers; what does not fit in one is kept in the model, and the number is its place
/// there. Equal states have equal numbers. Not thread-safe: a search has its own.
class ObjectModel {
 public:
  using State = std::uint64_t;
  static constexpr State kIllegal = ~State{0};

  ObjectModel() = default;
  ObjectModel(const ObjectModel&) = delete;
  ObjectModel& operator=(const ObjectModel&) = delete;
  virtual ~ObjectModel() = default;

  virtual State initial() = 0;

  /// The state behind a call, or kIllegal where the call cannot have returned what it did. Of an
  /// open call nobody knows what it returned: where it would change nothing, it is illegal.
  virtual State step(State state, const Call& call) = 0;

  /// It never changes a state.
  virtual bool reads_only(const Call& call) const { return call.call == ObjectCall::read; }

  /// Can calls that are no resets lead from the state to one that a closed read fits? (Where that
  /// is hard to tell: yes.)
  virtual bool can_lead_to(State /*state*/, const Call& /*read*/) const { return true; }
  /// Whatever the state was, it is gone.
  virtual bool resets(const Call& /*call*/) const { return false; }

  /// Takes out open calls that need not be there for any order of the others to be legal.
  virtual void drop_open(std::vector<Call>& /*calls*/) const {}

  virtual std::string shown(State state) const = 0;

  /// What its states occupy.
  virtual std::uint64_t bytes() const { return 0; }
};

/// The model of a kind, or nullptr where linearizability means nothing (stats, bank, …). `ops`:
/// what is called on the object, positions in Objects::ops.
std::unique_ptr<ObjectModel> model_of(const Objects& objects, const StringPool& strings,
                                      std::span<const std::uint32_t> ops);

}  // namespace witness
