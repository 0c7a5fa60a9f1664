#include "history/edn_cells.hpp"

namespace witness {

bool EdnCells::cells(RawRange& range) {
  const auto begin = static_cast<std::uint32_t>(block_->elements.size());
  forms_.clear();
  do {
    if (!space() || !tags()) return false;
    if (at_ >= end_) return cut(kInside);
    if (!forms_.empty() && *at_ == forms_.back().close) {
      if (!close_form()) return false;
      continue;
    }
    if (!forms_.empty()) ++forms_.back().count;
    const char c = *at_;
    if (c == '[' || c == '(' || c == '{') {
      if (!open_form(c == '{' ? Form::map : Form::vector, 1, closing(c))) return false;
    } else if (c == '#' && at_[1] == '{') {
      if (!open_form(Form::set, 2, '}')) return false;
    } else {
      Datum value;
      if (!datum(value)) return false;
      block_->elements.push_back(value);
    }
  } while (!forms_.empty());
  range = {begin, static_cast<std::uint32_t>(block_->elements.size())};
  return true;
}

bool EdnCells::open_form(Form form, std::size_t brackets, char close) {
  if (forms_.size() == kEdnDepthMax) {
    return fail(at_, "nested deeper than " + std::to_string(kEdnDepthMax) + " levels");
  }
  forms_.push_back({block_->elements.size(), 0, close});
  block_->elements.push_back(form_header(form, 0));
  at_ += brackets;
  return true;
}

bool EdnCells::close_form() {
  const Open form = forms_.back();
  Datum& header = block_->elements.begin()[form.header];
  if (form_of(header) == Form::map && form.count % 2 != 0) {
    return fail(at_, "a map needs a value for each key");
  }
  header = form_header(form_of(header), form.count);
  forms_.pop_back();
  ++at_;
  return true;
}

bool EdnCells::function_name(StringId& f) {
  const char* const begin = at_;
  if (*at_ != ':') return skip();
  if (!token()) return false;
  const std::string_view name{begin + 1, static_cast<std::size_t>(at_ - begin - 1)};
  if (name != function_ || function_.empty()) {
    function_ = name;
    function_id_ = block_->names.intern(name);
  }
  f = function_id_;
  return true;
}

}  // namespace witness
