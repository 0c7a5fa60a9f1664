/// The formats that histories are read and written in: one line each.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "history/history_writer.hpp"
#include "history/op_block.hpp"

namespace witness {

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
  /// Of calls on objects (witness/objects.hpp); nullptr: it has none.
  std::unique_ptr<BlockParser> (*object_parser)() = nullptr;
};

bool looks_like_native(std::string_view head);
bool looks_like_json(std::string_view head);
bool looks_like_edn(std::string_view head);
bool looks_like_plume(std::string_view head);
bool looks_like_etcd(std::string_view head);

std::unique_ptr<BlockParser> native_block_parser();
std::unique_ptr<BlockParser> json_block_parser();
std::unique_ptr<BlockParser> edn_block_parser();
std::unique_ptr<BlockParser> plume_block_parser();
std::unique_ptr<BlockParser> native_object_parser();
std::unique_ptr<BlockParser> json_object_parser();
std::unique_ptr<BlockParser> edn_object_parser();
std::unique_ptr<BlockParser> etcd_object_parser();

std::unique_ptr<HistoryWriter> native_writer();
std::unique_ptr<HistoryWriter> json_writer();
std::unique_ptr<HistoryWriter> edn_writer();
std::unique_ptr<HistoryWriter> plume_writer();

/// In the order in which `auto` tries them. Everything may be compressed with zstd.
inline constexpr std::array kHistoryFormats = {
    HistoryFormat{
        "native", "witness.history/1: JSON Lines, plain (.jsonl) or compressed (.jsonl.zst)",
        looks_like_native, native_block_parser, native_writer, ".jsonl", native_object_parser},
    HistoryFormat{"json", "Jepsen's operations as one JSON array, or as JSON Lines (.json)",
                  looks_like_json, json_block_parser, json_writer, ".json", json_object_parser},
    HistoryFormat{"edn", "Jepsen's operations as maps, or as one vector of them (.edn)",
                  looks_like_edn, edn_block_parser, edn_writer, ".edn", edn_object_parser},
    HistoryFormat{"plume", "Plume, PolySI, AWDIT: w(key,value,session,txn) or r(…) a line (.txt)",
                  looks_like_plume, plume_block_parser, plume_writer, ".txt"},
    HistoryFormat{"etcd", "porcupine's log of etcd: process, type, function, value (only objects)",
                  looks_like_etcd, etcd_object_parser, nullptr, ".log", etcd_object_parser},
};

/// The format of this name, or nullptr.
constexpr const HistoryFormat* format_by_name(std::string_view name) {
  for (const HistoryFormat& format : kHistoryFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace witness
