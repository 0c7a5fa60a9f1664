/// Values of any shape in JSON, as cells.
#include "history/cells.hpp"
#include "history/json_fault.hpp"
#include "history/json_ops.hpp"

namespace witness {

bool JsonOps::cells(RawRange& range) {
  const auto begin = static_cast<std::uint32_t>(block_->elements.size());
  forms_.clear();
  do {
    space();
    if (!forms_.empty() && *at_ == forms_.back().close) {
      if (!close_form()) return false;
      continue;
    }
    if (!forms_.empty()) {
      OpenForm& form = forms_.back();
      const bool is_value = form.close == '}' && form.count % 2 != 0;
      if (form.count > 0) {
        if (*at_ != (is_value ? ':' : ',')) return malformed();
        ++at_;
        space();
      }
      if (form.close == '}' && !is_value && *at_ != '"') return malformed();
      ++form.count;
    }
    if (*at_ == '[' || *at_ == '{') {
      if (forms_.size() == kJsonDepthMax) return malformed();
      const bool is_list = *at_ == '[';
      forms_.push_back({block_->elements.size(), 0, is_list ? ']' : '}'});
      block_->elements.push_back(form_header(is_list ? Form::vector : Form::map, 0));
      ++at_;
      continue;
    }
    Datum value;
    if (!datum(value)) return false;
    block_->elements.push_back(value);
    if (!forms_.empty() && forms_.back().close == ']') more_integers(forms_.back().count);
  } while (!forms_.empty());
  range = {begin, static_cast<std::uint32_t>(block_->elements.size())};
  return true;
}

/// Most of a long list is `,1,2,3`.
void JsonOps::more_integers(std::size_t& count) {
  Datum value;
  while (*at_ == ',' && short_integer(at_ + 1, value)) {
    block_->elements.push_back(value);
    ++count;
  }
}

bool JsonOps::close_form() {
  const OpenForm form = forms_.back();
  if (form.close == '}' && form.count % 2 != 0) return malformed();
  Datum& header = block_->elements.begin()[form.header];
  header = form_header(form_of(header), form.count);
  forms_.pop_back();
  ++at_;
  return true;
}

/// Of an object's call, beside the value: `extra` is one more than its place among the elements.
bool JsonOps::key(RawOp& op) {
  Datum key;
  if (!datum(key)) return false;
  block_->elements.push_back(key);
  op.extra = static_cast<std::uint32_t>(block_->elements.size());
  return true;
}

}  // namespace witness
