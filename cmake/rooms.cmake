# A room is a static library that sees only the rooms it may include. Headers are
# included as "history/x.hpp"; each room's include path holds one link, to itself,
# so what is not listed under MAY_INCLUDE is not found. tests/install/ checks it.

foreach(room history workloads checker tests)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/rooms/${room})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${room} ${PROJECT_BINARY_DIR}/rooms/${room}/${room} SYMBOLIC)
endforeach()
# The commands share commands.hpp, which stands beside main.cpp.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/rooms/door)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/commands.hpp ${PROJECT_BINARY_DIR}/rooms/door/commands.hpp
     SYMBOLIC)

function(witness_target_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           -Wno-sign-conversion -Werror)
  if(WITNESS_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${WITNESS_SANITIZE}
                                             -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${WITNESS_SANITIZE})
  endif()
endfunction()

function(witness_see target)
  foreach(room ${ARGN})
    target_include_directories(${target}
      PRIVATE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/rooms/${room}>)
  endforeach()
endfunction()

# witness_precompiled(NAME LIBRARIES libraries… HEADERS headers…): an object library whose only
# purpose is to precompile heavy headers once; targets with the same options reuse it
# (witness_reuse_precompiled). Sources still include what they use: WITNESS_PCH=OFF must build.
function(witness_precompiled name)
  cmake_parse_arguments(PCH "" "" "LIBRARIES;HEADERS" ${ARGN})
  if(NOT WITNESS_PCH)
    return()
  endif()
  set(empty ${PROJECT_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${empty} CONTENT "// Nothing but its precompiled header.\n")
  add_library(${name} OBJECT ${empty})
  witness_target_options(${name})
  target_link_libraries(${name} PRIVATE witness_vocabulary ${PCH_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${PCH_HEADERS})
  witness_reuse_options(${name})
endfunction()

# What ccache needs to tell one precompiled header from another.
function(witness_reuse_options target)
  target_compile_options(${target} PRIVATE
    $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
    "$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endfunction()

function(witness_reuse_precompiled target from)
  if(WITNESS_PCH)
    target_precompile_headers(${target} REUSE_FROM ${from})
    witness_reuse_options(${target})
  endif()
endfunction()

# witness_room(NAME MAY_INCLUDE rooms… USES libraries…)
function(witness_room name)
  cmake_parse_arguments(ROOM "" "" "MAY_INCLUDE;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_command\\.cpp$")
  add_library(witness_${name} STATIC ${sources})
  set_target_properties(witness_${name} PROPERTIES EXPORT_NAME ${name})
  witness_target_options(witness_${name})
  target_link_libraries(witness_${name} PUBLIC witness_vocabulary PRIVATE ${ROOM_USES})
  witness_see(witness_${name} ${ROOM_MAY_INCLUDE})
  # What nearly every source includes. Not in a release: behind a precompiled header, gcc 12 warns
  # of the standard library itself; the release is where warnings count.
  if(WITNESS_PCH AND WITNESS_SANITIZE)
    target_compile_options(witness_${name} PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-Wno-error;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds>)
    target_precompile_headers(witness_${name} PRIVATE
      <algorithm> <functional> <memory> <optional> <string> <unordered_map> <vector> <fmt/format.h>)
    witness_reuse_options(witness_${name})
  endif()
endfunction()

# witness_commands(NAME MAY_INCLUDE rooms… USES libraries…): the room's *_command.cpp
function(witness_commands name)
  cmake_parse_arguments(ROOM "" "" "MAY_INCLUDE;USES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*_command.cpp)
  add_library(witness_${name}_commands OBJECT ${sources})
  witness_target_options(witness_${name}_commands)
  target_link_libraries(witness_${name}_commands PRIVATE witness_vocabulary CLI11::CLI11 fmt::fmt
                                                         nlohmann_json::nlohmann_json ${ROOM_USES})
  witness_see(witness_${name}_commands door ${ROOM_MAY_INCLUDE})
  witness_reuse_precompiled(witness_${name}_commands witness_commands_pch)
endfunction()
