#include "workloads/generate_plants.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace witness {
namespace {

/// What comes with it is named in the last words: no history can show the one without the other.
constexpr std::array kPlants = {
    // Cycles, without session and real time: their transactions overlap.
    Plant{"G0", "two wrote the same two keys in opposite orders",
          "A +x1 +y1 | B +x2 +y2 | R x=12 y=21 | ABABRR", ""},
    Plant{"G1c", "two read each other's writes", "A +x1 y=1 | B +y1 x=1 | ABAB",
          "A +x1 y=1 | B +y1 x=1 | ABAB"},
    Plant{"G-single-item", "one saw half of another's writes",
          "A x= y=1 | B +x1 +y1 | R x=1 y=1 | ABABRR", "A x= y=1 | B +x1 +y1 | R x=1 y=1 | ABABRR"},
    Plant{"G-nonadjacent-item", "two readers saw two writes in opposite orders (long fork)",
          "A +x1 | B +y1 | C x=1 y= | D x= y=1 | R x=1 y=1 | ABCDABCDRR",
          "A +x1 | B +y1 | C x=1 y= | D x= y=1 | R x=1 y=1 | ABCDABCDRR"},
    Plant{"G2-item", "each read what the other wrote, before it (write skew)",
          "A x= +y1 | B y= +x1 | R x=1 y=1 | ABABRR", "A x= +y1 | B y= +x1 | R x=1 y=1 | ABABRR"},
    // The same with a step of one process in the cycle.
    Plant{"G0-process", "a process's second write went before its first",
          "A +x2 | B~A +x1 | R x=12 | AABBRR", ""},
    Plant{"G1c-process", "a process read what it wrote only later", "A x=1 | B~A +x1 | AABB",
          "A x=1 | B~A +x1 | AABB"},
    Plant{"G-single-item-process", "a process did not see its own write",
          "A +x1 | B~A x= | R x=1 | AABBRR", "A +x1 | B~A x= | R x=1 | AABBRR"},
    Plant{"G-nonadjacent-item-process",
          "a process wrote, then missed a write that others saw first",
          "A x= y=1 | B +x1 | C~B y= | D +y1 | R x=1 y=1 | ADBBCCDARR",
          "A x= y=1 | B +x1 | C~B y= | D +y1 | R x=1 y=1 | ADBBCCDARR"},
    Plant{"G2-item-process", "a process wrote, then missed the write of one who missed its own",
          "A +y1 | B~A x= | C +x1 y= | R x=1 y=1 | CAABBCRR",
          "A +y1 | B~A x= | C +x1 y= | R x=1 y=1 | CAABBCRR"},
    // The same with a step of real time, between processes.
    Plant{"G0-realtime", "a later write went before an earlier one",
          "A +x2 | B +x1 | R x=12 | AABBRR", ""},
    Plant{"G1c-realtime", "one read what was written only later", "A x=1 | B +x1 | AABB",
          "A x=1 | B +x1 | AABB"},
    Plant{"G-single-item-realtime", "one did not see what was written before it began (stale read)",
          "A +x1 | B x= | R x=1 | AABBRR", "A +x1 | B x= | R x=1 | AABBRR"},
    Plant{"G-nonadjacent-item-realtime", "two writes, one finished first, were seen in two orders",
          "A x= y=1 | B +x1 | C y= | D +y1 | R x=1 y=1 | ADBBCCDARR",
          "A x= y=1 | B +x1 | C y= | D +y1 | R x=1 y=1 | ADBBCCDARR"},
    Plant{"G2-item-realtime", "write skew that only real time closes",
          "A +y1 | B x= | C +x1 y= | R x=1 y=1 | CAABBCRR",
          "A +y1 | B x= | C +x1 y= | R x=1 y=1 | CAABBCRR"},
    // What is not a cycle.
    Plant{"G1a", "one read what was rolled back", "A! +x1 | R x=1 | ARAR", "A! +x1 | R x=1 | ARAR"},
    Plant{"G1b", "one read what its writer overwrote itself; with G-single-item",
          "A +x1 +x2 | R x=1 | ARAR", "A +x1 +x2 | R x=1 | ARAR"},
    Plant{"internal", "one did not see its own write", "A +x1 x= | R x=1 | AARR",
          "A +x1 | B +x2 x=1 | ABAB"},
    Plant{"future-read", "one read what it wrote only later", "A x=1 +x1 | R x=1 | AARR",
          "A x=1 +x1 | R x=1 | AARR"},
    Plant{
        "lost-update",
        "two updated the same version; with G-single-item, or G2-item where their order is unknown",
        "A x= +x1 | B x= +x2 | R x=12 | ABABRR", "A x= +x1 | B x= +x2 | ABAB"},
    Plant{"garbage-read", "one read what nobody wrote", "A +x1 | R x=19 | AARR",
          "A +x1 | R x=9 | AARR"},
    Plant{"duplicate-elements", "one element stood twice in a list", "A +x1 | R x=11 | AARR", ""},
    Plant{"incompatible-order", "two reads of a list do not continue each other",
          "A +x1 | B +x2 | R x=12 | S x=2 | ABABRSRS", ""},
    Plant{"dirty-update", "one appended to what was rolled back; with G1a",
          "A! +x1 | B +x2 | R x=12 | ABABRR", ""},
    Plant{"double-acquisition", "two clients got the same seat", "", "", true},
};

}  // namespace

