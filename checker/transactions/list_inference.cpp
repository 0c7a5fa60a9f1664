#include "checker/transactions/list_inference.hpp"

#include <algorithm>

#include "checker/transactions/group_edges.hpp"

namespace witness {

using enum EdgeKind;
using enum AnomalyKind;

void ListInference::infer(std::uint32_t key) {
  key_ = key;
  uses_ = history_.uses_of(key);
  const std::uint32_t list = history_.longest[key];
  longest_ = list == kNoPosition ? std::span<const Datum>{} : history_.lists[list].elements;
  place_versions();
  place_appends();
  if (odd_) index_all_appends();
  find_writers_around();
  find_dirty_updates();
  add_version_edges();
  visit_transactions();
  add_unseen_edges();
  if (!bad_.empty() || !duplicates_.empty()) count_reads_of_bad_versions();
}

Fact& ListInference::fact(AnomalyKind kind, std::uint32_t transaction, std::uint32_t other,
                          std::uint32_t op, Datum value) {
  return out_.facts.emplace_back(Fact{kind, key_, transaction, other, op, value, 1});
}

void ListInference::place_versions() {
  places_.reset(longest_.size());
  versions_.assign(longest_.size(), {});
  duplicates_.clear();
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (places_.insert(longest_[i], i) != i) duplicates_.push_back(i);
  }
}

/// Gives every version its writer.
void ListInference::place_appends() {
  unseen_.clear();
  odd_ = false;
  std::uint32_t last_writer = kNoPosition;
  std::uint32_t last_place = kNoPosition;  // behind all places: nobody saw it
  for (const Use& use : uses_) {
    if (op(use).kind != TxnOpKind::append) {
      odd_ = odd_ || (is_known_read(use) && !is_regular(op(use).list()));
      continue;
    }
    const std::uint32_t place = places_.find(op(use).value());
    if (use.transaction == last_writer) {
      if (last_place != kNoPosition) versions_[last_place].final = false;
      if (place < last_place && is_vertex(last_writer)) {
        fact(internal, last_writer, kNoPosition, kNoPosition, op(use).value());
      }
    }
    last_writer = use.transaction;
    last_place = place;
    if (place == kNoPosition) {
      if (is_vertex(use.transaction)) unseen_.push_back(use);
    } else {
      versions_[place] = {use.transaction, true};
    }
  }
}

void ListInference::find_writers_around() {
  bad_.clear();
  before_.resize(longest_.size() + 1);
  after_.resize(longest_.size() + 1);
  std::uint32_t last = kNoPosition;
  for (std::uint32_t i = 0; i < size(); ++i) {
    before_[i] = last;
    const std::uint32_t writer = versions_[i].writer;
    if (writer != kNoPosition && is_vertex(writer)) {
      last = writer;
    } else if (places_.find(longest_[i]) == i) {
      bad_.push_back(i);
    }
  }
  before_[size()] = last;
  std::uint32_t next = size();
  after_[size()] = next;
  for (std::uint32_t i = size(); i-- > 0;) {
    const std::uint32_t writer = versions_[i].writer;
    if (writer != kNoPosition && is_vertex(writer)) next = i;
    after_[i] = next;
  }
}

/// A committed version directly on top of an aborted one; info hides neither.
void ListInference::find_dirty_updates() {
  if (bad_.empty()) return;
  std::uint32_t aborted = kNoPosition;
  for (std::uint32_t i = 0; i < size(); ++i) {
    const std::uint32_t writer = versions_[i].writer;
    if (writer == kNoPosition) continue;
    if (transaction(writer).fate == Fated::aborted) {
      if (aborted == kNoPosition) aborted = writer;
    } else if (transaction(writer).fate == Fated::committed) {
      if (aborted != kNoPosition) fact(dirty_update, writer, aborted, kNoPosition, longest_[i]);
      aborted = kNoPosition;
    }
  }
}

void ListInference::add_version_edges() {
  std::uint32_t last = kNoPosition;
  for (const Version& version : versions_) {
    if (version.writer == kNoPosition || !is_vertex(version.writer)) continue;
    if (last != kNoPosition) out_.add(last, version.writer, ww);
    last = version.writer;
  }
}

void ListInference::visit_transactions() {
  tail_readers_.clear();
  tail_updaters_.clear();
  for (std::size_t i = 0; i < uses_.size();) {
    std::size_t end = i + 1;
    while (end < uses_.size() && uses_[end].transaction == uses_[i].transaction) ++end;
    visit(uses_.subspan(i, end - i));
    i = end;
  }
}

/// All uses of the key by one transaction.
void ListInference::visit(Uses uses) {
  if (!transaction(uses.front().transaction).reads_known) return;
  for (const Use& use : uses) {
    if (op(use).kind == TxnOpKind::read) add_read(use);
  }
  if (uses.size() == 1) return;
  check_inside(uses);
  check_future(uses);
  check_lost_update(uses);
}

