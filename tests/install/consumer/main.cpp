// Judges a history that it holds in memory, with the public headers alone.
#include <iostream>
#include <witness/witness.hpp>

constexpr const char* kTwoBuyersOneSeat =
    R"({"schema":"witness.history/1","workload":"seat","variant":"naive","seed":7,"isolation":"read-committed","clock":"monotonic-ns","initial":"free","capacity":1,"target":[{"name":"main","server":"PostgreSQL 15.18","isolation":"read committed"}],"ladder":[{"clients":2,"keys":["A1"]}]}
{"index":0,"type":"invoke","process":0,"f":"acquire","time":1000,"value":[["r","A1",null],["w","A1",null]]}
{"index":1,"type":"invoke","process":1,"f":"acquire","time":1200,"value":[["r","A1",null],["w","A1",null]]}
{"index":2,"type":"ok","process":0,"f":"acquire","time":9000,"value":[["r","A1","free"],["w","A1","a-0-0-1"]],"attempts":[{"attempt":1,"id":"a-0-0-1","target":"main","type":"ok","start":1100,"end":8900,"xid":"741","rows":[1,1,1],"phase":"commit"}]}
{"index":3,"type":"ok","process":1,"f":"acquire","time":9500,"value":[["r","A1","free"],["w","A1","a-1-1-1"]],"attempts":[{"attempt":1,"id":"a-1-1-1","target":"main","type":"ok","start":1300,"end":9400,"xid":"742","rows":[1,1,1],"phase":"commit"}]}
{"index":4,"type":"outcome","of":0,"attempt":1,"outcome":"committed","evidence":"ledger","key":"A1","holder":"a-0-0-1","amount":1}
{"index":5,"type":"outcome","of":1,"attempt":1,"outcome":"committed","evidence":"ledger","key":"A1","holder":"a-1-1-1","amount":1}
{"index":6,"type":"state","key":"A1","value":"a-1-1-1"}
{"schema":"witness.history/1","end":true,"operations":2,"ledger":"complete"}
)";

int main() {
  const witness::History history = witness::parse_history(kTwoBuyersOneSeat, "two-buyers.jsonl");
  const witness::Verdict verdict = witness::check(history);
  std::cout << witness::text_report(verdict);
  return witness::exit_code(verdict.validity);
}
