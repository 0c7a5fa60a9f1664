/// seat: clients that buy seats, each sold once, as `witness record seat` would record it.
#include <fmt/format.h>

#include "workloads/generate_clients.hpp"

namespace witness {
namespace {

enum class Phase : std::uint8_t { invoke, act, complete };

struct Buyer {
  Fate fate;
  Phase phase = Phase::invoke;
  std::uint64_t process = 0;
  std::uint64_t index = 0;  // of its invocation
  std::uint64_t began = 0;
  std::uint32_t seat = 0;
  std::string seen;  // the holder that it met; "free": the seat is its own now
};

/// What the database will hold of an attempt that wrote, or may have written.
struct Written {
  std::uint64_t index;
  std::uint32_t seat;
  std::string holder;
  bool committed;
};

class SeatRun {
 public:
  SeatRun(const GenerateOptions& options, GenerateOutput& out)
      : options_(options),
        out_(out),
        dice_(options.seed),
        seats_(options.distribution, options.keys, options.writes_per_key),
        buyers_(options.clients),
        next_process_(options.clients),
        places_(plant_places(options, kPlanted)) {}

  Generated run() {
    left_ = options_.operations - std::min(options_.operations, places_.size() * kPlanted);
    plant();
    run_clients(buyers_, agenda_, dice_, [&](std::uint64_t time, std::uint32_t which) {
      now_ = time;
      Buyer& buyer = buyers_[which];
      const bool invokes = buyer.phase == Phase::invoke;
      if (invokes && left_ == 0) return;
      agenda_.push({now_ + step(buyer), which});
      if (invokes) plant();
    });
    write_database();
    return {out_.operations(), planted_at_};
  }

 private:
  static constexpr std::uint64_t kPlanted = 2;

  std::uint64_t step(Buyer& buyer) {
    switch (buyer.phase) {
      case Phase::invoke:
        --left_;
        ++invoked_;
        buyer.seat = seats_.to_write(dice_).key;
        buyer.fate = random_fate(options_, dice_);
        invoke(buyer);
        return work_time(dice_);
      case Phase::act:
        buyer.phase = Phase::complete;
        if (buyer.fate.told != Completion::fail) buy(buyer);
        return message_time(dice_);
      case Phase::complete:
        complete(buyer);
        return think_time(dice_);
    }
    return 0;
  }

  std::string& holder(std::uint32_t seat) {
    if (seat >= holders_.size()) holders_.resize(seat + 1);
    return holders_[seat];
  }
  static std::string identity(const Buyer& buyer) {
    return fmt::format("a-{}-{}-1", buyer.process, buyer.index);
  }

  void invoke(Buyer& buyer) {
    buyer.phase = Phase::act;
    buyer.began = now_;
    buyer.index = out_.begin_invoke(buyer.process, "acquire", now_);
    out_.text(fmt::format(R"(["r","S{0}",null],["w","S{0}",null]]}})", buyer.seat));
    out_.end_line();
  }

  void buy(Buyer& buyer) {
    std::string& owner = holder(buyer.seat);
    buyer.seen = owner.empty() ? "free" : owner;
    if (!owner.empty()) return;
    if (buyer.fate.happens) owner = identity(buyer);
    written_.push_back({buyer.index, buyer.seat, identity(buyer), buyer.fate.happens});
  }

  void complete(Buyer& buyer) {
    buyer.phase = Phase::invoke;
    if (buyer.fate.told == Completion::fail) {
      lost_race(buyer);
    } else if (buyer.seen != "free") {
      rejected(buyer);
    } else {
      bought(buyer);
    }
    if (buyer.fate.told == Completion::info && buyer.seen == "free") {
      buyer.process = next_process_++;
    }
  }

  void begin(const Buyer& buyer, Completion told) {
    out_.begin_completion(told, buyer.process, "acquire", now_);
  }
  std::string attempt(const Buyer& buyer, std::string_view type, std::string_view rest) const {
    return fmt::format(
        R"("attempts":[{{"attempt":1,"id":"{}","target":"main","type":"{}","start":{},"end":{},{}}}]}})",
        identity(buyer), type, buyer.began + 1, now_ - 1, rest);
  }