bool ListInference::is_regular(ListRead read) const {
  if (read.length == 0 || read.list == history_.longest[key_]) return true;
  const auto elements = history_.elements(read);
  return elements.size() <= longest_.size() &&
         std::equal(elements.begin(), elements.end(), longest_.begin());
}

bool ListInference::starts_with(ListRead longer, ListRead prefix) const {
  if (prefix.length > longer.length) return false;
  if (prefix.list == longer.list) return true;
  const auto elements = history_.elements(prefix);
  return std::equal(elements.begin(), elements.end(), history_.elements(longer).begin());
}

void ListInference::add_read(const Use& use) {
  const ListRead read = op(use).list();
  if (!is_regular(read)) return add_odd_read(use, read);
  const std::uint32_t reader = use.transaction;
  if (before_[read.length] != kNoPosition) out_.add(before_[read.length], reader, wr);
  if (read.length > 0) {
    const Version& last = versions_[read.length - 1];
    if (!last.final && last.writer != reader) {
      fact(g1b, reader, last.writer, use.op, longest_[read.length - 1]);
    }
  }
  const std::uint32_t next = after_[read.length];
  if (next < size()) {
    // Where it wrote the version that it read, the ww edge says more.
    if (before_[read.length] != reader) out_.add(reader, versions_[next].writer, rw_item);
  } else if (!unseen_.empty() && (tail_readers_.empty() || tail_readers_.back() != reader)) {
    tail_readers_.push_back(reader);
  }
}

void ListInference::index_all_appends() {
  appends_.reset(uses_.size());
  append_before_.assign(uses_.size(), kNoPosition);
  final_.assign(uses_.size(), true);
  std::uint32_t last = kNoPosition;
  for (std::uint32_t i = 0; i < uses_.size(); ++i) {
    if (op(uses_[i]).kind != TxnOpKind::append) continue;
    appends_.insert(op(uses_[i]).value(), i);
    if (last != kNoPosition && uses_[last].transaction == uses_[i].transaction) {
      append_before_[i] = last;
      final_[last] = false;
    }
    last = i;
  }
  seen_oddly_.assign(uses_.size(), false);
  here_.assign(uses_.size(), kNoPosition);
}

/// In a read that contradicts the longest: was the writer's append before this one seen before it?
void ListInference::check_own_order(std::uint32_t append, const Use& read) {
  const std::uint32_t before = append_before_[append];
  if (before == kNoPosition || here_[before] == read.op) return;
  const std::uint32_t writer = uses_[append].transaction;
  if (is_vertex(writer)) {
    fact(internal, writer, kNoPosition, kNoPosition, op(uses_[append]).value());
  }
}

/// A read that is no prefix of the longest: its last element still tells whom it read from, and,
/// where the longest read has it, who came next.
void ListInference::add_odd_read(const Use& use, ListRead read) {
  const std::uint32_t reader = use.transaction;
  const auto elements = history_.elements(read);
  fact(incompatible_order, reader, kNoPosition, use.op, Datum{});
  std::vector<Datum> sorted(elements.begin(), elements.end());
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) fact(duplicate_elements, reader, kNoPosition, use.op, *twice);
  std::uint32_t from = kNoPosition;
  for (const Datum element : elements) {
    const std::uint32_t append = appends_.find(element);
    if (append == kNoPosition) {
      fact(garbage_read, reader, kNoPosition, use.op, element);
      continue;
    }
    seen_oddly_[append] = true;
    check_own_order(append, use);
    here_[append] = use.op;
    const std::uint32_t writer = uses_[append].transaction;
    if (is_vertex(writer)) {
      from = writer;
    } else {
      fact(g1a, reader, writer, use.op, element);
    }
  }
  if (from != kNoPosition) out_.add(from, reader, wr);
  const std::uint32_t append = appends_.find(elements.back());
  if (append != kNoPosition && uses_[append].transaction != reader && !final_[append]) {
    fact(g1b, reader, uses_[append].transaction, use.op, elements.back());
  }
  const std::uint32_t place = places_.find(elements.back());
  if (place == kNoPosition) return;
  const std::uint32_t next = after_[place + 1];
  if (next < size()) out_.add(reader, versions_[next].writer, rw_item);
}

