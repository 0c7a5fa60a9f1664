/// Where PostgreSQL's server programs are installed.
#pragma once

#include <filesystem>

namespace witness {

/// The folder that holds both `initdb` and `postgres`. If WITNESS_PG_BIN is set it must be that
/// folder; else the first of `pg_config --bindir`, the folders of PATH, /usr/lib/postgresql/*/bin
/// (highest version first) and /usr/pgsql-*/bin. Absolute.
/// Throws SystemError that lists the places and says what to install.
std::filesystem::path find_postgres_binaries();

}  // namespace witness
