/// Operations over lists or registers as JSON objects: Jepsen's, and the common lines of ours.
///
/// One pass, written by hand: most bytes of such a history are elements of lists, and each is
/// touched once. Whatever it does not expect is left to a slower reader that knows the place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "history/json_text.hpp"
#include "history/list_cache.hpp"
#include "history/op_block.hpp"

namespace witness {

class JsonOps : JsonText {
 public:
  /// `jepsen` skips unknown fields; `native` reads the canonical fields and gives up at any other;
  /// `objects` is jepsen where values may be anything, and functions and keys count.
  enum class Flavour { jepsen, native, objects };

  /// `text` needs kBlockPadding behind it; text and block must outlive the calls below.
  void begin(std::string_view text, Flavour flavour, OpBlock& block);

  /// Appends the operation that begins at `offset` (at its brace), and moves `offset` behind it.
  /// False: nothing was appended; fault() says why, with an empty rule where the JSON may be
  /// malformed (find_json_fault() then knows where).
  bool read(std::size_t& offset);

  /// Appends the micro-operations of the list at `offset`. False: as above.
  bool read_micro_ops(std::size_t offset, RawRange& range);

  /// Takes back the last operation that was read.
  void unread(const RawOp& op);

  /// Its offset counts in the text.
  const LineFault& fault() const { return fault_; }

 private:
  bool op(RawOp& op);
  const char* canonical_fields(RawOp& op);
  bool canonical_function(const char*& at, StringId& f);
  StringId named(std::string_view function);
  bool fields(RawOp& op);
  bool field(std::string_view name, RawOp& op);
  bool order(RawOp& op);
  bool first_time(unsigned bit, std::string_view name);
  bool type(RawOp& op);
  bool process(RawOp& op);
  bool time(RawOp& op);
  bool function(RawOp& op);
  bool value(RawOp& op);
  bool key(RawOp& op);
  bool cells(RawRange& range);
  bool close_form();
  void more_integers(std::size_t& count);
  bool whole(RawOp& op);
  bool micro_ops(RawRange& range);
  const char* canonical_micro_op(const char* at);
  const char* elements(const char* at, Datum key, RawMicroOp& read);
  bool micro_op();
  bool kind(TxnOpKind& kind);
  void drop(std::size_t micro_ops, std::size_t elements);

  /// A list or an object that is being read as cells.
  struct OpenForm {
    std::size_t header;
    std::size_t count;
    char close;
  };

  Flavour flavour_ = Flavour::jepsen;
  struct Function {
    std::string name;
    StringId id;  ///< among the block's names
  };
  std::vector<Function> functions_;  ///< the last few
  unsigned seen_ = 0;                ///< fields of the operation, one bit each
  bool is_client_ = false;           ///< its process is a number
  bool has_process_ = false;
  LineFault value_fault_;  ///< why its value is none of ours; fine for a nemesis
  const char* value_at_ = nullptr;
  ListCache lists_;
  std::vector<OpenForm> forms_;
};

}  // namespace witness