std::span<const Plant> plants() { return kPlants; }

Gadget::Gadget(std::string_view script, bool lists) : lists_(lists) {
  const std::string_view separator = " | ";
  for (auto end = script.find(separator); end != std::string_view::npos;
       end = script.find(separator)) {
    add_member(script.substr(0, end));
    script.remove_prefix(end + separator.size());
  }
  order_ = script;
}

void Gadget::add_member(std::string_view text) {
  const std::size_t head = text.find(' ');
  const std::string_view name = text.substr(0, head);
  Member member;
  member.name = name.front();
  member.fails = name.back() == '!';
  if (name.size() > 2 && name[1] == '~') member.same_process = name[2];
  for (std::size_t at = head; at != std::string_view::npos;) {
    const std::size_t next = text.find(' ', at + 1);
    add_step(member, text.substr(at + 1, next - at - 1));
    at = next;
  }
  transactions_.push_back(std::move(member));
}

void Gadget::add_step(Member& member, std::string_view text) {
  const bool writes = text.front() == '+';
  const char key = writes ? text[1] : text[0];
  auto found = std::ranges::find(keys_, key);
  if (found == keys_.end()) {
    keys_.push_back(key);
    found = keys_.end() - 1;
  }
  member.steps.push_back(
      {writes, static_cast<std::uint32_t>(found - keys_.begin()), text.substr(2)});
}

std::size_t Gadget::find(char name) const {
  const auto found = std::ranges::find(transactions_, name, &Member::name);
  assert(found != transactions_.end());
  return static_cast<std::size_t>(found - transactions_.begin());
}

void Gadget::write_steps(GenerateOutput& out, const Member& member, std::uint32_t first_key,
                         bool completed) const {
  const char* separator = "";
  for (const Step& step : member.steps) {
    out.text(separator);
    separator = ",";
    out.text(!step.writes ? R"(["r",)" : lists_ ? R"(["append",)" : R"(["w",)");
    out.number(first_key + step.key);
    out.text(",");
    const bool known = step.writes || completed;
    if (!known || (!lists_ && step.values.empty())) {
      out.text("null");
    } else if (step.writes || !lists_) {
      out.text(step.values);
    } else {
      out.text("[");
      for (std::size_t i = 0; i < step.values.size(); ++i) {
        if (i > 0) out.text(",");
        out.text(step.values.substr(i, 1));
      }
      out.text("]");
    }
    out.text("]");
  }
  out.text("]}");
  out.end_line();
}

std::uint64_t Gadget::write(GenerateOutput& out, KeyPool& keys, std::uint64_t& next_process,
                            std::uint64_t time_ns) const {
  const std::uint32_t first_key = keys.fresh();
  for (std::size_t i = 1; i < keys_.size(); ++i) keys.fresh();
  std::vector<std::uint64_t> processes;
  for (const Member& member : transactions_) {
    processes.push_back(member.same_process != 0 ? processes[find(member.same_process)]
                                                 : next_process++);
  }
  std::uint64_t first_index = 0;
  std::vector<bool> invoked(transactions_.size());
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const std::size_t which = find(order_[i]);
    const Member& member = transactions_[which];
    const Completion told = member.fails ? Completion::fail : Completion::ok;
    const std::uint64_t index = invoked[which]
                                    ? out.begin_completion(told, processes[which], "txn", time_ns)
                                    : out.begin_invoke(processes[which], "txn", time_ns);
    write_steps(out, member, first_key, invoked[which] && told == Completion::ok);
    if (i == 0) first_index = index;
    invoked[which] = true;
  }
  return first_index;
}

}  // namespace witness
