/// Jepsen's operations in JSON: one array of objects, or objects one after another.
#include "history/json_block.hpp"

#include "history/formats.hpp"
#include "history/json_ops.hpp"

namespace witness {
namespace {

template <JsonOps::Flavour kFlavour>
class FlavouredOps : public JsonOps {
 public:
  void begin(std::string_view text, OpBlock& block) { JsonOps::begin(text, kFlavour, block); }
};
using JepsenOps = FlavouredOps<JsonOps::Flavour::jepsen>;
using ObjectOps = FlavouredOps<JsonOps::Flavour::objects>;

std::string_view without_space(std::string_view text) {
  while (!text.empty() && is_json_space(text.front())) text.remove_prefix(1);
  return text;
}

}  // namespace

bool looks_like_json(std::string_view head) {
  head = without_space(head);
  if (head.substr(0, 1) == "[") {
    head = without_space(head.substr(1));
    if (head.substr(0, 1) == "]") return true;
  }
  if (head.substr(0, 1) != "{") return false;
  head = without_space(head.substr(1));
  return head.substr(0, 1) == "\"" || head.substr(0, 1) == "}";
}

std::unique_ptr<BlockParser> json_block_parser() {
  return std::make_unique<JsonBlockParser<JepsenOps>>();
}
std::unique_ptr<BlockParser> native_object_parser() {
  return std::make_unique<JsonBlockParser<ObjectOps>>(true);
}
std::unique_ptr<BlockParser> json_object_parser() {
  return std::make_unique<JsonBlockParser<ObjectOps>>();
}

}  // namespace witness
