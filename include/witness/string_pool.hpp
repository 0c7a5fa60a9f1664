/// Each distinct text once; everything else refers to it by a small number.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace witness {

/// Position of a text in its StringPool. Ids are dense, in order of first use.
using StringId = std::uint32_t;

/// No text at all (not the empty text).
inline constexpr StringId kNoString = 0xffffffffU;

/// Interns texts: equal texts have equal ids. Texts live as long as the pool and
/// never move, so views stay good. Not thread-safe. O(length) per call.
class StringPool {
 public:
  StringPool() = default;
  StringPool(StringPool&&) = default;
  StringPool& operator=(StringPool&&) = default;
  StringPool(const StringPool&) = delete;  // the index holds views into texts_
  StringPool& operator=(const StringPool&) = delete;

  StringId intern(std::string_view text) {
    if (const auto found = ids_.find(text); found != ids_.end()) return found->second;
    const auto id = static_cast<StringId>(texts_.size());
    ids_.emplace(texts_.emplace_back(text), id);
    return id;
  }

  /// The id of a text that was interned before, or kNoString.
  StringId find(std::string_view text) const {
    const auto found = ids_.find(text);
    return found == ids_.end() ? kNoString : found->second;
  }

  /// The text of an id; kNoString gives an empty view.
  std::string_view operator[](StringId id) const {
    return id == kNoString ? std::string_view{} : std::string_view{texts_[id]};
  }

  std::size_t size() const noexcept { return texts_.size(); }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, StringId> ids_;
};

}  // namespace witness
