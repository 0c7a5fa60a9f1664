/// Pairs the calls of blocks and lays out the columns of Objects.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/cells.hpp"
#include "history/number_table.hpp"
#include "history/op_block.hpp"
#include "witness/history.hpp"

namespace witness {

struct ObjectOptions {
  std::optional<ObjectKind> kind{};  ///< else by the functions
  std::optional<std::string> initial{};
  std::optional<bool> nil_reads_tell{};
  std::optional<bool> failed_cas_tells{};
  /// As the format's own tool takes them, where nobody says otherwise.
  bool format_nil_reads_tell = false;
  bool format_failed_cas_tells = false;
  bool native = false;  ///< a file without its last line is a cut one
};

/// A value as it came: a datum, or a form whose cells begin at `at` in Objects::data.
struct RawValue {
  Datum value;
  std::uint32_t at = 0;
  std::uint32_t line = 0;  ///< of its operation; 0: there was none
};

inline bool has_form(const RawValue& value) { return form_of(value.value) != Form::scalar; }

/// [key value]
inline bool is_pair(const Objects& objects, const RawValue& value) {
  return form_of(value.value) == Form::vector && children_of(value.value) == 2 &&
         form_of(objects.data[value.at + 1]) == Form::scalar;
}

/// What a call was asked and what it told.
struct RawCall {
  RawValue asked;
  RawValue told;
};

/// Takes blocks in the order of the file, on one thread. Memory is that of the history, and 32
/// bytes an operation until finish().
class ObjectsBuilder {
 public:
  explicit ObjectsBuilder(const ObjectOptions& options) : options_(options) {}

  /// Objects are in one file.
  void begin_file(std::int64_t /*session*/) {}
  /// As TransactionsBuilder::add().
  void add(OpBlock& block, std::string_view text, std::uint64_t line);
  void expect(double times);

  /// Fills `history.objects`, its strings and, of the header, the workload. Call once. Throws
  /// InputError for values that are not those of the workload, or if nobody knows which it is.
  void finish(History& history);

 private:
  struct Process {
    std::uint32_t position = kNoPosition;  ///< in Objects::processes; none: nameless
    std::uint32_t open = kNoPosition;      ///< an operation
    /// Others that are open, oldest first.
    std::unique_ptr<std::deque<std::uint32_t>> more;
  };

  void remap(OpBlock& block);
  void add_op(const RawOp& op);
  Process& process_of(const RawOp& op);
  void invoke(const RawOp& op, Process& process);
  void complete(const RawOp& op, Process& process);
  std::uint32_t opened(const RawOp& op, Process& process, const RawValue& told);
  std::uint32_t one_of_several(const RawOp& op, Process& process, const RawValue& told);
  void order_events();
  std::uint32_t new_op(const RawOp& op, const Process& process);
  RawValue value_of(const RawOp& op);

  ObjectOptions options_;
  Objects columns_;
  StringPool strings_;
  StringPool names_;
  std::vector<RawCall> calls_;
  std::vector<Process> processes_;
  NumberTable process_table_;
  std::uint64_t next_index_ = 0;
  bool displaced_ = false;  ///< beginnings do not stand in the order of operations
  int marks_ = 0;           ///< lines of our own that are no operations: the first, the last

  // of the block that is being added
  OpBlock* block_ = nullptr;
  std::uint64_t first_line_ = 1;
  std::vector<StringId> remapped_;
};

/// What functions and values say of the workload; nothing where it is not clear.
std::optional<ObjectKind> kind_of_calls(const Objects& objects, const std::vector<RawCall>& calls);

/// The call that a function's name means.
ObjectCall call_named(std::string_view name);

/// Gives every call its key, arguments and results. Throws InputError.
void shape_calls(Objects& objects, const std::vector<RawCall>& calls, StringPool& strings,
                 const std::string& name);

}  // namespace witness
