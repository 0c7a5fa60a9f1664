#include "workloads/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "history/native_writer.hpp"
#include "history/postgres/server.hpp"
#include "history/postgres/session.hpp"
#include "witness/error.hpp"
#include "workloads/committed_truth.hpp"
#include "workloads/workload.hpp"

namespace witness {
namespace {

using Json = nlohmann::ordered_json;

std::string server_isolation(const std::string& name) {
  if (name == "native") return {};
  std::string text = name;
  std::replace(text.begin(), text.end(), '-', ' ');
  return text;
}

std::string new_run_id() {
  std::random_device device;
  std::string id;
  for (int i = 0; i < 6; ++i) id += "abcdefghjkmnpqrstuvwxyz23456789"[device() % 31];
  return id;
}

Session connect_or_explain(const Target& target, const SessionOptions& options) {
  try {
    return Session{target, options};
  } catch (const SqlError& error) {
    throw DatabaseError(fmt::format("cannot connect to {}: {}", describe(target), error.what()),
                        error.sqlstate());
  }
}

/// Refuses what would make every statement fail, in words, before anything is created.
void accept(const Target& target, const ServerInfo& server, const std::string& asked) {
  if (server.read_only) {
    throw DatabaseError(
        fmt::format("{} takes no writes (transaction_read_only is on): a recording needs a primary",
                    describe(target)));
  }
  if (!asked.empty() && server.isolation != asked) {
    throw DatabaseError(fmt::format(
        "{} was asked for {} but runs at {}: use --isolation native to record it as it is",
        describe(target), asked, server.isolation.empty() ? "an unknown level" : server.isolation));
  }
}

/// Tables that exist from construction until drop(), or destruction.
class Tables {
 public:
  Tables(const Workload& workload, Target target, SessionOptions options)
      : workload_(workload), target_(std::move(target)), options_(std::move(options)) {}
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;
  ~Tables() { drop(); }

  void create(Session& session) {
    created_ = true;
    for (const std::string& statement : workload_.schema()) run_settled(session, statement);
  }

  void keep() { created_ = false; }

  /// True unless something is left behind. Never throws: it also runs while another error is
  /// on its way.
  bool drop() noexcept {
    if (!created_) return true;
    try {
      Session session{target_, options_};
      auto tables = workload_.tables();
      for (auto table = tables.rbegin(); table != tables.rend(); ++table) {
        run_settled(session, "DROP TABLE IF EXISTS " + quote_identifier(*table));
      }
      created_ = false;
      return true;
    } catch (...) {
      return false;
    }
  }