/// What nobody saw comes after all that somebody saw, in no known order.
void ListInference::add_unseen_edges() {
  if (unseen_.empty()) return;
  std::vector<std::uint32_t> writers;
  for (const Use& use : unseen_) {
    if (odd_) {
      const std::uint32_t append = appends_.find(op(use).value());
      if (append != kNoPosition && seen_oddly_[append]) continue;
    }
    if (writers.empty() || writers.back() != use.transaction) writers.push_back(use.transaction);
  }
  const std::uint32_t last = before_[size()];
  UnorderedWriters unordered{key_, {}};
  for (const std::uint32_t writer : writers) {
    if (last != kNoPosition) out_.add(last, writer, ww);
    unordered.transactions.push_back(writer);
  }
  if (unordered.transactions.size() > 1) out_.unordered.push_back(std::move(unordered));
  // Whoever wrote the last version comes before them by ww already.
  std::erase(tail_readers_, last);
  add_group_edges(tail_readers_, writers, out_);
  for (std::size_t i = 1; i < tail_updaters_.size(); ++i) {
    fact(lost_update, tail_updaters_[i], tail_updaters_[0], kNoPosition, Datum{});
  }
}

/// A transaction sees its own state: what it read, and what it appended since.
void ListInference::check_inside(Uses uses) {
  appended_.clear();
  bool known = false;
  ListRead base{};
  for (const Use& use : uses) {
    if (op(use).kind == TxnOpKind::append) {
      appended_.push_back(op(use).value());
      continue;
    }
    const ListRead read = op(use).list();
    const auto elements = history_.elements(read);
    const std::size_t own = appended_.size();
    bool fits =
        elements.size() >= own && std::equal(appended_.begin(), appended_.end(),
                                             elements.end() - static_cast<std::ptrdiff_t>(own));
    if (fits && known) fits = read.length == base.length + own && starts_with(read, base);
    if (!fits) {
      fact(internal, use.transaction, kNoPosition, use.op, Datum{});
      return;
    }
    known = true;
    base = read;
    appended_.clear();
  }
}

/// From the last use to the first, so that what is appended later is known before the reads.
void ListInference::check_future(Uses uses) {
  std::uint32_t later = kNoPosition;  // the first place of what is appended later
  for (std::size_t i = uses.size(); i-- > 0;) {
    if (op(uses[i]).kind == TxnOpKind::append) {
      later = std::min(later, places_.find(op(uses[i]).value()));
      continue;
    }
    const ListRead read = op(uses[i]).list();
    Datum value;
    if (is_regular(read)) {
      if (later >= read.length) continue;
      value = longest_[later];
    } else {
      const auto elements = history_.elements(read);
      const auto seen = std::ranges::find_if(elements, [&](Datum element) {
        const std::uint32_t append = appends_.find(element);
        return append != kNoPosition && &uses_[append] > &uses[i] &&
               uses_[append].transaction == uses[i].transaction;
      });
      if (seen == elements.end()) continue;
      value = *seen;
    }
    fact(future_read, uses[i].transaction, uses[i].transaction, uses[i].op, value);
    return;
  }
}

/// It read a version, and put its own not behind that one but behind somebody else's.
void ListInference::check_lost_update(Uses uses) {
  std::uint32_t oldest = kNoPosition;  // length of its shortest read
  std::uint32_t read = kNoPosition;
  std::uint32_t last = 0;  // place of its last version
  bool appends = false;
  for (const Use& use : uses) {
    if (op(use).kind == TxnOpKind::append) {
      appends = true;
      last = std::max(last, places_.find(op(use).value()));
    } else if (is_regular(op(use).list()) && op(use).list().length < oldest) {
      oldest = op(use).list().length;
      read = use.op;
    }
  }
  if (!appends || read == kNoPosition) return;
  const std::uint32_t self = uses.front().transaction;
  const std::uint32_t next = after_[oldest];
  if (next < size()) {
    if (versions_[next].writer == self || last <= next) return;
    fact(lost_update, self, versions_[next].writer, read, Datum{}).lost = LostUpdate::in_between;
  } else if (last == kNoPosition) {
    tail_updaters_.push_back(self);
  }
}

/// For every element that should not be there: who read it first, and how many did.
void ListInference::count_reads_of_bad_versions() {
  std::vector<std::uint64_t> count(longest_.size() + 1);
  std::vector<Use> first(longest_.size() + 1, Use{kNoPosition, kNoPosition});
  for (const Use& use : uses_) {
    if (!is_known_read(use)) continue;
    const ListRead read = op(use).list();
    if (!is_regular(read)) continue;
    ++count[read.length];
    if (use.transaction < first[read.length].transaction) first[read.length] = use;
  }
  for (std::uint32_t i = size(); i-- > 0;) {
    count[i] += count[i + 1];
    if (first[i + 1].transaction < first[i].transaction) first[i] = first[i + 1];
  }
  const auto tell = [&](AnomalyKind kind, std::uint32_t place, std::uint32_t writer) {
    const Use& use = first[place + 1];
    fact(kind, use.transaction, writer, use.op, longest_[place]).count = count[place + 1];
  };
  for (const std::uint32_t place : bad_) {
    const std::uint32_t writer = versions_[place].writer;
    tell(writer == kNoPosition ? garbage_read : g1a, place, writer);
  }
  for (const std::uint32_t place : duplicates_) tell(duplicate_elements, place, kNoPosition);
}

}  // namespace witness
