#include "history/cells.hpp"

#include <vector>

#include "history/datum_text.hpp"

namespace witness {

std::size_t behind_value(std::span<const Datum> cells, std::size_t at) {
  for (std::size_t left = 1; left > 0; ++at) {
    --left;
    if (form_of(cells[at]) != Form::scalar) left += children_of(cells[at]);
  }
  return at;
}

std::string value_text(std::span<const Datum> cells, std::size_t at, const StringPool& strings) {
  struct Open {
    std::size_t left;
    char close;
  };
  std::string text;
  std::vector<Open> open;
  for (;;) {
    const Datum cell = cells[at++];
    switch (form_of(cell)) {
      case Form::scalar:
        append_edn(text, cell, strings);
        break;
      case Form::vector:
        text += '[';
        open.push_back({children_of(cell), ']'});
        break;
      case Form::set:
        text += "#{";
        open.push_back({children_of(cell), '}'});
        break;
      case Form::map:
        text += '{';
        open.push_back({children_of(cell), '}'});
        break;
    }
    while (!open.empty() && open.back().left == 0) {
      text += open.back().close;
      open.pop_back();
    }
    if (open.empty()) return text;
    --open.back().left;
    const char last = text.back();
    if (last != '[' && last != '{') text += ' ';
  }
}

}  // namespace witness