 private:
  const Workload& workload_;
  Target target_;
  SessionOptions options_;
  bool created_ = false;
};

/// The rungs: for each number of clients, each retry budget, with keys of their own.
std::vector<Rung> plan(const RunOptions& options, const WorkloadInfo& info,
                       const Workload& workload) {
  std::vector<Rung> rungs;
  const std::uint64_t keys = options.keys != 0 ? options.keys : info.default_keys;
  for (const std::uint64_t clients : options.clients) {
    for (const unsigned retries : options.retries) {
      Rung rung;
      rung.clients = clients;
      rung.retries = retries;
      rung.duration = options.duration;
      rung.rate_per_s = options.rate_per_s;
      rung.pick_uniform = options.pick_uniform;
      rung.operations = options.operations;
      if (rung.operations == 0 && options.duration.count() == 0) {
        rung.operations = std::max(clients * keys, 2 * workload.capacity());
      }
      for (std::size_t n = 0; n < keys; ++n) rung.keys.push_back(workload.key(rungs.size(), n));
      rungs.push_back(std::move(rung));
    }
  }
  return rungs;
}

std::string header_json(const RunOptions& options, const Workload& workload,
                        const std::vector<TargetInfo>& targets, const std::vector<Rung>& rungs,
                        const std::string& run_id) {
  Json header = {{"schema", "witness.history/1"},
                 {"workload", options.workload},
                 {"variant", options.variant},
                 {"seed", options.seed},
                 {"isolation", options.isolation},
                 {"clock", "monotonic-ns"},
                 {"initial", workload.initial()},
                 {"capacity", workload.capacity()},
                 {"run", run_id}};
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Target& target = options.targets[i];
    header["target"].push_back({{"name", targets[i].name},
                                {"server", targets[i].server},
                                {"isolation", targets[i].isolation},
                                {"endpoint", describe(target)}});
  }
  header["tables"] = {{"state", workload.state_table()}, {"ledger", workload.ledger_table()}};
  for (const Rung& rung : rungs) {
    header["ladder"].push_back(
        {{"clients", rung.clients}, {"retries", rung.retries}, {"keys", rung.keys}});
  }
  for (const auto& [name, value] : options.in_force) header["options"][name] = value;
  header["command"] = options.command;
  return header.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Runs the rungs while another thread shows how it goes.
void run_rungs(Recorder& recorder, const std::vector<Rung>& rungs, const std::atomic<bool>& stop,
               const std::function<void(const Progress&)>& progress) {
  std::atomic<bool> over = false;
  std::thread display{[&] {
    while (!over) {
      progress(recorder.progress());
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }};
  try {
    for (const Rung& rung : rungs) {
      if (stop || !recorder.lost().empty()) break;
      recorder.run(rung);
    }
  } catch (...) {
    over = true;
    display.join();
    throw;
  }
  over = true;
  display.join();
}

/// The database after the run; it may have to come back first.
std::unique_ptr<Session> reconnect(const Target& target, const SessionOptions& options,
                                   std::chrono::nanoseconds patience) {
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    try {
      return std::make_unique<Session>(target, options);
    } catch (const SqlError&) {
      if (std::chrono::steady_clock::now() - begin >= patience) return nullptr;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace

RunResult record(const RunOptions& options, const std::atomic<bool>& stop,
                 const std::function<void(const std::string&)>& say,
                 const std::function<void(const Progress&)>& progress) {
  const WorkloadInfo& info = workload_named(options.workload);
  const std::string run_id = new_run_id();
  const std::string client_name = "witness-" + run_id;
  const std::string isolation = server_isolation(options.isolation);

  const SessionOptions control_options{"witness-control-" + run_id, {}, 10};
  const SessionOptions client_options{client_name, isolation, 10};

  RunResult result;
  result.path = options.output;
  std::vector<ServerInfo> servers;
  for (const Target& target : options.targets) {
    Session session = connect_or_explain(target, client_options);
    servers.push_back(probe(session));
    accept(target, servers.back(), isolation);
    result.targets.push_back({target.name, servers.back().version, servers.back().isolation});
  }

  const ServerInfo& server = servers.front();
  const auto workload = make_workload(info, {options.variant, "witness_" + run_id + "_",
                                             options.stock, server.has_transaction_ids});
  const std::vector<Rung> rungs = plan(options, info, *workload);

  Tables tables{*workload, options.targets.front(), control_options};
  {
    Session control = connect_or_explain(options.targets.front(), control_options);
    try {
      tables.create(control);
      for (const Rung& rung : rungs) workload->seed(control, rung.keys);
    } catch (const SqlError& error) {
      throw DatabaseError(fmt::format("cannot set up the workload's tables in {}: {}",
                                      describe(options.targets.front()), error.what()),
                          error.sqlstate());
    }
  }

  NativeWriter writer{options.output,
                      header_json(options, *workload, result.targets, rungs, run_id)};
  RecorderSettings settings;
  settings.targets = options.targets;
  for (const ServerInfo& each : servers) settings.engines.push_back(each.engine);
  settings.session = client_options;
  settings.seed = options.seed;
  settings.backoff = options.backoff;
  settings.backoff_base = options.backoff_base;
  settings.backoff_cap = options.backoff_cap;
  settings.retry_info = options.retry_info;
  settings.attempt_timeout = options.attempt_timeout;
  settings.reconnect_patience = options.reconnect_patience;
  settings.overlap = options.overlap;
  settings.overlap_delay = options.overlap_delay;

  Recorder recorder{settings, *workload, info, writer, stop};
  say("recording");
  const auto begin = std::chrono::steady_clock::now();
  run_rungs(recorder, rungs, stop, progress);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.lost = recorder.lost();

  say("reading the committed ledger");
  result.ledger = LedgerState::none;
  const auto patience =
      result.lost.empty() ? options.reconnect_patience : std::chrono::nanoseconds{};
  try {
    if (const auto control = reconnect(options.targets.front(), control_options, patience)) {
      const ServerInfo now = probe(*control);
      const bool undecided =
          std::any_of(recorder.notes().begin(), recorder.notes().end(),
                      [](const AttemptNote& note) { return note.told == Completion::info; });
      // Without an unanswered COMMIT, every transaction of ours has ended before its answer.
      const bool quiesced =
          !undecided || (now.has_activity &&
                         wait_until_gone(*control, client_name,
                                         std::chrono::duration_cast<std::chrono::milliseconds>(
                                             options.quiesce_patience),
                                         [] { return false; }));
      const bool same_server = now.system_identifier == server.system_identifier;
      result.ledger = write_committed_truth(*control, *workload, recorder.notes(), quiesced,
                                            now.has_transaction_ids && same_server, writer);
    }
  } catch (const SqlError& error) {
    result.lost = error.what();
  }
  writer.end(kLedgerStateNames[static_cast<std::size_t>(result.ledger)]);

  if (options.keep) {
    tables.keep();
    result.notes.push_back(
        fmt::format("kept the tables {}", fmt::join(workload->tables(), " and ")));
  } else if (!tables.drop()) {
    result.notes.push_back(fmt::format("could not drop the tables {}: the database is gone",
                                       fmt::join(workload->tables(), " and ")));
    tables.keep();
  }
  return result;
}

}  // namespace witness
