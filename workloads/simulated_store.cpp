#include "workloads/simulated_store.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace witness {
namespace {

/// How often a serializable store answers from an older place in its order.
constexpr double kStale = 0.3;

}  // namespace

SimulatedStore::SimulatedStore(Datatype datatype, SimulatedLevel level, std::uint64_t clients,
                               Dice& dice)
    : datatype_(datatype), level_(level), dice_(dice), window_(4 * clients) {
  if (level == SimulatedLevel::read_atomic) recent_.resize(window_ + 1);
}

SimulatedStore::Key& SimulatedStore::key(std::uint32_t id) {
  if (id >= keys_.size()) keys_.resize(id + 1);
  if (keys_[id] == nullptr) keys_[id] = std::make_unique<Key>();
  return *keys_[id];
}

void SimulatedStore::open(const SimulatedTransaction& transaction) {
  for (const SimulatedStep& step : transaction.steps) ++key(step.key).users;
}

void SimulatedStore::close(const SimulatedTransaction& transaction) {
  for (const SimulatedStep& step : transaction.steps) {
    --key(step.key).users;
    release(step.key);
  }
}

void SimulatedStore::retire(std::uint32_t id) {
  key(id).retired = true;
  release(id);
}

void SimulatedStore::release(std::uint32_t id) {
  if (keys_[id] != nullptr && keys_[id]->retired && keys_[id]->users == 0) keys_[id].reset();
}

std::string_view SimulatedStore::list_text(std::uint32_t id, std::uint32_t length) const {
  if (length == 0) return {};
  const Key& key = *keys_[id];
  return std::string_view{key.text}.substr(0, key.versions[length - 1].text_end);
}

std::uint32_t SimulatedStore::count_at(std::uint32_t id, std::uint64_t stamp) {
  const std::vector<Version>& versions = key(id).versions;
  std::size_t count = versions.size();
  while (count > 0 && versions[count - 1].stamp > stamp) --count;
  return static_cast<std::uint32_t>(count);
}

/// Own earlier writes come on top of `base` versions of others.
void SimulatedStore::read(SimulatedTransaction& transaction, std::size_t i, std::uint32_t base) {
  SimulatedStep& step = transaction.steps[i];
  step.base = base;
  std::uint32_t own = 0;
  std::uint32_t last = 0;
  for (std::size_t before = 0; before < i; ++before) {
    const SimulatedStep& earlier = transaction.steps[before];
    if (earlier.key != step.key || earlier.kind == TxnOpKind::read) continue;
    ++own;
    last = earlier.value;
  }
  if (datatype_ == Datatype::list_append) {
    step.seen = base + own;
  } else if (own > 0) {
    step.seen = last;
  } else {
    step.seen = base == 0 ? 0 : key(step.key).versions[base - 1].value;
  }
}

void SimulatedStore::read_at(SimulatedTransaction& transaction, std::uint64_t stamp) {
  for (std::size_t i = 0; i < transaction.steps.size(); ++i) {
    const SimulatedStep& step = transaction.steps[i];
    if (step.kind == TxnOpKind::read) read(transaction, i, count_at(step.key, stamp));
  }
}

void SimulatedStore::step(SimulatedTransaction& transaction, std::size_t step) {
  const SimulatedStep& now = transaction.steps[step];
  if (now.kind == TxnOpKind::read) read(transaction, step, count_now(now.key));
}

/// A list that was read with own elements at its end, while others appended since: those elements
/// would stand elsewhere in the end. (A database's lock on the row prevents it.)
bool SimulatedStore::overtaken(const SimulatedTransaction& transaction) {
  if (datatype_ != Datatype::list_append) return false;
  return std::ranges::any_of(transaction.steps, [&](const SimulatedStep& step) {
    return step.kind == TxnOpKind::read && step.seen != step.base &&
           step.base != count_now(step.key);
  });
}

bool SimulatedStore::conflicts(const SimulatedTransaction& transaction) {
  return std::ranges::any_of(transaction.steps, [&](const SimulatedStep& step) {
    if (step.kind == TxnOpKind::read) return false;
    const std::vector<Version>& versions = key(step.key).versions;
    return !versions.empty() && versions.back().stamp > transaction.snapshot;
  });
}

/// Where in the serial order a transaction stands: at its end, or after an older one, if since
/// then nobody looked at what it writes. Those that chose the same place follow each other.
std::uint64_t SimulatedStore::serial_place(const SimulatedTransaction& transaction) {
  if (!dice_.chance(kStale)) return now_ + 1;
  std::uint64_t place = now_ - std::min(now_, 1 + dice_.below(window_));
  for (const SimulatedStep& step : transaction.steps) {
    if (step.kind != TxnOpKind::read) place = std::max(place, key(step.key).touched);
  }
  return place;
}

