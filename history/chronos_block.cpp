/// The histories of Chronos and Aion (https://github.com/FertileFragrance/TimeKiller): a JSON array
/// of transactions with the database's own timestamps, in the order of each session.
///
///   {"tid":67,"sid":19,"sts":{"p":5,"l":0},"cts":{"p":7,"l":1},"ops":[{"t":"w","k":7,"v":2}]}
///
/// Registers (t: r, w), or lists (r, a). The time of the commit becomes the commit order.
#include <charconv>
#include <tuple>

#include "history/excerpt.hpp"
#include "history/formats.hpp"
#include "history/json_block.hpp"
#include "history/json_transactions.hpp"

namespace witness {
namespace {

enum Bit : unsigned { kTid = 1, kSid = 2, kSts = 4, kCts = 8, kOps = 16 };
constexpr unsigned kAll = kTid | kSid | kSts | kCts | kOps;

/// A hybrid logical clock.
struct Clock {
  std::int64_t physical = 0;
  std::int64_t logical = 0;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_word(std::string_view text, std::string_view word) {
  return text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(),
                                                  [](char a, char b) { return lower(a) == b; });
}

class ChronosOps : public JsonTransactions {
 public:
  void begin(std::string_view text, OpBlock& block) {
    JsonText::begin(text, block);
    block.elements.reserve_for(text.size());
  }

  bool read(std::size_t& at) {
    return append(at, [&](RawOp& op) { return transaction(op); });
  }

 private:
  bool transaction(RawOp& op) {
    seen_ = 0;
    op.process = 0;  // one whose name is a string
    op.has_value = true;
    Clock start;
    Clock commit;
    const char* commit_at = nullptr;
    const char* const begin = at_;
    const bool whole = object([&](std::string_view name) {
      if (name == "tid") return first_time(kTid, name) && number_of_transaction(op);
      if (name == "sid") return first_time(kSid, name) && session(op);
      if (name == "sts") return first_time(kSts, name) && clock(start);
      if (name == "cts") {
        commit_at = at_;
        return first_time(kCts, name) && clock(commit);
      }
      return name == "ops" ? first_time(kOps, name) && operations() : skip();
    });
    if (!whole) return false;
    if (seen_ != kAll) return fail(begin, "a transaction needs tid, sid, sts, cts and ops");
    if (std::tie(commit.physical, commit.logical) < std::tie(start.physical, start.logical)) {
      return fail(commit_at, "the time of the commit is before that of the start");
    }
    op.time_ns = commit.physical;
    op.order = static_cast<std::uint64_t>(commit.logical);
    return true;
  }

  bool first_time(unsigned bit, std::string_view name) {
    if ((seen_ & bit) != 0) return fail(at_, "the field " + quoted(name) + " stands twice");
    seen_ |= bit;
    return true;
  }

  /// An integer, or one in a string.
  bool integer(std::string_view name, std::int64_t& value) {
    if (*at_ != '"') return number(name, value);
    const char* const at = at_;
    std::string_view text;
    if (!string(text)) return malformed();
    if (is_integer(text.substr(1), value)) return true;
    return fail(at, quoted(name) + " must be an integer");
  }

  static bool is_integer(std::string_view text, std::int64_t& value) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stop == end;
  }

  /// A string that is no integer numbers nothing: such transactions are counted.
  bool number_of_transaction(RawOp& op) {
    const char* const at = at_;
    std::int64_t value = 0;
    if (*at_ == '"') {
      std::string_view text;
      if (!string(text)) return malformed();
      if (!is_integer(text.substr(1), value)) return true;
    } else if (!number("tid", value)) {
      return false;
    }
    if (value < 0) return fail(at, "\"tid\" must not be negative");
    op.index = static_cast<std::uint64_t>(value);
    op.has_index = true;
    return true;
  }

  bool session(RawOp& op) {
    if (*at_ != '"') return number("sid", op.process);
    std::string_view text;
    if (!string(text)) return malformed();
    if (!is_integer(text.substr(1), op.process)) op.f = block_->names.intern(text.substr(1));
    return true;
  }

