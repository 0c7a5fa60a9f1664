/// list-append and rw-register: clients on a simulated store, in virtual time.
#include "workloads/generate_clients.hpp"
#include "workloads/simulated_store.hpp"

namespace witness {
namespace {

constexpr int kRetries = 3;

enum class Phase : std::uint8_t { invoke, begin, step, commit, complete };

struct Client {
  SimulatedTransaction transaction;
  Fate fate;
  Phase phase = Phase::invoke;
  std::size_t step = 0;
  int retries = 0;
  std::uint64_t process = 0;
};

class TransactionRun {
 public:
  TransactionRun(const GenerateOptions& options, GenerateOutput& out)
      : options_(options),
        out_(out),
        lists_(options.shape == "list-append"),
        dice_(options.seed),
        keys_(options.distribution, options.keys, options.writes_per_key),
        store_(lists_ ? Datatype::list_append : Datatype::rw_register, options.level,
               options.clients, dice_),
        clients_(options.clients),
        next_process_(options.clients) {}

  Generated run() {
    const Gadget gadget = planted();
    places_ = plant_places(options_, gadget.transactions());
    left_ =
        options_.operations - std::min(options_.operations, places_.size() * gadget.transactions());
    plant(gadget);
    run_clients(clients_, agenda_, dice_, [&](std::uint64_t time, std::uint32_t which) {
      now_ = time;
      Client& client = clients_[which];
      const bool invokes = client.phase == Phase::invoke;
      if (invokes && left_ == 0) return;
      agenda_.push({now_ + act(client), which});
      if (invokes) plant(gadget);
    });
    return {out_.operations(), planted_at_};
  }

 private:
  Gadget planted() const {
    if (options_.plant.empty()) return {"", lists_};
    const auto found = std::ranges::find(plants(), options_.plant, &Plant::name);
    return {lists_ ? found->list : found->reg, lists_};
  }

  void plant(const Gadget& gadget) {
    for (; next_place_ < places_.size() && places_[next_place_] <= invoked_; ++next_place_) {
      const std::uint64_t index = gadget.write(out_, keys_, next_process_, now_);
      if (!planted_at_) planted_at_ = index;
    }
  }

  /// Does what is due, and says how long it takes until the next thing.
  std::uint64_t act(Client& client) {
    switch (client.phase) {
      case Phase::invoke:
        invoke(client);
        return message_time(dice_);
      case Phase::begin:
        store_.begin(client.transaction);
        client.phase = Phase::commit;
        return work_time(dice_);
      case Phase::step:
        store_.step(client.transaction, client.step++);
        if (client.step == client.transaction.steps.size()) client.phase = Phase::commit;
        return work_time(dice_) / client.transaction.steps.size();
      case Phase::commit:
        commit(client);
        return message_time(dice_);
      case Phase::complete:
        complete(client);
        return think_time(dice_);
    }
    return 0;
  }

  void invoke(Client& client) {
    --left_;
    ++invoked_;
    choose_steps(client.transaction.steps);
    store_.open(client.transaction);
    for (const std::uint32_t key : replaced_) store_.retire(key);
    replaced_.clear();
    client.fate = random_fate(options_, dice_);
    client.step = 0;
    client.retries = 0;
    client.phase = store_.takes_snapshots() ? Phase::begin
                   : store_.reads_early()   ? Phase::step
                                            : Phase::commit;
    out_.begin_invoke(client.process, "txn", now_);
    write_steps(client.transaction, false);
  }

  void choose_steps(std::vector<SimulatedStep>& steps) {
    steps.resize(dice_.between(options_.steps_min, options_.steps_max));
    for (SimulatedStep& step : steps) {
      if (dice_.chance(options_.reads)) {
        step = {TxnOpKind::read, keys_.to_read(dice_)};
        continue;
      }
      const KeyPool::Written written = keys_.to_write(dice_);
      step = {lists_ ? TxnOpKind::append : TxnOpKind::write, written.key, written.value};
      if (written.replaced != KeyPool::kNone) replaced_.push_back(written.replaced);
    }
  }

  void commit(Client& client) {
    client.phase = Phase::complete;
    if (!client.fate.happens || store_.commit(client.transaction)) return;
    if (client.retries++ < kRetries) {
      client.phase = Phase::begin;
    } else if (client.fate.told == Completion::ok) {
      client.fate.told = Completion::fail;
    }
  }

  void complete(Client& client) {
    client.phase = Phase::invoke;
    const Completion told = client.fate.told;
    out_.begin_completion(told, client.process, "txn", now_);
    write_steps(client.transaction, told == Completion::ok);
    store_.close(client.transaction);
    if (told == Completion::info) client.process = next_process_++;
  }

  void write_steps(const SimulatedTransaction& transaction, bool known) {
    const char* separator = "";
    for (const SimulatedStep& step : transaction.steps) {
      out_.text(separator);
      separator = ",";
      if (step.kind == TxnOpKind::read) {
        out_.text(R"(["r",)");
        out_.number(step.key);
        write_seen(step, known);
      } else {
        out_.text(lists_ ? R"(["append",)" : R"(["w",)");
        out_.number(step.key);
        out_.text(",");
        out_.number(step.value);
      }
      out_.text("]");
    }
    out_.text("]}");
    out_.end_line();
  }

  void write_seen(const SimulatedStep& step, bool known) {
    if (!known || (!lists_ && step.seen == 0)) {
      out_.text(",null");
    } else if (lists_) {
      out_.text(",[");
      out_.text(store_.list_text(step.key, step.seen));
      out_.text("]");
    } else {
      out_.text(",");
      out_.number(step.seen);
    }
  }

  const GenerateOptions& options_;
  GenerateOutput& out_;
  bool lists_;
  Dice dice_;
  KeyPool keys_;
  SimulatedStore store_;
  std::vector<Client> clients_;
  Agenda agenda_;
  std::uint64_t next_process_;
  std::uint64_t now_ = 0;
  std::uint64_t left_ = 0;     // random transactions to come
  std::uint64_t invoked_ = 0;  // random transactions so far
  std::vector<std::uint32_t> replaced_;
  std::vector<std::uint64_t> places_;
  std::size_t next_place_ = 0;
  std::optional<std::uint64_t> planted_at_;
};

}  // namespace

Generated generate_transactions(const GenerateOptions& options, GenerateOutput& out) {
  return TransactionRun{options, out}.run();
}

}  // namespace witness
