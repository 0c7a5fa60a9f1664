/// `witness audit`: at most one (or N) acquisitions, judged on the ledger of a database that some
/// other application wrote.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "checker/invariants/ledger_audit.hpp"
#include "commands.hpp"
#include "history/postgres/ledger_reader.hpp"
#include "history/postgres/target.hpp"
#include "witness/error.hpp"
#include "witness/report.hpp"

namespace witness {
namespace {

struct AuditArguments {
  std::vector<std::string> targets;
  LedgerMapping mapping;
  std::uint64_t capacity = 1;
  std::string resource_value;
  std::string password_command;
  OutputOptions output;
};

/// The same numbers, counted by the database itself: an independent derivation.
struct Counted {
  std::uint64_t rows = 0;
  std::uint64_t oversold = 0;
  std::uint64_t of_resource = 0;
};

SessionOptions audit_options(const char* isolation) { return {"witness-audit", isolation, 10}; }

/// Repeatable read where the engine lets a connection ask for it.
std::unique_ptr<Session> connect(const Target& target) {
  try {
    return std::make_unique<Session>(target, audit_options("repeatable read"));
  } catch (const SqlError& refused) {
    // Some engines refuse settings in the connection request; a wrong password is tried once.
    const std::string_view why = refused.what();
    const bool settings = why.find("parameter") != std::string_view::npos ||
                          why.find("option") != std::string_view::npos ||
                          why.find("support") != std::string_view::npos;
    if (!settings) {
      throw DatabaseError(fmt::format("cannot connect to {}: {}", describe(target), refused.what()),
                          refused.sqlstate());
    }
    try {
      return std::make_unique<Session>(target, audit_options(""));
    } catch (const SqlError& error) {
      throw DatabaseError(fmt::format("cannot connect to {}: {}", describe(target), error.what()),
                          error.sqlstate());
    }
  }
}

std::uint64_t number(const Rows& rows, int column) {
  return std::stoull(std::string{rows.text(0, column)});
}

Counted count_in_database(Session& session, const AuditArguments& arguments) {
  const std::string resource = quote_identifier(arguments.mapping.resource);
  const std::string rows = fmt::format(
      "SELECT {}::text AS resource FROM {} WHERE {} IS NOT NULL{}", resource,
      quote_qualified(arguments.mapping.table), resource,
      arguments.mapping.where.empty() ? "" : " AND (" + arguments.mapping.where + "\n)");
  const std::vector<std::string> parameters = {arguments.resource_value};
  const Rows counted = session.run(
      fmt::format(
          "SELECT coalesce(sum(n), 0), coalesce(sum(CASE WHEN n > {0} THEN n - {0} ELSE 0 "
          "END), 0), coalesce(sum(CASE WHEN resource = $1 THEN n ELSE 0 END), 0) FROM "
          "(SELECT resource, count(*) AS n FROM ({1}) AS ledger GROUP BY resource) AS counts",
          arguments.capacity, rows),
      parameters);
  return {number(counted, 0), number(counted, 1), number(counted, 2)};
}

[[noreturn]] void explain(const SqlError& error, const Target& target) {
  const bool not_allowed = error.sqlstate() == "42501";
  if (!not_allowed && (error.sqlstate().starts_with("42") || error.sqlstate().starts_with("22"))) {
    throw UsageError(fmt::format("{}: {}", describe(target), error.what()));
  }
  throw DatabaseError(fmt::format("{}: {}", describe(target), error.what()), error.sqlstate());
}

struct Audited {
  LedgerAudit audit;
  std::uint64_t without_resource = 0;
  bool reconciled = true;  ///< our counts and the databases' own agree, target by target
};

Audited audit_all(const AuditArguments& arguments, const std::vector<Target>& targets) {
  Audited result{LedgerAudit{arguments.capacity, targets.size() > 1}};
  for (const Target& target : targets) {
    const auto session = connect(target);
    LedgerAudit alone{arguments.capacity, false};
    const bool compare = !arguments.resource_value.empty();
    result.audit.next_target();
    try {
      session->run("BEGIN READ ONLY");  // one snapshot for both counts
      read_ledger(*session, arguments.mapping, [&](const LedgerEntry& row) {
        if (!row.has_resource) {
          ++result.without_resource;
          return;
        }
        result.audit.add(row.id, row.resource, row.holder);
        if (compare) alone.add(row.id, row.resource, row.holder);
      });
      if (compare) {
        const Counted counted = count_in_database(*session, arguments);
        result.reconciled = result.reconciled && counted.rows == alone.rows() &&
                            counted.oversold == alone.oversold() &&
                            counted.of_resource == alone.acquisitions(arguments.resource_value);
      }
      session->run("COMMIT");
    } catch (const SqlError& error) {
      explain(error, target);
    }
  }
  return result;
}

void print_focus(const AuditArguments& arguments, const Audited& audited) {
  const LedgerAudit& audit = audited.audit;
  fmt::print("\n {:<24} {:>12} {:>10}\n", "", "acquisitions", "oversold");
  fmt::print(" {:<24} {:>12} {:>10}\n", escaped(arguments.resource_value),
             audit.acquisitions(arguments.resource_value),
             audit.oversold(arguments.resource_value));
  fmt::print(" {:<24} {:>12} {:>10}\n", "whole ledger", audit.rows(), audit.oversold());
  fmt::print(" {}\n",
             audited.reconciled
                 ? "✓ reconciled: the database's own counts agree"
                 : "✗ not reconciled: the database's own counts differ (still written to?)");
}

void print_json(const AuditArguments& arguments, const Audited& audited, const Verdict& verdict) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(json_report(verdict));
  if (!arguments.resource_value.empty()) {
    const LedgerAudit& audit = audited.audit;
    json["resource"] = {{"value", arguments.resource_value},
                        {"acquisitions", audit.acquisitions(arguments.resource_value)},
                        {"oversold", audit.oversold(arguments.resource_value)}};
    json["whole"] = {{"acquisitions", audit.rows()}, {"oversold", audit.oversold()}};
    json["reconciled"] = audited.reconciled;
  }
  fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

int run(const AuditArguments& arguments) {
  std::vector<Target> targets;
  std::string source = arguments.mapping.table;
  for (std::size_t i = 0; i < arguments.targets.size(); ++i) {
    targets.push_back(parse_target(arguments.targets[i], fmt::format("t{}", i + 1)));
    if (!arguments.password_command.empty()) {
      set_parameter(targets.back(), "password", run_password_command(arguments.password_command));
    }
    source += (i == 0 ? " @ " : " + ") + describe(targets.back());
  }
  if (targets.size() > 1 && arguments.mapping.id.empty()) {
    throw UsageError("several targets are united by row id: name its column with --id");
  }
  const Audited audited = audit_all(arguments, targets);
  Verdict verdict = audited.audit.judge(source);
  if (audited.without_resource > 0) {
    verdict.not_checked.push_back(
        fmt::format("{} rows name no {}", audited.without_resource, arguments.mapping.resource));
  }
  if (!audited.reconciled && verdict.validity == Validity::valid) {
    verdict.validity = Validity::unknown;
    verdict.word = "unknown";
    verdict.reason = "the ledger changed while it was read: two counts of it differ";
    verdict.claims.front().holds.reset();
    verdict.claims.front().why = verdict.reason;
  }
  if (!verdict.keys.empty()) {
    verdict.next = "the same with --resource-value '" + verdict.keys.front() + "', or with --json";
  } else {
    verdict.next = "the same with --json, or with another --where";
  }
  if (arguments.output.json) {
    print_json(arguments, audited, verdict);
  } else {
    ReportStyle style;
    style.color = arguments.output.use_color();
    fmt::print("{}", arguments.output.quiet ? summary_line(verdict, style) + "\n"
                                            : text_report(verdict, style));
    if (!arguments.output.quiet && !arguments.resource_value.empty())
      print_focus(arguments, audited);
  }
  return exit_code(verdict.validity);
}

}  // namespace

Action audit_command(CLI::App& app) {
  auto arguments = std::make_shared<AuditArguments>();
  AuditArguments& a = *arguments;
  app.add_option("--target", a.targets,
                 "The database (libpq URI or key=value); several are united by row id")
      ->required()
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--table", a.mapping.table, "The ledger: one row an acquisition")->required();
  app.add_option("--resource", a.mapping.resource, "Column of what is acquired")->required();
  app.add_option("--holder", a.mapping.holder, "Column of who acquired it")->required();
  app.add_option("--id", a.mapping.id, "Column that names the row");
  app.add_option("--where", a.mapping.where,
                 "SQL: only these rows count, as in \"outcome='confirmed'\"");
  app.add_option("--capacity", a.capacity, "Acquisitions that a resource can give")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--resource-value", a.resource_value,
                 "Report this resource beside the whole ledger, counted twice");
  app.add_option("--password-command", a.password_command, "Prints the password; run by sh -c");
  add_output_options(app, a.output);
  app.footer(
      "Example: witness audit --target postgresql://app@db/shop --table op_log --resource seat_id\n"
      "           --holder buyer --id id --where \"outcome='confirmed'\" --resource-value A1");
  return [arguments] { return run(*arguments); };
}

}  // namespace witness
