/// Values of any shape in EDN.
#pragma once

#include <vector>

#include "history/cells.hpp"
#include "history/edn_micro_ops.hpp"

namespace witness {

/// Beside lists of micro-operations: any value, as cells.
class EdnCells : protected EdnMicroOps {
 protected:
  /// Appends the value's cells to the block's elements. `range` is only set where it is whole.
  bool cells(RawRange& range);

  /// `:f :read`: its name among the block's, without the colon. False: a fault.
  bool function_name(StringId& f);
  void forget_function() { function_.clear(); }

 private:
  struct Open {
    std::size_t header;
    std::size_t count;
    char close;
  };

  bool open_form(Form form, std::size_t brackets, char close);
  bool close_form();

  std::vector<Open> forms_;
  std::string function_;  ///< the last one: most often the next one, too
  StringId function_id_ = kNoString;
};

}  // namespace witness
