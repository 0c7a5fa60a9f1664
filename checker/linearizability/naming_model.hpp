/// What many models share: words for data. Not for others than *_models.cpp.
#pragma once

#include <span>
#include <string>

#include "checker/linearizability/model.hpp"
#include "checker/words.hpp"

namespace witness {

class NamingModel : public ObjectModel {
 public:
  NamingModel(const Objects& objects, const StringPool& strings)
      : objects_(objects), strings_(strings) {}

 protected:
  std::string named(std::uint64_t bits) const {
    return witness::shown(Datum::from_bits(bits), strings_);
  }
  std::string named(std::span<const std::uint64_t> sequence) const {
    std::string text = "[";
    for (std::size_t i = 0; i < sequence.size() && i < 12; ++i) {
      if (i > 0) text += ' ';
      text += named(sequence[i]);
    }
    text += sequence.size() > 12 ? " …]" : "]";
    return text;
  }
  std::span<const Datum> list(const Call& call) const {
    return objects_.list_of(objects_.ops[call.op]);
  }

  const Objects& objects_;
  const StringPool& strings_;
};

}  // namespace witness
