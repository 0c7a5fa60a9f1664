#include "workloads/recorder_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <thread>

#include "workloads/error_classes.hpp"

namespace witness {

using std::chrono::nanoseconds;

Recorder::Client::Client(Recorder& recorder, Shared& shared, const Rung& rung, std::size_t slot)
    : recorder_(recorder),
      settings_(recorder.settings_),
      shared_(shared),
      rung_(rung),
      slot_(slot),
      target_(slot % recorder.settings_.targets.size()),
      process_(recorder.next_process_++),
      random_(settings_.seed * 0x9E3779B97F4A7C15ULL + recorder.rungs_run_ * 1'000'003 + slot),
      dice_(random_()) {}

void Recorder::Client::run() {
  try {
    // The clock of the rung starts when all are there: a log-in is no latency.
    const bool connected = connect();
    ++shared_.ready;
    while (!shared_.go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (connected) loop();
  } catch (...) {
    fail();
  }
  shared_.barrier.retire();
  disconnect();
  try {
    const std::lock_guard lock{recorder_.mutex_};
    recorder_.notes_.insert(recorder_.notes_.end(), notes_.begin(), notes_.end());
  } catch (...) {
    fail();
  }
}

void Recorder::Client::fail() {
  const std::lock_guard lock{shared_.mutex};
  if (!shared_.failure) shared_.failure = std::current_exception();
  shared_.stop = true;
}

void Recorder::Client::loop() {
  const bool rounds = settings_.overlap == OverlapMode::barrier;
  for (std::uint64_t mine = slot_;; mine += rung_.clients) {
    const std::uint64_t number = rounds ? mine : shared_.next_operation++;
    if (rung_.operations != 0 && number >= rung_.operations) return;
    std::int64_t scheduled_ns = -1;
    if (rung_.rate_per_s > 0) {
      const auto offset = nanoseconds{
          static_cast<std::int64_t>(static_cast<double>(number) / rung_.rate_per_s * 1e9)};
      if (rung_.duration.count() > 0 && offset >= rung_.duration) return;
      scheduled_ns = (shared_.begin + offset).count();
      const auto wait = nanoseconds{scheduled_ns - recorder_.writer_.now_ns()};
      if (!sleep_unless(wait, shared_.stop)) return;
    }
    if (shared_.stop) return;
    if (rung_.duration.count() > 0 &&
        recorder_.writer_.now_ns() - shared_.begin.count() >= rung_.duration.count()) {
      return;
    }
    round_ = number / rung_.clients;
    arrived_ = false;
    if (!operate(recorder_.workload_.request(key_of(number), dice_), scheduled_ns)) return;
    if (rounds && !arrived_) shared_.barrier.arrive(round_, false, shared_.stop);
  }
}

std::string Recorder::Client::key_of(std::uint64_t number) {
  if (rung_.keys.empty()) return {};
  if (!rung_.pick_uniform) return rung_.keys[(number / rung_.clients) % rung_.keys.size()];
  return rung_.keys[std::uniform_int_distribution<std::size_t>{0, rung_.keys.size() - 1}(random_)];
}

bool Recorder::Client::operate(Request request, std::int64_t scheduled_ns) {
  std::string asked = recorder_.workload_.invocation(request);
  const Stamp stamp = recorder_.writer_.invoke(process_, recorder_.info_.f, asked, scheduled_ns);
  ++recorder_.progress_.invoked;

  Backoff backoff{settings_.backoff, settings_.backoff_base, settings_.backoff_cap};
  std::string attempts;
  std::string value;
  Ending ending;
  for (unsigned number = 1;; ++number) {
    if (number > 1 && recorder_.workload_.renew(request)) {
      // What may be read must stand in the file before it can be.
      asked = recorder_.workload_.invocation(request);
      recorder_.writer_.attempt(stamp.index, number, asked);
    }
    if (!attempts.empty()) attempts += ',';
    ending = attempt(stamp.index, number, request, value, attempts);
    if (value == "[]") value = asked;
    const bool again = (ending.told == Completion::fail && ending.retry) ||
                       (ending.told == Completion::info && settings_.retry_info);
    if (!again || number > rung_.retries || shared_.stop) {
      attempts += '}';
      break;
    }
    const nanoseconds wait = backoff.next(random_);
    fmt::format_to(std::back_inserter(attempts), R"(,"value":{},"backoff":{}}})", value,
                   wait.count());
    ++recorder_.progress_.retries;
    sleep_unless(wait, shared_.stop);
    if (session_ == nullptr && !connect()) break;
  }

  // The client believes its last attempt, whatever became of the others.
  const bool done = ending.told == Completion::ok && ending.rejection.empty();
  const Completion completion =
      ending.told == Completion::ok && !done ? Completion::fail : ending.told;
  const std::string rest =
      (done ? std::string{} : error_field(ending)) + ",\"attempts\":[" + attempts + "]";
  recorder_.writer_.complete(completion, process_, recorder_.info_.f, value, rest);
  count(completion);
  if (completion == Completion::info) {
    disconnect();
    process_ = recorder_.next_process_++;
  }
  return session_ != nullptr || connect();
}

Ending Recorder::Client::attempt(std::uint64_t index, unsigned number, const Request& request,
                                 std::string& value, std::string& attempts) {
  const std::string holder = attempt_identity(process_, index, number);
  AttemptContext context{*session_, holder,   index,
                         number,    process_, [this, number] { meet(number); }};
  const std::int64_t start = recorder_.writer_.now_ns();
  shared_.watchdog.set_deadline(slot_, settings_.attempt_timeout);
  Ending ending = transact(context, request);
  shared_.watchdog.clear_deadline(slot_);
  const std::int64_t end = recorder_.writer_.now_ns();
  value = context.value();

  fmt::format_to(std::back_inserter(attempts), R"({{"attempt":{},"id":"{}","target":)", number,
                 holder);
  append_json_string(attempts, settings_.targets[target_].name);
  fmt::format_to(std::back_inserter(attempts), R"(,"type":"{}","start":{},"end":{},"rows":[{}])",
                 kCompletionNames[static_cast<std::size_t>(ending.told)], start, end,
                 fmt::join(context.row_counts(), ","));
  if (!context.xid().empty()) {
    fmt::format_to(std::back_inserter(attempts), R"(,"xid":"{}")", context.xid());
  }
  append_error_fields(attempts, ending);
  if (!ending.notice.empty()) {
    attempts += ",\"notice\":";
    append_json_string(attempts, ending.notice);
  }

  AttemptNote note{index, process_, 0, number, ending.told, context.wrote()};
  std::from_chars(context.xid().data(), context.xid().data() + context.xid().size(), note.xid);
  if (note.wrote) notes_.push_back(note);
  if (ending.reconnect) disconnect();
  return ending;
}

Ending Recorder::Client::transact(AttemptContext& context, const Request& request) {
  Phase phase = Phase::statement;
  try {
    session_->run(settings_.begin);
    Ending ending;
    ending.rejection = recorder_.workload_.run(context, request).rejection;
    if (session_->transaction_failed()) {
      // COMMIT would be answered with ROLLBACK, and no error raised.
      const SqlError rolled_back{"the transaction had failed before COMMIT",
                                 std::string{kRollbackTag}, false};
      return failed(rolled_back, Phase::commit, context);
    }
    if (context.wrote() && settings_.hold.count() > 0) sleep_unless(settings_.hold, shared_.stop);
    phase = Phase::commit;
    session_->run("COMMIT");
    for (const std::string& notice : session_->take_notices()) {
      // Committed here, and on no standby: a failover may still lose it.
      if (notice.find("synchronous replication") != std::string::npos) ending.notice = notice;
    }
    return ending;
  } catch (const SqlError& error) {
    return failed(error, phase, context);
  }
}

Ending Recorder::Client::failed(const SqlError& error, Phase phase, const AttemptContext& context) {
  const Judged judged =
      judge(error, phase, settings_.engines[target_], shared_.watchdog.expired(slot_));
  Ending ending;
  ending.told = judged.completion;
  // What wrote nothing cannot have had an effect, whatever became of its COMMIT.
  if (ending.told == Completion::info && !context.wrote()) ending.told = Completion::fail;
  ending.phase = phase;
  ending.kind = judged.kind;
  ending.retry = judged.retry || (judged.completion == Completion::info && !context.wrote());
  ending.reconnect = judged.reconnect;
  ending.sqlstate = error.sqlstate() == kRollbackTag ? std::string{} : error.sqlstate();
  ending.message = error.what();
  if (!ending.reconnect && ending.told != Completion::ok) roll_back(ending);
  return ending;
}

void Recorder::Client::roll_back(Ending& ending) {
  try {
    session_->run("ROLLBACK");
  } catch (const SqlError&) {
    ending.reconnect = true;
  }
}

void Recorder::Client::meet(unsigned number) {
  if (number > 1) return;  // only first attempts meet: the others' time has passed
  if (settings_.overlap == OverlapMode::barrier && !arrived_) {
    arrived_ = true;
    shared_.watchdog.clear_deadline(slot_);  // waiting for others is not the attempt's fault
    shared_.barrier.arrive(round_, true, shared_.stop);
    shared_.watchdog.set_deadline(slot_, settings_.attempt_timeout);
  } else if (settings_.overlap == OverlapMode::delay) {
    sleep_unless(nanoseconds{std::uniform_int_distribution<std::int64_t>{
                     0, settings_.overlap_delay.count()}(random_)},
                 shared_.stop);
  }
}

bool Recorder::Client::connect() {
  const auto begin = std::chrono::steady_clock::now();
  for (nanoseconds pause = std::chrono::milliseconds(10);;
       pause = std::min<nanoseconds>(pause * 2, std::chrono::milliseconds(500))) {
    if (shared_.stop) return false;
    try {
      auto session = std::make_unique<Session>(settings_.targets[target_], settings_.session);
      for (const auto& [name, sql] : recorder_.workload_.statements()) session->prepare(name, sql);
      session_ = std::move(session);
      shared_.watchdog.watch(slot_, session_.get());
      return true;
    } catch (const SqlError& error) {
      if (std::chrono::steady_clock::now() - begin >= settings_.reconnect_patience) {
        const std::lock_guard lock{recorder_.mutex_};
        if (recorder_.lost_.empty()) recorder_.lost_ = error.what();
        shared_.stop = true;
        return false;
      }
    }
    sleep_unless(pause, shared_.stop);
  }
}

void Recorder::Client::disconnect() {
  shared_.watchdog.watch(slot_, nullptr);
  session_.reset();
}

void Recorder::Client::count(Completion completion) {
  Progress& progress = recorder_.progress_;
  if (completion == Completion::ok) ++progress.ok;
  if (completion == Completion::fail) ++progress.fail;
  if (completion == Completion::info) ++progress.info;
}

}  // namespace witness
