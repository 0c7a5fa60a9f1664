#include "workloads/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

#include "history/native_writer.hpp"
#include "history/postgres/server.hpp"
#include "history/postgres/session.hpp"
#include "witness/error.hpp"
#include "workloads/committed_truth.hpp"
#include "workloads/run_plan.hpp"
#include "workloads/workload.hpp"

namespace witness {
namespace {

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

/// The database after the run; it may have to come back first. Null if it stays away.
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

/// One recording, stage by stage.
class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options),
        info_(workload_named(options.workload)),
        id_(new_run_id()),
        control_{"witness-control-" + id_, {}, 10},
        clients_{"witness-" + id_, server_isolation(options.isolation), 10} {}

  RunResult record(const std::atomic<bool>& stop,
                   const std::function<void(const std::string&)>& say,
                   const std::function<void(const Progress&)>& progress) {
    result_.path = options_.output;
    probe_targets();
    const auto workload = make_workload(
        info_, {options_.variant, "witness_" + id_ + "_", options_.stock,
                servers_.front().has_transaction_ids,
                options_.keys != 0 ? options_.keys : info_.default_keys, options_.shape});
    const std::vector<Rung> rungs = plan(options_, info_, *workload);
    Tables tables{*workload, options_.targets.front(), control_};
    set_up(*workload, rungs, tables);

    NativeWriter writer{options_.output,
                        header_json(options_, *workload, result_.targets, rungs, id_)};
    Recorder recorder{settings(), *workload, info_, writer, stop};
    const auto begin = std::chrono::steady_clock::now();
    run_rungs(recorder, rungs, stop, progress);
    result_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    result_.lost = recorder.lost();

    say("reading the committed ledger");
    try {
      read_truth(*workload, recorder.notes(), writer);
    } catch (const SqlError& error) {
      result_.lost = error.what();
    }
    result_.operations = writer.operations();
    writer.end(kLedgerStateNames[static_cast<std::size_t>(result_.ledger)]);
    tear_down(*workload, tables);
    return result_;
  }

 private:
  void probe_targets() {
    for (const Target& target : options_.targets) {
      Session session = connect_or_explain(target, clients_);
      servers_.push_back(probe(session));
      accept(target, servers_.back(), clients_.isolation);
      result_.targets.push_back({target.name, servers_.back().version, servers_.back().isolation});
    }
  }

  void set_up(const Workload& workload, const std::vector<Rung>& rungs, Tables& tables) {
    Session session = connect_or_explain(options_.targets.front(), control_);
    try {
      tables.create(session);
      for (const Rung& rung : rungs) workload.seed(session, rung.keys);
    } catch (const SqlError& error) {
      throw DatabaseError(fmt::format("cannot set up the workload's tables in {}: {}",
                                      describe(options_.targets.front()), error.what()),
                          error.sqlstate());
    }
    for (std::size_t i = 1; i < options_.targets.size(); ++i) {
      require_tables(workload, options_.targets[i]);
    }
  }

  /// Several targets are endpoints of one database: each must see what the first one made.
  void require_tables(const Workload& workload, const Target& target) {
    try {
      Session session = connect_or_explain(target, control_);
      session.run("SELECT 1 FROM " + quote_identifier(workload.ledger_table()) + " LIMIT 1");
    } catch (const SqlError& error) {
      throw DatabaseError(
          fmt::format("{} does not see the tables made through {}: they must be "
                      "endpoints of one database ({})",
                      describe(target), describe(options_.targets.front()), error.what()),
          error.sqlstate());
    }
  }

  RecorderSettings settings() const {
    RecorderSettings settings;
    settings.targets = options_.targets;
    for (const ServerInfo& server : servers_) settings.engines.push_back(server.engine);
    settings.session = clients_;
    settings.seed = options_.seed;
    settings.backoff = options_.backoff;
    settings.backoff_base = options_.backoff_base;
    settings.backoff_cap = options_.backoff_cap;
    settings.retry_info = options_.retry_info;
    settings.attempt_timeout = options_.attempt_timeout;
    settings.reconnect_patience = options_.reconnect_patience;
    settings.overlap = options_.overlap;
    settings.overlap_delay = options_.overlap_delay;
    settings.hold = options_.hold;
    return settings;
  }

  /// After quiescence, through the first target that takes writes: a standby may lag behind.
  void read_truth(const Workload& workload, std::span<const AttemptNote> notes,
                  NativeWriter& writer) {
    // Without an unanswered COMMIT, every transaction of ours has ended before its answer.
    const bool undecided = std::any_of(notes.begin(), notes.end(), [](const AttemptNote& note) {
      return note.told == Completion::info;
    });
    const auto patience =
        result_.lost.empty() ? options_.reconnect_patience : std::chrono::nanoseconds{};
    std::unique_ptr<Session> reader;
    ServerInfo now;
    bool gone = true;
    for (const Target& target : options_.targets) {
      auto session = reconnect(target, control_, patience);
      if (session == nullptr) {
        gone = false;
        continue;
      }
      const ServerInfo info = probe(*session);
      // Elsewhere the list of sessions may be one node's only, or hold nobody at all.
      const auto wait = undecided ? options_.quiesce_patience : std::chrono::seconds(5);
      gone = wait_until_gone(*session, control_.application_name, clients_.application_name,
                             std::chrono::duration_cast<std::chrono::milliseconds>(wait)) &&
             info.engine == Engine::postgresql && gone;
      if (reader == nullptr && !info.read_only) {
        reader = std::move(session);
        now = info;
      }
    }
    if (reader == nullptr) return;
    // Transaction ids are reused by a server that lost its log: ask only the same one.
    const bool same_server = now.system_identifier == servers_.front().system_identifier;
    result_.ledger = LedgerState::partial;  // until all of it was read
    result_.ledger = write_committed_truth(*reader, workload, notes, !undecided || gone,
                                           now.has_transaction_ids && same_server, writer);
  }

  void tear_down(const Workload& workload, Tables& tables) {
    const std::string names = fmt::format("{}", fmt::join(workload.tables(), " and "));
    if (options_.keep) {
      tables.keep();
      result_.notes.push_back("kept the tables " + names);
    } else if (result_.ledger == LedgerState::none) {
      tables.keep();  // they are the only evidence
      result_.notes.push_back("the ledger could not be read; left in the database: " + names);
      if (info_.kind == WorkloadKind::acquisitions) {
        result_.notes.back() += fmt::format(
            " (witness audit --table {} --resource k --holder holder)", workload.ledger_table());
      }
    } else if (!tables.drop()) {
      tables.keep();  // once is enough
      result_.notes.push_back("could not drop the tables " + names + ": the database is gone");
    }
  }

  const RunOptions& options_;
  const WorkloadInfo& info_;
  std::string id_;
  SessionOptions control_;
  SessionOptions clients_;
  std::vector<ServerInfo> servers_;
  RunResult result_;
};

}  // namespace

RunResult record(const RunOptions& options, const std::atomic<bool>& stop,
                 const std::function<void(const std::string&)>& say,
                 const std::function<void(const Progress&)>& progress) {
  return Run{options}.record(stop, say, progress);
}

}  // namespace witness