void SimulatedStore::touch(const SimulatedTransaction& transaction, std::uint64_t stamp) {
  for (const SimulatedStep& step : transaction.steps) {
    Key& touched = key(step.key);
    touched.touched = std::max(touched.touched, stamp);
  }
}

/// Each key of a transaction is cut somewhere among the recent versions; where its own elements
/// are read at the end of a list, that is the whole list (see overtaken).
void SimulatedStore::choose_cuts(const SimulatedTransaction& transaction) {
  const std::uint64_t old = now_ - std::min(now_, dice_.below(window_));
  cuts_.clear();
  for (std::size_t i = 0; i < transaction.steps.size(); ++i) {
    const SimulatedStep& step = transaction.steps[i];
    if (step.kind != TxnOpKind::read) continue;
    const std::uint32_t low = count_at(step.key, old);
    const std::uint32_t high = count_now(step.key);
    auto cut = std::ranges::find(cuts_, step.key, &Cut::key);
    if (cut == cuts_.end()) {
      cuts_.push_back({step.key, low, static_cast<std::uint32_t>(dice_.between(low, high))});
      cut = cuts_.end() - 1;
    }
    const bool own = std::any_of(
        transaction.steps.begin(), transaction.steps.begin() + static_cast<std::ptrdiff_t>(i),
        [&](auto& earlier) { return earlier.key == step.key && earlier.kind != TxnOpKind::read; });
    if (own && datatype_ == Datatype::list_append) cut->cut = high;
  }
}

/// Who is seen in one key is seen in all. True if a cut had to move.
bool SimulatedStore::raise_cuts() {
  bool raised = false;
  for (const Cut& cut : cuts_) {
    for (std::uint32_t i = cut.low; i < cut.cut; ++i) {
      const std::uint64_t writer = key(cut.key).versions[i].stamp;
      for (const Wrote& wrote : recent_[writer % recent_.size()]) {
        const auto other = std::ranges::find(cuts_, wrote.key, &Cut::key);
        if (other == cuts_.end() || other->cut >= wrote.versions) continue;
        other->cut = wrote.versions;
        raised = true;
      }
    }
  }
  return raised;
}

void SimulatedStore::read_atomically(SimulatedTransaction& transaction) {
  choose_cuts(transaction);
  while (raise_cuts()) {
  }
  for (std::size_t i = 0; i < transaction.steps.size(); ++i) {
    const SimulatedStep& step = transaction.steps[i];
    if (step.kind != TxnOpKind::read) continue;
    read(transaction, i, std::ranges::find(cuts_, step.key, &Cut::key)->cut);
  }
}

/// A list keeps every element; of a register only the last write of a transaction is a version.
void SimulatedStore::apply(const SimulatedTransaction& transaction, std::uint64_t stamp) {
  if (!recent_.empty()) recent_[stamp % recent_.size()].clear();
  for (std::size_t i = 0; i < transaction.steps.size(); ++i) {
    const SimulatedStep& step = transaction.steps[i];
    if (step.kind == TxnOpKind::read) continue;
    Key& written = key(step.key);
    if (datatype_ == Datatype::list_append) {
      if (!written.text.empty()) written.text += ',';
      const fmt::format_int digits{step.value};
      written.text.append(digits.data(), digits.size());
    } else if (!written.versions.empty() && written.versions.back().stamp == stamp &&
               std::any_of(transaction.steps.begin(),
                           transaction.steps.begin() + static_cast<std::ptrdiff_t>(i),
                           [&](auto& earlier) {
                             return earlier.key == step.key && earlier.kind != TxnOpKind::read;
                           })) {
      written.versions.back().value = step.value;
      continue;
    }
    written.versions.push_back(
        {stamp, step.value, static_cast<std::uint32_t>(written.text.size())});
    if (!recent_.empty()) {
      recent_[stamp % recent_.size()].push_back({step.key, count_now(step.key)});
    }
  }
  now_ = std::max(now_, stamp);
}

bool SimulatedStore::commit(SimulatedTransaction& transaction) {
  std::uint64_t stamp = now_ + 1;
  switch (level_) {
    case SimulatedLevel::read_committed:
      if (overtaken(transaction)) read_at(transaction, now_);
      break;
    case SimulatedLevel::read_atomic:
      read_atomically(transaction);
      break;
    case SimulatedLevel::snapshot_isolation:
      if (conflicts(transaction)) return false;
      read_at(transaction, transaction.snapshot);
      break;
    case SimulatedLevel::serializable:
      stamp = serial_place(transaction);
      read_at(transaction, stamp);
      touch(transaction, stamp);
      break;
    case SimulatedLevel::strict_serializable:
      read_at(transaction, now_);
      break;
  }
  apply(transaction, stamp);
  return true;
}

}  // namespace witness
