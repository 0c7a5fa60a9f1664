# Everything that is not ours, from Debian 12's packages. Installed beside the
# library as well: a program that uses find_package(witness) needs the same.
macro(witness_needs)
  if(CMAKE_FIND_PACKAGE_NAME)  # read by find_package(witness): its caller decides what is fatal
    find_dependency(${ARGV})
  else()
    find_package(${ARGV} REQUIRED)
  endif()
endmacro()

witness_needs(fmt)
witness_needs(simdjson)
witness_needs(nlohmann_json)
witness_needs(Boost 1.74)
witness_needs(Threads)

# Debian ships these without a usable CMake package.
find_path(PQXX_INCLUDE_DIR pqxx/version REQUIRED)
find_library(PQXX_LIBRARY pqxx REQUIRED)
find_path(PQ_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)
find_library(PQ_LIBRARY pq REQUIRED)
find_path(ZSTD_INCLUDE_DIR zstd.h REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
find_path(CADICAL_INCLUDE_DIR cadical.hpp REQUIRED)
find_library(CADICAL_LIBRARY cadical REQUIRED)
mark_as_advanced(PQXX_INCLUDE_DIR PQXX_LIBRARY PQ_INCLUDE_DIR PQ_LIBRARY ZSTD_INCLUDE_DIR
                 ZSTD_LIBRARY CADICAL_INCLUDE_DIR CADICAL_LIBRARY)

if(NOT TARGET libpqxx)
  add_library(libpqxx INTERFACE IMPORTED)
  target_include_directories(libpqxx INTERFACE ${PQXX_INCLUDE_DIR} ${PQ_INCLUDE_DIR})
  target_link_libraries(libpqxx INTERFACE ${PQXX_LIBRARY} ${PQ_LIBRARY} Threads::Threads)
  add_library(zstd INTERFACE IMPORTED)
  target_include_directories(zstd INTERFACE ${ZSTD_INCLUDE_DIR})
  target_link_libraries(zstd INTERFACE ${ZSTD_LIBRARY})
  add_library(cadical INTERFACE IMPORTED)
  target_include_directories(cadical INTERFACE ${CADICAL_INCLUDE_DIR})
  target_link_libraries(cadical INTERFACE ${CADICAL_LIBRARY})
endif()
