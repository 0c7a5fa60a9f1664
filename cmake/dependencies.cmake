# Everything that is not ours, from Debian 12's packages. Installed beside the
# library as well: a program that uses find_package(witness) needs the same.
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(Threads REQUIRED)

# Debian ships these three without a usable CMake package.
find_path(PQXX_INCLUDE_DIR pqxx/version REQUIRED)
find_library(PQXX_LIBRARY pqxx REQUIRED)
find_path(PQ_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
find_library(PQ_LIBRARY pq REQUIRED)
find_path(ZSTD_INCLUDE_DIR zstd.h REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)

if(NOT TARGET libpqxx)
  add_library(libpqxx INTERFACE IMPORTED)
  target_include_directories(libpqxx INTERFACE ${PQXX_INCLUDE_DIR} ${PQ_INCLUDE_DIR})
  target_link_libraries(libpqxx INTERFACE ${PQXX_LIBRARY} ${PQ_LIBRARY} Threads::Threads)
  add_library(zstd INTERFACE IMPORTED)
  target_include_directories(zstd INTERFACE ${ZSTD_INCLUDE_DIR})
  target_link_libraries(zstd INTERFACE ${ZSTD_LIBRARY})
endif()
