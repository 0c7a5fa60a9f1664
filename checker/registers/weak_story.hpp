/// Weak levels in words: why each edge holds, and what Plume calls the pattern.
#pragma once

#include <string>
#include <vector>

#include "checker/registers/weak_input.hpp"
#include "checker/transactions/story.hpp"
#include "witness/verdict.hpp"

namespace witness {

/// A cycle of reads-from, session order and inferred edges: of each step its beginning, its kind,
/// and the inferred edge if it is one.
struct WeakStep {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  EdgeKind kind = EdgeKind::wr;
  const CommitEdge* inferred = nullptr;
};

/// How a level says that t3 depends on t2.
enum class Visibility : std::uint8_t { earlier_read, read, causal };

/// Keeps references.
class WeakStory {
 public:
  WeakStory(const WeakInput& input, const Story& story) : input_(input), story_(story) {}

  /// The steps as an anomaly. A `kind` of the -process forms becomes the plain one where no step
  /// needs session order.
  Anomaly anomaly(AnomalyKind kind, Visibility visibility, const std::vector<WeakStep>& steps);

 private:
  Step told(const WeakStep& step, Visibility visibility, bool& needs_session);
  std::string depends(std::uint32_t later, std::uint32_t earlier, std::uint32_t op,
                      Visibility visibility, bool& needs_session);
  std::string read_from(std::uint32_t reader, std::uint32_t writer, std::uint32_t before_op) const;
  bool follows(std::uint32_t later, std::uint32_t earlier) const;
  std::vector<std::uint32_t> way(std::uint32_t from, std::uint32_t to, bool sessions);

  const WeakInput& input_;
  const Story& story_;
  /// Vertices that may still be looked at for ways: an explanation must not cost more than the
  /// verdict.
  std::size_t left_ = 20'000'000;
};

}  // namespace witness
