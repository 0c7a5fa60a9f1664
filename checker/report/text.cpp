/// The verdict as people read it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checker/anomalies.hpp"
#include "checker/report/columns.hpp"
#include "checker/words.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

struct Look {
  std::string_view icon;
  std::string_view color;
};
constexpr std::array kLooks = {Look{"✓", "\x1b[1;32m"}, Look{"✗", "\x1b[1;31m"},
                               Look{"?", "\x1b[1;33m"}};  // by Validity
constexpr std::string_view kPlain = "\x1b[0m";

const Look& look_of(Validity validity) { return kLooks[static_cast<std::size_t>(validity)]; }

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::vector<std::string> escaped_all(const std::vector<std::string>& texts) {
  std::vector<std::string> safe;
  for (const std::string& text : texts) safe.push_back(escaped(text));
  return safe;
}

/// Quoted for a shell, where it needs that.
std::string shell_word(std::string_view path) {
  const bool plain = !path.empty() && path.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789._/+-=:,@%") == std::string_view::npos;
  if (plain) return std::string{path};
  std::string quoted = "'";
  for (const char c : path) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return quoted + "'";
}

class TextReport {
 public:
  TextReport(const Verdict& verdict, const ReportStyle& style)
      : verdict_(verdict),
        style_(style),
        width_(static_cast<std::size_t>(std::max(style.width, 40))) {}

  std::string make() {
    headline();
    scoreboard();
    anomalies();
    claims();
    order();
    bullets("notes", verdict_.notes);
    bullets("not checked", verdict_.not_checked);
    next_command();
    return std::move(text_);
  }

 private:
  void line(std::string_view text, std::string_view first = "", std::string_view rest = "") {
    text_ += wrapped(text, width_, first, rest);
  }

  void headline() {
    const Look& look = look_of(verdict_.validity);
    const std::string word = fmt::format("{} {}", look.icon, upper(verdict_.word));
    const std::size_t left = width_ - std::min(width_ - 1, display_width(word) + 2);
    const std::string path = shortened(escaped(verdict_.history), left);
    text_ += fmt::format("{}{}{}  {}\n", style_.color ? look.color : "", word,
                         style_.color ? kPlain : "", path);
    line(escaped(verdict_.reason), "  ", "  ");
  }

