/// Everything an embedding program needs:
///
///   witness::Verdict verdict = witness::check(witness::read_history("seats.jsonl"));
///   std::cout << witness::text_report(verdict);
///   return witness::exit_code(verdict.validity);
#pragma once

#include "witness/check.hpp"
#include "witness/error.hpp"
#include "witness/history.hpp"
#include "witness/operation.hpp"
#include "witness/report.hpp"
#include "witness/verdict.hpp"