  void bought(const Buyer& buyer) {
    const bool known = buyer.fate.told == Completion::ok;
    begin(buyer, buyer.fate.told);
    out_.text(
        fmt::format(R"(["r","S{0}","free"],["w","S{0}","{1}"]],)", buyer.seat, identity(buyer)));
    if (known) {
      out_.text(attempt(buyer, "ok", R"("rows":[1,1,1],"phase":"commit")"));
    } else {
      out_.text(
          R"("error":{"class":"connection","sqlstate":"08006","phase":"commit","message":"the connection was lost"},)");
      out_.text(attempt(buyer, "info", R"("rows":[1,1,1],"sqlstate":"08006","phase":"commit")"));
    }
    out_.end_line();
  }

  void rejected(const Buyer& buyer) {
    begin(buyer, Completion::fail);
    out_.text(fmt::format(
        R"(["r","S{0}","{1}"],["w","S{0}",null]],"error":{{"class":"rejected","message":"sold"}},)",
        buyer.seat, buyer.seen));
    out_.text(attempt(buyer, "ok", R"("rows":[0],"phase":"commit")"));
    out_.end_line();
  }

  void lost_race(const Buyer& buyer) {
    begin(buyer, Completion::fail);
    out_.text(fmt::format(R"(["r","S{0}",null],["w","S{0}",null]],)", buyer.seat));
    out_.text(
        R"("error":{"class":"conflict","sqlstate":"40001","phase":"statement","message":"could not serialize access"},)");
    out_.text(attempt(buyer, "fail", R"("sqlstate":"40001","phase":"statement")"));
    out_.end_line();
  }

  /// Two buyers of one seat, both told that it is theirs.
  void plant() {
    for (; next_place_ < places_.size() && places_[next_place_] <= invoked_; ++next_place_) {
      std::array<Buyer, kPlanted> pair;
      const std::uint32_t seat = seats_.fresh();
      for (Buyer& buyer : pair) {
        buyer.seat = seat;
        buyer.process = next_process_++;
        invoke(buyer);
        if (!planted_at_) planted_at_ = buyer.index;
      }
      now_ += 10;
      for (Buyer& buyer : pair) {
        buyer.seen = "free";
        holder(seat) = identity(buyer);
        written_.push_back({buyer.index, seat, identity(buyer), true});
        bought(buyer);
      }
    }
  }

  /// What was read after the run.
  void write_database() {
    for (const Written& written : written_) {
      out_.begin_fact("outcome");
      out_.text(fmt::format(
          R"(,"of":{},"attempt":1,"outcome":"{}","evidence":"{}","key":"S{}","holder":"{}","amount":1}})",
          written.index, written.committed ? "committed" : "aborted",
          written.committed ? "ledger" : "ledger-absent", written.seat, written.holder));
      out_.end_line();
    }
    for (std::size_t seat = 0; seat < holders_.size(); ++seat) {
      out_.begin_fact("state");
      out_.text(fmt::format(R"(,"key":"S{}","value":"{}"}})", seat,
                            holders_[seat].empty() ? "free" : holders_[seat]));
      out_.end_line();
    }
  }

  const GenerateOptions& options_;
  GenerateOutput& out_;
  Dice dice_;
  KeyPool seats_;
  std::vector<Buyer> buyers_;
  Agenda agenda_;
  std::uint64_t next_process_;
  std::uint64_t now_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t invoked_ = 0;
  std::vector<std::string> holders_;
  std::vector<Written> written_;
  std::vector<std::uint64_t> places_;
  std::size_t next_place_ = 0;
  std::optional<std::uint64_t> planted_at_;
};

}  // namespace

Generated generate_seat(const GenerateOptions& options, GenerateOutput& out) {
  return SeatRun{options, out}.run();
}

}  // namespace witness