  void scoreboard() {
    if (verdict_.score.empty()) return;
    const auto row = [&](const std::vector<std::string>& cells,
                         const std::vector<std::string>& names) {
      std::string text;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        text += fmt::format("  {:>{}}", cells[i], std::max<std::size_t>(names[i].size(), 6));
      }
      text_ += shortened(text, width_) + "\n";
    };
    const bool budgets = std::ranges::any_of(verdict_.score, [&](const ScoreLine& line) {
      return line.retries_budget != verdict_.score.front().retries_budget;
    });
    const bool stock = std::ranges::any_of(
        verdict_.score, [](const ScoreLine& line) { return line.final_stock.has_value(); });
    std::vector<std::string> names = {"clients"};
    if (budgets) names.emplace_back("budget");
    names.insert(names.end(), {verdict_.ledger_read ? "confirmed" : "confirmed*", "told ok",
                               stock ? "sold out" : "rejected", "errors", "unknown", "oversold"});
    if (stock) names.emplace_back("final stock");
    names.emplace_back("max retries");
    text_ += "\n";
    row(names, names);
    for (const ScoreLine& line : verdict_.score) {
      std::vector<std::string> cells = {fmt::format("{}", line.clients)};
      if (budgets) cells.push_back(fmt::format("{}", line.retries_budget.value_or(0)));
      for (const std::uint64_t value : {line.confirmed, line.told_ok, line.rejected, line.errors,
                                        line.unknown, line.oversold}) {
        cells.push_back(fmt::format("{}", value));
      }
      if (stock) cells.push_back(line.final_stock ? fmt::format("{}", *line.final_stock) : "?");
      cells.push_back(fmt::format("{}", line.retries_max));
      row(cells, names);
    }
    if (!verdict_.ledger_read) line("* as clients were told: no ledger was read", "  ", "    ");
  }

  /// Positions of anomalies, the first of every kind first, then the second, …
  std::vector<std::size_t> by_turns() const {
    struct Turn {
      std::size_t round;
      std::size_t position;
    };
    std::vector<Turn> turns;
    std::array<std::size_t, kAnomalyKinds> seen{};
    for (std::size_t i = 0; i < verdict_.anomalies.size(); ++i) {
      turns.push_back({seen[static_cast<std::size_t>(verdict_.anomalies[i].kind)]++, i});
    }
    std::ranges::stable_sort(turns, {}, &Turn::round);
    std::vector<std::size_t> order;
    for (const Turn& turn : turns) order.push_back(turn.position);
    return order;
  }

  void anomalies() {
    if (verdict_.anomalies.empty()) return;
    std::vector<bool> in_full(verdict_.anomalies.size());
    std::size_t left = static_cast<std::size_t>(std::max(style_.explain, 0));
    for (const std::size_t position : by_turns()) {
      if (left == 0) break;
      in_full[position] = true;
      --left;
    }
    for (std::size_t i = 0; i < verdict_.anomalies.size();) {
      std::size_t end = i;
      while (end < verdict_.anomalies.size() &&
             verdict_.anomalies[end].kind == verdict_.anomalies[i].kind) {
        ++end;
      }
      kind_heading(i, end);
      for (; i < end; ++i) {
        if (in_full[i]) explain(verdict_.anomalies[i]);
      }
    }
  }

  void kind_heading(std::size_t begin, std::size_t end) {
    std::vector<std::string> keys;
    for (std::size_t i = begin; i < end; ++i) {
      for (const std::string& key : verdict_.anomalies[i].keys) {
        if (keys.empty() || keys.back() != key) keys.push_back(key);
      }
    }
    std::ranges::sort(keys, natural_less);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    const AnomalyKind kind = verdict_.anomalies[begin].kind;
    text_ += "\n";
    std::uint64_t cases = end - begin;
    for (const KindCount& all : verdict_.anomaly_counts) {
      if (all.kind == kind) cases = all.count;
    }
    line(fmt::format("{} ({}){}{}", label(kind), plural(cases, "case"), keys.empty() ? "" : " on ",
                     list(escaped_all(keys), 12)),
         "", "  ");
  }

  void explain(const Anomaly& anomaly) {
    line(escaped(anomaly.explanation), "  ", "    ");
    if (!anomaly.contradictions.empty()) return contradictions(anomaly);
    const std::size_t count = anomaly.steps.size();
    if (count == 0) return evidence(anomaly);
    let(anomaly, std::min(count, kMostSteps));
    for (std::size_t i = 0; i < std::min(count, kMostSteps); ++i) {
      const Step& step = anomaly.steps[i];
      const bool last = i + 1 == count;
      const std::size_t name = static_cast<std::size_t>(step.dependency);
      line(fmt::format("T{} < T{} ({}): {}{}", i + 1, last ? 1 : i + 2, kDependencyNames[name],
                       escaped(step.why), last ? " - a contradiction" : ""),
           i == 0 ? "    Then  "
           : last ? "    but   "
                  : "    and   ",
           "          ");
    }
    if (count > kMostSteps) {
      text_ += fmt::format("          … and {} more steps back to T1\n", count - kMostSteps);
    }
    meaning(anomaly);
  }

  /// Cycles, each under what it assumes.
  void contradictions(const Anomaly& anomaly) {
    constexpr std::size_t kMostContradictions = 8;
    const std::size_t shown = std::min(anomaly.contradictions.size(), kMostContradictions);
    participants(anomaly, "    Let   ", "          ");
    for (std::size_t i = 0; i < shown; ++i) {
      const Contradiction& each = anomaly.contradictions[i];
      const std::string_view title = i == 0 ? "    If    " : "    or    ";
      if (!each.given.empty())
        line(escaped(list(each.given, kMostSteps)) + ":", title, "          ");
      for (std::size_t j = 0; j < std::min(each.steps.size(), kMostSteps); ++j) {
        const Step& step = each.steps[j];
        line(fmt::format("{} < {} ({}): {}", step.from, step.to,
                         kDependencyNames[static_cast<std::size_t>(step.dependency)],
                         escaped(step.why)),
             "          ", "            ");
      }
      if (each.steps.size() > kMostSteps) {
        text_ += fmt::format("          … and {} more steps back to operation {}\n",
                             each.steps.size() - kMostSteps, each.steps.front().from);
      }
    }
    if (shown < anomaly.contradictions.size()) {
      text_ +=
          fmt::format("          … and {} more cases\n", anomaly.contradictions.size() - shown);
    }
    meaning(anomaly);
  }

  /// Who the letters of a cycle are: what each did, or at least where it stands.
  void let(const Anomaly& anomaly, std::size_t count) {
    if (anomaly.participants.size() < count) {
      std::string names;
      for (std::size_t i = 0; i < count; ++i) {
        names +=
            fmt::format("{}T{} = operation {}", i == 0 ? "" : ", ", i + 1, anomaly.steps[i].from);
      }
      return line(names, "    Let   ", "          ");
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Participant& who = anomaly.participants[i];
      line(fmt::format("T{} = operation {}, {}", i + 1, who.operation, escaped(who.text)),
           i == 0 ? "    Let   " : "          ", "            ");
    }
  }

  /// The operations of a violation that is no cycle.
  void evidence(const Anomaly& anomaly) {
    participants(anomaly, "    ", "    ");
    meaning(anomaly);
  }

  void participants(const Anomaly& anomaly, std::string_view first, std::string_view next) {
    for (const Participant& who : anomaly.participants) {
      line(fmt::format("operation {}, {}", who.operation, escaped(who.text)),
           &who == anomaly.participants.data() ? first : next, std::string{next} + "  ");
    }
  }

  void meaning(const Anomaly& anomaly) {
    if (!anomaly.meaning.empty()) line(anomaly.meaning, "    So    ", "          ");
  }

  void claims() {
    if (verdict_.claims.empty()) return;
    text_ += "\n";
    std::string all = "claims";
    for (const Claim& claim : verdict_.claims) {
      const std::string_view icon = !claim.holds ? "?" : *claim.holds ? "✓" : "✗";
      const std::string item = fmt::format("{} {}", icon, claim.name);
      const auto line_begin = all.rfind('\n') + 1;  // npos + 1 is 0
      const std::size_t used = display_width(std::string_view{all}.substr(line_begin));
      const bool fits = used + 3 + display_width(item) <= width_;
      all += (used == 6 && line_begin == 0 ? "  " : fits ? "   " : "\n        ") + item;
    }
    text_ += all + "\n";
    const auto names = [](const std::vector<std::string>& models) {
      return models.empty() ? std::string{"none"} : list(models, 20);
    };
    std::string models = "strongest not ruled out: " + names(verdict_.models_strongest);
    if (!verdict_.models_not.empty()) {
      std::vector<std::string> ruled_out;
      for (const ModelEvidence& evidence : verdict_.models_evidence) {
        ruled_out.push_back(fmt::format("{} ({})", evidence.model, list(evidence.anomalies, 3)));
      }
      models += "; ruled out: " + names(ruled_out);
      if (!verdict_.models_also_not.empty()) models += " and all above";
    }
    line(models, "models  ", "        ");
  }

  /// An order that explains everything, in full: it was asked for.
  void order() {
    if (verdict_.order.empty()) return;
    std::string all;
    for (const std::uint64_t operation : verdict_.order) {
      all += fmt::format("{}{}", all.empty() ? "" : " ", operation);
    }
    line(fmt::format("{} ({})", all, verdict_.order_model), "order   ", "        ");
  }

  void bullets(std::string_view title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    text_ += fmt::format("{}\n", title);
    for (const std::string& item : items) line(escaped(item), "  - ", "    ");
  }

  void next_command() {
    if (verdict_.validity == Validity::valid) return;
    if (!verdict_.next.empty()) return line(escaped(verdict_.next), "next    ", "        ");
    const std::string path = escaped(shell_word(verdict_.history));
    const std::string check = "witness check " + path;
    const bool more =
        verdict_.anomalies.size() > static_cast<std::size_t>(std::max(style_.explain, 0));
    if (verdict_.history == "-") return;  // nothing to read a second time
    line(more ? check + " --explain 20" : check + " --json", "next    ", "        ");
  }

  static constexpr std::size_t kMostSteps = 12;

  const Verdict& verdict_;
  const ReportStyle& style_;
  std::size_t width_;
  std::string text_;
};

}  // namespace

std::string text_report(const Verdict& verdict, const ReportStyle& style) {
  return TextReport{verdict, style}.make();
}

std::string summary_line(const Verdict& verdict, const ReportStyle& style) {
  const Look& look = look_of(verdict.validity);
  const std::string word = fmt::format("{} {}", look.icon, upper(verdict.word));
  const std::string rest =
      fmt::format("  {}  {}", escaped(verdict.history), escaped(verdict.reason));
  const auto width = static_cast<std::size_t>(std::max(style.width, 20));
  const std::size_t left = width - std::min(width, display_width(word));
  return fmt::format("{}{}{}{}", style.color ? look.color : "", word, style.color ? kPlain : "",
                     shortened(rest, left));
}

}  // namespace witness