  bool clock(Clock& clock) {
    const char* const begin = at_;
    if (*at_ != '{') return fail(at_, "a time must be an object {\"p\":1,\"l\":0}");
    bool has_physical = false;
    const bool whole = object([&](std::string_view name) {
      if (name == "p") {
        has_physical = true;
        return integer(name, clock.physical);
      }
      const char* const at = at_;
      if (name != "l") return skip();
      return integer(name, clock.logical) &&
             (clock.logical >= 0 || fail(at, "\"l\" must not be negative"));
    });
    return whole && (has_physical || fail(begin, "a time needs \"p\""));
  }

  bool operations() {
    if (*at_ != '[') return fail(at_, "\"ops\" must be a list of {\"t\":…,\"k\":…,\"v\":…}");
    return list([&] { return operation(); });
  }

  bool operation() {
    RawMicroOp micro_op;
    const char* const begin = at_;
    if (*at_ != '{') return fail(at_, "an operation must be an object {\"t\":…,\"k\":…,\"v\":…}");
    bool has_kind = false;
    bool has_key = false;
    micro_op.offset = offset_of(begin);
    micro_op.bits = Datum{}.bits();
    const bool whole = object([&](std::string_view name) {
      if (name == "t") return has_kind = true, kind(micro_op.kind);
      if (name == "k") return has_key = true, datum(micro_op.key);
      if (name != "v") return skip();
      micro_op.offset = offset_of(at_);
      return value(micro_op);
    });
    if (!whole) return false;
    if (!has_kind || !has_key) return fail(begin, "an operation needs t and k");
    if (micro_op.is_list && micro_op.kind != TxnOpKind::read) {
      return fail(begin_ + micro_op.offset, "only a read gives a list");
    }
    block_->micro_ops.push_back(micro_op);
    return true;
  }

  bool kind(TxnOpKind& kind) {
    const char* const at = at_;
    std::string_view text;
    if (*at_ != '"') return fail(at, "\"t\" must be w, r or a");
    if (!string(text)) return malformed();
    text.remove_prefix(1);
    if (is_word(text, "r") || is_word(text, "read")) {
      kind = TxnOpKind::read;
    } else if (is_word(text, "w") || is_word(text, "write")) {
      kind = TxnOpKind::write;
    } else if (is_word(text, "a") || is_word(text, "append")) {
      kind = TxnOpKind::append;
    } else {
      return fail(at, "unknown operation " + quoted(text) + "; it must be w, r or a");
    }
    return true;
  }

  bool value(RawMicroOp& micro_op) {
    if (*at_ != '[') {
      Datum value;
      if (!datum(value)) return false;
      micro_op.bits = value.bits();
      return true;
    }
    ElementBuffer& elements = block_->elements;
    const std::size_t begin = elements.size();
    const bool whole = list([&] {
      Datum element;
      if (!datum(element)) return false;
      elements.push_back(element);
      return true;
    });
    micro_op.set_list(begin, elements.size() - begin);
    return whole;
  }

  unsigned seen_ = 0;  ///< fields of the transaction, one bit each
};

}  // namespace

bool looks_like_chronos(std::string_view head) {
  const auto space = [&] {
    while (!head.empty() && is_json_space(head.front())) head.remove_prefix(1);
  };
  space();
  if (head.substr(0, 1) != "[") return false;
  head.remove_prefix(1);
  space();
  if (head.substr(0, 1) != "{") return false;
  head.remove_prefix(1);
  space();
  for (const char* name : {"\"tid\"", "\"sid\"", "\"sts\"", "\"cts\"", "\"ops\""}) {
    if (head.starts_with(name)) return true;
  }
  return false;
}

std::unique_ptr<BlockParser> chronos_block_parser() {
  return std::make_unique<JsonBlockParser<ChronosOps>>();
}

}  // namespace witness
