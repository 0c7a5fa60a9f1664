/// The formats that histories are read and written in: one line each.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "history/history_writer.hpp"
#include "history/op_block.hpp"

namespace witness {

/// How a text is cut.
///   stream    anywhere between two lines or operations: in blocks, on several threads
///   records   bytes, not lines, one record after another; faults are told by their byte
///   document  nowhere: it is read as one
///   image     bytes, read as one
enum class Shape : std::uint8_t { stream, records, document, image };

/// Adding a format is a source file and a line in kHistoryFormats.
struct HistoryFormat {
  std::string_view name;
  std::string_view about;
  /// Does a text that begins so look like this format? `head` is at least its first line, or all
  /// of it, without a byte order mark.
  bool (*looks_like)(std::string_view head);
  std::unique_ptr<BlockParser> (*parser)();
  std::unique_ptr<HistoryWriter> (*writer)();  ///< or nullptr: it is only read
  std::string_view extension;                  ///< of files that `convert` writes
  PairingRules rules = PairingRules::sessions;
  Shape shape = Shape::stream;
  std::string_view initial{};  ///< of a register, where neither the file nor anybody says it
  bool complete = true;        ///< a value that nobody wrote is garbage, not from before
  int resume = 0;              ///< a state in which the parser takes operations in any order
  /// Of a directory with a file for each session: how the names of these begin and end.
  std::string_view log_prefix{};
  std::string_view log_suffix{};
  /// Of calls on objects (witness/objects.hpp); nullptr: it has none.
  std::unique_ptr<BlockParser> (*object_parser)() = nullptr;
};

bool looks_like_native(std::string_view head);
bool looks_like_json(std::string_view head);
bool looks_like_edn(std::string_view head);
bool looks_like_plume(std::string_view head);
bool looks_like_awdit(std::string_view head);
bool looks_like_cobra(std::string_view head);
bool looks_like_dbcop(std::string_view head);
bool looks_like_bincode(std::string_view head);
bool looks_like_hist(std::string_view head);
bool looks_like_viper(std::string_view head);
bool looks_like_chronos(std::string_view head);
bool looks_like_etcd(std::string_view head);

std::unique_ptr<BlockParser> native_block_parser();
std::unique_ptr<BlockParser> json_block_parser();
std::unique_ptr<BlockParser> edn_block_parser();
std::unique_ptr<BlockParser> plume_block_parser();
std::unique_ptr<BlockParser> awdit_block_parser();
std::unique_ptr<BlockParser> cobra_block_parser();
std::unique_ptr<BlockParser> dbcop_block_parser();
std::unique_ptr<BlockParser> bincode_block_parser();
std::unique_ptr<BlockParser> hist_block_parser();
std::unique_ptr<BlockParser> viper_block_parser();
std::unique_ptr<BlockParser> chronos_block_parser();
std::unique_ptr<BlockParser> native_object_parser();
std::unique_ptr<BlockParser> json_object_parser();
std::unique_ptr<BlockParser> edn_object_parser();
std::unique_ptr<BlockParser> etcd_object_parser();

std::unique_ptr<HistoryWriter> native_writer();
std::unique_ptr<HistoryWriter> json_writer();
std::unique_ptr<HistoryWriter> edn_writer();
std::unique_ptr<HistoryWriter> plume_writer();
std::unique_ptr<HistoryWriter> awdit_writer();
std::unique_ptr<HistoryWriter> cobra_writer();
std::unique_ptr<HistoryWriter> dbcop_writer();
std::unique_ptr<HistoryWriter> bincode_writer();
std::unique_ptr<HistoryWriter> hist_writer();
std::unique_ptr<HistoryWriter> viper_writer();

/// In the order in which `auto` tries them. Everything but a directory may be compressed with zstd.
inline constexpr std::array kHistoryFormats = {
    HistoryFormat{
        .name = "native",
        .about = "witness.history/1: JSON Lines, plain (.jsonl) or compressed (.jsonl.zst)",
        .looks_like = looks_like_native,
        .parser = native_block_parser,
        .writer = native_writer,
        .extension = ".jsonl",
        .rules = PairingRules::native,
        .complete = false,
        .resume = 1,
        .object_parser = native_object_parser},
    HistoryFormat{.name = "dbcop",
                  .about = "dbcop: sessions of transactions in one JSON object (.dbcop.json)",
                  .looks_like = looks_like_dbcop,
                  .parser = dbcop_block_parser,
                  .writer = dbcop_writer,
                  .extension = ".dbcop.json",
                  .shape = Shape::document,
                  .initial = "0"},
    HistoryFormat{.name = "chronos",
                  .about = "Chronos, Aion: a JSON array of transactions with timestamps",
                  .looks_like = looks_like_chronos,
                  .parser = chronos_block_parser,
                  .writer = nullptr,
                  .extension = ".chronos.json",
                  .complete = false,
                  .resume = 3},
    HistoryFormat{.name = "viper",
                  .about = "Viper: JSON Lines, a file for each session (a directory of J*.log)",
                  .looks_like = looks_like_viper,
                  .parser = viper_block_parser,
                  .writer = viper_writer,
                  .extension = ".viper",
                  .complete = false,
                  .resume = 1,
                  .log_prefix = "J",
                  .log_suffix = ".log"},
    HistoryFormat{.name = "json",
                  .about = "Jepsen's operations as one JSON array, or as JSON Lines (.json)",
                  .looks_like = looks_like_json,
                  .parser = json_block_parser,
                  .writer = json_writer,
                  .extension = ".json",
                  .rules = PairingRules::jepsen,
                  .complete = false,
                  .resume = 3,
                  .object_parser = json_object_parser},
    HistoryFormat{.name = "hist",
                  .about = "dbcop: [x:=1 y==2 z==?]! a transaction, --- between sessions (.hist)",
                  .looks_like = looks_like_hist,
                  .parser = hist_block_parser,
                  .writer = hist_writer,
                  .extension = ".hist",
                  .initial = "0"},
    HistoryFormat{.name = "edn",
                  .about = "Jepsen's operations as maps, or as one vector of them (.edn)",
                  .looks_like = looks_like_edn,
                  .parser = edn_block_parser,
                  .writer = edn_writer,
                  .extension = ".edn",
                  .rules = PairingRules::jepsen,
                  .complete = false,
                  .resume = 2,
                  .object_parser = edn_object_parser},
    HistoryFormat{.name = "plume",
                  .about = "Plume, PolySI, AWDIT: w(key,value,session,txn) or r(…) a line (.txt)",
                  .looks_like = looks_like_plume,
                  .parser = plume_block_parser,
                  .writer = plume_writer,
                  .extension = ".txt",
                  .initial = "0"},
    HistoryFormat{.name = "awdit-test",
                  .about = "AWDIT's tests: w key value or r key value a line (.awdit)",
                  .looks_like = looks_like_awdit,
                  .parser = awdit_block_parser,
                  .writer = awdit_writer,
                  .extension = ".awdit"},
    HistoryFormat{
        .name = "etcd",
        .about = "porcupine's logs of etcd: process, type, function, value (objects only)",
        .looks_like = looks_like_etcd,
        .parser = etcd_object_parser,
        .writer = nullptr,
        .extension = ".log",
        .rules = PairingRules::jepsen,
        .object_parser = etcd_object_parser},
    HistoryFormat{.name = "cobra",
                  .about = "Cobra: binary logs, a file for each session (a directory of T*.log)",
                  .looks_like = looks_like_cobra,
                  .parser = cobra_block_parser,
                  .writer = cobra_writer,
                  .extension = ".cobra",
                  .shape = Shape::records,
                  .log_prefix = "T",
                  .log_suffix = ".log"},
    HistoryFormat{.name = "dbcop-bincode",
                  .about = "dbcop, first version: sessions of transactions in binary (.bincode)",
                  .looks_like = looks_like_bincode,
                  .parser = bincode_block_parser,
                  .writer = bincode_writer,
                  .extension = ".bincode",
                  .shape = Shape::image,
                  .initial = "0"},
};

/// The format of this name, or nullptr.
constexpr const HistoryFormat* format_by_name(std::string_view name) {
  for (const HistoryFormat& format : kHistoryFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace witness
